/** How a node finds a network of Solana. Source: docs.anza.xyz, clusters/available (2025-11-21). */
interface Cluster {
  readonly entrypoints: readonly string[];
  /** Whose snapshots are believed, and nobody else's; those of mainnet and devnet are Anza's own. */
  readonly knownValidators: readonly string[];
}

const entrypoints = (network: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `entrypoint${index === 0 ? '' : index + 1}.${network}.solana.com:8001`);

const CLUSTERS: Readonly<Record<string, Cluster>> = {
  mainnet: {
    entrypoints: entrypoints('mainnet-beta', 5),
    knownValidators: [
      '7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2',
      'GdnSyH3YtwcxFvQrVVJMm1JhTS4QVX7MFsX56uJLUfiZ',
      'DE1bawNcRJB9rVm3buyMVfr8mBEoyyu73NBovf2oXJsJ',
      'CakcnaRDHka2gXyfbEd2d3xsvkJkqsLw2akB3zsN1D2S',
    ],
  },
  testnet: {
    entrypoints: entrypoints('testnet', 3),
    knownValidators: [
      '5D1fNXzvv5NjV1ysLjirC4WY92RNsVH18vjmcszZd8on',
      'dDzy5SR3AXdYWVqbDEkVFdvSPCtS9ihF5kJkHCtXoFs',
      'Ft5fbkqNa76vnsjYNwjDZUXoTWpP7VYm3mtsaQckQADN',
      'eoKpUABi59aT4rR9HGS3LcMecfut9x7zJyodWWP43YQ',
      '9QxCLckBiJc783jnMvXZubK4wH86Eqqvashtrwvcsgkv',
    ],
  },
  devnet: {
    entrypoints: entrypoints('devnet', 5),
    knownValidators: [
      'dv1ZAGvdsz5hHLwWXsVnM94hWf1pjbKVau1QVkaMJ92',
      'dv2eQHeP4RFrJZ6UeiZWoc3XTtmtZCUKxxCApCDcRNV',
      'dv4ACNkpYPcE3aKmYDqZm9G5EB3J4MRoeE7WNDRBVJB',
      'dv3qDFk1DTF36Z62bNvrCXe9sKATA6xvVy6A798xxAS',
    ],
  },
};

/** The cluster of a public network. */
export function clusterOf(network: string): Cluster {
  const cluster = Object.hasOwn(CLUSTERS, network) ? CLUSTERS[network] : undefined;
  if (cluster) return cluster;
  throw new Error(`no entrypoints of ${network} are known; there are ${Object.keys(CLUSTERS).join(', ')}`);
}
