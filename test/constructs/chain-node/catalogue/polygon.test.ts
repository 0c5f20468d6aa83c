import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  CHAINS,
  type ClientDefinition,
  clientsIn,
  everyProgram,
  flagName,
  type NodeProgram,
  type Process,
  polygon,
  processesOf,
} from '../../../../constructs/chain-node/catalogue';
import { renderRelease } from '../../../../constructs/chain-node/release';
import { TODAY } from '../../../project';
import { loadPrograms } from './everything';

const MEMORY_MIB = 98_304;
const IP = { host: 'public-ip' };

const MAINNET: NodeProgram = {
  chain: polygon,
  network: 'mainnet',
  client: 'bor',
  consensus: 'heimdall',
  p2p: 'public',
};
const node = (change: Partial<NodeProgram> = {}): readonly [Process, Process] =>
  processesOf({ ...MAINNET, ...change }, MEMORY_MIB) as unknown as readonly [Process, Process];
/** One process, bor, makes its own chain. */
const local = (): Process => {
  const processes = processesOf({ chain: polygon, network: 'local', client: 'bor' }, MEMORY_MIB);
  expect(processes).toHaveLength(1);
  return processes[0] as Process;
};
const client = (id: string): ClientDefinition =>
  clientsIn(polygon).find((candidate) => candidate.id === id) as ClientDefinition;
const NODES = everyProgram(polygon).map((program) => processesOf(program, MEMORY_MIB));

const PEERS = [
  'a0ef6f328949adc077c59ab1f6b03711ae8d32d2@34.185.209.56:26656',
  'f1e632758dfaf616a833900c0b8845bb2547b7c2@34.185.162.14:26656',
  'e49bb5d9cb22943fb2b9f49a4c5d0f773917efaf@34.179.171.228:26656',
  'babb8151d6fae45fcbb9229bd9faba173f3feaf3@35.246.166.189:26656',
  '9c92984a5aad02c43955da94bb0a979a8dadbcfe@34.142.28.190:26656',
  '3643aeae6a5965053709303e97257f62012fdd9c@34.39.56.114:26656',
  '830d44b0d11ab25c9a03135859049d55daf73a03@34.147.169.102:26656',
  '14fc788314a26116559d4852d3703abad39b25e9@35.230.142.203:26656',
].join(',');

test('Polygon is a chain that YAML can name', () => {
  expect(CHAINS).toContain(polygon);
});

