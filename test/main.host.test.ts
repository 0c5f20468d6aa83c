import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { swap } from './project';

const ROOT = join(__dirname, '..');

jest.setTimeout(60_000);

describe('the program', () => {
  /** Runs `main.ts` of a project in a folder and gives every file that it wrote. */
  function run(
    root: string,
    cwd: string,
  ): { readonly files: Readonly<Record<string, string>>; readonly stderr: string; readonly status: number | null } {
    const outdir = mkdtempSync(join(tmpdir(), 'out-'));
    try {
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--require', join(ROOT, 'node_modules/tsx/dist/cjs/index.cjs'), join(root, 'main.ts')],
        {
          cwd,
          encoding: 'utf8',
          // Node and nothing else: no program is found on this path.
          env: { PATH: outdir, HOME: tmpdir(), CDKTF_OUTDIR: outdir },
        },
      );
      const files = readdirSync(outdir, { recursive: true, encoding: 'utf8' })
        .map((name) => join(outdir, name))
        .filter((path) => statSync(path).isFile())
        .sort();
      return {
        files: Object.fromEntries(files.map((file) => [file.slice(outdir.length), readFileSync(file, 'utf8')])),
        stderr,
        status,
      };
    } finally {
      rmSync(outdir, { recursive: true });
    }
  }

  function copyOfProject(): string {
    const copy = mkdtempSync(join(tmpdir(), 'project-'));
    for (const entry of [
      'main.ts',
      'cdktf.json',
      'package.json',
      'tsconfig.json',
      'constructs',
      'environments',
      'stacks',
      'tools',
    ]) {
      cpSync(join(ROOT, entry), join(copy, entry), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    return copy;
  }

  test('writes the same bytes again, from another folder, and in another copy of the project', () => {
    const first = run(ROOT, ROOT);
    expect(first.status).toBe(0);
    expect(Object.keys(first.files).filter((file) => !file.includes('/assets/'))).toEqual([
      '/manifest.json',
      '/stacks/development/cdk.tf.json',
      '/stacks/production/cdk.tf.json',
      '/stacks/staging/cdk.tf.json',
    ]);
    const copy = copyOfProject();
    try {
      expect(run(ROOT, tmpdir()).files).toEqual(first.files);
      expect(run(copy, copy).files).toEqual(first.files);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  test('prints mistakes without a stack trace, writes nothing and fails', () => {
    const copy = copyOfProject();
    try {
      const file = join(copy, 'environments/production/overrides.yml');
      const text = swap('clients: [geth, reth]', 'clients: [gteh, reth]')(readFileSync(file, 'utf8'));
      writeFileSync(file, text);
      expect(run(copy, copy)).toEqual({
        files: {},
        status: 1,
        stderr:
          'environments/production/overrides.yml:28:15 chains.ethereum.clients[0]: "gteh" is not a client of ethereum; use one of geth, reth, nethermind, besu, erigon; did you mean geth?\n',
      });
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  test('tells of its own faults by the lines of its sources, as cdktf starts it', () => {
    const copy = copyOfProject();
    try {
      const file = join(copy, 'main.ts');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, `${text}\n\nthrow new Error('a fault of the program');\n`);
      const app: string = JSON.parse(readFileSync(join(copy, 'cdktf.json'), 'utf8')).app;
      const [, ...words] = app.split(' ');
      const env = { PATH: '', HOME: tmpdir(), CDKTF_OUTDIR: join(copy, 'out') };
      const { status, stderr } = spawnSync(process.execPath, words, { cwd: copy, encoding: 'utf8', env });
      expect(status).toBe(1);
      expect(stderr).toContain('Error: a fault of the program');
      // After what was there, an end of line and an empty one.
      expect(stderr).toContain(`main.ts:${text.split('\n').length + 2}:`);
      expect(stderr).not.toContain('__defProp');
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
