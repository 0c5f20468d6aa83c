import type { ClientDefinition, DiskUse, Preparation, ProcessContext } from '../model';
import { portsByName, siblingUrl } from '../model';
import { beaconDisk, beaconHealth, beaconPorts, checkpointUrl, databases } from './beacon-api';
import { nat } from './geth-flags';

/**
 * Nimbus. Flags, metrics: status-im/nimbus-eth2 beacon_chain/conf.nim and release notes; program: its docker/dist image;
 * stop grace: ethstaker/eth-docker v26.8.1 nimbus.yml.
 *
 * It begins with a directory of mode 0700 and warns of any other; where it owns the directory, it changes the mode by itself
 * (checkAndCreateDataDir, beacon_chain/validators/keystore_management.nim).
 */

/** Since v25.11.1. Until v26.8.0 `--peerdas-supernode` was the light one: status-im/nimbus-eth2#8767. */
const CUSTODY = { standard: [], semi: ['--light-supernode'], super: ['--peerdas-supernode'] } as const;

const DATABASE = databases(75);

const PROGRAM = '/home/user/nimbus_beacon_node';

/**
 * A beacon node with no database begins at genesis: `--trusted-node-url` is no flag of it, and it ignores
 * `--external-beacon-api-url` without a trusted root on mainnet and sepolia (nimbus_beacon_node.nim). The database is there before
 * the state is; so the mark is one of ours, and what was interrupted is done again.
 */
const checkpointSync = (context: ProcessContext): Preparation => ({
  name: 'checkpoint',
  program: ['/bin/sh', '-c'],
  arguments: [
    '"$0" "$@" && touch /data/checkpoint-synced',
    PROGRAM,
    'trustedNodeSync',
    `--network=${context.network.id}`,
    '--data-dir=/data',
    `--trusted-node-url=${checkpointUrl(context)}`,
    // The beacon node fetches older blocks from peers while it runs.
    '--backfill=false',
  ],
  unless: '/data/checkpoint-synced',
});

export const nimbus: ClientDefinition = {
  id: 'nimbus',
  role: 'consensus',
  version: () => ({
    value: 'multiarch-v26.10.2',
    source: 'rocket-pool/smartnode v1.25.1 (2026-10-23), and v1.25.2',
    asOf: '2026-11-23',
    status: 'distributor',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia', 'hoodi'],
  nodeTypes: ['full', 'archive'],
  blobCustody: ['standard', 'semi', 'super'],
  memoryWeight: 1,
  alsoManaged: [
    '--config-file',
    '--external-beacon-api-url',
    '--log-file',
    '--no-el',
    '--trusted-block-root',
    '--trusted-state-root',
    '--web3-url',
    '-d',
  ],
  processes: (context) => {
    const own = beaconPorts(8008, context.blobCustody);
    const port = portsByName(own);
    return [
      {
        name: 'nimbus',
        source: { kind: 'image', image: 'statusim/nimbus-eth2', version: context.version },
        program: [PROGRAM],
        arguments: [
          '--data-dir=/data',
          `--network=${context.network.id}`,
          '--non-interactive',
          `--el=${siblingUrl(context.siblings, 'engine')}`,
          '--jwt-secret=/secrets/jwt',
          '--history=prune',
          ...CUSTODY[context.blobCustody],
          '--rest',
          `--rest-address=${port('api').address}`,
          `--rest-port=${port('api').number}`,
          `--tcp-port=${port('p2p').number}`,
          `--udp-port=${port('discovery').number}`,
          // QUIC is on since v26.8.0.
          `--quic-port=${port('quic').number}`,
          // Its default asks the router for a mapping (UPnP).
          nat(context),
          '--metrics',
          `--metrics-address=${port('metrics').address}`,
          `--metrics-port=${port('metrics').number}`,
          `--log-level=${context.logLevel.toUpperCase()}`,
          '--log-format=json',
          '--status-bar=false',
        ],
        ports: own,
        directories: { '/data': 'nimbus' },
        // No identity: by its default it makes a new key at each start (netkey-file).
        secrets: { jwt: 'made' },
        prepare: [checkpointSync(context)],
        stop: { signal: 'SIGTERM', graceSeconds: 60 },
        after: context.siblings.map(({ name }) => name),
        memoryMiB: context.memoryMiB,
        metrics: {
          port: 'metrics',
          names: {
            headSlot: 'beacon_head_slot',
            clockSlot: 'beacon_slot',
            finalizedEpoch: 'beacon_finalized_epoch',
            peers: 'nbc_peers',
            reorgs: 'beacon_reorgs_total',
          },
        },
      },
    ];
  },
  health: () => beaconHealth('nimbus'),
  disk: ({ network, blobCustody }): DiskUse | undefined => beaconDisk(DATABASE[network], blobCustody),
};