describe('arguments', () => {
  const serving = [
    '--verbosity=3',
    '--log.json',
    '--http',
    '--http.addr=0.0.0.0',
    '--http.port=8545',
    '--http.api=eth,net,web3,txpool,bor',
    '--http.vhosts=*',
    '--ws',
    '--ws.addr=0.0.0.0',
    '--ws.port=8546',
    '--ws.api=eth,net,web3',
    '--ws.origins=*',
    '--grpc.addr=127.0.0.1:3131',
    '--metrics',
    '--metrics.prometheus-addr=0.0.0.0:7071',
  ];

  test('of a node that peers reach', () => {
    const [heimdall, bor] = node();
    expect(heimdall.program).toEqual(['heimdalld', 'start']);
    expect(heimdall.arguments).toEqual([
      '--home=/data',
      '--chain=mainnet',
      ['--eth_rpc_url=', { host: 'upstream', chain: 'ethereum', api: 'rpc' }],
      '--bor_rpc_url=http://127.0.0.1:8545',
      '--comet_bft_rpc_url=http://127.0.0.1:26657',
      '--rest-server',
      '--api.enable',
      '--api.address=tcp://127.0.0.1:1317',
      '--heimdall_rest_server=tcp://127.0.0.1:1317',
      '--grpc.address=127.0.0.1:9090',
      '--rpc.laddr=tcp://127.0.0.1:26657',
      '--p2p.laddr=tcp://0.0.0.0:26656',
      `--p2p.seeds=${PEERS}`,
      `--p2p.persistent_peers=${PEERS}`,
      '--log_level=info',
      '--log_format=json',
    ]);
    expect(bor.program).toEqual(['bor', 'server']);
    expect(bor.arguments).toEqual([
      '--datadir=/data',
      '--ipcdisable',
      '--identity=node',
      '--chain=mainnet',
      '--syncmode=full',
      '--gcmode=full',
      '--state.scheme=path',
      '--db.engine=pebble',
      '--bor.heimdall=http://127.0.0.1:1317',
      '--bor.heimdallWS=ws://127.0.0.1:26657/websocket',
      '--port=30303',
      '--discovery.dns=enrtree://AKUEZKN7PSKVNR65FZDHECMKOJQSGPARGTPPBI7WS2VUL4EGR6XPC@pos.polygon-peers.io',
      expect.stringMatching(/^--bootnodes=(enode:\/\/[0-9a-f]{128}@[0-9.]+:30303,?){7}$/),
      ['--nat=extip:', IP],
      '--cache=8192',
      ...serving,
    ]);
  });

  test('of the local network: one process that makes its own blocks', () => {
    expect(local().arguments).toEqual([
      '--datadir=/data',
      '--ipcdisable',
      '--identity=node',
      '--dev',
      '--dev.period=2',
      '--cache=8192',
      ...serving,
    ]);
    expect(local().ports.map(({ name }) => name)).toEqual(['http', 'ws', 'grpc', 'metrics']);
  });

  test('of amoy name its own chain, peers and names', () => {
    const [heimdall, bor] = node({ network: 'amoy' });
    expect(heimdall.arguments).toContain('--chain=amoy');
    expect(heimdall.arguments.filter((one) => `${one}`.includes('seeds'))).toEqual([
      '--p2p.seeds=be818a0ebc61a8ffefdfaf4d3fcfed72ca2d7188@34.89.255.109:26656,329e75b6667f91b65d8047387ce83a1c86e71194@34.179.189.75:26656,42b0aa4c784a93c4797ff965d75793e099dc0b11@34.89.119.250:26656,5d532264fe8592bf8c1dc8abfa11ff52b381eb2c@34.89.40.235:26656',
    ]);
    expect(bor.arguments).toContain(
      '--discovery.dns=enrtree://AKUEZKN7PSKVNR65FZDHECMKOJQSGPARGTPPBI7WS2VUL4EGR6XPC@amoy.polygon-peers.io',
    );
  });

  test('follow the level of logs; bor takes numbers alone', () => {
    const levels = (['error', 'info', 'debug'] as const).map((logLevel) =>
      node({ logLevel }).map((process) =>
        process.arguments.filter((one) => ['--verbosity', '--log_level'].includes(flagName(one) ?? '')),
      ),
    );
    expect(levels).toEqual([
      [['--log_level=error'], ['--verbosity=1']],
      [['--log_level=info'], ['--verbosity=3']],
      [['--log_level=debug'], ['--verbosity=4']],
    ]);
  });
});

