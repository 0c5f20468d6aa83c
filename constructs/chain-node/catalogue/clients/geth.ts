import type { ClientDefinition, DiskUse, Port, ProcessContext } from '../model';
import { portsByName } from '../model';
import { BDN_GATEWAY, bdnGatewayOption, withBdnGateway } from './bdn-gateway';
import { ETHEREUM_GROWTH, RESOURCE_USE, SNAP_SYNC, TESTNET_DISK } from './eth-disk';
import { ethHealth } from './eth-rpc';
import { GETH_METRICS, GETH_VERBOSITY, gethCacheMiB, gethRpc, nat } from './geth-flags';
import { ipcArguments, socketOf } from './ipc';

/** Go Ethereum. Flags: go-ethereum v1.17.10, cmd/utils/flags.go; ports, stop grace: ethstaker/eth-docker v26.8.1 geth.yml. */

const ports = (context: ProcessContext): readonly Port[] => {
  const open: readonly Port[] = [
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
  ];
  if (context.network.kind === 'local') return open;
  return [
    ...open,
    { name: 'engine', number: 8551, protocol: 'tcp', audience: 'siblings', serves: ['engine'] },
    { name: 'p2p', number: 30303, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
    { name: 'discovery', number: 30303, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
  ];
};

const NODE_TYPES: Readonly<Record<string, readonly string[]>> = {
  full: ['--syncmode=snap'],
  archive: ['--syncmode=full', '--gcmode=archive', '--state.scheme=path', '--history.state=0'],
};

const DISK: Readonly<Record<string, DiskUse>> = {
  'mainnet full': {
    today: { value: 1229, source: `${RESOURCE_USE}: 1.2 TiB in April`, asOf: '2026-04-30', status: 'verified' },
    growthPerMonth: ETHEREUM_GROWTH.full,
  },
  'mainnet archive': {
    today: {
      value: 3100,
      source: `geth.ethereum.org, docs/fundamentals/archive: around 2 TB of state history; on top of ${RESOURCE_USE}`,
      asOf: '2026-02-24',
      status: 'unverified',
    },
    growthPerMonth: ETHEREUM_GROWTH.archive,
  },
  ...TESTNET_DISK,
};

export const geth: ClientDefinition = {
  id: 'geth',
  role: 'execution',
  version: () => ({
    value: 'v1.17.10',
    source: 'newest tag of the module github.com/ethereum/go-ethereum (2026-10-23); rocket-pool/smartnode v1.25.1',
    asOf: '2026-11-24',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi', 'local'],
  nodeTypes: Object.keys(NODE_TYPES),
  ipc: socketOf(
    'ethereum/go-ethereum v1.17.10: cmd/utils/flags.go, `ipcpath`, explicit paths; rpc/ipc_unix.go, mode 0600',
    '2026-10-23',
  ),
  optional: { [BDN_GATEWAY]: bdnGatewayOption },
  memoryWeight: 3,
  // The profiler would take the port of the metrics, which others reach.
  alsoManaged: ['--ipcpath', '--networkid', '--datadir.ancient', '--config', '--pprof', '--pprof.addr', '--pprof.port'],
  processes: withBdnGateway('Mainnet', (context) => {
    const own = ports(context);
    const port = portsByName(own);
    const local = context.network.kind === 'local';
    return [
      {
        name: 'geth',
        source: { kind: 'image', image: 'ethereum/client-go', version: context.version },
        program: ['geth'],
        arguments: [
          '--datadir=/data',
          ...ipcArguments(context),
          ...(local ? ['--dev', '--dev.period=12'] : [`--${context.network.id}`]),
          ...(local ? [] : (NODE_TYPES[context.nodeType] ?? [])),
          `--cache=${gethCacheMiB(context.memoryMiB, 8192)}`,
          `--verbosity=${GETH_VERBOSITY[context.logLevel]}`,
          '--log.format=json',
          ...gethRpc(port, 'eth,net,web3,txpool'),
          '--metrics',
          `--metrics.addr=${port('metrics').address}`,
          `--metrics.port=${port('metrics').number}`,
          ...(local
            ? []
            : [
                `--authrpc.addr=${port('engine').address}`,
                `--authrpc.port=${port('engine').number}`,
                '--authrpc.vhosts=*',
                '--authrpc.jwtsecret=/secrets/jwt',
                `--port=${port('p2p').number}`,
                `--discovery.port=${port('discovery').number}`,
                nat(context),
              ]),
        ],
        ports: own,
        directories: { '/data': 'geth' },
        // datadirPrivateKey, ethereum/go-ethereum node/config.go.
        identity: ['/data/geth/nodekey'],
        ...(local ? {} : { secrets: { jwt: 'made' } }),
        // A hard kill loses what is in memory and replays blocks for hours (ethereum/go-ethereum#25813).
        stop: { signal: 'SIGTERM', graceSeconds: 300 },
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: GETH_METRICS,
        },
      },
    ];
  }),
  health: (network) => ethHealth('geth', network, 60),
  // An archive executes every block since genesis.
  archive: ({ network, nodeType }) => (network === 'local' || nodeType === 'archive' ? undefined : SNAP_SYNC),
  disk: ({ network, nodeType }) => DISK[`${network} ${nodeType}`],
};
