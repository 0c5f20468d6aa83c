import type { ClientDefinition, DiskUse, Fact, Port, ProcessContext } from '../model';
import { portsByName } from '../model';
import { BDN_GATEWAY, bdnGatewayOption, withBdnGateway } from './bdn-gateway';
import { BEACON_API_PORT } from './beacon-api';
import { caplinArguments, caplinPorts } from './caplin';
import { ETHEREUM_GROWTH, TESTNET_DISK, TESTNET_GROWTH } from './eth-disk';
import { ethHealth } from './eth-rpc';
import { nat } from './geth-flags';

/**
 * Erigon. Flags, ports, sizes: erigontech/erigon docs/site/docs (configuring-erigon.mdx, default-ports.md,
 * hardware-requirements.mdx), docs/DEV_CHAIN.md, ChangeLog.md; stop signal: its Dockerfile; grace: ethstaker/eth-docker
 * v26.8.1 erigon.yml.
 */

const OPEN = [
  { name: 'http', number: 8545, protocol: 'tcp', audience: 'clients', serves: ['rpc'] },
  { name: 'ws', number: 8546, protocol: 'tcp', audience: 'clients', serves: ['ws'] },
  {
    name: 'metrics',
    number: 6061,
    protocol: 'tcp',
    audience: 'monitoring',
    serves: ['metrics'],
    paths: { metrics: '/debug/metrics/prometheus' },
  },
  { name: 'grpc', number: 9090, protocol: 'tcp', audience: 'siblings', serves: ['internal'] },
] as const satisfies readonly Port[];

