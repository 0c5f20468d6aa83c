import * as fs from 'node:fs';
import * as path from 'node:path';
import { Host, release, scripts } from './host';

const first = release('image: client:1\n');
const second = release('image: client:2\n');
const running = { active: true, containers: ['one running', 'two running'] };

jest.setTimeout(30_000);

let hosts: Host[] = [];
const host = (): Host => {
  const made = Host.create();
  hosts.push(made);
  return made;
};

/** A host on which the first release runs. */
let settledHost: Host;
const settled = (): Host => {
  const made = settledHost.copy();
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

describe('apply-release', () => {
  test('at first boot brings everything and starts the node', async () => {
    const node = host();
    node.upload(first);
    const { status, output } = await node.apply();
    expect({ status, output }).toMatchObject({
      status: 0,
      output: expect.stringContaining(`release ${first.hash} runs`),
    });
    expect(node.current()).toBe(first.hash);
    expect(node.node()).toEqual(running);
    expect(node.steps()).toEqual([
      'docker compose pull image: client:1',
      'systemctl stop chain-node.service',
      'switch',
      'systemctl start chain-node.service',
      'docker compose up image: client:1',
    ]);
    expect(node.calls()).toEqual(
      expect.arrayContaining([
        'systemctl daemon-reload',
        'systemctl restart systemd-journald.service',
        'systemctl enable chain-node.service',
        'groupadd --gid 1500 chain-node',
      ]),
    );
    expect(node.read('fake/passwd')).toContain('chain-node:x:1500:1500:');
    for (const unit of ['chain-node.service', 'chain-node-disk.service']) {
      expect(node.read(`root/etc/systemd/system/${unit}`)).toBe(first.files[`host/${unit}`]);
    }
    expect(node.read('root/etc/systemd/journald.conf.d/chain-node.conf')).toBe(first.files['system/journald.conf']);
    expect(node.mode('root/opt/chain-node/current/host/start.sh')).toBe('755');
    expect(node.mode('root/opt/chain-node/current/config/one/settings.toml')).toBe('644');
  });

  test("makes the chain's tree, owned by the node's user, with scripts for hands", () => {
    const tree = 'root/data/blockchain/nodes/chains/chain';
    const owned = settledHost.calls().find((call) => /^chown 1500:1500 .*\/scripts /.test(call));
    for (const name of [
      ...['config', 'data', 'source', 'binaries', 'deployment', 'monitoring', 'scripts'],
      ...['logs/application', 'logs/system', 'logs/audit', 'data/testnet/one', 'data/testnet/two'],
    ]) {
      expect([name, settledHost.exists(`${tree}/${name}`)]).toEqual([name, true]);
      expect(`${owned} `).toContain(`${tree}/${name} `);
    }
    expect(JSON.parse(settledHost.read('root/data/.chain-node.json'))).toEqual({
      environment: 'test',
      node: 'chain-testnet-client',
      chain: 'chain',
      network: 'testnet',
      client: 'client',
    });
    for (const name of ['start.sh', 'stop.sh']) {
      expect(settledHost.read(`${tree}/scripts/${name}`)).toBe(first.files[`host/${name}`]);
    }
    // No recursion: below are terabytes.
    expect(settledHost.calls().filter((call) => /^chown .* (-R|--recursive) /.test(call))).toEqual([]);
  });

  test('does nothing when the release runs already', async () => {
    const node = settled();
    const { status, output } = await node.apply();
    expect(status).toBe(0);
    expect(output).toContain('nothing to do');
    expect(node.steps()).toEqual([]);
    // The manifest and nothing else.
    expect(node.calls().filter((call) => call.startsWith('aws s3 cp'))).toHaveLength(1);
  });

  test('starts a node that was stopped, without another release', async () => {
    const node = settled();
    fs.rmSync(path.join(node.fake, 'active-chain-node.service'));
    expect((await node.apply()).status).toBe(0);
    expect(node.node()).toEqual(running);
  });

  test("a changed release: pull, stop with the old one's grace, switch, start", async () => {
    const node = settled();
    node.upload(second);
    expect((await node.apply()).status).toBe(0);
    expect(node.steps()).toEqual([
      'docker compose pull image: client:2',
      'systemctl stop chain-node.service',
      'docker compose stop image: client:1',
      'switch',
      'systemctl start chain-node.service',
      'docker compose up image: client:2',
    ]);
    expect(node.current()).toBe(second.hash);
    expect(node.calls()).not.toContain('systemctl restart systemd-journald.service');
    expect(node.calls()).not.toContain('systemctl daemon-reload');
  });

  const untouched = (node: Host): void => {
    expect(node.current()).toBe(first.hash);
    expect(node.node()).toEqual(running);
    expect(node.steps().filter((step) => !step.startsWith('docker compose pull'))).toEqual([]);
  };

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a file that does not match its hash',
      { 'compose.yml': 'image: client:2 # tampered\n' },
      /does not match its manifest/,
    ],
    ['a manifest that is not one', { manifest: '<html>\n' }, /not a list of hashes/],
    ['an empty manifest', { manifest: '' }, /not a list of hashes/],
    [
      'a path that leaves the release',
      { manifest: `${'0'.repeat(64)}  host/../../../etc/passwd\n` },
      /not a list of hashes/,
    ],
    ['an absolute path', { manifest: `${'0'.repeat(64)}  /etc/passwd\n` }, /not a list of hashes/],
  ])('%s changes nothing', async (_name, files, message) => {
    const node = settled();
    node.upload({ hash: '', files: { ...second.files, ...files } });
    const { status, output } = await node.apply();
    expect(status).toBe(1);
    expect(output).toMatch(message);
    untouched(node);
    expect(node.releases()).toEqual([first.hash]);
  });

  test.each<[string, ReturnType<typeof release>, RegExp]>([
    ['of another node', release('image: client:2\n', { node: { NODE_ID: 'other' } }), /the release is for other/],
    [
      'with another user',
      release('image: client:2\n', { node: { USER_ID: '1501' } }),
      /user chain-node has the ids 1500:1500/,
    ],
    [
      'that needs a secret which is not there',
      release('image: client:2\n', { node: { HOST_VALUES: '"UPSTREAM=secret:absent"' } }),
      /no value for UPSTREAM from 'secret:absent'/,
    ],
    [
      'whose disk is refused',
      release('image: client:2\n', { files: { 'host/prepare-disk.sh': '#!/bin/bash\nexit 1\n' } }),
      /the disk of release .* is not ready/,
    ],
  ])('a release %s leaves the node running', async (_name, refused, message) => {
    const node = settled();
    node.upload(refused);
    const { status, output } = await node.apply();
    expect(status).toBe(1);
    expect(output).toMatch(message);
    untouched(node);
  });

  test('an image that cannot be pulled leaves the node running', async () => {
    const node = settled();
    node.upload(second);
    node.write('fake/missing-image', 'client:2');
    const { status, output } = await node.apply();
    expect(status).toBe(1);
    expect(output).toContain('the running node was left alone');
    untouched(node);
    expect(node.exists('root/run/chain-node/host-values.next.env')).toBe(false);
  });

  test.each([
    ['crash', 'die at once'],
    ['flap', 'keep restarting'],
    ['late', 'do not all run'],
  ])('goes back when the new processes %s (%s)', async (word) => {
    const node = settled();
    const bad = release(`image: ${word}\n`, { files: { 'system/journald.conf': '[Journal]\nMaxRetentionSec=1day\n' } });
    node.upload(bad);
    const { status, output } = await node.apply();
    expect(status).toBe(1);
    expect(output).toContain(`release ${bad.hash} did not start well; the node is back on release ${first.hash}`);
    expect(node.current()).toBe(first.hash);
    expect(node.node()).toEqual(running);
    expect(node.steps().slice(-5)).toEqual([
      'systemctl stop chain-node.service',
      `docker compose stop image: ${word}`,
      'switch',
      'systemctl start chain-node.service',
      'docker compose up image: client:1',
    ]);
    expect(node.read('root/etc/systemd/journald.conf.d/chain-node.conf')).toBe(first.files['system/journald.conf']);
    // The next run tries it again.
    node.upload(second);
    expect((await node.apply()).status).toBe(0);
    expect(node.current()).toBe(second.hash);
  });

  test('does not wait for a process that waits for another', async () => {
    const node = settled();
    const late = release('image: late\n', { node: { WAITING_PROCESSES: 'two' } });
    node.upload(late);
    const { status, output } = await node.apply();
    expect(status).toBe(0);
    expect(output).toMatch(/without a restart: one$/m);
    expect(node.current()).toBe(late.hash);
    // One that is awaited has a name of its own, even where it begins like another.
    node.upload(release('image: late\n', { node: { WAITING_PROCESSES: 'two-more' } }));
    expect((await node.apply()).status).toBe(1);
  });

  test('says on the journal and the console why it went back, and what to do', async () => {
    const node = settled();
    const bad = release('image: crash\n');
    node.upload(bad);
    node.write('root/dev/console', '');
    await node.apply();
    const why = `release ${bad.hash} did not start well; the node is back on release ${first.hash}. correct the release`;
    expect(node.said('apply')).toEqual({
      journal: expect.stringContaining(why),
      console: expect.stringContaining(`chain-node apply-release: ${why}`),
    });
    expect(node.said('gate').journal).toContain('not settled after 0 seconds; not running: one');
  });

  test('a first release that does not settle is left for inspection and tried again', async () => {
    const node = host();
    node.upload(release('image: crash\n'));
    const { status, output } = await node.apply();
    expect(status).toBe(1);
    expect(output).toContain('none before it to go back to');
    expect((await node.apply()).status).toBe(1);
    node.upload(first);
    expect((await node.apply()).status).toBe(0);
    expect(node.node()).toEqual(running);
  });

  test('keeps three releases, the current one included', async () => {
    const node = settled();
    const third = release('image: client:3\n');
    const fourth = release('image: client:4\n');
    for (const each of [second, third, fourth]) {
      node.upload(each);
      expect((await node.apply()).status).toBe(0);
    }
    expect(node.releases()).toEqual([second, third, fourth].map(({ hash }) => hash).sort());
    // One that comes back is not the oldest.
    for (const each of [second, first]) {
      node.upload(each);
      expect((await node.apply()).status).toBe(0);
    }
    expect(node.releases()).toEqual([second, fourth, first].map(({ hash }) => hash).sort());
  });

  test('two at once: the second waits, then finds nothing to do', async () => {
    const node = settled();
    node.upload(second);
    node.write('fake/slow', '0.03');
    const results = await Promise.all([node.apply(), node.apply()]);
    expect(results.map(({ status }) => status)).toEqual([0, 0]);
    const waited = results.find(({ output }) => output.includes('another run is under way'));
    expect(waited?.output).toContain('nothing to do');
    expect(node.steps().filter((step) => step.startsWith('docker compose up'))).toHaveLength(1);
  });

  test('gives up on a lock that is never released', async () => {
    const node = settled();
    node.upload(second);
    node.write('fake/slow', '0.05');
    const impatient = { LOCK_WAIT_SECONDS: '0.1' };
    const both = await Promise.all([node.apply(impatient), node.apply(impatient)]);
    const [one, two] = both.sort((a, b) => Number(a.status) - Number(b.status));
    expect([one.status, two.status]).toEqual([0, 1]);
    expect(two.output).toContain('still holds the lock');
  });

  test('settings of the kernel are in force while a release asks for them, and then as they were', async () => {
    const file = 'root/etc/sysctl.d/90-chain-node.conf';
    const node = settled();
    const kernel = (): string[] => node.read('fake/kernel').split('\n').filter(Boolean);
    const before = ['net.a = 1', 'net.b = 4096\t131072\t6291456', 'netxb = 5', 'vm.c = 7'];
    node.write('fake/kernel', before.map((line) => `${line}\n`).join(''));
    const asking = (...settings: string[]): ReturnType<typeof release> =>
      release(`image: client:${settings.length}\n`, {
        files: settings.length > 0 ? { 'system/sysctl.conf': settings.map((line) => `${line}\n`).join('') } : {},
      });
    const apply = async (...settings: string[]): Promise<void> => {
      node.upload(asking(...settings));
      expect(await node.apply()).toMatchObject({ status: 0 });
    };
    await apply('net.a = 10', 'net.b = 20');
    expect(kernel()).toEqual(['net.a = 10', 'net.b = 20', 'netxb = 5', 'vm.c = 7']);
    await apply('net.a = 11', 'vm.c = 30', 'netxb = 50');
    expect(kernel()).toEqual(['net.a = 11', before[1], 'netxb = 50', 'vm.c = 30']);
    expect(node.read(file)).toBe('net.a = 11\nvm.c = 30\nnetxb = 50\n');
    await apply();
    expect([kernel(), node.exists(file)]).toEqual([before, false]);
    // And a release that goes back takes its settings along.
    const bad = release('image: crash\n', { files: { 'system/sysctl.conf': 'net.a = 12\n' } });
    node.upload(bad);
    expect((await node.apply()).status).toBe(1);
    expect(kernel()).toEqual(before);
  });

  test("secrets are made once, for the node's user alone", async () => {
    const node = settled();
    const secret = 'root/var/lib/chain-node/secrets/jwt';
    expect(node.read(secret)).toMatch(/^[0-9a-f]{64}$/);
    expect(node.mode(secret)).toBe('600');
    expect(settledHost.calls()).toContainEqual(expect.stringMatching(/^chown 1500:1500 .*secrets\/\.jwt\.new$/));
    const before = node.read(secret);
    const more = release('image: client:2\n', { node: { SECRETS: '"jwt other"' } });
    node.upload(more);
    expect((await node.apply()).status).toBe(0);
    expect(node.read(secret)).toBe(before);
    expect(node.read('root/var/lib/chain-node/secrets/other')).not.toBe(before);
  });
});

