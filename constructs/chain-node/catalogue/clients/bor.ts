import type { ClientDefinition, DiskUse, Fact, Port, ProcessContext } from '../model';
import { portsByName, siblingPort } from '../model';
import { ethHealth } from './eth-rpc';
import { GETH_METRICS, GETH_VERBOSITY, gethCacheMiB, gethRpc, nat } from './geth-flags';
import { ipcArguments, socketOf } from './ipc';

/**
 * Bor, Polygon's execution client, which learns from heimdall who makes blocks. Flags: 0xPolygon/bor docs/cli/server.md; signal and
 * grace: packaging/templates/systemd; image: Dockerfile. Docker Hub gets no images since 2026-09-01.
 */

/** Heimdall is rendered before bor and sees none of its ports. */
export const BOR_HTTP_PORT = 8545;

const ports = (context: ProcessContext): readonly Port[] => {
  const open: readonly Port[] = [
    { name: 'http', number: BOR_HTTP_PORT, protocol: 'tcp', audience: 'clients', serves: ['rpc'] },
    { name: 'ws', number: 8546, protocol: 'tcp', audience: 'clients', serves: ['ws'] },
    // It sets the head of the chain and adds peers, for whoever asks (0xPolygon/bor#2078).
    { name: 'grpc', number: 3131, protocol: 'tcp', audience: 'siblings', serves: ['internal'] },
    {
      name: 'metrics',
      number: 7071,
      protocol: 'tcp',
      audience: 'monitoring',
      serves: ['metrics'],
      paths: { metrics: '/debug/metrics/prometheus' },
    },
  ];
  if (context.network.kind === 'local') return open;
  return [
    ...open,
    { name: 'p2p', number: 30303, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
    { name: 'discovery', number: 30303, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
  ];
};

/** An archive of the path scheme is refused (0xPolygon/bor internal/cli/server/config.go). The makers begin neither with snap sync. */
const NODE_TYPES: Readonly<Record<string, readonly string[]>> = {
  full: ['--syncmode=full', '--gcmode=full', '--state.scheme=path', '--db.engine=pebble'],
  archive: ['--syncmode=full', '--gcmode=archive', '--state.scheme=hash', '--db.engine=pebble'],
};

/**
 * Peers by DNS (0xPolygon/bor packaging/templates). The flag's default is an empty list, in which the program sees a choice: without
 * it nothing is asked.
 */
const DNS: Readonly<Record<string, string>> = {
  mainnet: 'enrtree://AKUEZKN7PSKVNR65FZDHECMKOJQSGPARGTPPBI7WS2VUL4EGR6XPC@pos.polygon-peers.io',
  amoy: 'enrtree://AKUEZKN7PSKVNR65FZDHECMKOJQSGPARGTPPBI7WS2VUL4EGR6XPC@amoy.polygon-peers.io',
};

/**
 * Who else tells the first peers. Those in the program are of hosts that the makers no longer name; these are of 0xPolygon/polygon-docs,
 * pos/reference/seed-and-bootnodes, and static nodes of the makers' packages, for which there is no flag. Left out is the one of each
 * network that moved in July 2026 (0xPolygon/bor#2306; the seeds of 0xPolygon/heimdall-v2#626 are of the same hosts).
 */
const BOOTNODES: Readonly<Record<string, readonly string[]>> = {
  mainnet: [
    'enode://48e6326841ce106f6b4e229a1be7e98a1d12be57e328b08cb461f6744ae4e78f5ec2340996ce9b40928a1a90137aadea13e25ca34774b52a3600d13a52c5c7bb@34.185.209.56:30303',
    'enode://8ab6905fe76aa9001adb77135250e918db888cac216870c0e95cf26650d83d31d8c2c93d54c3333e0a2196517c41651d174b743ec3e11f44e595f62b77fec7ba@34.185.162.14:30303',
    'enode://02e0b33cf60fb1f88f853c7c04830156151f4acd1c36173cd3fe1f375801fb4f5be5b3a89c98527915d37ed217752933c3faf4c820df740c9dd681294caebcf6@34.179.171.228:30303',
    'enode://079c387b65b09674825462ea63c528ca996af7b03d19b1b2ab6557347434838067db6dd7ae5e0c2e08d5ba164117f3d7faffbf3e890cb91cffbdf45a433ddfce@35.246.166.189:30303',
    'enode://191d06720948ae0119343e5798098f5b1f95a308174c4119d226da91833bc0176009bcc8bf5012e490500562d4d5b5427c307b01f3485b2e8351ac5afd946864@34.142.28.190:30303',
    'enode://30a4651b245e9a0cec674b9ecb5a06ca01553aa727e14a77d0f1ccdb9e48a975f3be631505f417aae438be545ac3b290cd3ed00bef96efd7fb0fb7f916397b3f@34.39.56.114:30303',
    'enode://b950b98b92e118551d79c7280b97ddfcdf3dacb620367ebd45e8382f8e69390df192055386221025ffd3c03912da2aadf668ae6ea7b35f391d82ef87452b3f02@34.147.169.102:30303',
  ],
  amoy: [
    'enode://d40ab6b340be9f78179bd1ec7aa4df346d43dc1462d85fb44c5d43f595991d2ec215d7c778a7588906cb4edf175b3df231cecce090986a739678cd3c620bf580@34.89.255.109:30303',
    'enode://fc5bd3856a4ce6389eef1d6bc637ce7617e6ba8013f7d722d9878cf13f1c5a5a95a9e26ccb0b38bcc330343941ce117ab50db9f61e72ba450dd528a1184d8e6a@34.89.119.250:30303',
    'enode://945e11d11bdeed301fb23a5c05aae77bfdde39a8f70308131682a5d2fc1f080531314554afc78718a72ae25cc09be7833f760bf8681516b4315ed36217fa8dab@34.89.40.235:30303',
  ],
};

const following = (context: ProcessContext, port: ReturnType<typeof portsByName>) => [
  `--chain=${context.network.id}`,
  ...(NODE_TYPES[context.nodeType] ?? []),
  `--bor.heimdall=http://127.0.0.1:${siblingPort(context.siblings, 'rest')}`,
  `--bor.heimdallWS=ws://127.0.0.1:${siblingPort(context.siblings, 'comet')}/websocket`,
  `--port=${port('p2p').number}`,
  `--discovery.dns=${DNS[context.network.id] ?? ''}`,
  `--bootnodes=${(BOOTNODES[context.network.id] ?? []).join(',')}`,
  nat(context),
];

const guess = (value: number, source: string, asOf: string): Fact<number> => ({
  value,
  source,
  asOf,
  status: 'unverified',
});

/** An archive of the hash scheme has not been measured since 2023. */
const DISK: Readonly<Record<string, DiskUse>> = {
  'mainnet full': {
    today: guess(
      7450,
      'PublicNode’s snapshot of the path scheme, about 6.5 TB at block 94.5 million; unpacked a third more (0xPolygon/polygon-docs)',
      '2026-11-24',
    ),
    growthPerMonth: guess(300, 'between such snapshots; blocks come faster since 2025-12', '2026-11-24'),
  },
  'amoy full': {
    today: guess(600, '0xPolygon/polygon-docs how-to/snapshots: 350 GB in 2025, carried on', '2026-11-24'),
    growthPerMonth: guess(60, 'as far as its size shows', '2026-11-24'),
  },
};

export const bor: ClientDefinition = {
  id: 'bor',
  role: 'execution',
  version: () => ({
    value: 'v2.11.0',
    source: '0xPolygon/bor release v2.11.0 (2026-11-05): v2.10.3 and older no longer follow the chain',
    asOf: '2026-11-24',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'amoy', 'local'],
  nodeTypes: Object.keys(NODE_TYPES),
  ipc: socketOf('0xPolygon/bor docs/cli/server.md, `ipcpath`', '2026-11-24'),
  memoryWeight: 3,
  alsoManaged: [
    '--ipcpath',
    '--config',
    '--bor.heimdallgRPC',
    '--bor.runheimdall',
    '--bor.useheimdallapp',
    '--bor.withoutheimdall',
    '--grpc.token',
    '--nodekey',
    '--nodekeyhex',
    '--pprof',
    '--pprof.addr',
    '--pprof.port',
  ],
  processes: (context) => {
    const own = ports(context);
    const port = portsByName(own);
    return [
      {
        name: 'bor',
        source: { kind: 'image', image: 'ghcr.io/0xpolygon/bor', version: context.version },
        program: ['bor', 'server'],
        arguments: [
          '--datadir=/data',
          ...ipcArguments(context),
          // Its own default is the name of the host, which has its private address in it, and peers and clients are told it.
          '--identity=node',
          ...(context.network.kind === 'local' ? ['--dev', '--dev.period=2'] : following(context, port)),
          `--cache=${gethCacheMiB(context.memoryMiB, 8192)}`,
          `--verbosity=${GETH_VERBOSITY[context.logLevel]}`,
          '--log.json',
          // Heimdall asks for `bor`, which gives no orders.
          ...gethRpc(port, 'eth,net,web3,txpool,bor'),
          // Without an address older versions take a port at random.
          `--grpc.addr=${port('grpc').address}:${port('grpc').number}`,
          '--metrics',
          `--metrics.prometheus-addr=${port('metrics').address}:${port('metrics').number}`,
        ],
        environment: { HOME: '/data' },
        ports: own,
        directories: { '/data': 'bor' },
        identity: ['/data/bor/nodekey'],
        // The makers' unit: SIGINT and 120 s. A longer wait costs nothing, and a state that is not written is made anew.
        stop: { signal: 'SIGINT', graceSeconds: 300 },
        after: context.siblings.map(({ name }) => name),
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: {
            ...GETH_METRICS,
            milestone: 'chain_milestone_latest',
            // Requests for milestones that heimdall answered, and those that it did not; they say nothing of a milestone.
            heimdallAnswers: 'client_requests_milestone_valid',
            heimdallFailures: 'client_requests_milestone_invalid',
          },
        },
      },
    ];
  },
  health: (network) => ethHealth('bor', network, 20),
  // The makers publish none any more: "community-driven" (0xPolygon/polygon-docs how-to/snapshots).
  disk: ({ network, nodeType }) => DISK[`${network} ${nodeType}`],
};
