import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The preview as a person runs it before pushing: in a repository of its own, with a change that is not committed. */

jest.setTimeout(120_000);

const ROOT = join(__dirname, '../..');
const PARTS = [
  'cdktf.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'main.ts',
  'constructs',
  'environments',
  'stacks',
  'tools',
];

const tree = mkdtempSync(join(tmpdir(), 'preview-test-'));
const git = (...words: readonly string[]): string => execFileSync('git', ['-C', tree, ...words], { encoding: 'utf8' });
const preview = (...words: readonly string[]) =>
  spawnSync('npm', ['run', '--silent', 'preview', '--', ...words], { cwd: tree, encoding: 'utf8' });
const OVERRIDES = join(tree, 'environments/development/overrides.yml');

beforeAll(() => {
  for (const part of PARTS) cpSync(join(ROOT, part), join(tree, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  writeFileSync(join(tree, '.gitignore'), 'node_modules\ncdktf.out\n');
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'Base');
});
afterAll(() => rmSync(tree, { recursive: true }));

test('nothing changes against what it is made from', () => {
  const { status, stdout } = preview('--base', 'HEAD', 'development');
  expect(stdout).toContain('## development: nothing changes');
  expect(status).toBe(0);
});

test('an edit is told for the environment that it is of, from a revision or from what was synthesized', () => {
  const output = join(tree, 'before');
  execFileSync('npm', ['run', '--silent', 'synth'], {
    cwd: tree,
    env: { ...process.env, CDKTF_OUTDIR: output },
    stdio: 'pipe',
  });
  const text = readFileSync(OVERRIDES, 'utf8');
  writeFileSync(OVERRIDES, text.replace('networks: [sepolia, local]', 'networks: [sepolia, local, hoodi]'));
  const revision = preview('--base', 'HEAD');
  expect(revision.stderr).toBe('');
  expect(revision.stdout).toContain('| ethereum-hoodi-geth | new: geth ');
  for (const name of ['staging', 'production']) expect(revision.stdout).toContain(`## ${name}: nothing changes`);
  expect(revision.status).toBe(2);
  const folder = preview('--base', output, 'development');
  expect(folder.stdout).toContain('| ethereum-hoodi-geth | new: geth ');
  expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
});

test.each([
  ['no base', [], /^usage: npm run preview/],
  [
    'a base that is not there',
    ['--base', 'none'],
    /^"none" is neither a folder nor a revision that git knows here; fetch it first\n$/,
  ],
  ['a folder of something else', ['--base', 'stacks'], /^stacks is no synthesized output; /],
  [
    'an environment that is not there',
    ['--base', 'HEAD', 'qa'],
    /^"qa" is not an environment here; use one of development, production, staging\n$/,
  ],
])('%s is told in a line', (_, words, message) => {
  const { status, stderr } = preview(...words);
  expect(stderr).toMatch(message);
  expect(status).toBe(1);
});

test('a mistake is told with its place, as synthesis tells it', () => {
  writeFileSync(OVERRIDES, 'global: { environment: development }\nchians: {}\n');
  const { status, stderr } = preview('--base', 'HEAD');
  expect(stderr).toMatch(/^environments\/development\/overrides\.yml:2:1 chians: is not a known key/);
  expect(status).toBe(1);
});
