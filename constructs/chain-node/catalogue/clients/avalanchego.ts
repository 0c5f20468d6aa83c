import type {
  ClientDefinition,
  DiskUse,
  Fact,
  HealthDefinition,
  NetworkDefinition,
  Port,
  ProcessContext,
} from '../model';
import { portsByName } from '../model';
import { ETH_CHAIN_ID } from './eth-rpc';

/**
 * AvalancheGo, with the C-Chain inside. Flags: ava-labs/avalanchego config/flags.go; settings of the C-Chain: vms/saevm/cchain
 * config.go and config.md; program: its Dockerfile; metrics: RELEASES.md of v1.15.0, vms/saevm, node/node.go. Its own limits for
 * ending are 10 s (--http-shutdown-timeout) and 60 s (--consensus-shutdown-timeout); how long its databases take is written nowhere.
 */

/** Everything on one port, each under a path of its own; a request for the metrics is let in wherever one for the RPC is. */
const ports = ({ network }: Pick<ProcessContext, 'network'>) =>
  [
    {
      name: 'http',
      number: 9650,
      protocol: 'tcp',
      audience: 'clients',
      serves: ['rpc', 'ws', 'metrics', 'health'],
      paths: { rpc: '/ext/bc/C/rpc', ws: '/ext/bc/C/ws', metrics: '/ext/metrics', health: '/ext/health' },
    },
    network.kind === 'local'
      ? { name: 'staking', number: 9651, protocol: 'tcp', audience: 'siblings', serves: ['internal'] }
      : { name: 'staking', number: 9651, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  ] as const satisfies readonly Port[];

/**
 * What it offers by default but `trace`, which is `debug_*` and writes files. The C-Chain does not start with a name that it does not
 * know, and the whole node with it; these are of v1.15.0, which brought them (vms/saevm/sae/rpc/server.go, config.md). Unknown keys
 * are ignored with a warning, as most from before Helicon are.
 */
const APIS = ['web3', 'net', 'txpool', 'price', 'chain', 'tx', 'subscription', 'avalanche'];

/** An archive executes every block since genesis: state sync leaves it without what came before. */
const chainConfig = (nodeType: string): string =>
  `${JSON.stringify({ apis: APIS, 'pruning-enabled': nodeType === 'full', 'state-sync-enabled': nodeType === 'full' }, null, 2)}\n`;

const args = (context: ProcessContext) => {
  const port = portsByName(ports(context));
  const local = context.network.kind === 'local';
  return [
    '--data-dir=/data',
    '--chain-config-dir=/config/chains',
    `--network-id=${context.network.id}`,
    // One node is a network of its own where nobody has to stake.
    ...(local ? ['--sybil-protection-enabled=false'] : []),
    `--http-host=${port('http').address}`,
    `--http-port=${port('http').number}`,
    // Else it answers 403 to whoever calls it by the name of a load balancer.
    '--http-allowed-hosts=*',
    '--api-admin-enabled=false',
    '--api-health-enabled=true',
    '--api-metrics-enabled=true',
    '--index-enabled=false',
    `--staking-host=${port('staking').address}`,
    `--staking-port=${port('staking').number}`,
    // Beside --public-ip-resolution-service it would not start. Without either it tells peers what its router says.
    ...(context.p2p === 'public' && !local ? [['--public-ip=', { host: 'public-ip' }] as const] : []),
    // To files, of which it would keep eight for each chain.
    '--log-level=off',
    `--log-display-level=${context.logLevel}`,
    '--log-format=json',
  ] as const;
};

const STATE = 'ava-labs/builders-hub content/docs/nodes/node-storage/chain-state-management.mdx';

const documented = (gigabytes: number, text: string): Fact<number> => ({
  value: Math.ceil(gigabytes / 1.0737),
  source: `${STATE}: ${text}`,
  asOf: '2026-08-21',
  status: 'verified',
});

/** Nobody has published figures for Fuji. */
const DISK: Readonly<Record<string, DiskUse>> = {
  'mainnet full': {
    today: documented(500, 'about 500 GB after state sync'),
    growthPerMonth: documented(200, '150 to 200 GB a month, of snapshots of the state; a new state sync sheds them'),
  },
  'mainnet archive': {
    today: documented(13_000, 'about 13 TB'),
    growthPerMonth: documented(500, 'about 500 GB a month'),
  },
};

/** Answers 200 whether it is healthy or not, where a GET answers 503; and tells what each check found. */
const HEALTH = {
  process: 'avalanchego',
  port: 'http',
  path: '/ext/health',
  method: 'POST',
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'health.health', params: {} }),
} as const;

