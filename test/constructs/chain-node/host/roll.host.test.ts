import * as fs from 'node:fs';
import * as path from 'node:path';
import { Host, release } from './host';

/** What a roll does beside the switch: it waits for its turn, looks at secrets, patches the host, and begins a bootstrap. */

const first = release('image: client:1\n');
const second = release('image: client:2\n');
const running = { active: true, containers: ['one running', 'two running'] };

jest.setTimeout(30_000);

let settledHost: Host;
let hosts: Host[] = [];
/** A host on which the first release runs, and for which there is the second. */
const settled = (next = second): Host => {
  const made = settledHost.copy();
  made.upload(next);
  hosts.push(made);
  return made;
};

beforeAll(async () => {
  settledHost = Host.create();
  settledHost.upload(first);
  expect(await settledHost.apply()).toMatchObject({ status: 0 });
});
afterEach(() => {
  for (const made of hosts) made.remove();
  hosts = [];
});
afterAll(() => settledHost.remove());

const position = (node: Host, call: string): number => {
  const index = node.calls().indexOf(call);
  expect([call, index]).not.toEqual([call, -1]);
  return index;
};

const STOP = 'systemctl stop chain-node.service';
const START = 'systemctl start chain-node.service';
const TAKE = 'lease take roll 12345 2700';

describe('one node of a group is down at a time', () => {
  test('the lease is taken before the stop and released when the node is well', async () => {
    const node = settled();
    expect((await node.apply()).status).toBe(0);
    expect(position(node, TAKE)).toBeLessThan(position(node, STOP));
    expect(position(node, 'lease release roll')).toBeGreaterThan(position(node, START));
  });

  test('while another node is worked on, this one runs on', async () => {
    const node = settled();
    node.write('fake/lease-held', '');
    const { status, output } = await node.apply();
    expect(status).toBe(1);
    expect(output).toContain('another node of group chain-testnet is being worked on');
    expect([node.current(), node.node(), node.steps().slice(1)]).toEqual([first.hash, running, []]);
  });

  test('a node that does not run takes nothing away, and waits for nobody', async () => {
    const node = settled();
    fs.rmSync(path.join(node.fake, 'active-chain-node.service'));
    node.write('fake/lease-held', '');
    expect((await node.apply()).status).toBe(0);
    expect(node.calls().filter((call) => call.startsWith('lease'))).toEqual(['lease release roll']);
  });

  test('a lease that a run left taken is given back by the next, whether or not there is something to do', async () => {
    for (const next of [second, first]) {
      const node = settled(next);
      if (next === second) fs.rmSync(path.join(node.fake, 'active-chain-node.service'));
      node.write('fake/lease-roll', '');
      expect((await node.apply()).status).toBe(0);
      expect(node.exists('fake/lease-roll')).toBe(false);
    }
  });

  test('after a release that went back, others may go on', async () => {
    const node = settled(release('image: crash\n'));
    expect((await node.apply()).status).toBe(1);
    expect(node.calls().filter((call) => call.startsWith('lease'))).toEqual([TAKE, 'lease release roll']);
  });
});

describe('a secret', () => {
  test('that was rotated is picked up by a roll of the same release', async () => {
    const node = settled(first);
    node.write('fake/secrets/upstream', 'https://new.example\n');
    const { status, output } = await node.apply();
    expect(status).toBe(0);
    expect(output).toContain('a value that the node has from elsewhere is another one by now');
    expect(node.steps()).toEqual([
      'docker compose pull image: client:1',
      STOP,
      'docker compose stop image: client:1',
      'switch',
      START,
      'docker compose up image: client:1',
    ]);
    expect(node.read('root/run/chain-node/host-values.env')).toContain("UPSTREAM='https://new.example'");
    expect(output).not.toContain('new.example');
    // And the time after that there is nothing to do.
    expect((await node.apply()).output).toContain('nothing to do');
  });

  test('that cannot be read leaves the node running, and says so', async () => {
    const node = settled(first);
    fs.rmSync(path.join(node.fake, 'secrets/upstream'));
    const { status, output } = await node.apply();
    expect([status, node.node(), node.steps()]).toEqual([1, running, []]);
    expect(output).toContain('a value that the node needs is missing (above); the running node was left alone');
  });

  test('that was looked at leaves no copy', async () => {
    const node = settled(first);
    await node.apply();
    expect(fs.readdirSync(path.join(node.root, 'run/chain-node')).sort()).toEqual(['apply.lock', 'host-values.env']);
  });
});

