import type { DiskUse, Fact } from '../model';

/** Disk figures of Ethereum that hold for every execution client. */

const AWS_SAMPLES = 'aws-samples/aws-blockchain-node-runners 2026-08-17, blueprints/ethereum/README.md';

const samples = (value: number): Fact<number> => ({
  value,
  source: AWS_SAMPLES,
  asOf: '2026-08-17',
  status: 'verified',
});

/** Growth on mainnet, GiB a month, by node type. */
export const ETHEREUM_GROWTH = { full: samples(50), archive: samples(100) } as const;

/** Growth on the testnets, GiB a month. */
export const TESTNET_GROWTH: Fact<number> = {
  value: 15,
  source: `${AWS_SAMPLES}: 5 GB, before Glamsterdam's threefold gas limit`,
  asOf: '2026-11-23',
  status: 'unverified',
};

/** Published figures for the testnets differ widely; the largest is taken. Nobody has published archive figures. */
export const TESTNET_DISK: Readonly<Record<string, DiskUse>> = {
  'sepolia full': {
    today: {
      value: 381,
      source: 'NethermindEth/docs, system requirements: 409 GB',
      asOf: '2026-08-20',
      status: 'third-party',
    },
    growthPerMonth: TESTNET_GROWTH,
  },
  'hoodi full': {
    today: {
      value: 100,
      source: 'rocket-pool/docs.rocketpool.net, node-staking/backups.md: under 100 GB',
      asOf: '2026-11-23',
      status: 'unverified',
    },
    growthPerMonth: { value: 15, source: 'no figure found; as Sepolia', asOf: '2026-11-23', status: 'unverified' },
  },
};

/** Measurements of the clients, by who packages them all. */
export const RESOURCE_USE = 'ethstaker/eth-docker-docs, Usage/ResourceUsage.md (2026-07-29)';

/** How a node that keeps no history begins where its client can fetch the state from peers. */
export const SNAP_SYNC: Fact<string> = {
  value: 'by itself: snap sync fetches the newest state from its peers, in hours',
  source: RESOURCE_USE,
  asOf: '2026-07-29',
  status: 'verified',
};
