import type { BlobCustody, DiskUse, Fact, HealthDefinition, Port, ProcessContext } from '../model';

/** What every consensus client of Ethereum shares: its ports, its health, and what blob custody costs. */

/**
 * The API also takes orders (peers, databases) and asks nobody who they are. So it is for siblings alone, until `custody` says
 * that layer-2 nodes come for blobs.
 */
export const beaconPorts = (
  numbers: { readonly api: number; readonly metrics: number },
  custody: BlobCustody,
): readonly Port[] => [
  {
    name: 'api',
    number: numbers.api,
    protocol: 'tcp',
    audience: custody === 'standard' ? 'siblings' : 'clients',
    serves: ['beacon', 'health'],
  },
  { name: 'metrics', number: numbers.metrics, protocol: 'tcp', audience: 'monitoring', serves: ['metrics'] },
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

/** Healthy when the client itself says that it is synced: 200, not 206 (syncing) nor 503. */
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
export const BEACON_TESTNET_DATABASE: Readonly<Record<string, Fact<number>>> = {
  sepolia: { value: 46, source: 'sigp/lighthouse#5490', asOf: '2024-03-01', status: 'third-party' },
  hoodi: { value: 46, source: 'no figure found; as Sepolia', asOf: '2026-11-23', status: 'unverified' },
};

/** Database and blobs together; undefined where the database was never measured. */
export function beaconDisk(database: Fact<number> | undefined, custody: BlobCustody): DiskUse | undefined {
  if (!database) return undefined;
  return {
    today: {
      ...blobDisk,
      value: database.value + blobDisk.value[custody],
      source: `${database.source}; blobs ${blobDisk.source}`,
    },
    growthPerMonth: { ...database, value: 1 },
  };
}
