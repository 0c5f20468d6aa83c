import type { DiskUse, Fact, Port, Process, ProcessContext, RuledOut, Source, Surroundings } from '../model';
import { portsByName } from '../model';
import { clusterOf } from './solana-clusters';
import { solanaExporter } from './solana-exporter';
import { HEALTHY_SLOTS, rpcPorts } from './solana-rpc';
import { SHREDSTREAM_PROXY, shredstreamProxy } from './solana-shredstream';

/**
 * What agave and jito-solana, which is a fork of it, share: a node that votes on nothing and answers RPC. Flags: agave-validator 4.4.0
 * and jito-solana v4.3.0-beta.2-jito, validator/src; settings of the host, clusters: docs.anza.xyz (2026-08-18).
 */

const DYNAMIC = { from: 8002, to: 8030 } as const;
/**
 * Where shreds come in (TVU): the first of the range, because the port of gossip, which would be taken before it, lies outside, and a
 * search for a free one begins at the first (gossip/src/node.rs, net-utils/src/sockets.rs; Jito's get_tvu_port.sh counts alike).
 */
const TVU = DYNAMIC.from;

const ports = [
  // Peers ask over TCP which address they come from. No other port listens on TCP (solana-gossip, node.rs), whatever the docs open.
  { name: 'gossip', number: 8001, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  { name: 'gossip-udp', number: 8001, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
  { name: 'dynamic', number: DYNAMIC, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
  ...rpcPorts,
] as const satisfies readonly Port[];

/** The makers' own filter, but for the measurements: without a database to push to, every one becomes a line. */
export const RUST_LOG = {
  error: 'error',
  info: 'solana=info,agave=info,solana_metrics=warn',
  debug: 'solana=debug,agave=debug,solana_metrics=warn',
} as const;

/** Flags that mean the same as managed ones, that make a node vote, or that XDP needs. */
export const ALSO_MANAGED = [
  '-i',
  '-l',
  '-n',
  '-o',
  '--trusted-validator',
  '--no-untrusted-rpc',
  '--limit-ledger-size',
  '--limit-blockstore-size',
  '--vote-account',
  '--authorized-voter',
  '--public-rpc-address',
  '--xdp-interface',
  '--xdp-cpu-cores',
  '--xdp-zero-copy',
  '--no-xdp-zero-copy',
] as const;

/** The node, and what exports its metrics. */
export function validatorProcesses(context: ProcessContext, name: string, source: Source): readonly Process[] {
  const { network, logLevel, memoryMiB } = context;
  const port = portsByName(ports.filter((one) => typeof one.number === 'number'));
  const { entrypoints, knownValidators } = clusterOf(network.id);
  const identity = '/data/identity.json';
  const ledger = '--ledger=/data/ledger';
  const beside = [
    solanaExporter(context, name),
    ...(context.options.includes(SHREDSTREAM_PROXY) ? [shredstreamProxy(context, { node: name, tvu: TVU })] : []),
  ];
  return [
    {
      name,
      source,
      program: ['agave-validator'],
      arguments: [
        `--identity=${identity}`,
        ledger,
        '--accounts=/data/accounts',
        '--snapshots=/data/snapshots',
        '--log=-',
        ...entrypoints.map((entrypoint) => `--entrypoint=${entrypoint}`),
        ...knownValidators.map((validator) => `--known-validator=${validator}`),
        '--only-known-rpc',
        `--expected-genesis-hash=${network.identity}`,
        '--no-voting',
        '--full-rpc-api',
        '--enable-rpc-transaction-history',
        '--private-rpc',
        `--rpc-bind-address=${port('rpc').address}`,
        `--rpc-port=${port('rpc').number}`,
        `--health-check-slot-distance=${HEALTHY_SLOTS}`,
        // Where peers reach it is for the entrypoint to say. There is no flag for it: its makers support no NAT but one to one.
        `--bind-address=${port('gossip').address}`,
        `--gossip-port=${port('gossip').number}`,
        // The end is not part of it, and there must be 26.
        `--dynamic-port-range=${DYNAMIC.from}-${DYNAMIC.to + 1}`,
        // On by default since 4.2 (CHANGELOG.md), and needs CAP_NET_ADMIN and CAP_NET_RAW. It makes sending cheap, of which a node
        // without stake does little.
        '--no-xdp',
        '--wal-recovery-mode=skip_any_corrupted_record',
        // About 500 GB of blocks, and their transactions on top. The older flag is replaced since 4.3.
        /^v4\.[0-2]\./.test(context.version) ? '--limit-ledger-size' : '--limit-blockstore-size',
      ],
      environment: { RUST_LOG: RUST_LOG[logLevel] },
      ports,
      directories: { '/data': name },
      identity: [identity],
      prepare: [
        {
          name: 'identity',
          program: ['solana-keygen', 'new'],
          arguments: ['--no-bip39-passphrase', '--silent', `--outfile=${identity}`],
          unless: identity,
        },
      ],
      // It handles no signal: it would be gone at once, and begin with a snapshot. Asked to exit, it first keeps its state.
      stop: { signal: 'SIGTERM', graceSeconds: 300, before: ['agave-validator', ledger, 'exit', '--force'] },
      memoryMiB: beside.reduce((left, one) => left - one.memoryMiB, memoryMiB),
      host: {
        // It does not start with less. fs.nr_open, which the docs set to 1000000, is more than that by itself.
        sysctls: {
          'net.core.rmem_max': '134217728',
          'net.core.wmem_max': '134217728',
          'vm.max_map_count': '1000000',
        },
        openFiles: 1_000_000,
        lockedMemory: 2_000_000_000,
      },
    },
    ...beside,
  ];
}

const REQUIREMENTS = 'docs.anza.xyz/operations/requirements, 2025-11-17';

/** How it cannot run: nowhere in a container, and not in every way on a public network. */
export function validatorCannot({ network, hosting, storage, p2p }: Surroundings): RuledOut | undefined {
  if (hosting === 'kubernetes') {
    return {
      setting: 'hosting',
      reason:
        network === 'local'
          ? 'cannot run on Kubernetes: its programs are built for each environment, and nobody publishes an image of them; use instance'
          : 'cannot run in a container on a live network, where its makers do not support it; use instance',
      source: REQUIREMENTS,
    };
  }
  if (network === 'local') return undefined;
  // It ends itself at the start when the entrypoint cannot reach it, and nobody could send it blocks (turbine). There is a mode
  // in which it asks for every shred of them, --restricted-repair-only-mode, that its makers call limited: it may never reach the head.
  if (p2p === 'outbound') {
    return {
      setting: 'p2p',
      reason: 'cannot follow its chain behind closed ports, blocks are sent to it by its peers; set p2p.mode: public',
      source: REQUIREMENTS,
    };
  }
  if (storage === 'ebs') {
    return {
      setting: 'storage',
      reason: 'cannot keep up on a network disk, its makers ask for NVMe disks; use instance-store',
      source: REQUIREMENTS,
    };
  }
  return undefined;
}

/** It comes by itself: the genesis and a snapshot, from the known validators. */
export const validatorArchive = ({ network }: { readonly network: string }): Fact<string> | undefined =>
  network === 'local'
    ? undefined
    : {
        value: 'comes by itself, from the known validators of the network',
        source: 'docs.anza.xyz/operations/guides/validator-start',
        asOf: '2026-08-18',
        status: 'verified',
      };

const SAMPLES = 'aws-samples/aws-blockchain-node-runners 2026-08-17, blueprints/solana/README.md, Storage Requirements';

/** Ledger and accounts together, in GB there. */
const measured = (ledger: string, todayGB: number, monthGB: number): DiskUse => ({
  today: {
    value: Math.ceil(todayGB / 1.0737),
    source: `${SAMPLES}: ${ledger}`,
    asOf: '2026-08-17',
    status: 'verified',
  },
  growthPerMonth: { value: Math.ceil(monthGB / 1.0737), source: SAMPLES, asOf: '2026-08-17', status: 'verified' },
});

const DISK: Readonly<Record<string, DiskUse>> = {
  mainnet: measured('1.5 TB and 400 GB', 1900, 60),
  testnet: measured('500 and 150 GB', 650, 25),
  devnet: measured('200 and 50 GB', 250, 12),
};

export const validatorDisk = ({ network }: { readonly network: string }): DiskUse | undefined => DISK[network];
