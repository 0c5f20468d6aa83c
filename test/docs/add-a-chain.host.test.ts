import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Json, resources } from '../project';

/** The page is what is tested: its blocks are taken as they stand there. */

const ROOT = join(__dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'add-a-chain.md'), 'utf8');

interface Block {
  readonly path: string;
  readonly text: string;
}

/** The blocks that a word after their language names, such as `stack`, or `file=…` with the path. */
const blocks = (word: string): readonly Block[] =>
  [...PAGE.matchAll(new RegExp(`^ *\`\`\`\\w+ ${word}(?:=(\\S+))?\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm'))].map(
    ([, path = '', text = '']) => ({ path, text }),
  );

function block(word: string): Block {
  const [one, ...more] = blocks(word);
  if (!one || more.length > 0) throw new Error(`the page has ${more.length + (one ? 1 : 0)} blocks ${word}`);
  return one;
}

const PARTS = [
  'constructs',
  'docs',
  'environments',
  'stacks',
  'test',
  'tools',
  '.gitignore',
  'README.md',
  'biome.json',
  'cdktf.json',
  'main.ts',
  'package.json',
  'tsconfig.json',
];

let copy = '';
let before: Readonly<Record<string, Json>> = {};

function run(...words: string[]): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, CDKTF_OUTDIR: join(copy, 'out') },
  });
  return { status, text: stdout + stderr };
}

/** Every stack of the copy, by environment. */
function synthesized(): Readonly<Record<string, Json>> {
  const { status, text } = run('--require', join(ROOT, 'node_modules/tsx/dist/cjs/index.cjs'), 'main.ts');
  if (status !== 0) throw new Error(text);
  return Object.fromEntries(
    ['development', 'staging', 'production'].map((name) => [
      name,
      JSON.parse(readFileSync(join(copy, 'out', 'stacks', name, 'cdk.tf.json'), 'utf8')),
    ]),
  );
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'add-a-chain-'));
  for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  before = synthesized();
  const file = block('file');
  mkdirSync(dirname(join(copy, file.path)), { recursive: true });
  writeFileSync(join(copy, file.path), file.text);
  const line = block('line');
  expect(line.text.trim().split('\n')).toHaveLength(1);
  appendFileSync(join(copy, line.path), line.text);
  writeFileSync(join(copy, 'stack.ts'), block('stack').text);
}, 60_000);

afterAll(() => rmSync(copy, { recursive: true }));

test('the page compiles, strictly', () => {
  writeFileSync(
    join(copy, 'tsconfig.json'),
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: ['main.ts', 'stack.ts', 'constructs', 'stacks'] }),
  );
  expect(run(join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--project', copy)).toEqual({
    status: 0,
    text: '',
  });
}, 30_000);

describe.each(['instance', 'kubernetes'])('with hosting: %s', (hosting) => {
  const overrides = (): string => join(copy, 'environments', 'development', 'overrides.yml');
  let text = '';
  let after: Readonly<Record<string, Json>> = {};

  beforeAll(() => {
    text = readFileSync(overrides(), 'utf8');
    // `chains:` is the last section.
    writeFileSync(overrides(), `${text.trimEnd()}\n\n${block(`environment=${hosting}`).text}`);
    after = synthesized();
  }, 30_000);

  afterAll(() => writeFileSync(overrides(), text));

  test('YAML knows it, and the node is there', () => {
    const all = resources(after.development);
    const node = 'gnosis-mainnet-nethermind';
    const [own, other] =
      hosting === 'instance'
        ? [`aws_instance.${node}`, `helm_release.${node}`]
        : [`helm_release.${node}`, `aws_instance.${node}`];
    expect([own in all, other in all]).toEqual([true, false]);
    const whole = JSON.stringify(all);
    for (const flag of [
      '--config=gnosis',
      '--network=gnosis',
      '--checkpoint-sync-url=https://checkpoint.gnosischain.com',
    ])
      expect(whole).toContain(flag);
    expect(whole).toContain(`http://${node}.`);
  });

  test('nothing else has changed, but for what watches it and the gateway that it stands behind', () => {
    // Dashboards tell every chain of the catalogue, so they know it everywhere.
    const changed = (name: string): readonly string[] => {
      const [old, all] = [resources(before[name]), resources(after[name])];
      return Object.keys(old)
        .filter((address) => JSON.stringify(old[address]) !== JSON.stringify(all[address]))
        .map((address) => address.replace(/_[0-9A-F]{8}$/, ''))
        .filter((address) => !address.startsWith('kubernetes_config_map_v1.monitoring_'));
    };
    const addresses = (name: string, stacks = after): readonly string[] => Object.keys(resources(stacks[name]));
    for (const name of ['staging', 'production'])
      expect([changed(name), addresses(name)]).toEqual([[], addresses(name, before)]);
    expect(changed('development')).toEqual([
      'helm_release.monitoring_kube-prometheus-stack',
      'helm_release.rpc-gateway',
    ]);
    const old = addresses('development', before);
    const added = addresses('development').filter((address) => !old.includes(address));
    expect(added.length).toBeGreaterThan(0);
    expect(added.filter((address) => !/gnosis|\.disk-classes_/.test(address))).toEqual([]);
  });
});

