import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import type { Process } from '../../../../constructs/chain-node/catalogue';
import { programKey } from '../../../../constructs/chain-node/programs';
import { renderUnits } from '../../../../constructs/chain-node/units';
import { Host, release, scripts } from './host';
import { Machine } from './machine';

// What happens when a host boots: disk, mount, bootstrap, node and the answer about health, by their units under a systemd
// that is booted for it. Needs root and loop devices.

jest.setTimeout(60_000);

const VOLUME = 'nvme-Amazon_Elastic_Block_Store_vol0123';
const BLOCKS = '/data/blockchain/nodes/chains/chain/data/testnet/one/blocks';
const UNIT = 'chain-node-process-one.service';

const source = {
  kind: 'archive',
  name: 'probe',
  version: 'v1',
  files: { x86_64: { url: 'https://example.test/probe', sha256: 'ab'.repeat(32) } },
} as const;
/** A program that writes to its disk while it runs. */
const ONE: Process = {
  name: 'one',
  source,
  program: ['probe'],
  arguments: [],
  environment: {},
  ports: [],
  directories: { '/data': 'one' },
  stop: { signal: 'SIGTERM', graceSeconds: 20 },
  memoryMiB: 100,
  host: { openFiles: 1000 },
};
const PROGRAM = '#!/bin/bash\nwhile true; do date +%s%N >>/data/blocks; sleep 0.1; done\n';

/** Stands in for the archive: data is pending while /opt/chain-node/pending is there, and comes with /opt/chain-node/arrived. */
const BOOTSTRAP = `#!/bin/bash
if [ "\${1:-}" = --check ]; then [ ! -e /opt/chain-node/pending ]; exit; fi
echo began >>/opt/chain-node/bootstraps
until [ -e /opt/chain-node/arrived ]; do sleep 0.05; done
rm /opt/chain-node/pending
`;

const real = (name: string): string => fs.readFileSync(path.join(scripts, name), 'utf8');
const sh = (command: string): string => execFileSync('bash', ['-c', command], { encoding: 'utf8' }).trim();

let host: Host;
let machine: Machine;
let device: string;
let port: number;

const state = (unit: string): string => machine.show(unit, 'ActiveState');
const at = (unit: string): number => Number(machine.show(unit, 'ActiveEnterTimestampMonotonic'));
const until = async (condition: string): Promise<void> => {
  const { status } = await machine.later(
    `for _ in {1..200}; do if ${condition}; then exit 0; fi; sleep 0.1; done; exit 1`,
  );
  expect([condition, status]).toEqual([condition, 0]);
};
const messages = (): string => host.read('root/opt/chain-node/messages');

/** The links that udev would make. */
const attach = (to = device): void =>
  void machine.ask(
    `mkdir -p /dev/disk/by-id /dev/disk/by-label; ln -sfn ${to} /dev/disk/by-id/${VOLUME}; echo ${to} >/run/devices; udevadm settle`,
  );
const detach = (): void => void machine.ask('rm -rf /dev/disk/by-id /dev/disk/by-label; : >/run/devices');
const boot = (): Promise<unknown> => machine.later('timeout 25 systemctl start multi-user.target');
/** All that a boot would find anew. */
const shutDown = (): void =>
  void machine.ask(
    'systemctl stop multi-user.target chain-node.service chain-node-bootstrap.service chain-node-disk.service data.mount 2>/dev/null; systemctl reset-failed; rm -rf /run/chain-node; : >/opt/chain-node/messages; ! mountpoint --quiet /data',
  );

