import type { Argument, ClientDefinition, DiskUse, Port, ProcessContext } from '../model';
import { portsByName } from '../model';
import { BOR_HTTP_PORT } from './bor';
import { heimdallFiles, heimdallNetwork, heimdallPreparations } from './heimdall-home';

/**
 * Heimdall v2, Polygon's consensus client, made of CometBFT and the Cosmos SDK. It starts first, and reads layer 1 and bor. Flags:
 * 0xPolygon/heimdall-v2 helper/config.go, cosmos-sdk server/start.go, cometbft cmd/cometbft/commands/run_node.go; ports:
 * packaging/templates; image: Dockerfile. Docker Hub gets no images since 2026-09-01.
 */

const PORTS = [
  // Makers' packages open it to everyone; bor alone asks.
  { name: 'rest', number: 1317, protocol: 'tcp', audience: 'siblings', serves: ['internal'] },
  { name: 'comet', number: 26657, protocol: 'tcp', audience: 'siblings', serves: ['internal', 'health'] },
  { name: 'grpc', number: 9090, protocol: 'tcp', audience: 'siblings', serves: ['internal'] },
  { name: 'metrics', number: 26660, protocol: 'tcp', audience: 'monitoring', serves: ['metrics'] },
  { name: 'p2p', number: 26656, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
] as const satisfies readonly Port[];

const port = portsByName(PORTS);
const listen = (name: Parameters<typeof port>[0]): string => `${port(name).address}:${port(name).number}`;

const args = ({ network, logLevel }: ProcessContext) => {
  const peers = heimdallNetwork(network.id).peers.join(',');
  return [
    '--home=/data',
    `--chain=${network.id}`,
    ['--eth_rpc_url=', { host: 'upstream', chain: 'ethereum', api: 'rpc' }],
    `--bor_rpc_url=http://127.0.0.1:${BOR_HTTP_PORT}`,
    `--comet_bft_rpc_url=http://${listen('comet')}`,
    '--rest-server',
    // One makes it listen; by the other it finds itself, and without an answer it does not start.
    '--api.enable',
    `--api.address=tcp://${listen('rest')}`,
    `--heimdall_rest_server=tcp://${listen('rest')}`,
    `--grpc.address=${listen('grpc')}`,
    `--rpc.laddr=tcp://${listen('comet')}`,
    `--p2p.laddr=tcp://${listen('p2p')}`,
    `--p2p.seeds=${peers}`,
    `--p2p.persistent_peers=${peers}`,
    `--log_level=${logLevel}`,
    '--log_format=json',
  ] as const;
};

/**
 * The public address has a flag that does nothing: the program looks for `external_address` and the flag is called
 * `external-address` (cometbft run_node.go, config/config.go). A variable overrides what the file says.
 */
const environment = (context: ProcessContext): Readonly<Record<string, Argument>> => ({
  HOME: '/data',
  ...(context.p2p === 'public'
    ? { HEIMDALLD_P2P_EXTERNAL_ADDRESS: [{ host: 'public-ip' }, `:${port('p2p').number}`] }
    : {}),
});

const ask = (path: string) => ({ process: 'heimdall', port: 'comet', path, method: 'GET' }) as const;

const NEEDS = '0xPolygon/polygon-docs, pos/how-to/snapshots';

const DISK: Readonly<Record<string, DiskUse>> = {
  mainnet: {
    today: { value: 466, source: `${NEEDS}: 500 GB`, asOf: '2026-11-24', status: 'unverified' },
    growthPerMonth: { value: 140, source: `${NEEDS}: 5 GB a day`, asOf: '2026-11-24', status: 'unverified' },
  },
  amoy: {
    today: { value: 80, source: `${NEEDS}: 50 GB in 2025, carried on`, asOf: '2026-11-24', status: 'unverified' },
    growthPerMonth: { value: 14, source: `${NEEDS}: a tenth of mainnet`, asOf: '2026-11-24', status: 'unverified' },
  },
};

export const heimdall: ClientDefinition = {
  id: 'heimdall',
  role: 'consensus',
  version: () => ({
    value: 'v0.14.0',
    source: '0xPolygon/heimdall-v2 release v0.14.0 (2026-11-20), which Purley needs',
    asOf: '2026-11-24',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'amoy'],
  instead: { local: 'bor --dev makes its own blocks, and asks no heimdall' },
  // An archive node archives what bor has; heimdall is the same beside it.
  nodeTypes: ['full', 'archive'],
  memoryWeight: 1,
  alsoManaged: [
    '--app',
    '--bor_grpc_flag',
    '--bor_grpc_url',
    '--grpc_server',
    '--p2p.external-address',
    '--rpc.grpc_laddr',
    '--rpc.pprof_laddr',
    '--rpc.unsafe',
    '--seeds',
  ],
  processes: (context) => [
    {
      name: 'heimdall',
      source: { kind: 'image', image: 'ghcr.io/0xpolygon/heimdall-v2', version: context.version },
      program: ['heimdalld', 'start'],
      arguments: args(context),
      environment: environment(context),
      files: heimdallFiles(listen('metrics')),
      ports: PORTS,
      directories: { '/data': 'heimdall' },
      identity: ['/data/config/node_key.json', '/data/config/priv_validator_key.json'],
      prepare: heimdallPreparations(context.network.id),
      // The makers' units give none.
      stop: { signal: 'SIGTERM', graceSeconds: 120 },
      memoryMiB: context.memoryMiB,
      metrics: {
        port: 'metrics',
        names: {
          headBlock: 'cometbft_consensus_height',
          peers: 'cometbft_p2p_peers',
          syncing: 'cometbft_blocksync_syncing',
        },
      },
    },
  ],
  health: () => ({
    head: {
      ...ask('/status'),
      // Times have nanoseconds, which jq does not read.
      read: '.result.sync_info | [(.latest_block_height | tonumber), (.latest_block_time | sub("\\\\.[0-9]+Z$"; "Z") | fromdateiso8601)]',
      yields: 'block',
      maximumAgeSeconds: 60,
    },
    peers: {
      ...ask('/net_info'),
      read: '.result.n_peers | tonumber',
      minimum: 1,
    },
    progress: {
      ...ask('/status'),
      read: '.result.sync_info.latest_block_height',
    },
  }),
  disk: ({ network }) => DISK[network],
};
