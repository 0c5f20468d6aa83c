import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

// The builder for real, on a repository of its own. Needs git, gcc, zstd.

const SCRIPT = path.join(__dirname, '../../../constructs/program-builder/build.sh');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'build-'));
const sh = (command: string): string => execFileSync('bash', ['-c', command], { cwd: work, encoding: 'utf8' });
let commit: string;

beforeAll(() => {
  sh(`git init --quiet repository && cd repository && git config user.email a@example.com && git config user.name a
    git config uploadpack.allowAnySHA1InWant true
    printf '#include <stdio.h>\nint main(void) { puts("one"); return 0; }\n' >main.c && git add . && git commit --quiet -m one
    echo later >later && git add . && git commit --quiet -m two
    mkdir ../bin && printf '#!/bin/sh\necho "$@" >>${work}/apt\n' >../bin/apt-get && chmod +x ../bin/apt-get`);
  commit = sh('git -C repository rev-parse HEAD~').trim();
});
afterAll(() => fs.rmSync(work, { recursive: true }));

function build(change: Readonly<Record<string, string>> = {}) {
  const folder = fs.mkdtempSync(path.join(work, 'run-'));
  const { status, stdout, stderr } = spawnSync('bash', [SCRIPT], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${work}/bin:${process.env.PATH}`,
      HOME: work,
      REPOSITORY: `file://${work}/repository`,
      COMMIT: commit,
      PACKAGES: 'gcc libc6-dev',
      COMMANDS: 'mkdir out\ngcc -o out/program main.c',
      OUTPUTS: 'out/program\nmain.c',
      ...change,
    },
  });
  return { folder, status, output: stdout + stderr };
}

test('makes an archive of the outputs, with its checksum, from the pinned commit', () => {
  const { folder, status, output } = build();
  expect([status, output]).toEqual([0, expect.stringContaining(`building ${commit}`)]);
  expect(sh(`cd ${folder} && sha256sum --check program.tar.zst.sha256`)).toContain('OK');
  expect(sh(`cd ${folder} && mkdir x && tar --zstd -xf program.tar.zst -C x && x/program`)).toBe('one\n');
  expect(sh(`cd ${folder} && tar --zstd -tvf program.tar.zst`)).toMatch(/^-rwxr-xr-x 0\/0 .* \.\/program$/m);
  // The later commit is not in it.
  expect(fs.existsSync(path.join(folder, 'source/later'))).toBe(false);
  expect(sh('cat apt')).toMatch(/install --no-install-recommends .* gcc libc6-dev$/m);
});

test('makes the same archive of the same commit', () => {
  const sum = ({ folder }: { readonly folder: string }): string => sh(`cat ${folder}/program.tar.zst.sha256`);
  expect(sum(build())).toBe(sum(build()));
});

test.each([
  ['a commit that is not there', { COMMIT: '0'.repeat(40) }, ''],
  ['a name in place of a commit', { COMMIT: 'HEAD' }, 'gave another commit than HEAD; nothing was built'],
  ['a command that fails', { COMMANDS: 'false\ntouch out' }, ''],
  ['an output that is not made', { OUTPUTS: 'out/other' }, 'the build made no out/other'],
])('fails with %s, and leaves no archive', (_, change, message) => {
  const { folder, status, output } = build(change);
  expect(status).not.toBe(0);
  expect(output).toContain(message);
  expect(fs.existsSync(path.join(folder, 'program.tar.zst'))).toBe(false);
});