beforeAll(async () => {
  host = Host.create();
  const { units } = renderUnits([ONE], {
    node: 'chain-testnet-client',
    chain: 'chain',
    network: 'testnet',
    architecture: 'x86_64',
    upstreams: {},
  });
  const { files, hash } = release('', {
    node: {
      USER_ID: '2000',
      PROCESSES: 'one',
      NATIVE_PROCESSES: 'one',
      DATA_DIRECTORIES: 'data/testnet/one',
      SECRETS: "''",
      HOST_VALUES: "''",
    },
    files: {
      'host/prepare-disk.sh': real('prepare-disk.sh'),
      'host/health-answer.sh': real('health-answer.sh'),
      'host/bootstrap.sh': BOOTSTRAP,
      ...Object.fromEntries([...units].map(([name, text]) => [`units/${name}`, text])),
    },
  });
  const { 'compose.yml': _, ...rest } = files;
  host.place({ files: rest, hash });
  host.write(`root/opt/chain-node/programs/${programKey(source, 'x86_64')}/probe`, PROGRAM, 0o755);
  host.write('root/opt/chain-node/messages', '');
  sh(`truncate --size 64M ${host.folder}/disk`);
  device = sh(`losetup --find --show ${host.folder}/disk`);
  const server = http.createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ({ port } = server.address() as { port: number });
  server.close();

  machine = await Machine.boot(host);
  const units_ = '/etc/systemd/system';
  machine.ask(`groupadd --gid 2000 chain-node && useradd --uid 2000 --gid 2000 --no-create-home --home-dir /nonexistent chain-node
    printf '#!/bin/bash\\nwhile read -r device; do label=$(blkid -p -s LABEL -o value $device) || continue; [ -z "$label" ] || ln -sfn $device /dev/disk/by-label/$label; done </run/devices\\n' >/usr/local/sbin/udevadm
    printf '#!/bin/bash\\nexit 0\\n' >/usr/local/bin/aws
    chmod 755 /usr/local/sbin/udevadm /usr/local/bin/aws
    mkdir /data
    cp /opt/chain-node/current/host/*.service /opt/chain-node/current/host/*.socket ${units_}
    for unit in chain-node chain-node-disk chain-node-bootstrap; do
      mkdir ${units_}/$unit.service.d
      printf '[Service]\\nEnvironment=DISK_WAIT_SECONDS=10 DISK_PAUSE_SECONDS=0.1\\nStandardOutput=append:/opt/chain-node/messages\\nStandardError=inherit\\n' >${units_}/$unit.service.d/test.conf
    done
    mkdir ${units_}/chain-node-health-answer.socket.d
    printf '[Socket]\\nListenStream=\\nListenStream=127.0.0.1:${port}\\n' >${units_}/chain-node-health-answer.socket.d/test.conf
    systemctl daemon-reload && systemctl --quiet enable chain-node.service`);
});
afterAll(async () => {
  await machine.remove();
  sh(`losetup --detach ${device}`);
  host.remove();
});

