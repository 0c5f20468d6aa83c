import type { ClientDefinition, DiskUse } from '../model';
import { portsByName } from '../model';
import { ETHEREUM_GROWTH, RESOURCE_USE, SNAP_SYNC, TESTNET_DISK } from './eth-disk';
import { ethHealth } from './eth-rpc';

/**
 * Besu. Flags, metrics, image: besu-eth/besu of 2026-08-21 (app/src/main/java/org/hyperledger/besu/cli, BesuMetricCategory.java,
 * docker/Dockerfile) and CHANGELOG.md; ports, grace: ethstaker/eth-docker v26.8.1 besu.yml.
 */

const PORTS = [
  { name: 'http', number: 8545, protocol: 'tcp', audience: 'clients', serves: ['rpc'] },
  { name: 'ws', number: 8546, protocol: 'tcp', audience: 'clients', serves: ['ws'] },
  { name: 'metrics', number: 9545, protocol: 'tcp', audience: 'monitoring', serves: ['metrics'] },
  // It has no address of its own: it listens where the other API does (createEngineJsonRpcConfiguration, BesuCommand.java).
  { name: 'engine', number: 8551, protocol: 'tcp', audience: 'siblings', serves: ['engine'] },
  { name: 'p2p', number: 30303, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  { name: 'discovery', number: 30303, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
] as const;

/** Bonsai has recent state alone; an archive of it is an experiment whose databases changed twice in 2026 (CHANGELOG.md). */
const NODE_TYPES: Readonly<Record<string, readonly string[]>> = {
  full: ['--sync-mode=SNAP', '--data-storage-format=BONSAI'],
  archive: ['--sync-mode=FULL', '--data-storage-format=FOREST'],
};

/** RocksDB and the page cache want the rest, and a heap over 16 GiB gives it little. */
const heapMiB = (memoryMiB: number): number => Math.min(16_384, Math.floor(memoryMiB * 0.6));

const DISK: Readonly<Record<string, DiskUse>> = {
  'mainnet full': {
    today: { value: 850, source: `${RESOURCE_USE}: 850 GiB in February`, asOf: '2026-02-28', status: 'verified' },
    growthPerMonth: ETHEREUM_GROWTH.full,
  },
  'mainnet archive': {
    today: {
      value: 11_176,
      source: 'hyperledger/besu-docs, data-storage-formats.md: 12 TB; its system-requirements.md says 3 TB',
      asOf: '2026-03-11',
      status: 'third-party',
    },
    growthPerMonth: {
      value: 240,
      source: 'NethermindEth/docs, system requirements, of an archive that also keeps whole tries: 60 GB a week',
      asOf: '2026-08-18',
      status: 'unverified',
    },
  },
  ...TESTNET_DISK,
};

export const besu: ClientDefinition = {
  id: 'besu',
  role: 'execution',
  version: () => ({
    value: '26.11.0',
    source: 'rocket-pool/smartnode v1.25.2 (2026-11-10)',
    asOf: '2026-11-24',
    status: 'distributor',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi'],
  // NetworkDefinition.java: `--network=dev` ends the program, since nothing makes its blocks any more.
  instead: { local: 'no longer starts --network=dev; use geth or reth' },
  nodeTypes: Object.keys(NODE_TYPES),
  memoryWeight: 3,
  alsoManaged: [
    '--config-file',
    '--profile',
    '--genesis-file',
    '--network-id',
    '--engine-jwt-disabled',
    '--engine-rpc-http-port',
    '--rpc-http-apis',
    '--rpc-ws-apis',
    '--node-private-key-file',
    '-l',
  ],
  processes: (context) => {
    const port = portsByName(PORTS);
    return [
      {
        name: 'besu',
        // The repository moved to besu-eth; the image did not.
        source: { kind: 'image', image: 'hyperledger/besu', version: context.version },
        program: ['/opt/besu/bin/besu'],
        arguments: [
          '--data-path=/data',
          `--network=${context.network.id}`,
          ...(NODE_TYPES[context.nodeType] ?? []),
          `--logging=${context.logLevel.toUpperCase()}`,
          '--logging-format=ECS',
          '--host-allowlist=*',
          '--rpc-http-enabled=true',
          `--rpc-http-host=${port('http').address}`,
          `--rpc-http-port=${port('http').number}`,
          '--rpc-http-api=ETH,NET,WEB3,TXPOOL,TRACE',
          '--rpc-ws-enabled=true',
          `--rpc-ws-host=${port('ws').address}`,
          `--rpc-ws-port=${port('ws').number}`,
          '--rpc-ws-api=ETH,NET,WEB3',
          '--engine-rpc-enabled=true',
          `--engine-rpc-port=${port('engine').number}`,
          '--engine-jwt-secret=/secrets/jwt',
          '--engine-host-allowlist=localhost,127.0.0.1',
          `--p2p-port=${port('p2p').number}`,
          '--nat-method=NONE',
          ...(context.p2p === 'public' ? [['--p2p-host=', { host: 'public-ip' }] as const] : []),
          '--metrics-enabled=true',
          `--metrics-host=${port('metrics').address}`,
          `--metrics-port=${port('metrics').number}`,
        ],
        // The heap must stay below the container's limit, or the kernel ends the process without a word.
        environment: { HOME: '/data', JAVA_OPTS: `-Xmx${heapMiB(context.memoryMiB)}m` },
        ports: PORTS,
        directories: { '/data': 'besu' },
        // getDefaultKeyFile, besu-eth/besu crypto KeyPairUtil.java.
        identity: ['/data/key'],
        secrets: { jwt: 'made' },
        stop: { signal: 'SIGTERM', graceSeconds: 300 },
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: {
            headBlock: 'ethereum_blockchain_height',
            headHeader: 'ethereum_best_known_block_number',
            finalized: 'ethereum_blockchain_finalized_block',
            synced: 'besu_synchronizer_in_sync',
            peers: 'ethereum_peer_count',
          },
        },
      },
    ];
  },
  health: (network) => ethHealth('besu', network, 60),
  archive: ({ nodeType }) => (nodeType === 'archive' ? undefined : SNAP_SYNC),
  disk: ({ network, nodeType }) => DISK[`${network} ${nodeType}`],
};
