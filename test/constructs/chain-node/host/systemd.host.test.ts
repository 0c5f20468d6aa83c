import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import type { Process } from '../../../../constructs/chain-node/catalogue';
import { programKey } from '../../../../constructs/chain-node/programs';
import { renderUnits } from '../../../../constructs/chain-node/units';
import { Host, type Result, release, scripts } from './host';
import { Machine } from './machine';

// Native processes under a systemd that is booted for it: what units say is one thing, what they do another. Needs root.

jest.setTimeout(120_000);

const TREE = '/data/blockchain/nodes/chains/chain';
/** What no program expects in its arguments, and everything that means something to systemd, to a shell or to a unit file. */
const HARD = [
  '%h $HOME ${PATH} $$',
  'a "b" \\ \'c\'',
  '',
  ';',
  '\\n',
  '-x=${B}%%i',
  '$PUBLIC_IP',
  "it's\ttabs",
  '#no comment',
];
/** Stands for a value that only the host knows, with everything that a file of the environment may hold. */
const ADDRESS = '203.0.113.7 $HOME %h "q" \\ #';

/** A program that notes when it starts and when it is asked to stop, for which it takes its time. */
const PROGRAM = `#!/bin/bash
note() { echo "$(date +%s%N) $NAME $1" >>"$1.time" 2>/dev/null || true; }
cd "$HERE" 2>/dev/null || cd /tmp
case \${1:-} in
  prepare) [ ! -e fail ] || exit 1; touch identity; note prepared; exit ;;
  before) note before; exit "$(cat before-status 2>/dev/null || echo 0)" ;;
esac
trap 'sleep 1; note stopped; exit 0' TERM
trap 'note interrupted; exit 0' INT
note started
while true; do sleep 0.05; done
`;

const source = {
  kind: 'archive',
  name: 'probe',
  version: 'v1',
  files: { x86_64: { url: 'https://example.test/probe', sha256: 'ab'.repeat(32) } },
} as const;

const process = (name: string, change: Partial<Process> = {}): Process => ({
  name,
  source,
  program: ['probe'],
  arguments: ['run'],
  environment: { NAME: name, HERE: '/data' },
  ports: [],
  directories: { '/data': name },
  stop: { signal: 'SIGTERM', graceSeconds: 20 },
  memoryMiB: 100,
  // No more than the limits of whoever runs the tests.
  host: { openFiles: 1000 },
  ...change,
});

const ONE = process('one', {
  arguments: ['run', ...HARD, ['--address=', { host: 'public-ip' }, ':80']],
  environment: { NAME: 'one', HERE: '/data/first', HARD: 'a="b" \\ %h $HOME \'c\' #' },
  directories: { '/data/first': 'one-first', '/data/second': 'one-second' },
  files: { 'settings.toml': 'x = 1\n', 'deep/er.toml': 'y = 1\n' },
  secrets: { jwt: 'made' },
  prepare: [{ name: 'identity', program: ['probe'], arguments: ['prepare'], unless: '/data/first/identity' }],
  stop: { signal: 'SIGTERM', graceSeconds: 20, before: ['probe', 'before'] },
  host: { openFiles: 1000, lockedMemory: 1_000_000, capabilities: ['NET_ADMIN', 'NET_RAW'] },
});
const TWO = process('two', {
  after: ['one'],
  environment: { NAME: 'two', HERE: '/data', ADDRESS: ['at ', { host: 'public-ip' }] },
  stop: { signal: 'SIGINT', graceSeconds: 20 },
});
const THREE = process('three', { directories: {}, environment: { NAME: 'three', HERE: '/tmp' } });

const unitOf = (name: string): string => `chain-node-process-${name}.service`;