const health = (network: NetworkDefinition): HealthDefinition => ({
  // The RPC answers 503 until the C-Chain is bootstrapped.
  identity: { ...ETH_CHAIN_ID, process: 'avalanchego', port: 'http', path: '/ext/bc/C/rpc', expect: network.identity },
  // A block comes when there are transactions, so its age says nothing. This also fails with less than a tenth of the disk free.
  head: { process: 'avalanchego', port: 'http', path: '/ext/health', method: 'GET', yields: 'httpStatus' },
  ...(network.kind === 'local'
    ? {}
    : // net_peerCount is not answered before the C-Chain is bootstrapped.
      { peers: { ...HEALTH, read: '.result.checks.network.message.connectedPeers', minimum: 1 } }),
  progress: {
    ...HEALTH,
    read: '.result.checks | [.bootstrapped.message, .diskspace.message.availableDiskBytes]',
  },
});

export const avalanchego: ClientDefinition = {
  id: 'avalanchego',
  role: 'whole',
  version: () => ({
    value: 'v1.15.3',
    source: 'build.avax.network/docs/nodes/releases: recommended on Mainnet and Fuji, 2026-11-05',
    asOf: '2026-11-24',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'fuji', 'local'],
  nodeTypes: ['full', 'archive'],
  memoryWeight: 1,
  alsoManaged: [
    '--config-file',
    '--config-file-content',
    '--config-file-content-type',
    '--chain-config-content',
    '--chain-data-dir',
    '--db-dir',
    '--log-dir',
    '--process-context-file',
    '--genesis-file',
    '--genesis-file-content',
    '--http-tls-enabled',
    // "Only sync the P-chain on the Primary Network" (flags.go): without the C-Chain there is no RPC.
    '--partial-sync-primary-network',
    '--public-ip-resolution-service',
    '--staking-ephemeral-cert-enabled',
    '--staking-ephemeral-signer-enabled',
    '--staking-tls-key-file',
    '--staking-tls-key-file-content',
    '--staking-tls-cert-file',
    '--staking-tls-cert-file-content',
    '--staking-signer-key-file',
    '--staking-signer-key-file-content',
  ],
  processes: (context) => [
    {
      name: 'avalanchego',
      source: { kind: 'image', image: 'avaplatform/avalanchego', version: context.version },
      program: ['/avalanchego/build/avalanchego'],
      arguments: args(context),
      environment: { HOME: '/data', GOMEMLIMIT: `${Math.floor(context.memoryMiB * 0.9)}MiB` },
      files: { 'chains/C/config.json': chainConfig(context.nodeType) },
      ports: ports(context),
      directories: { '/data': 'avalanchego' },
      identity: ['/data/staking/staker.key', '/data/staking/staker.crt', '/data/staking/signer.key'],
      stop: { signal: 'SIGTERM', graceSeconds: 120 },
      memoryMiB: context.memoryMiB,
      metrics: {
        port: 'http',
        names: {
          // Since Helicon, blocks are executed after they are accepted, and settled some seconds later.
          headBlock: 'avalanche_evm_transition_sae_last_executed_height',
          finalized: 'avalanche_evm_transition_sae_last_settled_height',
          executionQueue: 'avalanche_evm_transition_sae_execution_queue_blocks',
          peers: 'avalanche_network_peers',
          stakeConnected: 'avalanche_stake_percent_connected',
          benched: 'avalanche_benchlist_benched_num',
          failingChecks: 'avalanche_health_checks_failing',
          diskAvailablePercent: 'avalanche_resource_tracker_disk_available_percentage',
        },
      },
    },
  ],
  health,
  cannot: ({ network, storage }) =>
    network === 'mainnet' && storage === 'ebs'
      ? {
          setting: 'storage',
          reason:
            'cannot run on EBS on mainnet: its makers say that network disks cause missed blocks; use storage: instance-store',
          source: 'https://build.avax.network/docs/nodes/system-requirements',
        }
      : undefined,
  // An archive begins with the first block; nobody publishes one.
  archive: ({ network, nodeType }) =>
    network === 'local' || nodeType === 'archive'
      ? undefined
      : {
          value:
            'by itself: state sync fetches the newest state from its peers, in hours; it begins anew after a restart',
          source: STATE,
          asOf: '2026-08-21',
          status: 'verified',
        },
  disk: ({ network, nodeType }) => DISK[`${network} ${nodeType}`],
};
