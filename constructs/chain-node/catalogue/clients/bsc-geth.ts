import type { Archive, ClientDefinition, DiskUse, Fact, Port, ProcessContext } from '../model';
import { portsByName } from '../model';
import { BDN_GATEWAY, bdnGatewayOption, withBdnGateway } from './bdn-gateway';
import { ethHealth } from './eth-rpc';
import { GETH_METRICS, GETH_VERBOSITY, gethCacheMiB, gethRpc, nat } from './geth-flags';
import { ipcArguments, socketOf } from './ipc';

/**
 * BNB Smart Chain's geth, which needs no consensus client. Flags: bnb-chain/bsc cmd/geth/main.go and cmd/utils/flags.go; image:
 * Dockerfile and .github/workflows/docker-release.yml, whose tags carry no `v`. Its entrypoint wants a genesis and a config.toml; both
 * networks are in the program, so neither is used.
 */

const PORTS = [
  { name: 'http', number: 8545, protocol: 'tcp', audience: 'clients', serves: ['rpc'] },
  { name: 'ws', number: 8546, protocol: 'tcp', audience: 'clients', serves: ['ws'] },
  {
    name: 'metrics',
    number: 6060,
    protocol: 'tcp',
    audience: 'monitoring',
    serves: ['metrics'],
    paths: { metrics: '/debug/metrics/prometheus' },
  },
  { name: 'p2p', number: 30303, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  { name: 'discovery', number: 30303, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
] as const satisfies readonly Port[];

const port = portsByName(PORTS);

/** With `--chapel` the program still asks the bootnodes of mainnet. These are of bnb-chain/reth-bsc src/node/network/bootnodes.rs. */
const CHAPEL_BOOTNODES = [
  'enode://0637d1e62026e0c8685b1db0ca1c767c78c95c3fab64abc468d1a64b12ca4b530b46b8f80c915aec96f74f7ffc5999e8ad6d1484476f420f0c10e3d42361914b@52.199.214.252:30311',
  'enode://df1e8eb59e42cad3c4551b2a53e31a7e55a2fdde1287babd1e94b0836550b489ba16c40932e4dacb16cba346bd442c432265a299c4aca63ee7bb0f832b9f45eb@52.51.80.128:30311',
  'enode://ecd664250ca19b1074dcfbfb48576a487cc18d052064222a363adacd2650f8e08fb3db9de7a7aecb48afa410eaeb3285e92e516ead01fb62598553aed91ee15e@3.209.122.123:30311',
  'enode://665cf77ca26a8421cfe61a52ac312958308d4912e78ce8e0f61d6902e4494d4cc38f9b0dd1b23a427a7a5734e27e5d9729231426b06bb9c73b56a142f83f6b68@52.72.123.113:30311',
];

/** Six days of blocks and of where each transaction is, as AWS's sample keeps; the makers' archives begin with the newest 90,000. */
const KEPT = 1_152_000;

const args = (context: ProcessContext) => [
  '--datadir=/data',
  ...ipcArguments(context),
  `--${context.network.id}`,
  '--syncmode=snap',
  '--state.scheme=path',
  '--db.engine=pebble',
  `--history.blocks=${KEPT}`,
  `--history.transactions=${KEPT}`,
  // The makers' README has 8000 on 64 GB.
  `--cache=${gethCacheMiB(context.memoryMiB, 16384)}`,
  `--verbosity=${GETH_VERBOSITY[context.logLevel]}`,
  '--log.format=json',
  ...gethRpc(port, 'eth,net,web3,txpool'),
  '--metrics',
  `--metrics.addr=${port('metrics').address}`,
  `--metrics.port=${port('metrics').number}`,
  `--port=${port('p2p').number}`,
  `--discovery.port=${port('discovery').number}`,
  ...(context.network.id === 'chapel' ? [`--bootnodes=${CHAPEL_BOOTNODES.join(',')}`] : []),
  nat(context),
];

const fact = <T>(value: T, source: string, asOf: string, status: Fact<T>['status'] = 'verified'): Fact<T> => ({
  value,
  source,
  asOf,
  status,
});

const SNAPSHOTS = 'bnb-chain/bsc-snapshots README and dist';

/** One that begins empty fetches every block since genesis before it leaves out old ones, and the makers want local NVMe for it. */
const emptyStart = (gigabytes: number): Fact<number> =>
  fact(
    Math.ceil(gigabytes / 1.0737),
    `${SNAPSHOTS}: with every block since genesis, ${gigabytes} GB`,
    '2026-07-23',
    'unverified',
  );

const DISK: Readonly<Record<string, DiskUse>> = {
  mainnet: {
    today: fact(1490, `${SNAPSHOTS}: 1.6 TB, pruned, in May`, '2026-07-23'),
    growthPerMonth: fact(140, 'aws-samples/aws-blockchain-node-runners blueprints/bnb: 150 GB a month', '2026-08-17'),
    peak: emptyStart(6400),
  },
  chapel: {
    today: fact(168, `${SNAPSHOTS}: 180 GB, pruned, in April`, '2026-07-23'),
    growthPerMonth: fact(10, 'between the archives', '2026-07-23', 'unverified'),
    peak: emptyStart(440),
  },
};

const ARCHIVES: Readonly<Record<string, Archive>> = {
  mainnet: fact(
    'mainnet-geth-pbss-20260525-pruneancient of bnb-chain/bsc-snapshots, by its fetch-snapshot.sh; in one file: 48Club/bsc-snapshots',
    `${SNAPSHOTS}: several files of 1.6 TB together`,
    '2026-07-23',
  ),
  chapel: fact(
    'testnet-geth-pbss-20260407-pruneancient of bnb-chain/bsc-snapshots, by its fetch-snapshot.sh',
    `${SNAPSHOTS}: 180 GB`,
    '2026-07-23',
  ),
};

export const bscGeth: ClientDefinition = {
  id: 'geth',
  role: 'whole',
  version: () =>
    fact('1.8.2', 'bnb-chain/bsc release v1.8.2 (2026-11-03), which Jenner needs on mainnet', '2026-11-24'),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'chapel'],
  // An archive would be made from genesis, and nobody publishes one for geth; the makers send who wants one to other clients.
  nodeTypes: ['full'],
  ipc: socketOf('bnb-chain/bsc v1.7.3: cmd/utils/flags.go, `ipcpath`; rpc/ipc_unix.go, mode 0600', '2026-04-22'),
  optional: { [BDN_GATEWAY]: bdnGatewayOption },
  memoryWeight: 1,
  // What the profiler would take is the port of the metrics, which others reach.
  alsoManaged: [
    '--ipcpath',
    '--config',
    '--networkid',
    '--nodekey',
    '--nodekeyhex',
    '--pprof',
    '--pprof.addr',
    '--pprof.port',
    '--pruneancient',
  ],
  processes: withBdnGateway('BSC-Mainnet', (context) => [
    {
      name: 'geth',
      source: { kind: 'image', image: 'ghcr.io/bnb-chain/bsc', version: context.version },
      program: ['geth'],
      arguments: args(context),
      environment: { HOME: '/data' },
      ports: PORTS,
      directories: { '/data': 'geth' },
      identity: ['/data/geth/nodekey'],
      // As with Ethereum's geth: what is in memory is written when it ends.
      stop: { signal: 'SIGTERM', graceSeconds: 300 },
      memoryMiB: context.memoryMiB,
      metrics: {
        port: 'metrics',
        names: GETH_METRICS,
      },
    },
  ]),
  // Times of blocks are whole seconds to `eth_getBlockByNumber`, two blocks to each.
  health: (network) => ethHealth('geth', network, 15),
  archive: ({ network }) => ARCHIVES[network],
  disk: ({ network }) => DISK[network],
};