/** Boots of one host: each begins where the one before it ended. */
describe('a boot', () => {
  test('with a blank disk formats and mounts it, and then starts the node on it', async () => {
    attach();
    await boot();
    expect([state('multi-user.target'), state('chain-node.service'), state(UNIT)]).toEqual(Array(3).fill('active'));
    expect(machine.ask('findmnt --noheadings --output SOURCE --mountpoint /data')).toBe(device);
    expect(messages()).toContain(`formatting ${device}, which is blank`);
    await until(`[ -s ${BLOCKS} ]`);
  });

  test('after that mounts what is there, in its order, and formats nothing', async () => {
    shutDown();
    expect(machine.ask('ls -A /data')).toBe('');
    await boot();
    expect(messages()).not.toContain('formatting');
    const order = ['data.mount', 'chain-node-disk.service', UNIT, 'chain-node.service'];
    expect(order.map(state)).toEqual(Array(4).fill('active'));
    expect(order.map(at)).toEqual(order.map(at).sort((a, b) => a - b));
    expect(Number(machine.ask(`wc -l <${BLOCKS}`))).toBeGreaterThan(1);
  });

  test('stops the node before its disk is unmounted', async () => {
    await machine.later('systemctl stop data.mount');
    expect([state(UNIT), state('chain-node.service'), state('data.mount')]).toEqual(Array(3).fill('inactive'));
    expect(machine.ask('ls -A /data')).toBe('');
  });

  test('without its disk starts nothing, writes nothing to the root disk, and starts the node when the disk comes', async () => {
    shutDown();
    detach();
    const booting = boot();
    await until('[ "$(systemctl is-active chain-node-disk.service)" = activating ]');
    await until('[ "$(systemctl is-failed data.mount)" = failed ]');
    expect([state('chain-node.service'), state(UNIT)]).toEqual(['inactive', 'inactive']);
    attach();
    await booting;
    await until('systemctl --quiet is-active chain-node.service');
    expect([state('data.mount'), state(UNIT)]).toEqual(['active', 'active']);
  });

  test('with a disk of someone else starts nothing, is through, and says why', async () => {
    shutDown();
    sh(`truncate --size 64M ${host.folder}/other && mkfs.ext4 -q -L other ${host.folder}/other`);
    const other = sh(`losetup --find --show ${host.folder}/other`);
    try {
      detach();
      attach(other);
      const before = sh(`sha256sum <${other}`);
      await boot();
      expect(state('multi-user.target')).toBe('active');
      await until('[ "$(systemctl is-failed chain-node-disk.service)" = failed ]');
      expect([state('chain-node.service'), state(UNIT)]).toEqual(['inactive', 'inactive']);
      expect(messages()).toContain(`refusing ${other}: found`);
      expect(host.read('console')).toContain(`chain-node disk: refusing ${other}: found`);
      expect(machine.ask('ls -A /data')).toBe('');
      expect(sh(`sha256sum <${other}`)).toBe(before);
    } finally {
      shutDown();
      sh(`losetup --detach ${other}`);
      detach();
      attach();
    }
  });

  test('with a bootstrap under way is through without it, and the node starts when its data is there', async () => {
    shutDown();
    host.write('root/opt/chain-node/pending', '');
    await boot();
    expect([state('multi-user.target'), state('data.mount')]).toEqual(['active', 'active']);
    expect(state('chain-node-bootstrap.service')).toBe('activating');
    // Not failed: nothing is wrong.
    expect([state('chain-node.service'), state(UNIT)]).toEqual(['inactive', 'inactive']);
    host.write('root/opt/chain-node/arrived', '');
    await until('systemctl --quiet is-active chain-node.service');
    expect(state(UNIT)).toBe('active');
    await until('[ "$(systemctl is-active chain-node-bootstrap.service)" = inactive ]');
    expect(host.read('root/opt/chain-node/bootstraps')).toBe('began\n');
  });

  test('with no bootstrap begins none, and starts the node once', async () => {
    shutDown();
    await boot();
    await until(`[ "$(systemctl is-active chain-node.service)" = active ]`);
    expect(host.read('root/opt/chain-node/bootstraps')).toBe('began\n');
    expect(messages().match(/start: starting: one/g)).toHaveLength(1);
  });
});

describe('the answer about health', () => {
  const ask = (): string =>
    machine.ask(`curl --silent --max-time 10 --write-out ' %{http_code}' http://127.0.0.1:${port}/`);
  const report = (status: string): void =>
    void machine.ask(
      `mkdir -p /run/chain-node-health; echo '{"status":"${status}","at":'$(date +%s)',"latest":{"reason":null}}' >/run/chain-node-health/report.json`,
    );

  test('comes from the socket, one connection each, as nobody', async () => {
    machine.ask('systemctl start chain-node-health-answer.socket');
    expect(ask()).toMatch(/"nobody has looked yet"\}\n 503$/);
    report('healthy');
    expect(ask()).toMatch(/"status":"healthy".*\n 200$/);
    report('unhealthy');
    expect(ask()).toMatch(/"status":"unhealthy".*\n 503$/);
    expect(machine.show('chain-node-health-answer.socket', 'NAccepted')).toBe('3');
    expect(machine.show('chain-node-health-answer@1.service', 'DynamicUser')).toBe('yes');
  });
});