describe('start.sh', () => {
  const start = (node: Host, args: string[] = [], unit = 'yes') =>
    node.run(path.join(node.root, 'opt/chain-node/current/host/start.sh'), args, { CHAIN_NODE_UNIT: unit });

  test("writes the host's values for root alone, as compose reads them", async () => {
    const node = settled();
    expect((await start(node)).status).toBe(0);
    expect(node.read('root/run/chain-node/host-values.env')).toBe(
      "PUBLIC_IP='203.0.113.7'\nUPSTREAM='https://user:pa$$word@upstream.example/#key'\n",
    );
    expect(node.mode('root/run/chain-node/host-values.env')).toBe('600');
  });

  test('resolves again at each start', async () => {
    const node = settled();
    node.write('fake/public-ip', '203.0.113.8');
    node.write('fake/secrets/upstream', 'rotated\n');
    expect((await start(node)).status).toBe(0);
    expect(node.read('root/run/chain-node/host-values.env')).toBe("PUBLIC_IP='203.0.113.8'\nUPSTREAM='rotated'\n");
  });

  test('needs no values', async () => {
    const node = settled();
    node.place(release('image: client:2\n', { node: { HOST_VALUES: '""' } }));
    expect((await start(node)).status).toBe(0);
    expect(node.read('root/run/chain-node/host-values.env')).toBe('');
  });

  test.each([
    ['a single quote', "it's", /single quote or a line break/],
    ['a line break', 'one\ntwo', /single quote or a line break/],
    ['nothing', '\n', /no value for UPSTREAM/],
    ['no string', 'None\n', /no value for UPSTREAM/],
  ])('refuses a secret with %s', async (_name, value, message) => {
    const node = settled();
    node.write('fake/secrets/upstream', value);
    const { status, output } = await start(node);
    expect(status).toBe(1);
    expect(output).toMatch(message);
    expect(node.steps()).toEqual([]);
  });

  test('refuses a source that it does not know, at once', async () => {
    const node = settled();
    node.place(release('image: client:2\n', { node: { HOST_VALUES: '"A=file:x"' } }));
    const { status, output } = await node.run(path.join(node.root, 'opt/chain-node/current/host/start.sh'), [], {
      CHAIN_NODE_UNIT: 'yes',
      HOST_VALUES_WAIT_SECONDS: '60',
    });
    expect(status).toBe(1);
    expect(output).toContain('use public-ip or secret:<name>');
  });

  test('starts nothing when the data volume is not mounted', async () => {
    const node = settled();
    node.write('fake/unmounted', '');
    const { status, output } = await start(node);
    expect(status).toBe(1);
    expect(output).toContain('the data volume is not mounted');
    expect(node.steps()).toEqual([]);
  });

  test('by hand, start.sh and stop.sh ask systemd', async () => {
    const node = settled();
    const script = (name: string): string => path.join(node.root, 'data/blockchain/nodes/chains/chain/scripts', name);
    // The links of a copied host lead to the host that it was copied from.
    for (const name of ['start.sh', 'stop.sh']) {
      fs.rmSync(script(name));
      fs.symlinkSync(path.join(node.root, 'opt/chain-node/current/host', name), script(name));
    }
    expect(await node.run(script('stop.sh'))).toMatchObject({
      status: 0,
      output: expect.stringContaining('asking systemd'),
    });
    expect(node.node()).toEqual({ active: false, containers: [] });
    expect(await node.run(script('start.sh'))).toMatchObject({
      status: 0,
      output: expect.stringContaining('asking systemd'),
    });
    expect(node.node()).toEqual(running);
  });
});

