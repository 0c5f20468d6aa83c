import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Host, release } from './host';
import { first, running, second, useHosts } from './settled';

jest.setTimeout(30_000);

const { host, settled, settledHost } = useHosts();

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
    const owned = settledHost()
      .calls()
      .find((call) => /^chown 1500:1500 .*\/scripts /.test(call));
    for (const name of [
      ...['config', 'data', 'source', 'binaries', 'deployment', 'monitoring', 'scripts'],
      ...['logs/application', 'logs/system', 'logs/audit', 'data/testnet/one', 'data/testnet/two'],
    ]) {
      expect([name, settledHost().exists(`${tree}/${name}`)]).toEqual([name, true]);
      expect(`${owned} `).toContain(`${tree}/${name} `);
    }
    expect(JSON.parse(settledHost().read('root/data/.chain-node.json'))).toEqual({
      environment: 'test',
      node: 'chain-testnet-client',
      chain: 'chain',
      network: 'testnet',
      client: 'client',
    });
    for (const name of ['start.sh', 'stop.sh']) {
      expect(settledHost().read(`${tree}/scripts/${name}`)).toBe(first.files[`host/${name}`]);
    }
    // No recursion: below are terabytes.
    expect(
      settledHost()
        .calls()
        .filter((call) => /^chown .* (-R|--recursive) /.test(call)),
    ).toEqual([]);
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

  test.each([
    ['on a new host is told by what the host is watched with', true],
    ['beside a node that runs is told by what is there', false],
  ])('a disk that is refused %s', async (_, isNew) => {
    const node = isNew ? host() : settled();
    const watched = `${node.folder}/watched`;
    node.upload(
      release('image: client:2\n', {
        files: {
          'host/prepare-disk.sh': '#!/bin/bash\nexit 1\n',
          'host/watch-host.sh': `#!/bin/bash\n: >${watched}\nexit 1\n`,
        },
      }),
    );
    const { status, output } = await node.apply();
    expect([status, fs.existsSync(watched)]).toEqual([1, isNew]);
    expect(output).toMatch(/the disk of release .* is not ready/);
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
    expect(settledHost().calls()).toContainEqual(expect.stringMatching(/^chown 1500:1500 .*secrets\/\.jwt\.new$/));
    const before = node.read(secret);
    const more = release('image: client:2\n', { node: { SECRETS: '"jwt other"' } });
    node.upload(more);
    expect((await node.apply()).status).toBe(0);
    expect(node.read(secret)).toBe(before);
    expect(node.read('root/var/lib/chain-node/secrets/other')).not.toBe(before);
  });
});