/** A release of these processes with the real scripts, but for those that want a disk and a chain. */
function releaseOf(processes: readonly Process[]) {
  const { units, hostValues } = renderUnits(processes, {
    node: 'chain-testnet-client',
    chain: 'chain',
    network: 'testnet',
    architecture: 'x86_64',
    upstreams: {},
  });
  const names = processes.map(({ name }) => name).join(' ');
  const directories = processes.flatMap(({ directories: all }) =>
    Object.values(all).map((name) => `data/testnet/${name}`),
  );
  const { files, hash } = release(names, {
    node: {
      USER_ID: '2000',
      PROCESSES: `"${names}"`,
      NATIVE_PROCESSES: `"${names}"`,
      DATA_DIRECTORIES: `"${directories.join(' ')}"`,
      SECRETS: '"jwt"',
      HOST_VALUES: `"${hostValues.join(' ')}"`,
    },
    files: {
      'host/prepare-disk.sh': '#!/bin/bash\nmountpoint --quiet /data\n',
      'host/bootstrap.sh': fs.readFileSync(path.join(scripts, 'bootstrap.sh'), 'utf8'),
      'host/health-check.sh': '#!/bin/bash\necho well\n',
      'host/lease.sh': '#!/bin/bash\n',
      ...Object.fromEntries([...units].map(([name, text]) => [`units/${name}`, text])),
      ...Object.fromEntries(
        processes.flatMap(({ name, files: all = {} }) =>
          Object.entries(all).map(([file, text]) => [`config/${name}/${file}`, text]),
        ),
      ),
    },
  });
  const { 'compose.yml': _, ...rest } = files;
  return { files: rest, hash };
}

let host: Host;
let machine: Machine;
let metadata: http.Server;

const inside = (script: string): Result => machine.inside(script);
const ask = (script: string): string => machine.ask(script);
const insideLater = (script: string): Promise<Result> => machine.later(script);
const show = (unit: string, property: string): string => machine.show(unit, property);
const state = (name: string): string => show(unitOf(name), 'ActiveState');
const pid = (name: string): string => {
  const found = show(unitOf(name), 'MainPID');
  if (found === '0') throw new Error(`${name} does not run`);
  return found;
};
/** Runs a command where a process is, as it. */
const as = (name: string, command: string): Result =>
  inside(
    `nsenter --target ${pid(name)} --mount setpriv --reuid 2000 --regid 2000 --clear-groups --no-new-privs bash -c '${command}'`,
  );
/** When something happened, in nanoseconds. */
const times = (directory: string, event: string): bigint[] =>
  ask(`cat ${TREE}/data/testnet/${directory}/${event}.time 2>/dev/null || true`)
    .split('\n')
    .filter(Boolean)
    .map((line) => BigInt(line.split(' ')[0] ?? ''));
const last = (directory: string, event: string): bigint => times(directory, event).at(-1) ?? -1n;
const start = (): Promise<Result> => insideLater('systemctl start chain-node.service');
const stop = (): Promise<Result> => insideLater('systemctl stop chain-node.service');
const messages = (): string =>
  host.exists('root/opt/chain-node/messages') ? host.read('root/opt/chain-node/messages') : '';

beforeAll(async () => {
  metadata = http.createServer((request, response) => response.end(request.method === 'PUT' ? 'token' : ADDRESS));
  await new Promise<void>((done) => metadata.listen(0, '127.0.0.1', done));
  host = Host.create();
  host.place(releaseOf([ONE, TWO, THREE]));
  host.write(`root/opt/chain-node/programs/${programKey(source, 'x86_64')}/probe`, PROGRAM, 0o755);
  fs.mkdirSync(path.join(host.root, 'data'));
  machine = await Machine.boot(host);
  ask(`groupadd --gid 2000 chain-node && useradd --uid 2000 --gid 2000 --no-create-home --home-dir /nonexistent chain-node
    mkdir -p /var/lib/chain-node/secrets && echo secret >/var/lib/chain-node/secrets/jwt && echo other >/var/lib/chain-node/secrets/other
    chown 2000:2000 /var/lib/chain-node/secrets/* && chmod 600 /var/lib/chain-node/secrets/*
    cp /opt/chain-node/current/host/chain-node.service /etc/systemd/system/
    mkdir /etc/systemd/system/chain-node.service.d
    printf '[Service]\\nEnvironment=IMDS=http://127.0.0.1:${(metadata.address() as AddressInfo).port}\\nStandardOutput=append:/opt/chain-node/messages\\nStandardError=inherit\\n' >/etc/systemd/system/chain-node.service.d/test.conf
    mkdir -p /data/other && touch /data/other/file && systemctl daemon-reload`);
});
afterAll(async () => {
  metadata.close();
  await machine.remove();
  host.remove();
});

