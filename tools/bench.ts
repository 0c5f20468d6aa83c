import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Measures whole processes, as a person waits for them, and prints a table. A benchmark, never a test. */

const ROOT = join(__dirname, '..');
const RUNS = 5;
const COUNTS = [10, 100, 1000];

/** What cdktf gives Node beside the program: with room for what is young, a tenth of the time is not spent on collecting it. */
const FLAGS: readonly string[] = JSON.parse(readFileSync(join(ROOT, 'cdktf.json'), 'utf8'))
  .app.split(' ')
  .slice(1, -1);

interface Measure {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Runs a program in a process of its own, `program` being code that a project file could hold. */
function measure(program: string, outdir: string): Measure {
  const report = "process.on('exit', () => console.log(process.resourceUsage().maxRSS));";
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS, '-e', `${report}${program}`], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (status !== 0) throw new Error(stderr);
  return { seconds, megabytes: Number(stdout.trim()) / 1000 };
}

/** The median by time of several runs. */
function median(program: string, runs: number): Measure {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const all = Array.from({ length: runs }, () => measure(program, outdir)).sort((a, b) => a.seconds - b.seconds);
    return all[Math.floor(all.length / 2)] as Measure;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** One environment of so many nodes: three networks, two clients, replicas of each. */
function manyNodes(count: number, folder: string): void {
  mkdirSync(join(folder, 'development'), { recursive: true });
  const kinds = ['mainnet', 'sepolia', 'hoodi'].flatMap((network) =>
    ['geth', 'reth'].map((client) => `${network}-${client}`),
  );
  const replicas = kinds.map(
    (kind, index) => `      ${kind}: { replicas: ${Math.floor((count + index) / kinds.length)} }`,
  );
  writeFileSync(join(folder, 'global.yml'), 'aws: { region: eu-central-1, zones: [eu-central-1a, eu-central-1b] }\n');
  const chain = [
    'chains:',
    '  ethereum:',
    '    networks: [mainnet, sepolia, hoodi]',
    '    clients: [geth, reth]',
    '    nodes:',
    ...replicas,
    '',
  ];
  writeFileSync(join(folder, 'development', 'overrides.yml'), chain.join('\n'));
  writeFileSync(join(folder, 'development', 'nodes.lock.yml'), 'nodes: {}\n');
}

const synthesize = (folder: string): string => `
  const { App } = require('cdktf');
  const { withoutTokenTraces } = require('./constructs/terraform/index.ts');
  const { loadEnvironments } = require('./environments/load.ts');
  const { EnvironmentStack } = require('./stacks/environment-stack.ts');
  const app = new App({ stackTraces: false, outdir: process.env.CDKTF_OUTDIR });
  withoutTokenTraces(() => {
    for (const environment of loadEnvironments(${JSON.stringify(folder)}).environments) new EnvironmentStack(app, environment);
    app.synth();
  });`;

const row = (name: string, { seconds, megabytes }: Measure, each = ''): string =>
  `| ${name} | ${seconds.toFixed(2)} s | ${Math.round(megabytes)} MB | ${each} |`;

function main(): void {
  console.log(
    `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), median of ${RUNS} runs (one for 1000 nodes)\n`,
  );
  console.log('| what | time | memory | each further node |\n|---|---|---|---|');
  console.log(row('all environments of this project', median("require('./main.ts')", RUNS)));
  let before: { readonly count: number; readonly seconds: number } | undefined;
  for (const count of COUNTS) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-environments-'));
    try {
      manyNodes(count, folder);
      const found = median(synthesize(folder), count < 1000 ? RUNS : 1);
      const each = before
        ? `${(((found.seconds - before.seconds) / (count - before.count)) * 1000).toFixed(1)} ms`
        : '';
      console.log(row(`one environment of ${count} nodes`, found, each));
      before = { count, seconds: found.seconds };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

main();
