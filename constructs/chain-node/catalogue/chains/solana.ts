import { agave } from '../clients/agave';
import { jitoSolana } from '../clients/jito-solana';
import type { ChainDefinition, Fact, Fork, Sizing } from '../model';

const SAMPLES = 'aws-samples/aws-blockchain-node-runners 2026-08-17, blueprints/solana';

/** Local disks become one array; ledger and accounts, which the makers want apart, share it. */
const SIZES: Readonly<Record<string, Fact<Sizing>>> = {
  // 24 cores, 384 GB, 11 TB. With all three --account-index the makers ask for 512 GB: i7i.24xlarge. Unless its
  // egress is limited, a node sends 100 to 200 TiB a month (the samples' README), which may cost more than the instance.
  mainnet: {
    value: { instanceType: 'i7i.12xlarge', storage: 'instance-store' },
    source: `${SAMPLES}/samples/.env-mainnet-beta-agave-rpc-base; at least 16 cores and 256 GB: docs.anza.xyz/operations/requirements`,
    asOf: '2026-08-17',
    status: 'verified',
  },
  testnet: {
    value: { instanceType: 'i7i.4xlarge', storage: 'instance-store' },
    source: `${SAMPLES}/samples/.env-testnet-agave-rpc-base`,
    asOf: '2026-08-17',
    status: 'verified',
  },
  devnet: {
    value: { instanceType: 'i7i.4xlarge', storage: 'instance-store' },
    source: `as Testnet; ${SAMPLES} names i7i.2xlarge in its README and i8g.12xlarge in its sample`,
    asOf: '2026-08-17',
    status: 'unverified',
  },
  local: {
    value: {
      instanceType: 'm7i.xlarge',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 50, iops: 3000, throughputMiBps: 125 },
    },
    source: 'no published sizing found',
    asOf: '2026-11-23',
    status: 'unverified',
  },
};

const SCHEDULE = 'anza-xyz/agave wiki, v4.5-Release-Schedule (2026-11-10)';

/** Agave 4.5 was asked for on 2026-11-06 (testnet) and 2026-11-10 (devnet). Later, features are activated that older ones lack. */
const FEATURES_OF_4_5 = {
  name: 'the feature gates of Agave 4.5',
  at: '2026-11-19T00:00:00Z',
  source: `${SCHEDULE}: resume feature activations`,
} as const;

/**
 * Blocks come at no fixed pace: since August 2026 their 0.4 seconds become 0.2 in four steps, on each network at other times
 * (SIMD-0525). On testnet and devnet Alpenglow is the consensus already, by a feature gate whose key is another since 4.3.
 */
export const solana: ChainDefinition = {
  id: 'solana',
  networks: [
    {
      id: 'mainnet',
      kind: 'public',
      identity: '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d',
      forks: [
        {
          // With a security fix, for nodes with stake and without. 4.4.0 does not know it.
          name: 'feature gate 8whkDenELnfwYLirBc4Wb4H2Z1z5K7tiykpdxJS7cWg1',
          at: '2026-11-06T13:30:00Z',
          least: { agave: 'v4.4.1', 'jito-solana': 'v4.4.1-jito' },
          source: 'harmonic/salsa release v4.4.1-harmonic (2026-11-05): forked off without it from epoch 1079 on',
        },
        {
          name: 'the feature gates of Agave 4.5',
          least: { agave: 'v4.5.0', 'jito-solana': 'v4.5.0-jito' },
          source: `${SCHEDULE}: tentatively from 2026-12-14`,
        },
      ] satisfies readonly Fork[],
    },
    {
      id: 'testnet',
      kind: 'public',
      identity: '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY',
      forks: [{ ...FEATURES_OF_4_5, least: { agave: 'v4.5.0', 'jito-solana': 'v4.5.0-jito' } }],
    },
    {
      id: 'devnet',
      kind: 'public',
      identity: 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG',
      forks: [{ ...FEATURES_OF_4_5, least: { agave: 'v4.5.0' } }],
    },
    // The hash of its genesis is another with every ledger; nobody asks for it.
    { id: 'local', kind: 'local', identity: '', forks: [] },
  ],
  retired: {
    'mainnet-beta': 'the main network is called mainnet here',
    localnet: 'a development chain is called local',
    // Its makers call v26.10.3 (2026-10-20) ready for mainnet. But it takes huge pages and the network device of an x86_64 host as
    // root, at each start (aws-blockchain-node-runners 2026-08-17, blueprints/solana/README.md), where programs have no privileges.
    firedancer:
      'firedancer starts as root and reserves memory of its host, which no process of a node may; use agave (aws-blockchain-node-runners, blueprints/solana/README.md)',
    frankendancer:
      'frankendancer starts as root and reserves memory of its host, which no process of a node may; use agave (aws-blockchain-node-runners, blueprints/solana/README.md)',
    'solana-validator': 'Solana Labs ended its client in 2024; use agave (docs.anza.xyz/faq)',
    'solana-test-validator': 'it is what agave runs on the network local',
  },
  clients: [
    { client: agave, consensus: [] },
    { client: jitoSolana, consensus: [] },
  ],
  sizing: ({ network, nodeType }) => (nodeType === 'full' ? SIZES[network] : undefined),
};
