import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Json, load, swap, synthesize } from '../../project';

/**
 * A change on its way: planned for a pull request, told in a comment, planned again to be approved, sealed, applied, and then looked at for
 * drift. Scripts, Terraform, its state and its plans are real. Resources are stand-ins of the provider that Terraform brings along,
 * which what reads its JSON sees under the names of what they stand for; GitHub is a server of the test.
 */

jest.setTimeout(120_000);

const present = spawnSync('terraform', ['version']).status === 0;
if (!present) console.warn('NOT RUN: no terraform here, so that nobody has seen a change on its way');

const ROOT = join(__dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'delivery-'));
const STACKS = join(folder, 'stacks');
const ENVIRONMENT = 'development';
const KEY = '0123456789abcdef0123456789abcdef';

/** Each resource as one of Terraform's own, with what it stands for in it. */
function standIns(stack: Json): Json {
  const data: Json = {};
  for (const [type, named] of Object.entries<Json>(stack.resource))
    for (const [name, body] of Object.entries<Json>(named)) {
      if (!['aws_ebs_volume', 'aws_instance', 'aws_s3_object'].includes(type)) continue;
      const { size, type: kind, instance_type, content, availability_zone } = body;
      data[`${type}__${name}`] = { input: plain({ size, type: kind, instance_type, content, availability_zone }) };
    }
  return {
    terraform: { backend: { local: { path: join(folder, 'terraform.tfstate') } } },
    resource: { terraform_data: data },
    output: { nodes: { value: plain(stack.output.nodes.value) } },
  };
}

/** Without what only other resources know. */
const plain = (value: Json): Json =>
  JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'string' && one.includes('${') ? 'later' : one)));

/** Terraform, but for the JSON of plans: there stand-ins have the types, names and attributes of what they stand for. */
const WRAPPER = `#!/usr/bin/env bash
set -euo pipefail
if [[ " $* " != *" show -json "* ]]; then exec "$REAL_TERRAFORM" "$@"; fi
"$REAL_TERRAFORM" "$@" | jq '
  def real: if .type == "terraform_data" then
    (.name | split("__")) as [$type, $name]
    | .type = $type | .name = $name | .address = "\\($type).\\($name)"
    | .change.before |= (if . then .input else . end) | .change.after |= (if . then .input else . end)
    | .change.after_unknown = {} | .change.before_sensitive = {} | .change.after_sensitive = {}
  else . end;
  .resource_changes |= map(real)'
`;

const bin = join(folder, 'bin');

function write(edit?: (text: string) => string, lock?: (text: string) => string): void {
  const edits = {
    ...(edit ? { [`${ENVIRONMENT}/overrides.yml`]: edit } : {}),
    ...(lock ? { [`${ENVIRONMENT}/nodes.lock.yml`]: lock } : {}),
  };
  mkdirSync(join(STACKS, ENVIRONMENT), { recursive: true });
  const stack = standIns(synthesize(load(edits))[ENVIRONMENT]);
  writeFileSync(join(STACKS, ENVIRONMENT, 'cdk.tf.json'), JSON.stringify(stack));
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function script(name: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const { status, stdout, stderr } = spawnSync('bash', [join(ROOT, 'tools/delivery', name), ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: process.env.HOME,
      REAL_TERRAFORM: execFileSync('bash', ['-c', 'command -v terraform'], { encoding: 'utf8' }).trim(),
      STACKS,
      // There is nothing to lock of what Terraform brings along.
      PROVIDERS_LOCK: 'none',
      ...env,
    },
  });
  return { status, stdout, stderr };
}

const at = (...parts: readonly string[]): string => join(folder, ...parts);
const read = (...parts: readonly string[]): string => readFileSync(at(...parts), 'utf8');

const grown = (text: string): string =>
  text.replace(
    'networks: [sepolia, local]',
    'networks: [sepolia, local]\n    nodes: { sepolia-geth: { volume: { size: 2 TiB } } }',
  );
const dropped = swap('networks: [sepolia, local]', 'networks: [local]');

