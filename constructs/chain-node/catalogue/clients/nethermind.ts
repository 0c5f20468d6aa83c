import type { Argument, ClientDefinition, DiskUse, Fact, Port, Process, ProcessContext } from '../model';
import { portsByName } from '../model';
import { ETHEREUM_GROWTH, RESOURCE_USE, SNAP_SYNC, TESTNET_DISK } from './eth-disk';
import { ethHealth } from './eth-rpc';

/**
 * Nethermind. Options, metrics, image: NethermindEth/docs; the engine's and the other URLs: Nethermind.JsonRpc
 * JsonRpcUrlCollection; ports, stop signal and grace: ethstaker/eth-docker v26.8.1 nethermind.yml.
 */

/** Ports of every Nethermind, on whatever chain. */
export const NETHERMIND_PORTS = [
  { name: 'http', number: 8545, protocol: 'tcp', audience: 'clients', serves: ['rpc'] },
  { name: 'ws', number: 8546, protocol: 'tcp', audience: 'clients', serves: ['ws'] },
  // Nethermind has no default.
  { name: 'metrics', number: 6060, protocol: 'tcp', audience: 'monitoring', serves: ['metrics'] },
  { name: 'engine', number: 8551, protocol: 'tcp', audience: 'siblings', serves: ['engine'] },
  { name: 'p2p', number: 30303, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  { name: 'discovery', number: 30303, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
] as const satisfies readonly Port[];

export const nethermindVersion: Fact<string> = {
  value: '2.2.2',
  source:
    'nethermindEtc/nethermind-etc-plugin release v2.2.2.0 (2026-10-26), built from it; rocket-pool/smartnode v1.25.2',
  asOf: '2026-11-22',
  status: 'distributor',
};

/** What the flags of another spelling are; `--config` and `--data-dir` have short and old forms. */
export const NETHERMIND_ALSO_MANAGED: readonly string[] = [
  '-c',
  '-dd',
  '--datadir',
  '-d',
  '--db-dir',
  '--baseDbPath',
  '-l',
];

/** Nethermind itself. `configuration` names one of its own configurations: `mainnet`, `op-mainnet_archive`, … */
export function nethermindProcess(
  context: ProcessContext,
  { configuration, further = [] }: { readonly configuration: string; readonly further?: readonly Argument[] },
): Process {
  const port = portsByName(NETHERMIND_PORTS);
  return {
    name: 'nethermind',
    source: { kind: 'image', image: 'nethermind/nethermind', version: context.version },
    program: ['/nethermind/nethermind'],
    arguments: [
      `--config=${configuration}`,
      '--data-dir=/data',
      `--log=${context.logLevel}`,
      ...further,
      '--JsonRpc.Enabled=true',
      `--JsonRpc.Host=${port('http').address}`,
      `--JsonRpc.Port=${port('http').number}`,
      // The websocket has the host and the modules of the other.
      `--JsonRpc.WebSocketsPort=${port('ws').number}`,
      '--Init.WebSocketsEnabled=true',
      '--JsonRpc.EnabledModules=Eth,Net,Web3,TxPool,Subscribe,Trace',
      // With these its own configurations' further URL, which has the engine too, is left out.
      `--JsonRpc.EngineHost=${port('engine').address}`,
      `--JsonRpc.EnginePort=${port('engine').number}`,
      '--JsonRpc.JwtSecretFile=/secrets/jwt',
      `--Network.P2PPort=${port('p2p').number}`,
      `--Network.DiscoveryPort=${port('discovery').number}`,
      ...(context.p2p === 'public' ? [['--Network.ExternalIp=', { host: 'public-ip' }] as const] : []),
      '--Metrics.Enabled=true',
      `--Metrics.ExposeHost=${port('metrics').address}`,
      `--Metrics.ExposePort=${port('metrics').number}`,
    ],
    environment: { HOME: '/data' },
    ports: NETHERMIND_PORTS,
    directories: { '/data': 'nethermind' },
    // UnsecuredNodeKeyFilePath, Nethermind.Wallet NodeKeyManager, in the directory of keys.
    identity: ['/data/keystore/node.key.plain'],
    secrets: { jwt: 'made' },
    stop: { signal: 'SIGINT', graceSeconds: 300 },
    memoryMiB: context.memoryMiB,
    // It keeps the files of its databases open. That of its makers' unit; 100,000 at least: NethermindEth/docs
    // installing-nethermind.md and troubleshooting.md.
    host: { openFiles: 1_000_000 },
    metrics: {
      port: 'metrics',
      names: {
        headBlock: 'nethermind_blocks',
        headHeader: 'nethermind_best_known_block_number',
        peers: 'nethermind_sync_peers',
        rpcRequests: 'nethermind_json_rpc_requests',
        rpcErrors: 'nethermind_json_rpc_errors',
        reorgs: 'nethermind_reorganizations',
      },
    },
  };
}

/**
 * What an archive needs beyond its own configuration. Since 2.0 it is a flat database with its history, of 2.2 TB; the older
 * databases took 14 TB (NethermindEth/docs archive-nodes.md).
 */
export const NETHERMIND_ARCHIVE: readonly string[] = ['--FlatDb.Enabled=true', '--FlatDb.HistoryEnabled=true'];

const SNAPSHOTS = 'https://docs.nethermind.io/fundamentals/archive-snapshots';

const DISK: Readonly<Record<string, DiskUse>> = {
  'mainnet full': {
    today: {
      value: 1126,
      source: `${RESOURCE_USE}: 1.1 TiB, flat, with blocks from the merge on, in April`,
      asOf: '2026-04-30',
      status: 'verified',
    },
    growthPerMonth: ETHEREUM_GROWTH.full,
  },
  'mainnet archive': {
    today: { value: 2049, source: `${SNAPSHOTS}: 2.2 TB`, asOf: '2026-11-24', status: 'verified' },
    growthPerMonth: ETHEREUM_GROWTH.archive,
  },
  ...TESTNET_DISK,
};

export const nethermind: ClientDefinition = {
  id: 'nethermind',
  role: 'execution',
  version: () => nethermindVersion,
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi'],
  // configs/spaceneth.json: in memory, with an unlocked wallet, and no block without a transaction.
  instead: { local: 'has no development chain that keeps its blocks; use geth or reth' },
  nodeTypes: ['full', 'archive'],
  memoryWeight: 3,
  alsoManaged: NETHERMIND_ALSO_MANAGED,
  processes: (context) => [
    nethermindProcess(
      context,
      context.nodeType === 'archive'
        ? { configuration: `${context.network.id}_archive`, further: NETHERMIND_ARCHIVE }
        : { configuration: context.network.id },
    ),
  ],
  health: (network) => ethHealth('nethermind', network, 60),
  archive: ({ network, nodeType }) => {
    if (nodeType !== 'archive') return SNAP_SYNC;
    if (network !== 'mainnet') return undefined;
    return {
      value: 'https://mainnet-archive-snapshot.nethermind.dev/',
      source: `${SNAPSHOTS}: tar.zst of 2.00 TB with a .sha256 beside it, for 2.1.0 and later`,
      asOf: '2026-11-24',
      status: 'verified',
    };
  },
  disk: ({ network, nodeType }) => DISK[`${network} ${nodeType}`],
};
