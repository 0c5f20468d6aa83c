import type { ClientDefinition, DiskUse, Port, ProcessContext } from '../model';
import { portsByName } from '../model';
import { BDN_GATEWAY, bdnGatewayOption, withBdnGateway } from './bdn-gateway';
import { ETHEREUM_GROWTH, TESTNET_DISK } from './eth-disk';
import { ethHealth } from './eth-rpc';
import { ipcArguments, socketOf } from './ipc';
import { RETH_ENVIRONMENT, RETH_IDENTITY, RETH_METRICS, rethLog, rethNetwork, rethRpc } from './reth-flags';

/** Reth. Flags: paradigmxyz/reth crates/node/core/src/args; ports, stop signal: ethstaker/eth-docker v26.8.1 reth.yml. */

const ports = (context: ProcessContext): readonly Port[] => {
  const open: readonly Port[] = [
    { name: 'http', number: 8545, protocol: 'tcp', audience: 'clients', serves: ['rpc'] },
    { name: 'ws', number: 8546, protocol: 'tcp', audience: 'clients', serves: ['ws'] },
    // Reth has no default; its documentation uses 9001, which is a consensus client's QUIC port.
    { name: 'metrics', number: 6060, protocol: 'tcp', audience: 'monitoring', serves: ['metrics'] },
  ];
  if (context.network.kind === 'local') return open;
  return [
    ...open,
    { name: 'engine', number: 8551, protocol: 'tcp', audience: 'siblings', serves: ['engine'] },
    { name: 'p2p', number: 30303, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
    { name: 'discovery', number: 30303, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
  ];
};

const NODE_TYPES: Readonly<Record<string, readonly string[]>> = { full: ['--full'], archive: [] };

const LOG_FILTER = { error: 'error', info: 'info', debug: 'debug' } as const;

const STORAGE_DOCS = 'paradigmxyz/reth docs, run/storage at block 24,396,823';

const DISK: Readonly<Record<string, DiskUse>> = {
  'mainnet full': {
    today: { value: 950, source: `${STORAGE_DOCS}: 1.02 TB`, asOf: '2026-05-19', status: 'verified' },
    growthPerMonth: ETHEREUM_GROWTH.full,
  },
  'mainnet archive': {
    today: { value: 2152, source: `${STORAGE_DOCS}: 2.31 TB`, asOf: '2026-05-19', status: 'verified' },
    growthPerMonth: ETHEREUM_GROWTH.archive,
  },
  ...TESTNET_DISK,
};

export const reth: ClientDefinition = {
  id: 'reth',
  role: 'execution',
  version: () => ({
    value: 'v2.10.1',
    source: 'paradigmxyz/reth release v2.10.1 (2026-11-06)',
    asOf: '2026-11-24',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi', 'local'],
  nodeTypes: Object.keys(NODE_TYPES),
  ipc: socketOf('paradigmxyz/reth docs/vocs/docs/pages/cli/reth/node.mdx at 7b3432d950, `--ipcpath`', '2026-08-21'),
  optional: { [BDN_GATEWAY]: bdnGatewayOption },
  memoryWeight: 3,
  alsoManaged: ['--ipcpath', '--config', '--instance', '-d'],
  processes: withBdnGateway('Mainnet', (context) => {
    const own = ports(context);
    const port = portsByName(own);
    const local = context.network.kind === 'local';
    return [
      {
        name: 'reth',
        source: { kind: 'image', image: 'ghcr.io/paradigmxyz/reth', version: context.version },
        program: ['reth', 'node'],
        arguments: [
          '--datadir=/data',
          ...ipcArguments(context),
          ...(local ? ['--dev', '--dev.block-time=12s'] : [`--chain=${context.network.id}`]),
          ...(local ? [] : (NODE_TYPES[context.nodeType] ?? [])),
          ...rethLog(LOG_FILTER[context.logLevel]),
          ...rethRpc(port, 'eth,net,web3,txpool,trace,rpc'),
          ...(local ? ['--disable-discovery'] : rethNetwork(context, port)),
        ],
        environment: RETH_ENVIRONMENT,
        ports: own,
        directories: { '/data': 'reth' },
        identity: RETH_IDENTITY,
        ...(local ? {} : { secrets: { jwt: 'made' } }),
        stop: { signal: 'SIGINT', graceSeconds: 300 },
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: RETH_METRICS,
        },
      },
    ];
  }),
  health: (network) => ethHealth('reth', network, 60),
  archive: ({ network }) =>
    network === 'mainnet'
      ? {
          value: 'https://snapshots.reth.rs',
          source:
            'paradigmxyz/reth docs, run/storage/snapshots: `reth download --full` or `--archive`, for mainnet alone',
          asOf: '2026-08-21',
          status: 'verified',
        }
      : undefined,
  disk: ({ network, nodeType }) => DISK[`${network} ${nodeType}`],
};
