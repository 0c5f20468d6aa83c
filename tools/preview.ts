import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadEnvironments } from '../environments/load';
import { ConfigurationError } from '../environments/problem';
import { ENVIRONMENTS } from '../environments/schema/sections';
import { STATUS } from './plan-report/main';
import { saidOf } from './plan-report/permissions';
import { COMMENT_LIMIT, cutReport, reportOf } from './plan-report/report';
import { compareStacks } from './plan-report/synthesized';

/**
 * What changes from a base to the files as they are now, without cloud, state or credentials: both are synthesized and compared.
 *
 *     npm run --silent preview -- --base origin/main [environment…]
 *
 * A base is a revision of git, or a folder that `npm run synth` wrote. Exit status as that of plan-report, of the worst environment.
 */

const USAGE = `usage: npm run preview -- --base <revision of git, or a folder of a synthesized output> [environment…] [--out <file>] [--link <address>]
       with --link, standard output is what a comment holds, and says that the rest, which --out gets, is there`;

const ROOT = join(__dirname, '..');

class PreviewError extends Error {}

const run = (
  cwd: string,
  program: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): SpawnSyncReturns<string> =>
  spawnSync(program, words, { cwd, encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20 });

const must = (what: string, { status, stdout, stderr, error }: SpawnSyncReturns<string>): string => {
  if (status === 0) return stdout;
  throw new PreviewError(`${what}:\n${(error?.message ?? stderr).trimEnd()}`);
};

/** Synthesizes a tree of the project, with warnings left to whoever reads the report. */
const synthesize = (tree: string, outdir: string, what: string): void => {
  must(what, run(tree, 'npm', ['run', '--silent', 'synth'], { CDKTF_OUTDIR: outdir }));
};

/** A folder of stacks, or a commit. */
type Base = { readonly stacks: string } | { readonly commit: string };

function findBase(base: string): Base {
  const given = resolve(base);
  for (const stacks of [join(given, 'stacks'), given])
    if (ENVIRONMENTS.some((name) => existsSync(join(stacks, name, 'cdk.tf.json')))) return { stacks };
  if (existsSync(given))
    throw new PreviewError(`${base} is no synthesized output; give the folder that npm run synth wrote`);
  const { status, stdout } = run(ROOT, 'git', ['rev-parse', '--verify', '--quiet', `${base}^{commit}`]);
  if (status !== 0)
    throw new PreviewError(`"${base}" is neither a folder nor a revision that git knows here; fetch it first`);
  return { commit: stdout.trim() };
}

/** Synthesizes a commit in a tree of its own below `work`; answers with the folder of its stacks. */
function synthesizeCommit(commit: string, base: string, work: string): string {
  const tree = join(work, 'base');
  must('git worktree', run(ROOT, 'git', ['worktree', 'add', '--quiet', '--detach', tree, commit]));
  try {
    const [now, then] = [ROOT, tree].map((folder) => readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    // Packages of another lock file may synthesize something else.
    if (now === then) symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    else must(`npm ci of ${base}`, run(tree, 'npm', ['ci', '--silent']));
    synthesize(tree, join(work, 'base-output'), `${base} does not synthesize`);
  } finally {
    run(ROOT, 'git', ['worktree', 'remove', '--force', tree]);
  }
  return join(work, 'base-output', 'stacks');
}

const stackOf = (stacks: string, environment: string): string | undefined => {
  const file = join(stacks, environment, 'cdk.tf.json');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

interface Answer {
  readonly out: string;
  readonly status: number;
}

/** Reports of these environments, or of all. */
export function preview(base: string, wanted: readonly string[]): Answer {
  const found = findBase(base);
  const configuration = loadEnvironments(join(ROOT, 'environments'));
  const known = configuration.environments.map(({ name }) => name as string).sort();
  const odd = wanted.find((name) => !known.includes(name));
  if (odd !== undefined) throw new PreviewError(`"${odd}" is not an environment here; use one of ${known.join(', ')}`);
  const work = mkdtempSync(join(tmpdir(), 'preview-'));
  try {
    synthesize(ROOT, join(work, 'output'), 'the files as they are do not synthesize');
    const now = join(work, 'output', 'stacks');
    const before = 'stacks' in found ? found.stacks : synthesizeCommit(found.commit, base, work);
    const names = wanted.length > 0 ? wanted : known;
    const reports = names.map((environment) => {
      const said = saidOf(configuration, environment);
      const after = stackOf(now, environment);
      if (!said || after === undefined) throw new Error(`${environment} was not synthesized`);
      return reportOf({
        environment,
        plan: compareStacks(stackOf(before, environment), after),
        ...said,
        basis: `Without cloud or state: what is synthesized now, against that of ${base}. Changes by hand are not in it, and what is replaced is told by what is known of it.`,
      });
    });
    return {
      out: reports.map(({ text }) => text).join('\n'),
      status: Math.max(...reports.map(({ verdict }) => STATUS[verdict])),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function main(words: readonly string[]): void {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { base: { type: 'string' }, out: { type: 'string' }, link: { type: 'string' } },
    });
    if (values.base === undefined) throw new PreviewError(USAGE);
    const { out, status } = preview(values.base, positionals);
    if (values.out !== undefined) writeFileSync(values.out, out);
    process.stdout.write(values.link === undefined ? out : cutReport(out, COMMENT_LIMIT, `The rest: ${values.link}`));
    process.exitCode = status;
  } catch (error) {
    const unknown = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true;
    if (!unknown && !(error instanceof PreviewError || error instanceof ConfigurationError)) throw error;
    console.error(unknown ? USAGE : (error as Error).message);
    process.exitCode = 1;
  }
}

if (require.main === module) main(process.argv.slice(2));
