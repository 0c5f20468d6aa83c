import {
  bsc,
  CHAINS,
  choiceOf,
  clientsIn,
  everyProgram,
  flagName,
  type NodeProgram,
  type Process,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';
import { type Files, GLOBAL, refusals } from '../../../environments/files';
import { TODAY } from '../../../project';
import { loadPrograms } from './everything';

const MEMORY_MIB = 122_880;

const MAINNET: NodeProgram = { chain: bsc, network: 'mainnet', client: 'geth', p2p: 'public' };
const geth = (change: Partial<NodeProgram> = {}): Process => {
  const processes = processesOf({ ...MAINNET, ...change }, MEMORY_MIB);
  expect(processes).toHaveLength(1);
  return processes[0] as Process;
};
const [client] = clientsIn(bsc);
if (!client) throw new Error('no client');
const NODES = everyProgram(bsc);

test('BNB Smart Chain is a chain that YAML can name, with one program', () => {
  expect(CHAINS).toContain(bsc);
  expect(clientsIn(bsc).map(({ id, role }) => [id, role])).toEqual([['geth', 'whole']]);
  expect(choiceOf(bsc, 'geth')?.consensus).toEqual([]);
});

const ARGUMENTS = [
  '--datadir=/data',
  '--ipcdisable',
  '--mainnet',
  '--syncmode=snap',
  '--state.scheme=path',
  '--db.engine=pebble',
  '--history.blocks=1152000',
  '--history.transactions=1152000',
  '--cache=16384',
  '--verbosity=3',
  '--log.format=json',
  '--http',
  '--http.addr=0.0.0.0',
  '--http.port=8545',
  '--http.api=eth,net,web3,txpool',
  '--http.vhosts=*',
  '--ws',
  '--ws.addr=0.0.0.0',
  '--ws.port=8546',
  '--ws.api=eth,net,web3',
  '--ws.origins=*',
  '--metrics',
  '--metrics.addr=0.0.0.0',
  '--metrics.port=6060',
  '--port=30303',
  '--discovery.port=30303',
];

describe('arguments', () => {
  test('of a node that peers reach, and of one that they do not', () => {
    expect(geth().program).toEqual(['geth']);
    expect(geth().arguments).toEqual([...ARGUMENTS, ['--nat=extip:', { host: 'public-ip' }]]);
    expect(geth({ p2p: 'outbound' }).arguments).toEqual([...ARGUMENTS, '--nat=none']);
  });

  test('of chapel name its own bootnodes, for the program would ask those of mainnet', () => {
    const given = geth({ network: 'chapel' }).arguments;
    const bootnodes = given.filter((one) => flagName(one) === '--bootnodes');
    expect(given.filter((one) => !bootnodes.includes(one) && flagName(one) !== '--nat')).toEqual(
      ARGUMENTS.map((one) => (one === '--mainnet' ? '--chapel' : one)),
    );
    expect(bootnodes).toHaveLength(1);
    expect(`${bootnodes[0]}`.split(',').map((one) => one.split('@')[1])).toEqual([
      '52.199.214.252:30311',
      '52.51.80.128:30311',
      '3.209.122.123:30311',
      '52.72.123.113:30311',
    ]);
  });

  test('follow the level of logs and the memory of the node', () => {
    const levels = (['error', 'info', 'debug'] as const).map((logLevel) =>
      geth({ logLevel }).arguments.filter((one) => flagName(one) === '--verbosity'),
    );
    expect(levels).toEqual([['--verbosity=1'], ['--verbosity=3'], ['--verbosity=4']]);
    expect(processesOf(MAINNET, 24_576)[0]?.arguments).toContain('--cache=8192');
  });
});

describe('surprises', () => {
  test('tags of its image carry no v, and no file of a release is needed', () => {
    expect(geth().source).toEqual({ kind: 'image', image: 'ghcr.io/bnb-chain/bsc', version: '1.8.2' });
    expect(geth().files).toBeUndefined();
    expect(geth().prepare).toBeUndefined();
  });

  test('it has no engine API, and nothing makes it ask for one', () => {
    const flags = NODES.flatMap((program) => processesOf(program, MEMORY_MIB)).flatMap((process) =>
      process.arguments.map((one) => flagName(one) ?? ''),
    );
    expect(flags.filter((flag) => flag.startsWith('--authrpc'))).toEqual([]);
    expect(geth().secrets).toBeUndefined();
    expect(geth().ports.map(({ name }) => name)).toEqual(['http', 'ws', 'metrics', 'p2p', 'discovery']);
  });

  test('blocks come every 0.45 s', () => {
    expect(bsc.networks.map(({ id, identity, blockSeconds }) => [id, identity, blockSeconds])).toEqual([
      ['mainnet', '56', 0.45],
      ['chapel', '97', 0.45],
    ]);
  });

  test('Jenner on mainnet needs 1.8.2, which is pinned', () => {
    const [mainnet, chapel] = bsc.networks;
    expect(mainnet?.forks.at(-1)).toMatchObject({
      name: 'Jenner',
      at: '2026-12-08T02:30:00Z',
      least: { geth: '1.8.2' },
    });
    expect(chapel?.forks.at(-1)).toMatchObject({ name: 'Jenner', least: { geth: '1.8.1' } });
    expect(client.version('mainnet')).toMatchObject({ value: '1.8.2', status: 'verified' });
  });

  test('a development chain is not in it; Erigon is over; reth is not published', () => {
    expect(bsc.retired).toMatchObject({
      local: expect.stringContaining('bnb-chain/node-deploy'),
      erigon: 'erigon ended for BSC on 2025-12-31; use geth (node-real/bsc-erigon, README)',
      'bsc-erigon': 'bsc-erigon ended for BSC on 2025-12-31; use geth (node-real/bsc-erigon, README)',
      reth: expect.stringContaining('no image or program of it is published; use geth (bnb-chain/reth-bsc, README)'),
    });
    expect(client.networks).not.toContain('local');
  });

  test('there is no archive node: nobody publishes one for geth', () => {
    expect(client.nodeTypes).toEqual(['full']);
  });

  test('peers know it by a key, and it has time to write what is in memory', () => {
    expect(geth().identity).toEqual(['/data/geth/nodekey']);
    expect(geth().stop).toEqual({ signal: 'SIGTERM', graceSeconds: 300 });
  });
});

describe('hardware and health', () => {
  test('the catalogue’s own choice passes every check, before Jenner and after, and begins empty', () => {
    const programs = NODES.filter(({ p2p, options }) => p2p === 'outbound' && !options);
    expect(programs).toHaveLength(2);
    for (const day of [TODAY, new Date('2027-03-01T00:00:00Z')]) {
      expect(loadPrograms(programs, day).warnings.map(({ message }) => message)).toEqual([]);
    }
  });

  test('a disk that holds what it keeps, and not what it takes to begin empty, must begin with an archive', () => {
    const small = (bootstrap: string): Files => ({
      'global.yml': GLOBAL.slice(0, GLOBAL.indexOf('chains:')),
      'development/overrides.yml': `chains:\n  bsc: { networks: [mainnet], clients: [geth], storage: ebs, instance_type: r7g.4xlarge, volume: { size: 4 TiB, iops: 10000, throughput: 500 MiB/s }${bootstrap} }\n`,
      'staging/overrides.yml': null,
      'production/overrides.yml': null,
    });
    expect(refusals(small(''))).toEqual([
      'environments/development/overrides.yml:2:106 chains.bsc.volume.size: bsc-mainnet-geth: 4096 GiB is too small: geth needs 5961 GiB on mainnet until the first sync is through, and less later; choose a larger disk, or set bootstrap',
    ]);
    expect(refusals(small(', bootstrap: { from: latest-backup }'))).toEqual([]);
  });

  test('what it keeps is what the makers’ archives have, and those are named', () => {
    expect(client.archive?.({ network: 'mainnet', nodeType: 'full' })?.value).toContain(
      'mainnet-geth-pbss-20260525-pruneancient',
    );
    const on = { nodeType: 'full', blobCustody: 'standard' } as const;
    expect(client.disk({ ...on, network: 'mainnet' })?.today.value).toBe(1490);
    expect(client.disk({ ...on, network: 'chapel' })?.today.value).toBe(168);
  });

  test('a head is old after 15 seconds, 33 blocks', () => {
    const [mainnet] = bsc.networks;
    if (!mainnet) throw new Error('no network');
    expect(client.health(mainnet)).toMatchObject({
      identity: { process: 'geth', port: 'http', expect: '56' },
      head: { yields: 'block', maximumAgeSeconds: 15 },
      peers: { minimum: 1 },
    });
  });
});
