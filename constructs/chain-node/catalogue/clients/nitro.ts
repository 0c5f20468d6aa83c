import type {
  Argument,
  ClientDefinition,
  HealthDefinition,
  NetworkDefinition,
  Port,
  Process,
  ProcessContext,
} from '../model';
import { portsByName, siblingUrl } from '../model';
import { ETH_CHAIN_ID, ETH_NEWEST_BLOCK, ETH_SYNCING } from './eth-rpc';
import { nitroArchive, nitroDisk } from './nitro-data';
import { FEED_RELAY, feedRelay, feedRelayOption, NITRO_LOG_LEVEL } from './nitro-relay';

/**
 * Nitro, the node of the Arbitrum chains: it reads the sequencer's feed and layer 1, and has neither peers nor an address that they
 * know. Flags: OffchainLabs/arbitrum-docs scripts/data/nitro-cli-flags.json; program: OffchainLabs/nitro Dockerfile; grace:
 * docs.arbitrum.io run-full-node (`docker stop --time=1800`).
 *
 * Blocks of Arbitrum One from before Nitro (22,207,817 and older) are in no Nitro database: an operator who has a node of that time
 * names it with --execution.rpc.classic-redirect.
 */

const PORTS = [
  { name: 'http', number: 8547, protocol: 'tcp', audience: 'clients', serves: ['rpc'] },
  { name: 'ws', number: 8548, protocol: 'tcp', audience: 'clients', serves: ['ws'] },
  {
    name: 'metrics',
    number: 6070,
    protocol: 'tcp',
    audience: 'monitoring',
    serves: ['metrics'],
    paths: { metrics: '/debug/metrics/prometheus' },
  },
] as const satisfies readonly Port[];

const NAMESPACES = 'net,web3,eth,arb';

const NODE_TYPES: Readonly<Record<string, readonly string[]>> = {
  // Fetched and unpacked by Nitro itself, once; it knows no `full`.
  full: ['--init.latest=pruned', '--execution.caching.archive=false'],
  // By path: the archives by hash, which --init.latest=archive fetches, ended in May 2024 and grow by 850 GB a month
  // (arbitrum-docs run-archive-node). One by path is given by --init.url, and left to the operator. Without it Arbitrum One does
  // not start, and the others execute every block, for which layer 1 must serve blobs that it has long let go.
  archive: [
    '--execution.caching.archive=true',
    '--execution.caching.state-scheme=path',
    '--execution.caching.state-history=0',
  ],
};

/** A twentieth of its memory: below it Nitro refuses calls instead of being killed. "4GiB", as documented, is no number to it. */
const memoryFreeMiB = (memoryMiB: number): number => Math.floor(memoryMiB / 20);
const memoryLimit = (memoryMiB: number): string => `--node.resource-mgmt.mem-free-limit=${memoryFreeMiB(memoryMiB)}MB`;

/** What Nitro uses outside of Go's heap, in MiB (arbitrum-docs node-tuning), and 400 to spare. */
const OUTSIDE_OF_GO = 2048 + 1024 + 600 + 400 + 256 + 128 + 300 + 400;
/** Go must give memory back before calls are refused: refusing frees nothing that Go holds, and would not end. */
const goMemoryMiB = (memoryMiB: number): number =>
  Math.max(Math.floor(memoryMiB / 2), Math.floor(memoryMiB) - OUTSIDE_OF_GO - memoryFreeMiB(memoryMiB));

const l1 = (api: 'rpc' | 'beacon') => [{ host: 'upstream', chain: 'ethereum', api }] as const;

/** Variables that begin with this are read as flags, and outdo what the command line says (arbitrum-docs configuration-system). */
const FROM_ENVIRONMENT = '--conf.env-prefix=NITRO';

/**
 * Where it reads layer 1, which may hold a key: its metrics tell its command line to whoever asks (/debug/metrics, `cmdline`), and
 * not its environment. Without a beacon API no chain on Ethereum starts: its batches are in blobs, Nova's too when its committee fails.
 */
const FOLLOW_ENVIRONMENT = {
  NITRO_PARENT__CHAIN_CONNECTION_URL: l1('rpc'),
  NITRO_PARENT__CHAIN_BLOB__CLIENT_BEACON__URL: l1('beacon'),
} as const;

