import type { NodeSpec } from '../../environments/environment';
import { type Files, loadFiles, refusals } from './files';

/** Backups, bootstrap, patches and what a node may send: what the configuration makes of them, and what it refuses. */

const development = (text: string): Files => ({ 'development/overrides.yml': text });

const nodesOf = (text: string): readonly NodeSpec[] =>
  loadFiles(development(text)).environments.find(({ name }) => name === 'development')?.nodes ?? [];

const node = (text: string): NodeSpec => {
  const [first] = nodesOf(text);
  if (!first) throw new Error('no node');
  return first;
};

const SCHEDULE = 'backup: { schedule: rate(1 day) }\n';

describe('which nodes are backed up', () => {
  const backedUp = (text: string): string[] =>
    nodesOf(text)
      .filter(({ backup }) => backup)
      .map(({ id }) => id);

  test.each<[string, string, readonly string[]]>([
    ['none without a schedule', 'chains: { ethereum: { replicas: 3 } }\n', []],
    ['none that stands alone', SCHEDULE, []],
    ['the highest of several', `${SCHEDULE}chains: { ethereum: { replicas: 3 } }\n`, ['ethereum-sepolia-geth-3']],
    [
      'the highest that is left',
      `${SCHEDULE}chains: { ethereum: { replicas: 3, nodes: { sepolia-geth-3: null } } }\n`,
      ['ethereum-sepolia-geth-2'],
    ],
    [
      'the highest of each client',
      `${SCHEDULE}chains: { ethereum: { replicas: 2, clients: [geth, reth] } }\n`,
      ['ethereum-sepolia-geth-2', 'ethereum-sepolia-reth-2'],
    ],
    [
      'one that stands alone and says so',
      `${SCHEDULE}chains: { ethereum: { backup: true } }\n`,
      ['ethereum-sepolia-geth'],
    ],
    [
      'one of several, when all of them say so',
      `${SCHEDULE}chains: { ethereum: { replicas: 2, nodes: { sepolia-geth: { backup: true } } } }\n`,
      ['ethereum-sepolia-geth-2'],
    ],
    ['none that says no', `${SCHEDULE}chains: { ethereum: { replicas: 2, backup: false } }\n`, []],
    ['none of a local network', `${SCHEDULE}chains: { ethereum: { networks: [local], replicas: 2 } }\n`, []],
    [
      'none of local disks',
      `${SCHEDULE}chains: { ethereum: { replicas: 2, storage: instance-store, instance_type: i8g.2xlarge } }\n`,
      [],
    ],
  ])('%s', (_, text, ids) => {
    expect(backedUp(text)).toEqual(ids);
  });

  test('how, with what is not said', () => {
    const [environment] = loadFiles(development(SCHEDULE)).environments;
    expect(environment?.backup).toEqual({ schedule: 'rate(1 day)', keep: 7, method: 'stop' });
  });

  test('how, with all that can be said', () => {
    const copy = 'copy: { region: eu-west-1, kms_key: alias/chain-data }';
    const text = `backup: { schedule: "cron(30 2 * * ? *)", keep: 3, method: freeze, ${copy} }\n`;
    const [environment] = loadFiles(development(text)).environments;
    expect(environment?.backup).toEqual({
      schedule: 'cron(30 2 * * ? *)',
      keep: 3,
      method: 'freeze',
      copy: { region: 'eu-west-1', kmsKey: 'alias/chain-data' },
    });
  });
});

describe('where the data of a new disk comes from', () => {
  const bootstrap = (text: string) => node(`chains: { ethereum: { bootstrap: ${text} } }\n`).bootstrap;

  test.each<[string, object]>([
    ['{ from: empty }', { from: 'empty' }],
    ['{ from: latest-backup }', { from: 'latest-backup' }],
    [
      '{ from: latest-backup, initialization_rate: 300 MiB/s }',
      { from: 'latest-backup', initializationRateMiBps: 300 },
    ],
    ['{ from: snap-0123456789abcdef0 }', { from: 'snapshot', snapshotId: 'snap-0123456789abcdef0' }],
    [
      '{ from: url, url: "https://example.com/geth.tar.lz4" }',
      { from: 'url', url: 'https://example.com/geth.tar.lz4' },
    ],
    [
      `{ from: url, url: "https://example.com/a.tar", sha256: ${'a'.repeat(64)}, directory: /data/geth/chaindata, strip: 1 }`,
      {
        from: 'url',
        url: 'https://example.com/a.tar',
        sha256: 'a'.repeat(64),
        directory: '/data/geth/chaindata',
        strip: 1,
      },
    ],
  ])('%s', (text, expected) => {
    expect(bootstrap(text)).toEqual(expected);
  });

  test('nothing, when nothing is said', () => {
    expect(node('{}\n').bootstrap).toEqual({ from: 'empty' });
  });
});

