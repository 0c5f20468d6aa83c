import type { ClientDefinition, DiskUse } from '../model';
import { portsByName, siblingUrl } from '../model';
import { beaconDisk, beaconHealth, beaconPorts, checkpointUrl, databases } from './beacon-api';

/**
 * Lighthouse. Flags: sigp/lighthouse beacon_node/src/cli.rs and book help_bn; ports, stop grace: ethstaker/eth-docker v26.8.1
 * lighthouse.yml.
 */

const CUSTODY = { standard: [], semi: ['--semi-supernode'], super: ['--supernode'] } as const;

const DATABASE = databases(20);

export const lighthouse: ClientDefinition = {
  id: 'lighthouse',
  role: 'consensus',
  version: () => ({
    value: 'v8.3.3',
    source: 'sigp/lighthouse release v8.3.3 (2026-11-09), a security release for every beacon node',
    asOf: '2026-11-23',
    status: 'verified',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi'],
  // An archive node archives execution state; a checkpoint-synced beacon node serves it as well.
  nodeTypes: ['full', 'archive'],
  blobCustody: ['standard', 'semi', 'super'],
  memoryWeight: 2,
  alsoManaged: [
    '--config-file',
    '--execution-endpoints',
    '--jwt-secrets',
    '--subscribe-all-data-column-subnets',
    '--testnet-dir',
    '-d',
    '-t',
  ],
  processes: (context) => {
    const own = beaconPorts(5054, context.blobCustody);
    const port = portsByName(own);
    return [
      {
        name: 'lighthouse',
        source: { kind: 'image', image: 'sigp/lighthouse', version: context.version },
        program: ['lighthouse', 'bn'],
        arguments: [
          '--datadir=/data',
          `--network=${context.network.id}`,
          `--execution-endpoint=${siblingUrl(context.siblings, 'engine')}`,
          '--execution-jwt=/secrets/jwt',
          `--checkpoint-sync-url=${checkpointUrl(context)}`,
          ...CUSTODY[context.blobCustody],
          '--http',
          `--http-address=${port('api').address}`,
          `--http-port=${port('api').number}`,
          `--listen-address=${port('p2p').address}`,
          `--port=${port('p2p').number}`,
          `--quic-port=${port('quic').number}`,
          '--disable-upnp',
          ...(context.p2p === 'public'
            ? [
                ['--enr-address=', { host: 'public-ip' }] as const,
                `--enr-tcp-port=${port('p2p').number}`,
                `--enr-udp-port=${port('discovery').number}`,
                `--enr-quic-port=${port('quic').number}`,
                '--disable-enr-auto-update',
              ]
            : []),
          '--metrics',
          `--metrics-address=${port('metrics').address}`,
          `--metrics-port=${port('metrics').number}`,
          `--debug-level=${context.logLevel}`,
          '--log-format=JSON',
          '--logfile-max-number=0',
        ],
        ports: own,
        directories: { '/data': 'lighthouse' },
        // NETWORK_KEY_FILENAME, sigp/lighthouse lighthouse_network.
        identity: ['/data/beacon/network/key'],
        secrets: { jwt: 'made' },
        stop: { signal: 'SIGTERM', graceSeconds: 60 },
        after: context.siblings.map(({ name }) => name),
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: {
            headSlot: 'beacon_head_state_slot',
            clockSlot: 'slotclock_present_slot',
            synced: 'sync_eth2_synced',
            peers: 'libp2p_peers',
          },
        },
      },
    ];
  },
  health: () => beaconHealth('lighthouse'),
  disk: ({ network, blobCustody }): DiskUse | undefined => beaconDisk(DATABASE[network], blobCustody),
};
