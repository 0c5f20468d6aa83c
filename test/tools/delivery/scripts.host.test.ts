import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Scripts of workflows, with programs in the place of those that ask a cloud. */

const ROOT = join(__dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'delivery-scripts-'));
const bin = join(folder, 'bin');
mkdirSync(bin);
afterAll(() => rmSync(folder, { recursive: true }));

const program = (name: string, text: string): void => {
  writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
};
const script = (name: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync('bash', [join(ROOT, 'tools/delivery', name), ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${bin}:${process.env.PATH}`, HOME: process.env.HOME, FOLDER: folder, ...env },
  });

describe('the smoke check', () => {
  const smoke = (minutes: string) =>
    script('smoke.sh', ['production'], {
      SMOKE_MINUTES: minutes,
      SMOKE_QUIET_MINUTES: '0',
      SMOKE_PAUSE_SECONDS: '0.1',
    });

  test('is content where no alarm of the environment rings', () => {
    program('aws', 'echo "$*" >"$FOLDER/asked"; echo None');
    expect(smoke('1')).toMatchObject({ status: 0, stdout: 'no alarm of production rings\n' });
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain(
      '--alarm-name-prefix production- --state-value ALARM',
    );
  });

  test('waits for a node that was just restarted', () => {
    program(
      'aws',
      'n=$(cat "$FOLDER/count" 2>/dev/null || echo 0); echo $((n + 1)) >"$FOLDER/count"; ((n >= 3)) || echo "production-ethereum-mainnet-geth-healthy	is behind"',
    );
    expect(smoke('1')).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, 'count'), 'utf8').trim()).toBe('4');
  });

  test('is not content before an alarm could have rung', () => {
    program('aws', 'echo None');
    const early = script('smoke.sh', ['production'], { SMOKE_MINUTES: '0', SMOKE_PAUSE_SECONDS: '0.1' });
    expect(early.status).toBe(1);
  });

  test('tells what still rings, and fails', () => {
    program('aws', 'echo "production-ethereum-mainnet-geth-healthy	is behind"');
    const { status, stderr } = smoke('0');
    expect(status).toBe(1);
    expect(stderr).toContain('production-ethereum-mainnet-geth-healthy\tis behind');
  });

  test('fails where it cannot ask', () => {
    program('aws', 'echo "no credentials" >&2; exit 255');
    const { status, stderr } = smoke('0');
    expect([status !== 0, stderr]).toEqual([true, 'no credentials\n']);
  });
});

describe('the seal', () => {
  const plan = join(folder, 'plan.bin');
  const sealed = join(folder, 'plan.sealed');
  writeFileSync(plan, 'what a plan holds');

  test.each([
    ['no key', {}, /PLAN_KEY: is not set: the secret that seals plans/],
    [
      'a key that is too short',
      { PLAN_KEY: 'short' },
      /PLAN_KEY: is shorter than 32 characters; make one by openssl rand -hex 32/,
    ],
  ])('is not made with %s', (_, env, message) => {
    const { status, stderr } = script('seal.sh', ['seal', plan, sealed], env);
    expect([status, existsSync(sealed)]).toEqual([1, false]);
    expect(stderr).toMatch(message);
  });

  test('holds nothing in the clear, and opens to the same', () => {
    const env = { PLAN_KEY: 'k'.repeat(32) };
    const sha256 = script('seal.sh', ['seal', plan, sealed], env).stdout.trim();
    expect(readFileSync(sealed).includes('what a plan holds')).toBe(false);
    const opened = join(folder, 'opened.bin');
    expect(script('seal.sh', ['open', sealed, opened, sha256], env).status).toBe(0);
    expect(readFileSync(opened, 'utf8')).toBe('what a plan holds');
  });
});

describe('the providers of a stack', () => {
  const stacks = join(folder, 'stacks');
  const env = { STACKS: stacks, PLAN_LOCK: 'no' };
  mkdirSync(join(stacks, 'production'), { recursive: true });
  writeFileSync(
    join(stacks, 'production/cdk.tf.json'),
    JSON.stringify({ terraform: { required_providers: { aws: { source: 'aws', version: '6.25.0' } } } }),
  );

  test('must be locked before anything is planned, where the file is not there', () => {
    // A copy, which has none.
    const copy = join(folder, 'copy');
    cpSync(join(ROOT, 'tools/delivery'), join(copy, 'tools/delivery'), { recursive: true });
    const { status, stderr } = spawnSync(
      'bash',
      [join(copy, 'tools/delivery/plan.sh'), 'production', join(folder, 'plan')],
      {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, ...env },
      },
    );
    expect(status).toBe(1);
    expect(stderr).toContain(
      'environments/providers.lock.hcl: is not there; run tools/delivery/lock-providers.sh and commit it',
    );
    expect(readFileSync(join(folder, 'plan/comment.md'), 'utf8')).toContain(
      '## production: :warning: terraform init failed',
    );
  });

  test('are those of all stacks, for every platform that people and workflows have', () => {
    program('terraform', 'cp "${1#-chdir=}/main.tf.json" "$FOLDER/required"; echo "$*" >"$FOLDER/words"; exit 3');
    expect(script('lock-providers.sh', [], env).status).toBe(3);
    expect(JSON.parse(readFileSync(join(folder, 'required'), 'utf8'))).toEqual({
      terraform: { required_providers: { aws: { source: 'aws', version: '6.25.0' } } },
    });
    expect(readFileSync(join(folder, 'words'), 'utf8')).toMatch(/ providers lock( -platform=\w+)+\n$/);
  });

  test('and a stack that is not synthesized is told', () => {
    const { status, stderr } = script('apply.sh', ['staging', join(folder, 'plan.bin')], env);
    expect(status).toBe(1);
    expect(stderr).toContain('staging/cdk.tf.json: is not there; run npm run synth first');
  });
});

test('the outputs of a step are what the matrix says of the environment', () => {
  const output = join(folder, 'output');
  expect(script('outputs.sh', ['production'], { GITHUB_OUTPUT: output }).status).toBe(0);
  expect(readFileSync(output, 'utf8')).toBe(
    'environment=production\nsuffix=PRODUCTION\nregion=eu-central-1\nremote=true\n',
  );
  expect(script('outputs.sh', ['qa'])).toMatchObject({ status: 1, stderr: 'qa: is not an environment here\n' });
});

test('a pull request without a cloud has a preview', () => {
  const report = join(folder, 'preview');
  const { status, stderr } = script('pull-request.sh', ['production', report], { BASE: 'no-such-revision' });
  expect(status).toBe(1);
  expect(stderr).toContain('"no-such-revision" is neither a folder nor a revision that git knows here');
  expect(readFileSync(join(report, 'comment.md'), 'utf8')).toContain('## production: :warning: no preview');
});
