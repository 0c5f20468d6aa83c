import type { ClientDefinition, DiskUse, Port } from '../model';
import { portsByName, siblingUrl } from '../model';
import { beaconDisk, beaconHealth, beaconPorts, checkpointUrl, databases } from './beacon-api';

/**
 * Prysm. Flags, metrics, identity: OffchainLabs/prysm cmd/beacon-chain, config/features, beacon-chain/p2p; program and shell:
 * tools/prysm_image.bzl; stop grace: ethstaker/eth-docker v26.8.1 prysm.yml.
 */

const CUSTODY = { standard: [], semi: ['--semi-supernode'], super: ['--supernode'] } as const;

const DATABASE = databases(20);

/** The validator's API, which nobody here uses and no flag turns off. */
const GRPC: Port = { name: 'grpc', number: 4000, protocol: 'tcp', audience: 'siblings', serves: ['internal'] };

export const prysm: ClientDefinition = {
  id: 'prysm',
  role: 'consensus',
  version: () => ({
    value: 'v7.3.1',
    source: 'OffchainLabs/prysm release v7.3.1 (2026-10-22)',
    asOf: '2026-11-23',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi'],
  nodeTypes: ['full', 'archive'],
  blobCustody: ['standard', 'semi', 'super'],
  memoryWeight: 2,
  alsoManaged: [
    '--chain-config-file',
    '--checkpoint-block',
    '--checkpoint-state',
    '--config-file',
    '--disable-monitoring',
    '--disable-quic',
    '--enable-experimental-backfill',
    '--enable-upnp',
    '--genesis-beacon-api-url',
    '--genesis-state',
    '--log-file',
    '--p2p-host-dns',
    '--pprof',
    '--subscribe-all-data-subnets',
  ],
  processes: (context) => {
    const own = [...beaconPorts(8080, context.blobCustody), GRPC];
    const port = portsByName(own);
    return [
      {
        name: 'prysm',
        source: { kind: 'image', image: 'gcr.io/offchainlabs/prysm/beacon-chain', version: context.version },
        program: ['/beacon-chain'],
        arguments: [
          '--accept-terms-of-use',
          '--datadir=/data',
          `--${context.network.id}`,
          `--execution-endpoint=${siblingUrl(context.siblings, 'engine')}`,
          '--jwt-secret=/secrets/jwt',
          // It also fetches the genesis from there, which it holds for mainnet alone (cmd/beacon-chain/genesis/options.go).
          `--checkpoint-sync-url=${checkpointUrl(context)}`,
          // Others fill in what is before the checkpoint by themselves, as the rules of the chain ask for.
          '--enable-backfill',
          '--beacon-db-pruning',
          ...CUSTODY[context.blobCustody],
          `--http-host=${port('api').address}`,
          `--http-port=${port('api').number}`,
          '--disable-debug-rpc-endpoints',
          `--rpc-host=${port('grpc').address}`,
          `--rpc-port=${port('grpc').number}`,
          `--p2p-tcp-port=${port('p2p').number}`,
          `--p2p-udp-port=${port('discovery').number}`,
          `--p2p-quic-port=${port('quic').number}`,
          ...(context.p2p === 'public' ? [['--p2p-host-ip=', { host: 'public-ip' }] as const] : []),
          `--monitoring-host=${port('metrics').address}`,
          `--monitoring-port=${port('metrics').number}`,
          `--verbosity=${context.logLevel}`,
          '--log-format=json',
          // Since v7.1.3 it writes a log of debug messages beside its data.
          '--disable-ephemeral-log-file',
        ],
        // Collects its garbage in time, where the kernel would end it.
        environment: { GOMEMLIMIT: `${Math.floor(context.memoryMiB * 0.9)}MiB` },
        ports: own,
        directories: { '/data': 'prysm' },
        // keyPath, OffchainLabs/prysm beacon-chain/p2p/utils.go; kept over restarts since Fusaka without a flag.
        identity: ['/data/network-keys'],
        secrets: { jwt: 'made' },
        stop: { signal: 'SIGTERM', graceSeconds: 60 },
        after: context.siblings.map(({ name }) => name),
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: {
            headSlot: 'beacon_head_slot',
            clockSlot: 'beacon_clock_time_slot',
            finalizedEpoch: 'beacon_finalized_epoch',
            // By direction and transport, all of them connected; p2p_peer_count also counts those that are not.
            peers: 'p2p_peer_count_direction_type',
            reorgs: 'beacon_reorgs_total',
          },
        },
      },
    ];
  },
  health: () => beaconHealth('prysm'),
  disk: ({ network, blobCustody }): DiskUse | undefined => beaconDisk(DATABASE[network], blobCustody),
};