describe('scripts for hands', () => {
  test.each([
    ['start.sh', 'Starts all processes of the node'],
    ['stop.sh', 'Stops all processes of the node'],
    ['health-check.sh', 'Says how the node is'],
    ['backup.sh', 'Backups are snapshots of the data disk'],
    ['apply-release.sh', 'Makes this host run the release'],
    ['lease.sh', "The lease of the node's group"],
    ['egress.sh', "Limits what the node's processes send"],
  ])('%s says what it does, and does nothing', async (name, begins) => {
    const node = settled();
    const script = path.join(node.root, 'opt/chain-node/current/host', name);
    // The real one, where tests have a stand-in.
    fs.rmSync(script, { force: true });
    fs.copyFileSync(path.join(scripts, name), script);
    fs.chmodSync(script, 0o755);
    const { status, output } = await node.run(script, ['--help']);
    expect([status, output.split('\n')[0]]).toEqual([0, expect.stringContaining(begins)]);
    expect(output).toContain(name);
    expect(output).not.toMatch(/^(#|set -)/m);
    expect(node.calls()).toEqual([]);
  });

  test('apply-release.sh takes nothing that it does not know for a wish to apply', async () => {
    const node = settled();
    node.upload(second);
    const { status, output } = await node.run(path.join(scripts, 'apply-release.sh'), ['-h']);
    expect([status, output]).toEqual([1, expect.stringContaining("unknown argument '-h'; use --help or nothing")]);
    expect([node.current(), node.steps()]).toEqual([first.hash, []]);
  });
});

describe('a disk that comes back blank', () => {
  test('gets its tree with the next start, without a release', async () => {
    const node = settled();
    fs.rmSync(path.join(node.root, 'data/blockchain'), { recursive: true });
    const { status } = await node.run(path.join(node.root, 'opt/chain-node/current/host/start.sh'), [], {
      CHAIN_NODE_UNIT: 'yes',
    });
    expect(status).toBe(0);
    for (const name of ['data/testnet/one', 'data/testnet/two', 'logs/audit', 'scripts/health-check.sh']) {
      expect([
        name,
        fs.lstatSync(path.join(node.root, 'data/blockchain/nodes/chains/chain', name)) !== undefined,
      ]).toEqual([name, true]);
    }
  });
});

describe('the gate', () => {
  const health = (node: Host, ...looks: string[]): void =>
    node.write('fake/health', looks.map((look) => `${look}\n`).join(''));
  const patient = { HEALTH_LIMIT_SECONDS: '5' };
  const settledCalls = async (next: ReturnType<typeof release>): Promise<string[]> => {
    const node = settled();
    node.upload(next);
    await node.apply();
    return node.calls();
  };

  test('a node that was healthy must be healthy again', async () => {
    const node = settled();
    node.upload(second);
    health(node, '0 healthy before', '1 behind', '1 behind', '0 healthy');
    expect(await node.apply(patient)).toMatchObject({ status: 0 });
    expect(node.current()).toBe(second.hash);
    expect(node.calls().filter((call) => call.startsWith('health-check'))).toHaveLength(4);
  });

  test('one that was healthy and only advances goes back to the release before', async () => {
    const node = settled();
    node.upload(second);
    health(node, '0 healthy before', '1 head 1', '1 head 2');
    const { status, output } = await node.apply();
    expect(status).toBe(1);
    expect(output).toContain('not healthy after 0 seconds');
    expect(node.current()).toBe(first.hash);
    expect(node.steps().filter((step) => step === 'switch')).toHaveLength(2);
  });

  const MARK = 'root/data/.chain-node-healthy';
  /** When the node was last seen healthy; never, when not given. */
  const lastHealthy = (node: Host, secondsAgo?: number): void => {
    fs.rmSync(path.join(node.folder, MARK), { force: true });
    if (secondsAgo === undefined) return;
    node.write(MARK, '');
    const at = Date.now() / 1000 - secondsAgo;
    fs.utimesSync(path.join(node.folder, MARK), at, at);
  };

  test('that finds it healthy says so on its disk, and one that finds it on its way does not', async () => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '1 head 5', '1 head 6', '1 head 7');
    expect((await node.apply(patient)).status).toBe(0);
    expect(node.exists(MARK)).toBe(false);
    node.upload(first);
    health(node, '1 head 5', '0 healthy');
    expect((await node.apply(patient)).status).toBe(0);
    expect(node.exists(MARK)).toBe(true);
  });

  test('a slow answer before the roll is no excuse for a release that only advances', async () => {
    const node = settled();
    lastHealthy(node, 60);
    node.upload(second);
    health(node, '2 no answer', '1 head 1', '1 head 2');
    const { status, output } = await node.apply();
    expect([status, node.current()]).toEqual([1, first.hash]);
    expect(output).toContain('not healthy after 0 seconds');
  });

  test('a node that answers nothing while it fetches what it begins with is alive when its data grows', async () => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '2 no answer');
    const growing = setInterval(() => node.write(`root/data/part-${Date.now()}`, 'x'.repeat(4 * 1024 * 1024)), 300);
    try {
      const { status, output } = await node.apply({ ...patient, FETCHED_MIB: '8' });
      expect(output).toContain('the node fetches what it begins with');
      expect([status, node.current()]).toEqual([0, second.hash]);
    } finally {
      clearInterval(growing);
    }
  });

  test('nor is a roll that was ended after the stop', async () => {
    const node = settled();
    node.upload(second);
    health(node, '0 healthy before');
    const stop = (await settledCalls(second)).indexOf('systemctl stop chain-node.service');
    expect((await node.apply({ FAKE_KILL_AT: String(stop + 2) })).status).toBe('SIGKILL');
    expect(node.node().active).toBe(false);
    health(node, '2 no answer', '1 head 1', '1 head 2');
    expect((await node.apply()).status).toBe(1);
    expect(node.current()).toBe(first.hash);
  });

  test('after a long outage, alive and advancing will do', async () => {
    const node = settled();
    lastHealthy(node, 7200);
    node.upload(second);
    health(node, '1 head 5', '1 head 6', '1 head 7');
    expect((await node.apply(patient)).status).toBe(0);
    expect(node.current()).toBe(second.hash);
  });

  test('on a new host with the disk of another it will do as well', async () => {
    const node = host();
    lastHealthy(node, 60);
    node.upload(first);
    health(node, '1 head 6', '1 head 7');
    expect((await node.apply(patient)).status).toBe(0);
  });

  test('before its first full sync, alive and advancing will do', async () => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '1 head 5', '1 head 6', '1 head 6', '1 head 7');
    const { status, output } = await node.apply(patient);
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('alive and advancing') });
    expect(node.current()).toBe(second.hash);
  });

  test('one that does not serve anything yet, and tells how far it is, advances as well', async () => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '2 [[null,null]]', '2 [[null,null]]', '2 [[null,null]]', '2 [[null,5]]', '2 [[null,7]]');
    const { status, output } = await node.apply(patient);
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('alive and advancing') });
    expect(node.current()).toBe(second.hash);
  });

  test.each([
    ['stands still', '1 head 6'],
    ['does not answer', '2 no answer'],
    ['tells of no progress', '2 [[null,null],[null,null]]'],
    ['tells of progress and makes none', '2 [[null,5]]'],
  ])('one that %s goes back', async (_, look) => {
    const node = settled();
    lastHealthy(node);
    node.upload(second);
    health(node, '1 head 5', look);
    expect(await node.apply({ HEALTH_LIMIT_SECONDS: '1' })).toMatchObject({ status: 1 });
    expect(node.current()).toBe(first.hash);
  });

  test('is watched from then on', () => {
    expect(settledHost.calls()).toContain(
      'systemctl enable chain-node-health.timer chain-node-health-answer.socket chain-node-grow.timer',
    );
    for (const unit of [
      'chain-node-health.timer',
      'chain-node-health-answer.socket',
      'chain-node-health-answer@.service',
    ]) {
      expect(settledHost.read(`root/etc/systemd/system/${unit}`)).toBe(first.files[`host/${unit}`]);
    }
  });
});

describe('units', () => {
  test('stop with more time than the longest grace, and never start on the root disk', () => {
    const unit = fs.readFileSync(path.join(scripts, 'chain-node.service'), 'utf8');
    expect(unit).toMatch(/^TimeoutStopSec=35min$/m);
    expect(unit).toMatch(/^RequiresMountsFor=\/data$/m);
    expect(unit).toMatch(/^AssertPathIsMountPoint=\/data$/m);
    expect(unit).not.toMatch(/^Requires=docker/m);
  });

  test('no script names a chain', () => {
    const names =
      /ethereum|arbitrum|optimism|\bbase chain|polygon|\bbsc\b|avalanche|solana|\bgeth\b|lighthouse|sepolia/i;
    for (const name of fs.readdirSync(scripts)) {
      expect([name, names.exec(fs.readFileSync(path.join(scripts, name), 'utf8'))]).toEqual([name, null]);
    }
  });
});