const followArguments = ({ network, nodeType }: ProcessContext, relay: Process | undefined): readonly Argument[] => [
  // The program knows the rest of a chain: its contracts, sequencer and feed, and Nova's committee for data
  // (cmd/chaininfo/arbitrum_chain_info.json).
  `--chain.id=${network.identity}`,
  // The spares of the official feed stay; Nitro turns to them when the relay is silent.
  ...(relay ? [`--node.feed.input.url=${siblingUrl([relay], 'feed', 'ws')}`] : []),
  ...(NODE_TYPES[nodeType] ?? []),
  // By default it watches other validators, and needs more of layer 1 for it.
  '--node.staker.enable=false',
];

/**
 * `--dev` becomes many flags, an --http.api with `debug` among them, which is added to ours and does not give way to it; what the
 * environment says does.
 */
const LOCAL_ARGUMENTS: readonly Argument[] = ['--dev'];
const LOCAL_ENVIRONMENT = { NITRO_HTTP_API: NAMESPACES } as const;

/**
 * A download that was cut off stands in Nitro's way for good: it wants /data/nitro to be new, or its directory for downloads not to
 * be there (OffchainLabs/nitro cmd/nitro/init). What was not unpacked is taken away, and fetched again; never what a node has
 * once run on, which the mark says, because an operator may remove `wasm` to have it built anew. `unless` never exists, so it is
 * looked at before every start.
 */
const INTERRUPTED_DOWNLOAD = {
  name: 'interrupted-download',
  program: ['/bin/sh'],
  arguments: [
    '-c',
    '[ ! -e /data/nitro/wasm ] || touch /data/.has-run;' +
      ' [ ! -e /data/nitro/tmp ] || if [ -e /data/.has-run ]; then rm -r /data/nitro/tmp; else rm -r /data/nitro; fi',
  ],
  unless: '/data/.never-there',
} as const;

function nitroProcess(context: ProcessContext, relay: Process | undefined): Process {
  const port = portsByName(PORTS);
  const memoryMiB = context.memoryMiB - (relay?.memoryMiB ?? 0);
  const local = context.network.kind === 'local';
  return {
    name: 'nitro',
    source: { kind: 'image', image: 'offchainlabs/nitro-node', version: context.version },
    program: ['/usr/local/bin/nitro'],
    arguments: [
      ...(local ? LOCAL_ARGUMENTS : followArguments(context, relay)),
      FROM_ENVIRONMENT,
      '--persistent.chain=/data',
      '--persistent.global-config=/data',
      // Of the image's entrypoint, which is replaced.
      '--validation.wasm.allowed-wasm-module-roots=/home/user/nitro-legacy/machines,/home/user/target/machines',
      memoryLimit(memoryMiB),
      `--http.addr=${port('http').address}`,
      `--http.port=${port('http').number}`,
      `--http.api=${NAMESPACES}`,
      '--http.vhosts=*',
      `--ws.addr=${port('ws').address}`,
      `--ws.port=${port('ws').number}`,
      `--ws.api=${NAMESPACES}`,
      '--ws.origins=*',
      '--metrics',
      `--metrics-server.addr=${port('metrics').address}`,
      `--metrics-server.port=${port('metrics').number}`,
      `--log-level=${NITRO_LOG_LEVEL[context.logLevel]}`,
      '--log-type=json',
      '--file-logging.enable=false',
    ],
    environment: {
      HOME: '/data',
      GOMEMLIMIT: `${goMemoryMiB(memoryMiB)}MiB`,
      // arbitrum-docs node-tuning: else glibc keeps memory that nobody uses.
      MALLOC_ARENA_MAX: '2',
      ...(local ? LOCAL_ENVIRONMENT : FOLLOW_ENVIRONMENT),
    },
    ports: PORTS,
    directories: { '/data': 'nitro' },
    // It writes what is in memory: killed, it executes again what took it up to an hour (trie-time-limit).
    stop: { signal: 'SIGTERM', graceSeconds: 1800 },
    ...(local ? {} : { prepare: [INTERRUPTED_DOWNLOAD] }),
    ...(relay ? { after: [relay.name] } : {}),
    memoryMiB,
    metrics: {
      port: 'metrics',
      names: {
        headBlock: 'chain_head_block',
        headHeader: 'chain_head_header',
        finalized: 'chain_head_finalized',
        feedConnected: 'arb_feed_sources_connected',
        feedBacklog: 'arb_feed_backlog_messages',
        messagesLatest: 'arb_sequencenumber_latest',
        messagesInBlock: 'arb_sequencenumber_inblock',
        rpcRequests: 'rpc_requests',
        rpcErrors: 'rpc_failure',
        rpcLimited: 'arb_rpc_limitcheck_failure',
      },
    },
  };
}