describe('the most specific place wins', () => {
  const NETWORK = 'network: { p2p: { mode: public, egress_limit: 500 Mbps } }\nhosts: { os_patches: 2026-11-01 }\n';

  test.each<[string, string, object]>([
    ['the environment', NETWORK, { p2p: 'public', egressLimitMbps: 500, osPatches: '2026-11-01' }],
    [
      'the chain, key by key',
      `${NETWORK}chains: { ethereum: { p2p: { egress_limit: 1 Gbps } } }\n`,
      { p2p: 'public', egressLimitMbps: 1000, osPatches: '2026-11-01' },
    ],
    [
      'the node',
      `${NETWORK}chains: { ethereum: { os_patches: 2026-11-02, nodes: { sepolia-geth: { p2p: { mode: outbound }, os_patches: 2026-11-03.2 } } } }\n`,
      { p2p: 'outbound', egressLimitMbps: 500, osPatches: '2026-11-03.2' },
    ],
  ])('%s', (_, text, expected) => {
    expect(node(text)).toMatchObject(expected);
  });

  test('and nothing of it, when nothing is said', () => {
    const { p2p, ...rest } = node('{}\n');
    expect(p2p).toBe('outbound');
    expect(Object.keys(rest)).not.toEqual(expect.arrayContaining(['egressLimitMbps']));
    expect(Object.keys(rest)).not.toEqual(expect.arrayContaining(['osPatches']));
  });
});

describe('a disk alarms', () => {
  test.each([
    ['at 85 percent', '{}\n', 85],
    ['or when it is told', 'alarms: { disk_used_percent: 70 }\n', 70],
  ])('%s', (_, text, percent) => {
    expect(loadFiles(development(text)).environments[0]?.alarms.diskUsedPercent).toBe(percent);
  });
});

const FILE = 'environments/development/overrides.yml';

