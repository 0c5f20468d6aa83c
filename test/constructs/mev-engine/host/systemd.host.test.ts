import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { renderHostRelease } from '../../../../constructs/mev-engine/host-release';
import { Host } from '../../chain-node/host/host';
import { Machine } from '../../chain-node/host/machine';
import { alert, one, PROPS, Prometheus, vector } from './host';

// The units under a systemd that is booted for it, the container a unit of its own in the slice that docker would put it into. Needs root.

jest.setTimeout(120_000);

/** As much of docker as the units use: what runs is not its child, as with the real one. */
const DOCKER = `#!/bin/bash
case "$*" in
  *' up '*)
    systemd-run --quiet --collect --slice=mev-engine.slice --unit=container --property=TimeoutStopSec=5 bash -c 'trap "exit 0" TERM; while true; do sleep 0.05; done'
    while systemctl is-active --quiet container.service; do sleep 0.05; done ;;
  *' stop') systemctl stop container.service ;;
  ps*) systemctl is-active --quiet container.service && echo c1 || true ;;
  rm*) systemctl kill --signal=KILL container.service || true ;;
esac
`;
const NFT = `#!/bin/bash
case $1 in --file) cat >/run/table ;; list) cat /run/table ;; esac
`;
/** The node's own socket, for its user alone. */
const NODE = `
import os, socket
s = socket.socket(socket.AF_UNIX); s.bind('/data/node.ipc'); os.chmod('/data/node.ipc', 0o600); s.listen()
while True:
    c, _ = s.accept(); c.sendall(b'node: ' + c.recv(99)); c.close()
`;
const ASK = `import socket; s = socket.socket(socket.AF_UNIX); s.connect('/run/mev-engine/ipc/node.ipc'); s.sendall(b'eth_chainId'); print(s.recv(99).decode())`;

const host = new Host();
const prometheus = new Prometheus();
let machine: Machine;

beforeAll(async () => {
  const url = await prometheus.listen();
  const { files, manifest } = renderHostRelease({ ...PROPS, prometheus: url, secrets: {} });
  for (const [name, text] of [...files, ['manifest', manifest] as const])
    host.write(`root/opt/chain-node/mev/releases/1/${name}`, text, name.endsWith('.sh') ? 0o755 : 0o644);
  fs.symlinkSync('releases/1', path.join(host.folder, 'root/opt/chain-node/mev/current'));
  host.write('root/opt/chain-node/releases/1/node.env', "RESERVED_MEMORY_MIB='4352'\n");
  fs.symlinkSync('releases/1', path.join(host.folder, 'root/opt/chain-node/current'));
  host.write('root/etc/chain-node/host.env', 'NODE_ID=x\nREGION=y\nRELEASE_BUCKET=z\n');
  host.write('root/opt/chain-node/docker', DOCKER, 0o755);
  host.write('root/opt/chain-node/nft', NFT, 0o755);
  host.write('root/opt/chain-node/node.py', NODE);
  fs.mkdirSync(path.join(host.folder, 'root/data'));
  machine = await Machine.boot(host);
  machine.ask(`
    set -e
    cp -a /opt/chain-node/mev /opt/mev-engine
    rm -f /usr/bin/docker; for to in /usr/bin /usr/local/sbin; do cp /opt/chain-node/docker $to/docker; done; cp /opt/chain-node/nft /usr/local/sbin/nft
    printf '#!/bin/bash\\n' >/usr/local/sbin/logger; chmod +x /usr/local/sbin/logger
    getent passwd chain-node >/dev/null || useradd --uid 2000 --no-create-home chain-node
    chown 2000:2000 /data; chmod 0755 /data
    cp /opt/mev-engine/current/host/*.{service,socket,timer} /etc/systemd/system/
    mkdir -p /etc/systemd/system/mev-engine-guard.service.d
    printf '[Service]\\nEnvironment=PAUSE_SECONDS=0.3 LOOKS_BEFORE_START=3 FIRST_DELAY_SECONDS=0 DOCKER_WAIT_SECONDS=2\\nRestartSec=1\\nWatchdogSec=4\\n' >/etc/systemd/system/mev-engine-guard.service.d/test.conf
    systemctl daemon-reload
    systemd-run --quiet --uid=2000 --unit=node /usr/bin/python3 /opt/chain-node/node.py
    timeout 10 bash -c 'until [ -S /data/node.ipc ]; do sleep 0.05; done'
  `);
});
afterAll(async () => {
  prometheus.close();
  await machine?.remove();
  host.remove();
});