test.each(['onInstance', 'inPod'])(
  'the definition goes straight to a construct: %s',
  (name) => {
    writeFileSync(
      join(copy, 'own.ts'),
      `
        import { App, TerraformStack } from 'cdktf';
        import { ${name} } from './stack';
        import { DiskClasses, HostFiles, MachineImages } from './constructs/chain-node';
        import { Cluster } from './constructs/cluster';
        import { Network } from './constructs/network';
        import { ReleaseStore } from './constructs/release-store';
        const app = new App({ outdir: 'own-out', stackTraces: false, skipValidation: true });
        const stack = new TerraformStack(app, 'own');
        const shared = { environment: 'own', region: 'eu-central-1' };
        const platform = '${name}' === 'inPod'
          ? { ...shared, cluster: new Cluster(stack, 'cluster', { access: { kubeconfig: '~/.kube/config', context: 'own' } }), disks: new DiskClasses(stack, 'disks', { environment: 'own', ebs: false, protect: false }) }
          : instances();
        function instances() {
          const releases = new ReleaseStore(stack, 'releases', { bucketPrefix: 'own-' });
          return { ...shared, network: new Network(stack, 'network', { vpc: 'default', ownZoneName: 'own.internal' }), releases, hostFiles: new HostFiles(stack, 'host-files', { releases }), images: new MachineImages(stack, 'images'), journal: { rotationSeconds: 86400, retentionSeconds: 2592000 } };
        }
        const node = ${name}(stack, platform as never);
        console.log(node.rpcUrl);
        app.synth();
`,
    );
    const { status, text } = run('--require', join(ROOT, 'node_modules/tsx/dist/cjs/index.cjs'), 'own.ts');
    expect([status, text.trim()]).toEqual([
      0,
      name === 'inPod'
        ? 'http://gnosis-mainnet-nethermind.blockchain.svc.cluster.local:8545'
        : 'http://gnosis-mainnet-nethermind.own.internal:8545',
    ]);
    const stack = JSON.parse(readFileSync(join(copy, 'own-out', 'stacks', 'own', 'cdk.tf.json'), 'utf8'));
    expect(Object.keys(resources(stack))).toContain(
      `${name === 'inPod' ? 'helm_release' : 'aws_instance'}.gnosis-mainnet-nethermind`,
    );
  },
  30_000,
);

/** Suites that look at every chain of the catalogue. */
const SUITES = [
  'test/constructs/chain-node/catalogue',
  'test/constructs/monitoring-stack/alerts',
  'test/environments',
  'test/tools/generate.test.ts',
];

test('with what the page asks for besides, the project takes it: format, what is generated, and tests', () => {
  const flags = blocks('flags');
  expect(flags).toHaveLength(2);
  for (const { path, text } of flags) {
    const table = join(copy, path);
    const { of, ...rest } = JSON.parse(readFileSync(table, 'utf8'));
    writeFileSync(table, JSON.stringify({ of: [...of, JSON.parse(text)], ...rest }));
  }
  for (const own of ['stack.ts', 'own.ts', 'out', 'own-out']) rmSync(join(copy, own), { recursive: true, force: true });
  const at = (path: string): string => join(ROOT, 'node_modules', path);
  expect(run('--require', at('tsx/dist/cjs/index.cjs'), 'tools/generate.ts').status).toBe(0);
  const biome = run(at('@biomejs/biome/bin/biome'), 'check', '--write', 'constructs', 'test', 'docs');
  expect([biome.status, biome.status === 0 ? '' : biome.text]).toEqual([0, '']);
  const jest = (...words: string[]): string => {
    const { status, text } = run(at('jest/bin/jest.js'), '--coverage=false', ...words);
    return status === 0 ? '' : text;
  };
  expect(jest('-u', 'test/stacks/environment-stack.test.ts')).toBe('');
  expect(jest(...SUITES)).toBe('');
  const ofHosts = ['--testMatch', '**/*.host.test.ts', '--testPathIgnorePatterns', '/node_modules/'];
  // The path comes first: what follows the last option is of it.
  expect(jest('test/tools/generate', ...ofHosts)).toBe('');
}, 240_000);
