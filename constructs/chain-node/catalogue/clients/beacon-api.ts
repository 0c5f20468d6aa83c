import type { BlobCustody, DiskUse, Fact, HealthDefinition, Port, ProcessContext } from '../model';

/** What every consensus client of Ethereum shares: its ports, its health, and what blob custody costs. */

/**
 * A beacon node that layer-2 nodes read blobs from keeps half of their columns, of which all can be made (EIP-7594), or all. With
 * a sample it serves no blob, and nothing warns of it: sigp/lighthouse book advanced_blobs ("will not be able to serve blobs"),
 * OffchainLabs/prysm-documentation sync-from-a-checkpoint (64 columns at least), Consensys/doc.teku concepts/peer-das.
 * Reckon with the blobs since the day on which its custody was set (the same book): of older columns only Prysm's documentation
 * says that they are fetched.
 */
export const servesBlobs = (custody: BlobCustody): boolean => custody !== 'standard';

/** What such a node sends to its peers, in TB a month. Estimates made of ethPandaOps' measurements are higher: 8 to 16. */
export const blobTraffic: Fact<number> = {
  value: 3,
  source: 'aws-samples/aws-blockchain-node-runners blueprints/ethereum/README.md, outbound traffic of a supernode',
  asOf: '2026-08-17',
  status: 'third-party',
};

/**
 * The same for every client, so that another consensus client leaves the address that layer-2 nodes are told as it is: Lighthouse's
 * and Nimbus' own.
 */
export const BEACON_API_PORT = 5052;

/**
 * The API also takes orders (peers, databases) and asks nobody who they are. So it is for siblings alone, until `custody` says
 * that layer-2 nodes come for blobs.
 *
 * Ports of peers are the same for every client, so that a change of client changes no firewall: 9000 and 9001 are the defaults of
 * all but Prysm (13000/tcp, 12000/udp, 13000/udp), which is told them.
 */
export const beaconPorts = (metrics: number, custody: BlobCustody): readonly Port[] => [
  {
    name: 'api',
    number: BEACON_API_PORT,
    protocol: 'tcp',
    audience: servesBlobs(custody) ? 'clients' : 'siblings',
    serves: ['beacon', 'health'],
  },
  { name: 'metrics', number: metrics, protocol: 'tcp', audience: 'monitoring', serves: ['metrics'] },
  { name: 'p2p', number: 9000, protocol: 'tcp', audience: 'internet', serves: ['p2p'] },
  { name: 'discovery', number: 9000, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
  { name: 'quic', number: 9001, protocol: 'udp', audience: 'internet', serves: ['p2p'] },
];

/** The first of the network's checkpoint providers. */
export function checkpointUrl(context: ProcessContext): string {
  const url = context.network.checkpoints?.[0];
  if (url === undefined) throw new Error(`network ${context.network.id} has no checkpoint provider`);
  return url;
}

/**
 * Healthy when the client itself says that it is synced: 200, not 206 (syncing) nor 503. Nimbus and Lodestar never answer 503.
 * Nimbus answers 200 with a head that the execution client has not verified (beacon_chain/rpc/rest_node_api.nim); the execution
 * client's own health tells that.
 */
export const beaconHealth = (process: string): HealthDefinition => ({
  head: {
    process,
    port: 'api',
    path: '/eth/v1/node/health',
    method: 'GET',
    yields: 'httpStatus',
  },
  peers: {
    process,
    port: 'api',
    path: '/eth/v1/node/peer_count',
    method: 'GET',
    read: '.data.connected | tonumber',
    minimum: 1,
  },
  progress: {
    process,
    port: 'api',
    path: '/eth/v1/node/syncing',
    method: 'GET',
    read: '.data.head_slot',
  },
});

/**
 * Disk for the blobs that a beacon node keeps, in GiB. Blobs live 4096 epochs of 32 slots; a block carries at most 21 of
 * 128 KiB (since 2026-01-07), doubled by erasure coding into 128 columns, of which `standard` keeps 8, `semi` 64, `super` all.
 */
export const blobDisk: Fact<Readonly<Record<'standard' | 'semi' | 'super', number>>> = {
  value: { standard: 42, semi: 336, super: 672 },
  source: 'computed from EIP-7594 and the blob schedule of 2026-01-07 (21 blobs at most)',
  asOf: '2026-11-23',
  status: 'unverified',
};

/** The newest figure found is old, and nothing is known of hoodi: as much as Sepolia's. */
const TESTNET_DATABASES: Readonly<Record<string, Fact<number>>> = {
  sepolia: { value: 46, source: 'sigp/lighthouse#5490', asOf: '2024-03-01', status: 'third-party' },
  hoodi: { value: 46, source: 'no figure found; as Sepolia', asOf: '2026-11-23', status: 'unverified' },
};

/** What is older than the chain's rules ask for is pruned; blobs are reckoned with at their most. */
const GROWTH: Fact<number> = { value: 1, source: 'no figure found; a guess', asOf: '2026-11-23', status: 'unverified' };

/** A client's databases without blobs, in GiB, by network. */
export const databases = (mainnetGiB: number): Readonly<Record<string, Fact<number>>> => ({
  mainnet: {
    value: mainnetGiB,
    source: 'ethstaker/eth-docker-docs, Usage/ResourceUsage.md (2026-07-19)',
    asOf: '2026-04-30',
    status: 'verified',
  },
  ...TESTNET_DATABASES,
});

/** Database and blobs together; undefined where the database was never measured. */
export function beaconDisk(database: Fact<number> | undefined, custody: BlobCustody): DiskUse | undefined {
  if (!database) return undefined;
  return {
    today: {
      ...blobDisk,
      value: database.value + blobDisk.value[custody],
      source: `${database.source}; blobs ${blobDisk.source}`,
    },
    growthPerMonth: GROWTH,
  };
}