/** Steps of one life of a node: each begins where the one before it ended. */
describe('native processes', () => {
  test('start with the node, in their order, each after its preparations', async () => {
    const { status, output } = await start();
    expect({ status, output, messages: messages() }).toEqual({ status: 0, output: '', messages: expect.anything() });
    expect(['one', 'two', 'three'].map(state)).toEqual(['active', 'active', 'active']);
    // Started, they may yet have to come to the line that notes it.
    const noted = `${TREE}/data/testnet/one-first/started.time -a -s ${TREE}/data/testnet/two/started.time`;
    await insideLater(`for _ in {1..100}; do ! [ -s ${noted} ] || exit 0; sleep 0.1; done`);
    expect(last('one-first', 'prepared')).toBeGreaterThan(0n);
    expect(last('one-first', 'started')).toBeGreaterThan(last('one-first', 'prepared'));
    expect(last('two', 'started')).toBeGreaterThan(last('one-first', 'prepared'));
  });

  test('have their arguments and their environment letter by letter', () => {
    const given = ask(`base64 --wrap=0 /proc/${pid('one')}/cmdline`);
    const [, program, ...words] = Buffer.from(given, 'base64').toString().split('\0').slice(0, -1);
    expect(program).toBe(`/opt/chain-node/programs/${programKey(source, 'x86_64')}/probe`);
    expect(words).toEqual(['run', ...HARD, `--address=${ADDRESS}:80`]);
    const environment = Buffer.from(ask(`base64 --wrap=0 /proc/${pid('one')}/environ`), 'base64')
      .toString()
      .split('\0');
    expect(environment).toContain('HARD=a="b" \\ %h $HOME \'c\' #');
    expect(ask(`tr '\\0' '\\n' </proc/${pid('two')}/environ`).split('\n')).toContain(`ADDRESS=at ${ADDRESS}`);
  });

  test('see their own directories, files and secrets, and no others', () => {
    expect(as('one', 'ls -A /data /data/first /config /config/deep /secrets; cat /secrets/jwt').output).toBe(
      [
        ...['/config:', 'deep', 'settings.toml', '', '/config/deep:', 'er.toml', ''],
        ...['/data:', 'first', 'second', '', '/data/first:', 'identity', 'prepared.time', 'started.time', ''],
        ...['/secrets:', 'jwt', 'secret', ''],
      ].join('\n'),
    );
    expect(as('two', 'ls -A /data').output).toBe('started.time\n');
    expect(as('three', 'ls -A /data').output).toBe('');
    // The mounts are theirs alone.
    expect(ask('ls /data')).toContain('blockchain');
  });

  test.each([
    ['one', '/data/first/x', true],
    ['one', '/data/second/x', true],
    ['one', '/tmp/x', true],
    ['one', '/data/x', false],
    ['one', '/config/x', false],
    ['one', '/secrets/x', false],
    ['one', '/secrets/jwt', false],
    ['one', '/opt/chain-node/x', false],
    ['one', '/usr/x', false],
    ['two', '/data/x', true],
    ['three', '/data/x', false],
  ])('%s writing to %s: %s', (name, file, may) => {
    expect(as(name, `echo >>${file}`).status === 0).toBe(may);
    as(name, `case ${file} in */x) rm -f ${file} ;; esac`);
  });

  test('write to the disk what they write', () => {
    expect(as('one', 'echo 1 >/data/second/block')).toMatchObject({ status: 0 });
    expect(ask(`stat --format %u:%g ${TREE}/data/testnet/one-second/block`)).toBe('2000:2000');
    ask(`rm ${TREE}/data/testnet/one-second/block`);
  });

  test('are the unprivileged user, with what they ask of the kernel and no more', () => {
    const status = (name: string, field: string): string =>
      ask(`sed --quiet 's/^${field}:\\s*//p' /proc/${pid(name)}/status`);
    expect([status('one', 'Uid'), status('one', 'Gid')]).toEqual(Array(2).fill('2000\t2000\t2000\t2000'));
    // CAP_NET_ADMIN is bit 12, CAP_NET_RAW bit 13 (linux/capability.h).
    const own = ['CapBnd', 'CapPrm', 'CapEff', 'CapAmb'];
    expect(own.map((field) => Number.parseInt(status('one', field), 16))).toEqual(Array(4).fill(0x3000));
    expect(own.map((field) => Number.parseInt(status('two', field), 16))).toEqual(Array(4).fill(0));
    expect([status('one', 'NoNewPrivs'), status('two', 'NoNewPrivs')]).toEqual(['1', '1']);
    const limits = ask(`cat /proc/${pid('one')}/limits`);
    expect(limits).toMatch(/^Max open files +1000 +1000 /m);
    expect(limits).toMatch(/^Max locked memory +1000000 +1000000 /m);
    expect(show(unitOf('one'), 'MemoryMax')).toBe(String(100 * 1024 * 1024));
  });

  test('are settled for the gate of a release', async () => {
    const gate =
      'SETTLE_SECONDS=1 SETTLE_PAUSE_SECONDS=0.2 HEALTH_LIMIT_SECONDS=0 /opt/chain-node/current/host/gate.sh yes';
    expect(await insideLater(gate)).toMatchObject({ status: 0 });
    ask(`systemctl stop ${unitOf('three')}`);
    const { status, output } = await insideLater(`SETTLE_LIMIT_SECONDS=0 ${gate}`);
    expect([status, output]).toEqual([1, expect.stringContaining('not running: three;')]);
    ask(`systemctl start ${unitOf('three')}`);
  });

  test('that die start again, and only they', async () => {
    const [one, two] = [pid('one'), pid('two')];
    ask(`kill -KILL ${one}`);
    const { status } = await insideLater(
      `for _ in {1..200}; do [ "$(systemctl show --property=NRestarts --value ${unitOf('one')})" = 0 ] || [ "$(systemctl is-active ${unitOf('one')})" != active ] || exit 0; sleep 0.1; done; exit 1`,
    );
    expect(status).toBe(0);
    expect(pid('one')).not.toBe(one);
    expect(pid('two')).toBe(two);
  });

  test('stop with the node in the opposite order, each by its own signal and after its own command', async () => {
    expect(await stop()).toMatchObject({ status: 0 });
    expect(['one', 'two', 'three'].map(state)).toEqual(['inactive', 'inactive', 'inactive']);
    expect(last('one-first', 'before')).toBeGreaterThan(last('two', 'interrupted'));
    expect(last('one-first', 'stopped')).toBeGreaterThan(last('one-first', 'before'));
    expect(times('two', 'interrupted')).toHaveLength(1);
  });

  test('start again without being prepared again', async () => {
    expect(await start()).toMatchObject({ status: 0 });
    expect(times('one-first', 'prepared')).toHaveLength(1);
  });

  test('are asked to stop even when the command before fails', async () => {
    ask(`echo 1 >${TREE}/data/testnet/one-first/before-status`);
    const stops = times('one-first', 'stopped').length;
    expect(await stop()).toMatchObject({ status: 0 });
    expect(times('one-first', 'stopped')).toHaveLength(stops + 1);
    expect(state('one')).toBe('inactive');
    expect(await start()).toMatchObject({ status: 0 });
  });

  test('are restarted with the node by one command', async () => {
    const [stops, starts] = [times('one-first', 'stopped').length, times('one-first', 'started').length];
    expect(await insideLater('systemctl restart chain-node.service')).toMatchObject({ status: 0 });
    expect(['one', 'two', 'three'].map(state)).toEqual(['active', 'active', 'active']);
    expect(times('one-first', 'stopped')).toHaveLength(stops + 1);
    expect(times('one-first', 'started')).toHaveLength(starts + 1);
  });

  test('of another release take their place, and one that it does not know runs no longer', async () => {
    const before = pid('two');
    // As after a host that died in between: nobody stopped the old ones.
    host.place(releaseOf([process('two', { arguments: ['run', 'new'] })]));
    const { status, output } = await insideLater('CHAIN_NODE_UNIT=yes /opt/chain-node/current/host/start.sh');
    expect({ status, output }).toMatchObject({ status: 0 });
    expect([state('one'), state('two'), state('three')]).toEqual(['inactive', 'active', 'inactive']);
    expect(pid('two')).not.toBe(before);
    expect(ask(`tr '\\0' ' ' </proc/${pid('two')}/cmdline`)).toMatch(/ run new$/);
    expect(ask('ls /etc/systemd/system | grep process')).toBe(unitOf('two'));
    expect(await stop()).toMatchObject({ status: 0 });
    expect(state('two')).toBe('inactive');
  });

  test('whose preparation fails do not start, and what started with them is stopped', async () => {
    host.place(releaseOf([{ ...ONE, directories: { '/data/first': 'fresh' } }, TWO]));
    ask(`mkdir -p ${TREE}/data/testnet/fresh && touch ${TREE}/data/testnet/fresh/fail`);
    const { status } = await start();
    expect(status).toBe(1);
    expect(messages()).toContain(
      "systemd could not start the processes; see: journalctl --unit 'chain-node-process-*'",
    );
    expect(['one', 'two'].map((name) => show(unitOf(name), 'MainPID'))).toEqual(['0', '0']);
    // And do once its cause is gone.
    ask(`rm ${TREE}/data/testnet/fresh/fail`);
    expect(await start()).toMatchObject({ status: 0 });
    expect(['one', 'two'].map(state)).toEqual(['active', 'active']);
  });

  test('stop with the node even when it failed to start as a whole', async () => {
    // The node's unit is failed and its script is not asked to stop anything.
    ask('systemctl stop chain-node.service');
    ask(`systemctl start ${unitOf('one')} ${unitOf('two')}`);
    ask(
      'printf "[Service]\\nExecStart=\\nExecStart=/bin/false\\n" >/etc/systemd/system/chain-node.service.d/zz.conf && systemctl daemon-reload',
    );
    expect((await start()).status).toBe(1);
    expect(show('chain-node.service', 'ActiveState')).toBe('failed');
    expect(await stop()).toMatchObject({ status: 0 });
    // Nobody waits for them here.
    ask(
      `for _ in {1..100}; do systemctl --quiet is-active ${unitOf('one')} ${unitOf('two')} || exit 0; sleep 0.1; done; exit 1`,
    );
    ask('rm /etc/systemd/system/chain-node.service.d/zz.conf && systemctl daemon-reload');
  });

  test('that a backup held and nobody could start again are held by the next all the same', async () => {
    const hold = (seconds: number): Promise<Result> =>
      insideLater(`HOLD_SECONDS=$((${seconds} - 300)) /opt/chain-node/current/host/backup.sh --hold one`);
    expect(await start()).toMatchObject({ status: 0 });
    const fail = '/etc/systemd/system/chain-node.service.d/zz.conf';
    ask(`printf "[Service]\\nExecStart=\\nExecStart=/bin/false\\n" >${fail} && systemctl daemon-reload`);
    // Long enough for a busy machine to be through with the hold before its clock rings, when the node does not start.
    expect(await hold(8)).toMatchObject({ status: 0 });
    const rung = await insideLater(
      'for _ in {1..300}; do [ "$(systemctl show --property=Result --value chain-node.service)" != exit-code ] || exit 0; sleep 0.1; done; exit 1',
    );
    expect(rung.status).toBe(0);
    ask(`rm ${fail} && systemctl daemon-reload`);
    expect(await start()).toMatchObject({ status: 0 });
    const { status, output } = await hold(300);
    expect([status, output]).toEqual([0, expect.stringContaining('height=unknown')]);
    expect(state('two')).toBe('inactive');
    expect(show('chain-node-resume.timer', 'ActiveState')).toBe('active');
    expect(await insideLater('/opt/chain-node/current/host/backup.sh --resume one')).toMatchObject({ status: 0 });
    expect(state('two')).toBe('active');
    expect(await stop()).toMatchObject({ status: 0 });
  });

  test('stop when the machine does, in good time', async () => {
    expect(await start()).toMatchObject({ status: 0 });
    expect(show(unitOf('one'), 'After').split(' ')).toEqual(expect.arrayContaining(['data.mount', 'network.target']));
    const tree = path.join('root', TREE, 'data/testnet');
    const stops = (file: string): number =>
      host.exists(`${tree}/${file}`) ? host.read(`${tree}/${file}`).split('\n').length : 0;
    const [one, two] = [stops('fresh/stopped.time'), stops('two/interrupted.time')];
    await insideLater('systemctl poweroff');
    await machine.gone();
    expect([stops('fresh/stopped.time'), stops('two/interrupted.time')]).toEqual([Math.max(one, 1) + 1, two + 1]);
  });
});