describe('surprises', () => {
  test('heimdall starts first, and each finds the other', () => {
    const [heimdall, bor] = node();
    expect([heimdall.name, bor.name]).toEqual(['heimdall', 'bor']);
    expect([heimdall.after, bor.after]).toEqual([undefined, ['heimdall']]);
    const http = bor.ports.find(({ name }) => name === 'http')?.number;
    expect(heimdall.arguments).toContain(`--bor_rpc_url=http://127.0.0.1:${http}`);
  });

  test('images are of GitHub and not of Docker Hub, where nothing new comes since 2026-09-01', () => {
    expect(node().map(({ source }) => source)).toEqual([
      { kind: 'image', image: 'ghcr.io/0xpolygon/heimdall-v2', version: 'v0.14.0' },
      { kind: 'image', image: 'ghcr.io/0xpolygon/bor', version: 'v2.11.0' },
    ]);
  });

  test('bor begins with hosts that heimdall knows too: who moved one moved the other', () => {
    for (const network of ['mainnet', 'amoy']) {
      const [heimdall, bor] = node({ network });
      const hosts = (process: Process, flag: string): readonly string[] =>
        process.arguments
          .filter((one) => flagName(one) === flag)
          .flatMap((one) => [...`${one}`.matchAll(/@([0-9.]+):/g)].map(([, host]) => `${host}`));
      const known = hosts(heimdall, '--p2p.seeds');
      const bootnodes = hosts(bor, '--bootnodes');
      expect(bootnodes).toHaveLength(known.length - 1);
      expect(known).toEqual(expect.arrayContaining([...bootnodes]));
    }
  });

  test('an archive is of the hash scheme: bor refuses one of the path scheme', () => {
    expect(node({ nodeType: 'archive' })[1].arguments.slice(4, 8)).toEqual([
      '--syncmode=full',
      '--gcmode=archive',
      '--state.scheme=hash',
      '--db.engine=pebble',
    ]);
  });

  test('the gRPC of bor, which sets the head for whoever asks, and the APIs of heimdall are for siblings alone', () => {
    const siblings = node().map(({ ports }) =>
      ports.filter(({ audience }) => audience === 'siblings').map(({ name }) => name),
    );
    expect(siblings).toEqual([['rest', 'comet', 'grpc'], ['grpc']]);
  });

  test('heimdall tells its public address by a variable, for its flag does nothing', () => {
    const [heimdall] = node();
    expect(heimdall.environment).toEqual({ HOME: '/data', HEIMDALLD_P2P_EXTERNAL_ADDRESS: [IP, ':26656'] });
    expect(heimdall.files?.['config.toml']).toContain('external_address = ""');
    expect(node({ p2p: 'outbound' })[0].environment).toEqual({ HOME: '/data' });
    expect(node({ p2p: 'outbound' })[1].arguments).toContain('--nat=none');
    const flags = NODES.flat().flatMap((process) => process.arguments.map(flagName));
    expect(flags).not.toContain('--p2p.external-address');
    expect(client('heimdall').alsoManaged).toContain('--p2p.external-address');
  });

  test('heimdall needs files: metrics have no flag, no profiler, and a cache that would be 0', () => {
    const [heimdall] = node();
    const metrics = heimdall.ports.find(({ name }) => name === 'metrics')?.number;
    expect(Object.keys(heimdall.files ?? {})).toEqual(['app.toml', 'config.toml']);
    expect(heimdall.files?.['app.toml']).toBe('iavl-cache-size = 781250\n');
    expect(heimdall.files?.['config.toml']).toContain(
      `prometheus = true\nprometheus_listen_addr = "0.0.0.0:${metrics}"\n`,
    );
    expect(heimdall.files?.['config.toml']).toContain('pprof_laddr = ""\n');
    expect(heimdall.files?.['config.toml']).toContain('[storage.pruning]\ninterval = "10m"\n');
  });

  test('every key of its files is one that it knows: app.toml may have no other', () => {
    const { keys } = JSON.parse(readFileSync(join(__dirname, 'flags', 'heimdalld.json'), 'utf8'));
    const used = Object.values(node()[0].files ?? {}).flatMap(keysOf);
    expect(used).toHaveLength(11);
    expect(used.filter((key) => !keys.includes(key))).toEqual([]);
  });

  test('its home is made before it starts: keys once, files linked, the genesis of its network', () => {
    const [heimdall] = node({ network: 'amoy' });
    expect(heimdall.identity).toEqual(['/data/config/node_key.json', '/data/config/priv_validator_key.json']);
    expect(heimdall.prepare).toMatchObject([
      { name: 'home', program: ['/bin/sh', '-ec'], unless: '/data/config/priv_validator_key.json' },
      { name: 'genesis', program: ['/bin/sh', '-ec'], unless: '/data/config/genesis.json' },
    ]);
    expect(heimdall.prepare?.map(({ arguments: given }) => given.at(-1))).toEqual([
      'heimdallv2-80002',
      'https://storage.googleapis.com/amoy-heimdallv2-genesis/migrated_dump-genesis.json',
    ]);
    expect(heimdall.prepare?.[1]?.arguments[0]).toContain('wget ');
    expect(node()[0].prepare?.map(({ arguments: given }) => given.at(-1))).toEqual([
      'heimdallv2-137',
      'https://storage.googleapis.com/mainnet-heimdallv2-genesis/migrated_dump-genesis.json',
    ]);
  });

  test('both are stopped as their makers do, with time to write', () => {
    expect(node().map(({ stop }) => stop)).toEqual([
      { signal: 'SIGTERM', graceSeconds: 120 },
      { signal: 'SIGINT', graceSeconds: 300 },
    ]);
  });

  test('peers learn no name of the host: heimdall calls itself node, and so does bor', () => {
    const [heimdall, bor] = node();
    expect(heimdall.files?.['config.toml']).toContain('moniker = "node"\n');
    for (const process of [bor, local()]) expect(process.arguments).toContain('--identity=node');
  });

  test('bor has the block of the newest milestone, and counts what heimdall answers', () => {
    expect(node()[1].metrics?.names).toMatchObject({
      milestone: 'chain_milestone_latest',
      heimdallAnswers: 'client_requests_milestone_valid',
      heimdallFailures: 'client_requests_milestone_invalid',
    });
  });

  test('blocks of public networks have no fixed pace', () => {
    expect(polygon.networks.map(({ id, blockSeconds }) => [id, blockSeconds])).toEqual([
      ['mainnet', undefined],
      ['amoy', undefined],
      ['local', 2],
    ]);
  });

  test('it reads layer 1, and none of its blobs', () => {
    expect(polygon.networks.map(({ l1 }) => l1)).toEqual([
      { chain: 'ethereum', network: 'mainnet', blobs: false },
      { chain: 'ethereum', network: 'sepolia', blobs: false },
      undefined,
    ]);
  });

  test('forks of this year need what is pinned: bor for Uburu, heimdall for Purley', () => {
    const [mainnet] = polygon.networks;
    expect(mainnet?.forks.map(({ name, least }) => [name, least.bor, least.heimdall])).toEqual([
      ['Kyoto', 'v2.10.0', 'v0.11.0'],
      ['Uburu', 'v2.11.0', 'v0.11.0'],
      ['Purley', 'v2.11.0', 'v0.14.0'],
    ]);
  });

  test('Erigon and mumbai are over', () => {
    expect(polygon.retired).toMatchObject({
      erigon:
        'Polygon ended Erigon on 2026-08-01; use bor (forum.polygon.technology/t/sunsetting-erigon-support/21872)',
      mumbai: 'mumbai was shut down in 2024; use amoy (0xPolygon/polygon-docs, pos/reference/mapped-tokens)',
    });
  });

  /** `[a]` and `b = …` → `a.b`. */
  function keysOf(toml: string): readonly string[] {
    let section = '';
    return toml.split('\n').flatMap((line) => {
      const header = /^\[(.*)\]$/.exec(line)?.[1];
      if (header) section = `${header}.`;
      const key = /^([\w-]+) = /.exec(line)?.[1];
      return key ? [`${section}${key}`] : [];
    });
  }
});

