import { nitro } from '../clients/nitro';
import type { ChainDefinition, Fact, Fork, NetworkDefinition, Sizing } from '../model';

const REQUIREMENTS =
  'OffchainLabs/arbitrum-docs docs/partials/_hardware-requirements.mdx: 8 cores and 64 GB at least, local NVMe strongly recommended';

const gp3 = (instanceType: string, sizeGiB: number, iops: number, throughputMiBps: number): Sizing => ({
  instanceType,
  storage: 'ebs',
  volume: { type: 'gp3', sizeGiB, iops, throughputMiBps },
});

const sized = (value: Sizing, source: string, asOf = '2026-11-24'): Fact<Sizing> => ({
  value,
  source,
  asOf,
  status: 'unverified',
});

/** Twice the snapshot must fit when a node begins. i7ie is what Offchain Labs names for sequencers (operate/monitoring.mdx). */
const SIZES: Readonly<Record<string, Fact<Sizing>>> = {
  'mainnet full': sized({ instanceType: 'i7ie.3xlarge', storage: 'instance-store' }, REQUIREMENTS),
  'mainnet archive': sized({ instanceType: 'i7ie.6xlarge', storage: 'instance-store' }, REQUIREMENTS),
  // Without a figure for its archive: as much as Arbitrum One's full node.
  'nova full': sized(gp3('r7g.2xlarge', 2560, 12_000, 250), `${REQUIREMENTS}; disk for twice the snapshot`),
  'nova archive': sized({ instanceType: 'i7ie.3xlarge', storage: 'instance-store' }, 'no published sizing found'),
  'sepolia full': sized(gp3('r7g.2xlarge', 4096, 12_000, 250), 'no published sizing found'),
  'sepolia archive': sized({ instanceType: 'i7ie.3xlarge', storage: 'instance-store' }, 'no published sizing found'),
  'local full': sized(gp3('m7g.large', 20, 3000, 125), 'no published sizing found'),
};

const elara = (at: string, source: string): Fork => ({
  name: 'ArbOS 61 Elara',
  at,
  least: { nitro: 'v3.11.3-beb2108' },
  source,
});

const NOTICES = 'https://docs.arbitrum.io';

/** Nova posts to its committee, and blobs where that fails: Nitro starts without a beacon API on no chain of Ethereum. */
const network = (
  id: string,
  identity: string,
  of: { readonly l1: string; readonly blockSeconds?: number; readonly forks: readonly Fork[] },
): NetworkDefinition => ({
  id,
  kind: 'public',
  identity,
  ...(of.blockSeconds === undefined ? {} : { blockSeconds: of.blockSeconds }),
  l1: { chain: 'ethereum', network: of.l1, blobs: true },
  forks: of.forks,
});

const ELARA = elara('2026-08-20T17:00:00Z', `${NOTICES}/run-arbitrum-node/arbos-releases/arbos61`);

/** Arbitrum One, Nova and the testnet. Forks are of ArbOS; a node that does not know one stops at it. */
export const arbitrum: ChainDefinition = {
  id: 'arbitrum',
  networks: [
    network('mainnet', '42161', { l1: 'mainnet', blockSeconds: 0.25, forks: [ELARA] }),
    // A block comes when there is a transaction, and there may be none for minutes.
    network('nova', '42170', { l1: 'mainnet', forks: [ELARA] }),
    network('sepolia', '421614', {
      l1: 'sepolia',
      blockSeconds: 0.25,
      forks: [
        elara('2026-06-29T15:00:00Z', `${NOTICES}/notices/arbos61-upgrade-notice`),
        {
          // Of layer 1, whose blocks Nitro reads.
          name: 'Glamsterdam of Ethereum Sepolia',
          at: '2026-10-06T13:53:36Z',
          least: { nitro: 'v3.11.4-7d5ac27' },
          source: `${NOTICES}/notices/glamsterdam-sepolia-notice`,
        },
      ],
    }),
    { id: 'local', kind: 'local', identity: '412346', forks: [] },
  ],
  retired: {
    goerli: 'goerli was shut down in 2024; use sepolia (OffchainLabs/arbitrum-docs, public-chains.mdx)',
    rinkeby: 'rinkeby was shut down in 2023; use sepolia',
    arb1: 'Arbitrum One is called mainnet',
    one: 'Arbitrum One is called mainnet',
    'sepolia-rollup': 'the testnet is called sepolia',
    dev: 'a development chain is called local',
  },
  clients: [{ client: nitro, consensus: [] }],
  sizing: ({ network: id, nodeType }) => SIZES[`${id} ${nodeType}`],
};