describe('patches', () => {
  const patched = release('image: client:2\n', { node: { OS_PATCHES: '2026-11-24' } });
  const HELD = ['containerd', 'docker.io'];
  const MAY_REBOOT = { CHAIN_NODE_MAY_REBOOT: 'yes' };

  /** A host that holds packages, and for which there are these new ones. */
  const unpatched = (...packages: string[]): Host => {
    const node = settled(patched);
    node.write('fake/held', `${HELD.join('\n')}\n`);
    if (packages.length > 0) node.write('fake/new-packages', `${packages.join('\n')}\n`);
    return node;
  };
  /** What goes with a boot. */
  const boot = (node: Host): void => fs.rmSync(path.join(node.root, 'run'), { recursive: true });
  const held = (node: Host): string[] => node.read('fake/held').split('\n').filter(Boolean);
  const upgraded = (node: Host): string => (node.exists('fake/upgraded') ? node.read('fake/upgraded') : '');

  test('are fetched while the node runs, installed while it is stopped, and the host boots anew', async () => {
    const node = unpatched('docker.io', 'linux-aws', 'openssl');
    const { status, output } = await node.apply(MAY_REBOOT);
    expect([status, output]).toEqual([194, expect.stringContaining('the host boots anew, and then this goes on')]);
    const calls = node.calls();
    const at = (pattern: RegExp): number => calls.findIndex((call) => pattern.test(call));
    const fetched = at(/^apt-get .*--download-only .*upgrade$/);
    const installed = at(/^apt-get .*force-confold --yes --quiet --with-new-pkgs upgrade$/);
    const stopped = position(node, STOP);
    expect([fetched > 0, fetched < stopped, stopped < installed]).toEqual([true, true, true]);
    expect(node.node().active).toBe(false);
    expect(upgraded(node)).toBe('docker.io\nlinux-aws\nopenssl\n');
    expect(held(node)).toEqual(HELD);
    expect(calls).toContain(TAKE);
    expect(calls).not.toContain('lease release roll');

    // What systemd does at the next boot, and then the agent.
    boot(node);
    expect((await node.run('systemctl', ['start', 'chain-node.service'])).status).toBe(0);
    const after = await node.apply(MAY_REBOOT);
    expect([after.status, after.output]).toEqual([0, expect.stringContaining(`release ${patched.hash} runs`)]);
    expect(node.node()).toEqual(running);
    // It was not stopped a second time.
    expect(node.steps()).not.toContain(STOP);
    expect(node.calls()).toContain('lease release roll');
    expect((await node.apply(MAY_REBOOT)).output).toContain('nothing to do');
  });

  test('after the boot the node must be as healthy as it was', async () => {
    const node = unpatched('openssl');
    expect((await node.apply(MAY_REBOOT)).status).toBe(194);
    boot(node);
    expect((await node.run('systemctl', ['start', 'chain-node.service'])).status).toBe(0);
    node.write('fake/health', '1 [[1,null]]\n1 [[2,null]]\n1 [[3,null]]\n');
    const { status, output } = await node.apply(MAY_REBOOT);
    expect([status, node.current()]).toEqual([1, first.hash]);
    expect(output).toContain('not healthy after 0 seconds');
  });

  test('of which none is new need no boot', async () => {
    const node = unpatched();
    expect((await node.apply(MAY_REBOOT)).status).toBe(0);
    expect(node.node()).toEqual(running);
    expect(node.read('root/var/lib/chain-node/os-patches')).toBe('2026-11-24\n');
  });

  test('are of snaps as well, but for that of the agent: it comes when the roll is over', async () => {
    const node = unpatched('openssl');
    node.write('fake/snaps', 'amazon-ssm-agent\ncore22\nsnapd\n');
    node.write('root/proc/self/cgroup', '0::/system.slice/snap.amazon-ssm-agent.amazon-ssm-agent.service\n');
    expect((await node.apply(MAY_REBOOT)).status).toBe(194);
    expect(position(node, 'snap refresh core22 snapd')).toBeGreaterThan(position(node, STOP));
    expect(node.calls().filter((call) => call.startsWith('systemd-run'))).toEqual([]);
    boot(node);
    expect((await node.run('systemctl', ['start', 'chain-node.service'])).status).toBe(0);
    expect((await node.apply(MAY_REBOOT)).status).toBe(0);
    expect(node.calls()).toContain('systemd-run --quiet --collect --on-active 300s snap refresh amazon-ssm-agent');
    expect(node.exists('root/var/lib/chain-node/own-snap')).toBe(false);
  });

  test('go on without the store of snaps', async () => {
    const node = unpatched();
    node.write('fake/snaps', 'core22\n');
    node.write('fake/no-store', '');
    const { status, output } = await node.apply(MAY_REBOOT);
    expect([status, output]).toEqual([0, expect.stringContaining('snaps could not be refreshed')]);
  });

  test('do not boot a host that nobody would go on with; the next roll does, once, through the gate', async () => {
    const node = unpatched('openssl');
    const { status, output } = await node.apply();
    expect([status, node.node()]).toEqual([0, running]);
    expect(output).toContain('sooner: systemctl reboot');
    expect((await node.apply()).output).toContain('nothing to do');

    const rolled = await node.apply(MAY_REBOOT);
    expect([rolled.status, rolled.output]).toEqual([194, expect.stringContaining('in use only after it has booted')]);
    expect(node.calls()).toContain(TAKE);
    expect(node.node().active).toBe(false);
    boot(node);
    expect((await node.run('systemctl', ['start', 'chain-node.service'])).status).toBe(0);
    expect((await node.apply(MAY_REBOOT)).status).toBe(0);
    expect(node.calls()).toContain('lease release roll');
    expect((await node.apply(MAY_REBOOT)).output).toContain('nothing to do');
  });

  test('that were being installed when a run was ended are booted into by the next', async () => {
    const node = unpatched('openssl');
    await node.apply(MAY_REBOOT);
    const installed = node
      .calls()
      .findIndex((call) => /^apt-get .*force-confold .* upgrade$/.test(call) && !/-only|simulate/.test(call));
    for (const after of [1, 2]) {
      const ended = unpatched('openssl');
      expect((await ended.apply({ ...MAY_REBOOT, FAKE_KILL_AT: String(installed + after) })).status).toBe('SIGKILL');
      // As if all of it had been unpacked.
      fs.rmSync(path.join(ended.fake, 'new-packages'), { force: true });
      expect((await ended.apply(MAY_REBOOT)).status).toBe(194);
    }
  });

  test('of the day that the host has are not installed again', async () => {
    const node = unpatched('openssl');
    node.write('root/var/lib/chain-node/os-patches', '2026-11-24\n');
    expect((await node.apply(MAY_REBOOT)).status).toBe(0);
    expect(node.calls().filter((call) => call.startsWith('apt-'))).toEqual([]);
  });

  test('that cannot be fetched leave the node running', async () => {
    const node = unpatched('openssl');
    node.write('fake/apt-fails', 'update\n');
    const { status, output } = await node.apply(MAY_REBOOT);
    expect([status, node.node(), held(node)]).toEqual([1, running, HELD]);
    expect(output).toContain('the running node was left alone');
  });

  test('that cannot be installed bring the node back as it was', async () => {
    const node = unpatched('openssl');
    node.write('fake/apt-fails', '--with-new-pkgs upgrade\n');
    const { status } = await node.apply(MAY_REBOOT);
    expect(status).toBe(1);
    expect([node.current(), node.node(), held(node)]).toEqual([first.hash, running, HELD]);
    expect(node.exists('root/var/lib/chain-node/os-patches')).toBe(false);
  });
});

