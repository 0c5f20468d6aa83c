import type { ClientDefinition, DiskUse } from '../model';
import { portsByName, siblingUrl } from '../model';
import { beaconDisk, beaconHealth, beaconPorts, checkpointUrl, databases } from './beacon-api';

/**
 * Lodestar. Flags, identity: the package @chainsafe/lodestar 1.44.0 and the documentation of 1.50; program: its Dockerfile; stop
 * grace: ethstaker/eth-docker v26.8.1 lodestar.yml.
 */

/** Once raised, custody is not lowered: its record keeps the number of columns (release v1.36.0). */
const CUSTODY = { standard: [], semi: ['--semiSupernode'], super: ['--supernode'] } as const;

const DATABASE = databases(20);

export const lodestar: ClientDefinition = {
  id: 'lodestar',
  role: 'consensus',
  version: () => ({
    value: 'v1.50.1',
    source:
      'ChainSafe/lodestar release v1.50.1 (2026-10-22), whose Node drops a certificate authority that could fake checkpoint providers',
    asOf: '2026-11-23',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi'],
  nodeTypes: ['full', 'archive'],
  blobCustody: ['standard', 'semi', 'super'],
  memoryWeight: 2,
  // It takes every flag in kebab case as well.
  alsoManaged: [
    '--beaconDir',
    '--checkpoint-sync-url',
    '--checkpointState',
    '--configFile',
    '--data-dir',
    '--dbDir',
    '--discovery-port',
    '--jwt-secret',
    '--listen-address',
    '--log-file',
    '--log-format',
    '--log-level',
    '--paramsFile',
    '--presetFile',
    '--quic-port',
    '--rcConfig',
    '--semi-supernode',
  ],
  processes: (context) => {
    const own = beaconPorts(8008, context.blobCustody);
    const port = portsByName(own);
    return [
      {
        name: 'lodestar',
        source: { kind: 'image', image: 'chainsafe/lodestar', version: context.version },
        program: ['node', '/usr/app/packages/cli/bin/lodestar', 'beacon'],
        arguments: [
          '--dataDir=/data',
          `--network=${context.network.id}`,
          `--execution.urls=${siblingUrl(context.siblings, 'engine')}`,
          '--jwtSecret=/secrets/jwt',
          `--checkpointSyncUrl=${checkpointUrl(context)}`,
          '--chain.pruneHistory',
          ...CUSTODY[context.blobCustody],
          '--rest',
          // Its default adds debug.
          '--rest.namespace=beacon,config,events,node',
          `--rest.address=${port('api').address}`,
          `--rest.port=${port('api').number}`,
          `--listenAddress=${port('p2p').address}`,
          `--port=${port('p2p').number}`,
          `--discoveryPort=${port('discovery').number}`,
          `--quicPort=${port('quic').number}`,
          ...(context.p2p === 'public'
            ? [
                // Without it, an address of another network than its own is taken out of its record.
                '--nat',
                ['--enr.ip=', { host: 'public-ip' }] as const,
                `--enr.tcp=${port('p2p').number}`,
                `--enr.udp=${port('discovery').number}`,
                `--enr.quic=${port('quic').number}`,
              ]
            : []),
          '--metrics',
          `--metrics.address=${port('metrics').address}`,
          `--metrics.port=${port('metrics').number}`,
          `--logLevel=${context.logLevel}`,
          '--logFormat=json',
          '--logFile=none',
        ],
        // Node's own limit is too low for it, and it warns of less than 8 GiB; native memory is beside the heap.
        environment: { NODE_OPTIONS: `--max-old-space-size=${Math.floor(context.memoryMiB * 0.7)}` },
        ports: own,
        directories: { '/data': 'lodestar' },
        // initPeerIdAndEnr.js: the key, and the record with its number of columns.
        identity: ['/data/peer-id.json', '/data/enr'],
        secrets: { jwt: 'made' },
        stop: { signal: 'SIGTERM', graceSeconds: 60 },
        after: context.siblings.map(({ name }) => name),
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: {
            headSlot: 'beacon_head_slot',
            clockSlot: 'beacon_clock_slot',
            finalizedEpoch: 'beacon_finalized_epoch',
            peers: 'libp2p_peers',
            syncStatus: 'lodestar_sync_status',
          },
        },
      },
    ];
  },
  health: () => beaconHealth('lodestar'),
  disk: ({ network, blobCustody }): DiskUse | undefined => beaconDisk(DATABASE[network], blobCustody),
};