describe('hardware and health', () => {
  test('the catalogue’s own choice passes every check today, and no fork warns', () => {
    const programs = everyProgram(polygon).filter(
      ({ nodeType, p2p, network }) => nodeType === 'full' && p2p === 'outbound' && network !== 'local',
    );
    expect(programs).toHaveLength(2);
    expect(loadPrograms(programs, TODAY).warnings).toEqual([]);
  });

  test('an archive has no size: nobody has published what it needs', () => {
    const on = {
      network: 'mainnet',
      client: 'bor',
      consensus: 'heimdall',
      nodeType: 'archive',
      blobCustody: 'standard',
    } as const;
    expect(polygon.sizing(on)).toBeUndefined();
    expect(client('bor').disk(on)).toBeUndefined();
    expect(polygon.sizing({ ...on, nodeType: 'full' })?.value).toMatchObject({ instanceType: 'r7g.4xlarge' });
  });

  test('no official archive is there to begin with', () => {
    expect(clientsIn(polygon).map(({ archive }) => archive)).toEqual([undefined, undefined]);
  });

  test('bor proves the network, heimdall its own head', () => {
    const [amoy, ownChain] = [polygon.networks[1], polygon.networks[2]];
    if (!amoy || !ownChain) throw new Error('no networks');
    expect(client('bor').health(amoy)).toMatchObject({
      identity: { port: 'http', expect: '80002' },
      head: { yields: 'block', maximumAgeSeconds: 20 },
      peers: { minimum: 1 },
    });
    expect(client('bor').health(ownChain).identity?.expect).toBe('1337');
    expect(client('bor').health(ownChain).peers).toBeUndefined();
    expect(client('heimdall').health(amoy)).toMatchObject({
      head: { port: 'comet', path: '/status', yields: 'block', maximumAgeSeconds: 60 },
      peers: { port: 'comet', path: '/net_info', minimum: 1 },
    });
  });

  test('a node renders as a compose file with both programs and what comes before', () => {
    const { files } = renderRelease(MAINNET, {
      environment: 'development',
      region: 'eu-central-1',
      group: 'polygon',
      node: 'polygon-mainnet-bor',
      architecture: 'arm64',
      memoryGiB: 128,
      upstreams: { 'ethereum.rpc': { url: 'http://10.0.0.1:8545' } },
      journal: { rotationSeconds: 3600, retentionSeconds: 86_400 },
    });
    const { services } = parse(files.get('compose.yml') ?? '');
    expect(Object.keys(services).sort()).toEqual(['bor', 'heimdall', 'heimdall-genesis', 'heimdall-home']);
    expect(services.heimdall.image).toBe('ghcr.io/0xpolygon/heimdall-v2:v0.14.0');
  });
});