describe('a bootstrap', () => {
  test('that is pending begins, and nobody waits for it', async () => {
    const node = Host.create();
    hosts.push(node);
    node.upload(first);
    node.write('fake/bootstrap-pending', '');
    const { status, output } = await node.apply();
    expect([status, output]).toEqual([0, expect.stringContaining('the node starts when its data is there')]);
    expect(node.calls()).toContain('systemctl start chain-node-bootstrap.service');
    expect(node.calls()).toContain('systemctl enable chain-node.service');
    expect(node.steps()).not.toContain(START);
    expect(node.current()).toBe(first.hash);
  });

  /** A bootstrap that is under way, and a release after it that says this of it. */
  const underWay = async (next: Readonly<Record<string, string>> = {}): Promise<Host> => {
    const node = Host.create();
    hosts.push(node);
    const from = { BOOTSTRAP: 'url', BOOTSTRAP_URL: 'https://example.test/a.tar' };
    node.upload(release('image: client:1\n', { node: from }));
    node.write('fake/bootstrap-pending', '');
    expect((await node.apply()).status).toBe(0);
    node.upload(release('image: client:2\n', { node: { ...from, ...next } }));
    return node;
  };
  const bootstraps = (node: Host): string[] =>
    node.calls().filter((call) => /^systemctl st\w+ chain-node-bootstrap/.test(call));

  test('that is still under way stays so with the next release', async () => {
    const node = await underWay();
    const before = node.current();
    expect((await node.apply()).status).toBe(0);
    expect([node.current() === before, node.steps().includes(START)]).toEqual([false, false]);
    expect(bootstraps(node)).toEqual(['systemctl start chain-node-bootstrap.service']);
    fs.rmSync(path.join(node.fake, 'bootstrap-pending'));
    fs.rmSync(path.join(node.fake, 'active-chain-node-bootstrap.service'));
    node.upload(first);
    expect((await node.apply()).status).toBe(0);
    expect(node.node()).toEqual(running);
  });

  test('that is under way begins anew when the next release says another archive', async () => {
    const node = await underWay({ BOOTSTRAP_URL: 'https://example.test/b.tar' });
    expect((await node.apply()).status).toBe(0);
    expect(bootstraps(node)).toEqual([
      'systemctl stop chain-node-bootstrap.service',
      'systemctl start chain-node-bootstrap.service',
    ]);
  });

  test('that is under way ends when the next release begins with nothing', async () => {
    const node = await underWay({ BOOTSTRAP: 'empty' });
    fs.rmSync(path.join(node.fake, 'bootstrap-pending'));
    expect((await node.apply()).status).toBe(0);
    expect(bootstraps(node)).toEqual(['systemctl stop chain-node-bootstrap.service']);
    expect(node.node()).toEqual(running);
  });

  test('of a node that runs begins after its stop, in its turn', async () => {
    const node = settled();
    node.write('fake/bootstrap-pending', '');
    expect((await node.apply()).status).toBe(0);
    expect(node.node()).toEqual({ active: false, containers: [] });
    expect(node.steps().slice(1)).toEqual([
      STOP,
      'docker compose stop image: client:1',
      'switch',
      'systemctl start chain-node-bootstrap.service',
    ]);
    expect(position(node, TAKE)).toBeLessThan(position(node, STOP));
    expect(position(node, 'lease release roll')).toBeGreaterThan(position(node, STOP));
  });
});