/** All versions of eth share one listener since 3.5; `--p2p.allowed-ports` with its further ports ends the program. */
const PUBLIC = [
  { name: 'engine', number: 8551, protocol: 'tcp', audience: 'siblings', serves: ['engine'] },
  { name: 'p2p', number: 30303, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  { name: 'discovery', number: 30303, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
  { name: 'torrent', number: 42069, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  { name: 'torrent-udp', number: 42069, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
] as const satisfies readonly Port[];

/** The beacon API through which the validator inside of a development chain makes its blocks. */
const LOCAL = [
  { name: 'beacon', number: BEACON_API_PORT, protocol: 'tcp', audience: 'siblings', serves: ['beacon'] },
] as const satisfies readonly Port[];

const inside = ({ consensus }: ProcessContext): boolean => consensus === 'caplin';

function followArguments(context: ProcessContext) {
  const port = portsByName(PUBLIC);
  return [
    `--chain=${context.network.id}`,
    // The mode of a data directory is fixed by its first start. Since 3.5 `full` keeps 262,144 blocks, some 36 days.
    `--prune.mode=${context.nodeType}`,
    ...(inside(context) ? caplinArguments(context) : ['--externalcl']),
    `--authrpc.addr=${port('engine').address}`,
    `--authrpc.port=${port('engine').number}`,
    '--authrpc.vhosts=*',
    '--authrpc.jwtsecret=/secrets/jwt',
    `--port=${port('p2p').number}`,
    `--torrent.port=${port('torrent').number}`,
    nat(context),
  ];
}

/** One process with Caplin and a validator inside; it makes a new chain at every start, and has no peers. */
function devArguments() {
  const port = portsByName(LOCAL);
  return [
    '--chain=dev',
    '--dev.slot-time=12',
    '--beacon.api=beacon,config,node,validator',
    `--beacon.api.addr=${port('beacon').address}`,
    `--beacon.api.port=${port('beacon').number}`,
  ];
}

const measured = (gigabytes: number, day: string): Fact<number> => ({
  value: Math.ceil(gigabytes / 1.0737),
  source: `erigontech/erigon docs, hardware-requirements.mdx: ${gigabytes} GB on ${day}`,
  asOf: day,
  status: 'verified',
});

const DISK: Readonly<Record<string, DiskUse>> = {
  ...TESTNET_DISK,
  'mainnet full': { today: measured(419.04, '2026-07-19'), growthPerMonth: ETHEREUM_GROWTH.full },
  'mainnet archive': { today: measured(2030, '2026-07-19'), growthPerMonth: ETHEREUM_GROWTH.archive },
  'sepolia archive': { today: measured(1100, '2026-07-29'), growthPerMonth: TESTNET_GROWTH },
  'hoodi archive': { today: measured(133.73, '2026-07-29'), growthPerMonth: TESTNET_GROWTH },
};

export const erigon: ClientDefinition = {
  id: 'erigon',
  role: 'execution',
  version: () => ({
    value: 'v3.8.2',
    source: 'erigontech/erigon release v3.8.2 (2026-11-19), which no longer rejects valid blocks, with security fixes',
    asOf: '2026-11-24',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi', 'local'],
  nodeTypes: ['full', 'archive'],
  optional: { [BDN_GATEWAY]: bdnGatewayOption },
  memoryWeight: 3,
  alsoManaged: [
    '--config',
    '--http.url',
    '--http.enabled',
    '--https.enabled',
    '--https.url',
    '--socket.enabled',
    '--pprof',
    '--mcp.addr',
    '--mcp.port',
    '--private.api.ratelimit',
    '--caplin.use-engine-api',
    '--caplin.blobs-archive',
  ],
  processes: withBdnGateway('Mainnet', (context) => {
    const local = context.network.kind === 'local';
    const own: readonly Port[] = [
      ...OPEN,
      ...(local ? LOCAL : PUBLIC),
      ...(inside(context) ? caplinPorts(context.blobCustody) : []),
    ];
    const port = portsByName(OPEN);
    return [
      {
        name: 'erigon',
        source: { kind: 'image', image: 'erigontech/erigon', version: context.version },
        program: ['erigon'],
        arguments: [
          '--datadir=/data',
          ...(local ? devArguments() : followArguments(context)),
          `--log.console.verbosity=${context.logLevel}`,
          '--log.console.json',
          // Else it writes every debug message to disk.
          '--log.dir.disable',
          '--http',
          `--http.addr=${port('http').address}`,
          `--http.port=${port('http').number}`,
          // Those of the websocket too, which also listens where this does.
          '--http.api=eth,net,web3,txpool,trace',
          '--http.vhosts=*',
          '--ws',
          `--ws.port=${port('ws').number}`,
          '--metrics',
          `--metrics.addr=${port('metrics').address}`,
          `--metrics.port=${port('metrics').number}`,
          `--private.api.addr=${port('grpc').address}:${port('grpc').number}`,
          // Since 3.5 it answers AI assistants on 127.0.0.1:8553 unless told not to.
          '--mcp.disable',
        ],
        environment: { HOME: '/data' },
        ports: own,
        directories: { '/data': 'erigon' },
        // DefaultPath, erigontech/erigon p2p/node_key_config.go.
        identity: ['/data/nodekey'],
        ...(local ? {} : { secrets: { jwt: 'made' } }),
        stop: { signal: 'SIGINT', graceSeconds: 300 },
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: {
            // One series for each stage of its sync; it has no chain_head_block.
            headBlock: 'sync{stage="execution"}',
            headHeader: 'sync{stage="headers"}',
            peers: 'p2p_peers',
            rpcRequests: 'rpc_total',
            rpcErrors: 'rpc_failure',
            txpoolPending: 'txpool_pending',
          },
        },
      },
    ];
  }),
  health: (network) => ethHealth('erigon', network, 60),
  archive: ({ network }) =>
    network === 'local'
      ? undefined
      : {
          value: 'by itself: at its first start it fetches its makers’ snapshots over BitTorrent, in 4 to 8 hours',
          source: 'erigontech/erigon docs, hardware-requirements.mdx and snapshots-management.mdx',
          asOf: '2026-11-24',
          status: 'verified',
        },
  disk: ({ network, nodeType }) => DISK[`${network} ${nodeType}`],
};
