import type { ClientDefinition, DiskUse } from '../model';
import { portsByName, siblingUrl } from '../model';
import { beaconDisk, beaconHealth, beaconPorts, checkpointUrl, databases } from './beacon-api';

/** Teku. Flags: Consensys/teku 26.8.0 and Consensys/doc.teku; ports, stop grace: ethstaker/eth-docker v26.8.1 teku.yml. */

/**
 * Teku knows no half custody: it samples, or takes everything (P2POptions.java; a hidden --Xcustody-group-count-override sets any
 * number). With --rest-api-getblobs-sidecars-download-enabled it would sample and ask peers for each blob that it is asked for.
 */
const CUSTODY: Readonly<Record<string, readonly string[]>> = {
  standard: [],
  super: ['--p2p-subscribe-all-custody-subnets-enabled=true'],
};

const DATABASE = databases(80);

export const teku: ClientDefinition = {
  id: 'teku',
  role: 'consensus',
  version: () => ({
    value: '26.10.3',
    source: 'rocket-pool/smartnode v1.25.2 (2026-11-10)',
    asOf: '2026-11-23',
    status: 'distributor',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi'],
  nodeTypes: ['full', 'archive'],
  blobCustody: ['standard', 'super'],
  memoryWeight: 2,
  alsoManaged: [
    '--config-file',
    '--data-base-path',
    '--no-metrics-enabled',
    '--no-rest-api-enabled',
    '--p2p-advertised-ips',
    '-c',
    '-n',
    '-l',
  ],
  processes: (context) => {
    const own = beaconPorts(8008, context.blobCustody);
    const port = portsByName(own);
    return [
      {
        name: 'teku',
        source: { kind: 'image', image: 'consensys/teku', version: context.version },
        program: ['/opt/teku/bin/teku'],
        arguments: [
          '--data-path=/data',
          `--network=${context.network.id}`,
          `--ee-endpoint=${siblingUrl(context.siblings, 'engine')}`,
          '--ee-jwt-secret-file=/secrets/jwt',
          `--checkpoint-sync-url=${checkpointUrl(context)}`,
          '--data-storage-mode=MINIMAL',
          ...(CUSTODY[context.blobCustody] ?? []),
          '--rest-api-enabled=true',
          `--rest-api-interface=${port('api').address}`,
          `--rest-api-port=${port('api').number}`,
          '--rest-api-host-allowlist=*',
          `--p2p-port=${port('p2p').number}`,
          `--p2p-quic-port=${port('quic').number}`,
          ...(context.p2p === 'public' ? [['--p2p-advertised-ip=', { host: 'public-ip' }] as const] : []),
          '--metrics-enabled=true',
          `--metrics-interface=${port('metrics').address}`,
          `--metrics-port=${port('metrics').number}`,
          '--metrics-host-allowlist=*',
          `--logging=${context.logLevel.toUpperCase()}`,
          '--log-destination=CONSOLE',
          '--log-color-enabled=false',
        ],
        // The heap must stay below the container's limit, or the kernel ends the process without a word.
        environment: { JAVA_OPTS: `-Xmx${Math.floor(context.memoryMiB * 0.7)}m` },
        ports: own,
        directories: { '/data': 'teku' },
        // GENERATED_NODE_KEY_KEY, Consensys/teku LibP2PPrivateKeyLoader; a file store of keys under kvstore.
        identity: ['/data/beacon/kvstore/generated-node-key.dat'],
        secrets: { jwt: 'made' },
        stop: { signal: 'SIGTERM', graceSeconds: 60 },
        after: context.siblings.map(({ name }) => name),
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: {
            headSlot: 'beacon_head_slot',
            clockSlot: 'beacon_slot',
            finalizedEpoch: 'beacon_finalized_epoch',
            peers: 'beacon_peer_count',
          },
        },
      },
    ];
  },
  health: () => beaconHealth('teku'),
  disk: ({ network, blobCustody }): DiskUse | undefined => beaconDisk(DATABASE[network], blobCustody),
};
