import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

// The builder for real, on a repository of its own. Needs git, gcc, zstd.

const SCRIPT = path.join(__dirname, '../../../constructs/program-builder/build.sh');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'build-'));
const sh = (command: string): string => execFileSync('bash', ['-c', command], { cwd: work, encoding: 'utf8' });
let commit: string;

/** S3 as far as the builder asks for it. */
const AWS = `#!/bin/bash
set -euo pipefail
echo "$*" >>${work}/calls
[ ! -e ${work}/refuses ] || { echo 'An error occurred (AccessDenied)' >&2; exit 254; }
operation=$2 none=''
for ((i = 3; i < $#; i++)); do
  next=$((i + 1))
  case \${!i} in
    --key | --prefix) key=\${!next} ;;
    --body) body=\${!next} ;;
    --if-none-match) none=yes ;;
  esac
done
case $operation in
  list-objects-v2) if [ -e "${work}/bucket/$key" ]; then echo "$key"; else echo None; fi ;;
  put-object)
    [ -z "$none" ] || [ ! -e "${work}/bucket/$key" ] || { echo 'An error occurred (PreconditionFailed)' >&2; exit 254; }
    cp "$body" "${work}/bucket/$key"
    ;;
  cp)
    mkdir -p "${work}/bucket/programs/key"
    cp "$4" "${work}/bucket/\${5#s3://the-bucket/}"
    ;;
esac
`;
beforeEach(() => {
  for (const file of ['bucket', 'calls', 'refuses', 'asked'])
    fs.rmSync(path.join(work, file), { recursive: true, force: true });
});

beforeAll(() => {
  sh(`git init --quiet repository && cd repository && git config user.email a@example.com && git config user.name a
    git config uploadpack.allowAnySHA1InWant true
    printf '#include <stdio.h>\nint main(void) { puts("one"); return 0; }\n' >main.c && git add . && git commit --quiet -m one
    echo later >later && git add . && git commit --quiet -m two
    mkdir ../bin && printf '#!/bin/sh\necho "$@" >>${work}/apt\n' >../bin/apt-get && chmod +x ../bin/apt-get`);
  // The command line of the cloud, whose bucket is a folder, in an archive as it is published, and who hands that out.
  fs.writeFileSync(path.join(work, 'bin/aws.installed'), AWS, { mode: 0o755 });
  sh(`mkdir -p cli/aws && printf '#!/bin/sh\\nln -sf aws.installed ${work}/bin/aws\\n' >cli/aws/install && chmod +x cli/aws/install
    cd cli && (zip -q -r ../cli.zip aws || python3 -m zipfile -c ../cli.zip aws)
    printf '#!/bin/sh\\nfor last; do true; done\\necho "$last" >>${work}/asked\\nwhile [ "$1" != --output ]; do shift; done\\ncp ${work}/cli.zip "$2"\\n' >../bin/curl
    chmod +x ../bin/curl`);
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
      BUCKET: 'the-bucket',
      PREFIX: 'programs/key',
      AWS_CLI_VERSION: '2.0.0',
      AWS_CLI_SHA256: sh('sha256sum <cli.zip').slice(0, 64),
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

test('puts the archive where hosts look for it, then its checksum', () => {
  const { folder, output } = build();
  for (const file of ['program.tar.zst', 'program.tar.zst.sha256']) {
    expect(fs.readFileSync(path.join(work, 'bucket/programs/key', file))).toEqual(
      fs.readFileSync(path.join(folder, file)),
    );
  }
  expect(output).toContain('it is at s3://the-bucket/programs/key');
  expect(
    sh('cat calls')
      .split('\n')
      .map((call) => call.split(' ')[1]),
  ).toEqual(['list-objects-v2', 'cp', 'put-object', undefined]);
  expect(sh('cat asked')).toMatch(
    /^https:\/\/awscli\.amazonaws\.com\/awscli-exe-linux-(x86_64|aarch64)-2\.0\.0\.zip\n$/,
  );
});

test('builds nothing that is there already, and leaves that as it is', () => {
  const kept = (): string => sh('stat --format %i:%Y bucket/programs/key/*');
  build();
  const before = kept();
  const { folder, status, output } = build();
  expect([status, output]).toEqual([1, expect.stringContaining('is there already; nothing was built or changed')]);
  expect(fs.existsSync(path.join(folder, 'source'))).toBe(false);
  expect(kept()).toBe(before);
});

test('goes on where an upload ended half-way', () => {
  sh('mkdir -p bucket/programs/key && echo half >bucket/programs/key/program.tar.zst');
  expect(build().status).toBe(0);
  expect(sh('cd bucket/programs/key && sha256sum --check program.tar.zst.sha256')).toContain('OK');
});

test('builds nothing when it may not look', () => {
  sh('touch refuses');
  const { folder, output } = build();
  expect(output).toContain('cannot tell whether s3://the-bucket/programs/key is there (above); nothing was built');
  expect(fs.existsSync(path.join(folder, 'source'))).toBe(false);
});

test('uses no command line of another checksum', () => {
  const { status } = build({ AWS_CLI_SHA256: '0'.repeat(64) });
  expect(status).not.toBe(0);
  expect(fs.existsSync(path.join(work, 'calls'))).toBe(false);
});

test('makes the same archive of the same commit', () => {
  const sum = ({ folder }: { readonly folder: string }): string => sh(`cat ${folder}/program.tar.zst.sha256`);
  const first = sum(build());
  fs.rmSync(path.join(work, 'bucket'), { recursive: true });
  expect(sum(build())).toBe(first);
});

test.each([
  ['a commit that is not there', { COMMIT: '0'.repeat(40) }, ''],
  ['a name in place of a commit', { COMMIT: 'HEAD' }, 'gave another commit than HEAD; nothing was built'],
  ['a command that fails', { COMMANDS: 'false\ntouch out' }, ''],
  [
    'two outputs of one name',
    { COMMANDS: 'mkdir out\ncp main.c out', OUTPUTS: 'main.c\nout/main.c' },
    'two outputs are called main.c',
  ],
  ['an output that is not made', { OUTPUTS: 'out/other' }, 'the build made no out/other'],
])('fails with %s, and leaves no archive', (_, change, message) => {
  const { folder, status, output } = build(change);
  expect(status).not.toBe(0);
  expect(output).toContain(message);
  expect(fs.existsSync(path.join(folder, 'program.tar.zst'))).toBe(false);
  expect(fs.existsSync(path.join(work, 'bucket'))).toBe(false);
});