/**
 * How many messages of the chain are not yet executed, of those that its feed or layer 1 told of. For Nova, where minutes may pass
 * between blocks; until it knows what there is, there is no answer.
 */
const MESSAGES_BEHIND = {
  ...ETH_SYNCING,
  read: '.result | if . == false then 0 elif (.executionSyncTarget // 0) > 0 and (.messageOfLastBlock // 0) > 0 then .executionSyncTarget - .messageOfLastBlock else null end',
  yields: 'slotsBehind',
  maximumSlots: 240,
} as const;

const AT = { process: 'nitro', port: 'http' } as const;

/**
 * The metrics answer from the start, the RPC when the database is open: hours later, where a snapshot is fetched. Until there is a
 * block, the bytes that it has written (go-ethereum metrics/exp, whose names keep their slashes).
 */
const PROGRESS = {
  process: 'nitro',
  port: 'metrics',
  path: '/debug/metrics',
  method: 'GET',
  read: 'if (."chain/head/block" // 0) > 0 then ."chain/head/block" else ."system/disk/writebytes" end',
} as const;

/** It has no page for health, and no peers: `net` is net_version alone. */
const health = (network: NetworkDefinition): HealthDefinition => ({
  identity: { ...ETH_CHAIN_ID, ...AT, expect: network.identity },
  head: head(network),
  progress: PROGRESS,
});

function head({ kind, id }: NetworkDefinition): HealthDefinition['head'] {
  // It makes a block when there is a transaction.
  if (kind === 'local') {
    const { path, method, body } = ETH_CHAIN_ID;
    return { ...AT, path, method, ...(body === undefined ? {} : { body }), yields: 'httpStatus' };
  }
  if (id === 'nova') return { ...MESSAGES_BEHIND, ...AT };
  return { ...ETH_NEWEST_BLOCK, ...AT, maximumAgeSeconds: 60 };
}

export const nitro: ClientDefinition = {
  id: 'nitro',
  role: 'whole',
  // A tag carries its commit; there is no plain v3.12.4. A version has 30 days after the next (nitro-support-policy).
  version: () => ({
    value: 'v3.12.4-960ca0a',
    source: 'https://github.com/OffchainLabs/nitro/releases/tag/v3.12.4 (2026-11-19), which names the image',
    asOf: '2026-11-24',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'nova', 'sepolia', 'local'],
  nodeTypes: Object.keys(NODE_TYPES),
  optional: { [FEED_RELAY]: feedRelayOption },
  memoryWeight: 1,
  // Files and text that may set anything; ports of its own; and where its downloads lie, which is looked after before it starts:
  // elsewhere they are never removed, whatever the documentation says.
  alsoManaged: [
    '--conf.file',
    '--node.sequencer',
    '--execution.sequencer.enable',
    '--conf.string',
    '--conf.s3.access-key',
    '--conf.s3.secret-key',
    '--conf.s3.region',
    '--conf.s3.bucket',
    '--conf.s3.object-key',
    '--chain.name',
    '--chain.info-files',
    '--chain.info-json',
    '--parent-chain.id',
    '--parent-chain.connection.url',
    '--parent-chain.blob-client.beacon-url',
    '--init.download-path',
    '--init.dev-init',
    '--persistent.log-dir',
    '--auth.addr',
    '--auth.port',
    '--auth.api',
    '--http.rpcprefix',
    '--ws.rpcprefix',
    '--ws.expose-all',
    '--ipc.path',
    '--graphql.enable',
    '--pprof',
    '--pprof-cfg.addr',
    '--pprof-cfg.port',
    '--node.feed.output.enable',
    '--node.feed.output.addr',
    '--node.feed.output.port',
  ],
  processes: (context) => {
    const relay = context.options.includes(FEED_RELAY) ? feedRelay(context) : undefined;
    return [...(relay ? [relay] : []), nitroProcess(context, relay)];
  },
  health,
  archive: ({ network, nodeType }) => nitroArchive(network, nodeType),
  disk: ({ network, nodeType }) => nitroDisk(network, nodeType),
};