(present ? describe : describe.skip)('a change on its way', () => {
  beforeAll(() => {
    mkdirSync(bin);
    writeFileSync(join(bin, 'terraform'), WRAPPER);
    chmodSync(join(bin, 'terraform'), 0o755);
    write();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const output = at('output');
  /** Plans to be approved; the outputs of the step by name. */
  const toApprove = (name: string): Ran & { readonly outputs: Readonly<Record<string, string>> } => {
    writeFileSync(output, '');
    const ran = script('plan-to-approve.sh', [ENVIRONMENT, at(name)], { PLAN_KEY: KEY, GITHUB_OUTPUT: output });
    return {
      ...ran,
      outputs: Object.fromEntries(
        read('output')
          .trim()
          .split('\n')
          .map((line) => line.split('=')),
      ),
    };
  };
  const open = (name: string, sha256: string, key = KEY): Ran =>
    script('seal.sh', ['open', at(name, 'plan.sealed'), at(name, 'plan.bin'), sha256], { PLAN_KEY: key });
  const apply = (name: string): Ran => script('apply.sh', [ENVIRONMENT, at(name, 'plan.bin')]);

  test('begins with everything that is new, and is nothing once that is applied', () => {
    const { status, outputs } = toApprove('first');
    expect([status, outputs.verdict]).toEqual([0, 'changes']);
    expect(read('first', 'comment.md')).toContain('| ethereum-sepolia-geth | new: geth ');
    expect(open('first', outputs.sha256 ?? '').status).toBe(0);
    expect(apply('first').stdout).toContain('Apply complete!');
    expect(toApprove('second')).toMatchObject({ status: 0, outputs: { verdict: 'nothing' } });
    expect(existsSync(at('second', 'plan.sealed'))).toBe(false);
  });

  test('is told for a pull request, without a plan that anybody could take', () => {
    write(grown);
    const summary = at('summary');
    const { status } = script('pull-request.sh', [ENVIRONMENT, at('request')], {
      HAS_CLOUD: 'true',
      GITHUB_STEP_SUMMARY: summary,
    });
    expect(status).toBe(0);
    expect(read('request', 'comment.md')).toMatch(/\| ethereum-sepolia-geth \| its disk: \d+ GiB → 2048 GiB, in place/);
    expect(readFileSync(summary, 'utf8')).toBe(read('request', 'comment.md'));
    expect(existsSync(at('request', 'plan.bin'))).toBe(false);
  });

  test('is applied as it was approved: what is changed on the way, or is another, is not', () => {
    const { outputs } = toApprove('grown');
    const sha256 = outputs.sha256 ?? '';
    // Nobody but its owner may read what is sealed, and what is left of it is not in the clear.
    expect(statSync(at('grown', 'plan.sealed')).mode & 0o077).toBe(0);
    expect(existsSync(at('grown', 'plan.bin'))).toBe(false);
    expect(open('grown', sha256, KEY.replace('0', '1'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('does not open'),
    });
    expect(open('grown', 'f'.repeat(64))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is not the plan that was approved'),
    });
    expect(existsSync(at('grown', 'plan.bin'))).toBe(false);
    expect(open('grown', sha256).status).toBe(0);
    expect(apply('grown').stdout).toContain('1 changed');
  });

  test('is refused once something else was applied since', () => {
    write();
    const old = toApprove('old');
    const other = toApprove('other');
    for (const [name, { outputs }] of [
      ['old', old],
      ['other', other],
    ] as const)
      open(name, outputs.sha256 ?? '');
    expect(apply('other').status).toBe(0);
    expect(apply('old')).toMatchObject({ status: 1, stderr: expect.stringContaining('Saved plan is stale') });
  });

  test('is put to nobody when it would lose a disk that nobody retired', () => {
    write(dropped, (text) => text.replace(/ {2}ethereum-sepolia-geth:\n(?: {4}.*\n)+/, ''));
    const { status, stderr, outputs } = toApprove('dropped');
    expect([status, outputs.verdict]).toEqual([1, undefined]);
    expect(stderr).toContain('something would be lost or stopped that the configuration does not allow');
    expect(read('dropped', 'report.md')).toContain('- :x: `aws_ebs_volume.ethereum-sepolia-geth` is destroyed');
    expect(existsSync(at('dropped', 'plan.sealed'))).toBe(false);
    expect(script('pull-request.sh', [ENVIRONMENT, at('refused')], { HAS_CLOUD: 'true' }).status).toBe(1);
    write();
  });

  test('that cannot be planned is told, with the reason', () => {
    const file = join(STACKS, ENVIRONMENT, 'cdk.tf.json');
    const stack = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...stack, resource: { terraform_data: { odd: { inputs: 1 } } } }));
    const { status, stderr } = script('pull-request.sh', [ENVIRONMENT, at('broken')], { HAS_CLOUD: 'true' });
    expect(status).toBe(1);
    expect(read('broken', 'comment.md')).toContain(`## ${ENVIRONMENT}: :warning: the plan failed`);
    // What it said may hold anything, and stands in the log alone.
    expect(read('broken', 'comment.md')).not.toContain('inputs');
    expect(stderr).toContain('inputs');
    write();
  });

  describe('drift', () => {
    const asked: { readonly method: string; readonly path: string; readonly body: Json }[] = [];
    let issues: Json[] = [];
    let server: Server;
    const drift = (): Promise<Ran> =>
      new Promise((resolve) => {
        // Not spawnSync: this process answers it.
        const { spawn } = jest.requireActual<typeof import('node:child_process')>('node:child_process');
        const child = spawn('bash', [join(ROOT, 'tools/delivery/drift.sh'), ENVIRONMENT, at('drift')], {
          cwd: ROOT,
          env: {
            PATH: `${bin}:${process.env.PATH}`,
            HOME: process.env.HOME,
            REAL_TERRAFORM: execFileSync('bash', ['-c', 'command -v terraform'], { encoding: 'utf8' }).trim(),
            STACKS,
            PROVIDERS_LOCK: 'none',
            GITHUB_TOKEN: 'token',
            GITHUB_REPOSITORY: 'acme/infrastructure',
            GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          },
        });
        const said = { stdout: '', stderr: '' };
        child.stdout.on('data', (chunk: Buffer) => {
          said.stdout += chunk.toString();
        });
        child.stderr.on('data', (chunk: Buffer) => {
          said.stderr += chunk.toString();
        });
        child.on('close', (status) => resolve({ status, ...said }));
      });

    beforeAll(async () => {
      server = createServer((request, response) => {
        let text = '';
        request.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        request.on('end', () => {
          const body = text === '' ? undefined : JSON.parse(text);
          asked.push({ method: request.method ?? '', path: request.url ?? '', body });
          if (request.method === 'POST')
            issues.push({ id: 1, number: 7, user: { login: 'github-actions[bot]' }, ...body });
          if (request.method === 'PATCH' && body.state === 'closed') issues = [];
          response.end(JSON.stringify(request.method === 'GET' ? issues : {}));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => server.close());
    beforeEach(() => {
      asked.length = 0;
    });

    const changes = () => asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

    test('is none where all is as it is configured', async () => {
      expect(await drift()).toMatchObject({ status: 0, stderr: '' });
      expect(changes()).toEqual([]);
    });

    test('opens one issue, and updates it while it lasts', async () => {
      const file = at('terraform.tfstate');
      const state = read('terraform.tfstate');
      // Somebody changed it by hand.
      writeFileSync(file, state.replace(/"size": \d+/, '"size": 9999'));
      expect((await drift()).status).toBe(0);
      expect(changes()).toEqual(['POST /repos/acme/infrastructure/issues']);
      expect(issues[0]).toMatchObject({ title: 'development is not as it is configured' });
      expect(issues[0].body).toMatch(/^<!-- drift:development -->\n<!-- plan:development -->\n/);
      asked.length = 0;
      await drift();
      expect(changes()).toEqual(['PATCH /repos/acme/infrastructure/issues/7']);
      writeFileSync(file, state);
    });

    test('closes it when it is over', async () => {
      await drift();
      expect(asked.at(-1)).toMatchObject({ method: 'PATCH', body: { state: 'closed' } });
    });
  });
});