describe('what is refused', () => {
  const ethereumWith = (text: string): string => `chains: { ethereum: { ${text} } }\n`;

  test.each<[string, string, readonly string[]]>([
    [
      'a schedule of another kind',
      'backup: { schedule: "30 2 * * *" }\n',
      ['1:21 backup.schedule: "30 2 * * *" is not a schedule such as cron(30 2 * * ? *) or rate(1 day)'],
    ],
    [
      'a schedule of five fields',
      'backup: { schedule: "cron(30 2 * * *)" }\n',
      ['1:21 backup.schedule: "cron(30 2 * * *)" is not a schedule such as cron(30 2 * * ? *) or rate(1 day)'],
    ],
    [
      'backups without a schedule',
      'backup: { keep: 3 }\n',
      ['1:1 backup.schedule: is missing; give a schedule such as cron(30 2 * * ? *) or rate(1 day)'],
    ],
    [
      'to keep none',
      `backup: { schedule: rate(1 day), keep: 0 }\n`,
      ['1:40 backup.keep: 0 is not a whole number from 1 to 365'],
    ],
    [
      'another method',
      `backup: { schedule: rate(1 day), method: pause }\n`,
      ['1:42 backup.method: "pause" is not a method of backups; use one of stop, freeze'],
    ],
    [
      'a copy where the backups are',
      'backup: { schedule: rate(1 day), copy: { region: eu-central-1 } }\n',
      ['1:50 backup.copy.region: eu-central-1 is where the backups are; name another region, or remove copy'],
    ],
    [
      'a key of another region',
      'backup: { schedule: rate(1 day), copy: { region: eu-west-1, kms_key: "arn:aws:kms:eu-west-2:012345678901:alias/x" } }\n',
      ['1:70 backup.copy.kms_key: is a key of eu-west-2, and the copies are in eu-west-1; name a key of that region'],
    ],
    [
      'a backup without a schedule',
      ethereumWith('backup: true'),
      [
        '1:31 chains.ethereum.backup: ethereum-sepolia-geth: backups have no schedule; set backup.schedule for the environment, or remove this',
      ],
    ],
    [
      'a backup of local disks',
      `${SCHEDULE}${ethereumWith('backup: true, storage: instance-store, instance_type: i8g.2xlarge')}`,
      [
        '2:31 chains.ethereum.backup: ethereum-sepolia-geth: its data is on instance store, which has no snapshots; set backup to false',
      ],
    ],
    [
      'a backup of a replica that is not the highest',
      `${SCHEDULE}${ethereumWith('replicas: 3, nodes: { sepolia-geth-2: { backup: true } }')}`,
      [
        '2:71 chains.ethereum.nodes.sepolia-geth-2.backup: ethereum-sepolia-geth-2: is not the highest of 3 replicas, of which one is backed up; remove backup',
      ],
    ],
    [
      'another source',
      ethereumWith('bootstrap: { from: backup }'),
      [
        '1:42 chains.ethereum.bootstrap.from: "backup" is not latest-backup, an id such as snap-0123456789abcdef0, url or empty',
      ],
    ],
    [
      'a bootstrap of one word',
      ethereumWith('bootstrap: latest-backup'),
      [
        '1:34 chains.ethereum.bootstrap: "latest-backup" is not a map of keys; its keys are from, initialization_rate, url, sha256, directory, strip',
      ],
    ],
    [
      'url without one',
      ethereumWith('bootstrap: { from: url }'),
      ['1:42 chains.ethereum.bootstrap.from: is url, and no url is given; set url beside it'],
    ],
    [
      'a url over http',
      ethereumWith('bootstrap: { from: url, url: "http://example.com/a.tar" }'),
      [
        '1:52 chains.ethereum.bootstrap.url: "http://example.com/a.tar" is not an https address of a .tar, .tar.gz, .tgz, .tar.zst, .tar.lz4, .tar.bz2 or .tar.xz',
      ],
    ],
    [
      'a url of something else',
      ethereumWith('bootstrap: { from: url, url: "https://example.com/a.zip" }'),
      [
        '1:52 chains.ethereum.bootstrap.url: "https://example.com/a.zip" is not an https address of a .tar, .tar.gz, .tgz, .tar.zst, .tar.lz4, .tar.bz2 or .tar.xz',
      ],
    ],
    [
      'a url that is not used',
      ethereumWith('bootstrap: { from: empty, url: "https://example.com/a.tar", strip: 1 }'),
      [
        '1:49 chains.ethereum.bootstrap.url: is for from: url, and from is empty; remove it',
        '1:83 chains.ethereum.bootstrap.strip: is for from: url, and from is empty; remove it',
      ],
    ],
    [
      'a rate without a snapshot',
      ethereumWith('bootstrap: { from: empty, initialization_rate: 300 MiB/s }'),
      [
        '1:49 chains.ethereum.bootstrap.initialization_rate: is for disks made from a snapshot, and from is empty; remove it',
      ],
    ],
    [
      'a rate that AWS has not',
      ethereumWith('bootstrap: { from: latest-backup, initialization_rate: 400 MiB/s }'),
      ['1:78 chains.ethereum.bootstrap.initialization_rate: 400 MiB/s is not from 100 to 300 MiB/s, which AWS offers'],
    ],
    [
      'a directory elsewhere',
      ethereumWith('bootstrap: { from: url, url: "https://example.com/a.tar", directory: /var/lib }'),
      [
        '1:92 chains.ethereum.bootstrap.directory: ethereum-sepolia-geth: "/var/lib" is not on the data disk; use a path below one of /data',
      ],
    ],
    [
      'local disks from a snapshot',
      ethereumWith('bootstrap: { from: latest-backup }, storage: instance-store, instance_type: i8g.2xlarge'),
      [
        '1:42 chains.ethereum.bootstrap.from: ethereum-sepolia-geth: instance store is not made from snapshots; use url or empty',
      ],
    ],
    [
      'a limit without a unit',
      'network: { p2p: { egress_limit: 200 } }\n',
      ['1:33 network.p2p.egress_limit: 200 is not a bandwidth in Mbps or Gbps, such as "2500 Mbps"'],
    ],
    [
      'p2p of one word',
      'network: { p2p: public }\n',
      ['1:17 network.p2p: "public" is not a map of keys; its keys are mode, egress_limit'],
    ],
    [
      'patches of no date',
      'hosts: { os_patches: latest }\n',
      [
        '1:22 hosts.os_patches: "latest" is not a date such as 2026-11-24, or 2026-11-24.2 for another time on that day',
      ],
    ],
    [
      'patches of no day',
      'hosts: { os_patches: 2026-11 }\n',
      [
        '1:22 hosts.os_patches: "2026-11" is not a date such as 2026-11-24, or 2026-11-24.2 for another time on that day',
      ],
    ],
    [
      'a disk that may be overfull',
      'alarms: { disk_used_percent: 100 }\n',
      ['1:30 alarms.disk_used_percent: 100 is not a whole number from 1 to 99'],
    ],
    [
      'a secret that may be old by minutes',
      'alarms: { secret_age: 1530m }\n',
      ['1:23 alarms.secret_age: 1530m is no such age; give whole hours, at least 24h'],
    ],
    [
      'one that is old at once',
      'alarms: { secret_age: 12h }\n',
      ['1:23 alarms.secret_age: 12h is no such age; give whole hours, at least 24h'],
    ],
  ])('%s', (_, text, lines) => {
    expect(refusals(development(text)).map((line) => line.replace(`${FILE}:`, ''))).toEqual(lines);
  });
});