const until = async (what: () => boolean, seconds = 12): Promise<void> => {
  const deadline = Date.now() + seconds * 1000;
  while (!what()) {
    if (Date.now() > deadline) throw new Error(machine.inside('systemctl status --no-pager "mev-*"').output);
    await after(100);
  }
};
const state = (unit = 'mev-engine.service'): string => machine.show(unit, 'ActiveState');
const trades = (): boolean => machine.inside('systemctl is-active --quiet container.service').status === 0;
const runs = (): Promise<void> => until(() => state() === 'active' && trades());
const stands = (): Promise<void> => until(() => state() !== 'active' && !trades());

test('systemd finds nothing wrong with the units', () => {
  expect(
    machine.inside('systemd-analyze verify --man=no /etc/systemd/system/mev-engine*.{service,socket,timer}').output,
  ).toBe('');
});

test('the guard starts it, and it reads the socket of the node through its own', async () => {
  machine.ask('systemctl start mev-engine-guard.service');
  await runs();
  const as = (uid: number): { status: number | string; output: string } =>
    machine.inside(`setpriv --reuid ${uid} --regid ${uid} --clear-groups /usr/bin/python3 -c "${ASK}"`);
  expect(as(65_532)).toEqual({ status: 0, output: 'node: eth_chainId\n' });
  expect(as(1234).status).not.toBe(0);
  expect(machine.show('container.service', 'Slice')).toBe('mev-engine.slice');
});

test('a no stops it, its socket with it, and a yes begins it anew', async () => {
  prometheus.run = one('0');
  await stands();
  await until(() => machine.inside('[ -e /run/mev-engine/ipc/node.ipc ]').status !== 0);
  prometheus.run = one('1');
  await runs();
});

test('a new socket of the node is reached without a restart', () => {
  machine.ask(
    `systemctl stop node.service; rm /data/node.ipc; systemd-run --quiet --uid=2000 --unit=node2 /usr/bin/python3 /opt/chain-node/node.py; timeout 10 bash -c 'until [ -S /data/node.ipc ]; do sleep 0.05; done'`,
  );
  const ask = `setpriv --reuid 65532 --regid 65532 --clear-groups /usr/bin/python3 -c "${ASK}"`;
  expect(machine.inside(ask)).toEqual({ status: 0, output: 'node: eth_chainId\n' });
});

describe('without its guard it does not run:', () => {
  beforeEach(async () => {
    prometheus.run = one('1');
    machine.inside('systemctl start mev-engine-guard.service');
    await runs();
  });

  test('one that dies', async () => {
    prometheus.run = one('0');
    machine.ask('systemctl kill --signal=KILL mev-engine-guard.service');
    await stands();
    await until(() => state('mev-engine-guard.service') === 'active');
    await after(2500);
    expect([state() === 'active', trades()]).toEqual([false, false]);
  });

  test('one that hangs', async () => {
    machine.ask('systemctl kill --signal=STOP mev-engine-guard.service');
    await stands();
  });

  test('one that is stopped', async () => {
    machine.ask('systemctl stop mev-engine-guard.service');
    await stands();
  });

  test('one that is begun anew looks before it starts anything', async () => {
    prometheus.run = one('0');
    machine.ask('systemctl restart mev-engine-guard.service');
    await stands();
    await after(2000);
    expect(trades()).toBe(false);
  });
});

test('nobody else starts it', async () => {
  prometheus.run = one('0');
  machine.inside('systemctl start mev-engine-guard.service');
  await stands();
  machine.inside('systemctl start mev-engine.service');
  expect([state() === 'active', trades()]).toEqual([false, false]);
});

test('what it runs in is ended though docker does nothing', async () => {
  prometheus.run = one('1');
  await runs();
  machine.ask('printf "#!/bin/bash\\ncase \\$1 in ps|rm) sleep 60 ;; esac\\nexit 1\\n" >/usr/local/sbin/docker');
  prometheus.run = one('0');
  await until(() => !trades(), 60);
  machine.ask('cp /opt/chain-node/docker /usr/local/sbin/docker');
});

test('an alert that kills leaves a latch, with which nothing starts it, not a boot either', async () => {
  prometheus.run = one('1');
  await runs();
  prometheus.kill = alert({ alertname: 'DailyLoss', scope: 'global' });
  await stands();
  prometheus.kill = vector([]);
  expect(machine.ask('cat /var/lib/mev-engine/latch')).toContain('DailyLoss');
  // What is in memory is lost with a boot.
  machine.ask(
    'systemctl stop mev-engine-guard.service; rm -rf /run/mev-engine; systemctl start mev-engine-guard.service',
  );
  await after(2500);
  expect(trades()).toBe(false);
  machine.inside('touch /run/mev-engine/may-start; systemctl start mev-engine.service');
  expect([state() === 'active', trades()]).toEqual([false, false]);
  machine.ask("/opt/mev-engine/current/host/engine.sh lift 'somebody: looked'");
  await runs();
});
