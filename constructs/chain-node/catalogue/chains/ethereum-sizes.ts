import { blobDisk } from '../clients/beacon-api';
import type { Fact, NodeChoice, Sizing, VolumeSizing } from '../model';

/** Hardware of Ethereum's nodes, by network and node type, and by client where its makers ask for other. */

const AWS_SAMPLES = 'aws-samples/aws-blockchain-node-runners 2026-08-17, blueprints/ethereum/samples';

const NO_FIGURE = { source: 'no published sizing found', asOf: '2026-11-23', status: 'unverified' } as const;

const TESTNET = {
  instanceType: 'r7g.xlarge',
  storage: 'ebs',
  volume: { type: 'gp3', sizeGiB: 600, iops: 3000, throughputMiBps: 125 },
} as const satisfies Sizing;

/** Sizes for `standard` blob custody; more custody adds its disk, where that is a volume. */
const SIZES: Readonly<Record<string, Fact<Sizing>>> = {
  'mainnet full': {
    value: {
      instanceType: 'r7g.2xlarge',
      storage: 'ebs',
      // The samples buy 700 MiB/s, of which this instance type sustains 298.
      volume: { type: 'gp3', sizeGiB: 2560, iops: 8000, throughputMiBps: 250 },
    },
    source: `${AWS_SAMPLES}/.env-mainnet-geth-lighthouse-full`,
    asOf: '2026-08-17',
    status: 'verified',
  },
  'mainnet archive': {
    value: {
      instanceType: 'r7g.4xlarge',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 4096, iops: 16_000, throughputMiBps: 500 },
    },
    source: `memory of ${AWS_SAMPLES}/.env-mainnet-*-archive, there on instance store; disk from the clients' documentation`,
    asOf: '2026-08-17',
    status: 'unverified',
  },
  'sepolia full': {
    value: TESTNET,
    source: `${AWS_SAMPLES}/.env-sepolia-geth-lighthouse-full; disk for Nethermind's 409 GB, the largest figure published`,
    asOf: '2026-08-17',
    status: 'third-party',
  },
  'sepolia archive': {
    value: { ...TESTNET, instanceType: 'r7g.2xlarge', volume: { ...TESTNET.volume, sizeGiB: 1536, iops: 6000 } },
    ...NO_FIGURE,
  },
  'hoodi full': { value: TESTNET, ...NO_FIGURE },
  'hoodi archive': {
    value: { ...TESTNET, instanceType: 'r7g.2xlarge', volume: { ...TESTNET.volume, sizeGiB: 1024, iops: 6000 } },
    ...NO_FIGURE,
  },
  'local full': {
    value: {
      instanceType: 'm7g.large',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 20, iops: 3000, throughputMiBps: 125 },
    },
    ...NO_FIGURE,
  },
};

const ERIGON_HARDWARE =
  'erigontech/erigon docs, hardware-requirements.mdx: local NVMe of 2 TB, or 4 TB for an archive; network disks are slow';

const NETHERMIND_HARDWARE = 'NethermindEth/docs, system requirements: 10,000 IOPS for reads and for writes';

/** Where a client differs from the others: Erigon waits for its disk at every read, Nethermind wants more IOPS than gp3 has by itself. */
const SIZES_OF_CLIENTS: Readonly<Record<string, Fact<Sizing>>> = {
  'erigon mainnet full': {
    value: { instanceType: 'i8g.2xlarge', storage: 'instance-store' },
    source: ERIGON_HARDWARE,
    asOf: '2026-11-24',
    status: 'verified',
  },
  'erigon mainnet archive': {
    value: { instanceType: 'i8g.4xlarge', storage: 'instance-store' },
    source: `${ERIGON_HARDWARE}; ${AWS_SAMPLES}/.env-mainnet-erigon-caplin-archive`,
    asOf: '2026-11-24',
    status: 'verified',
  },
  'nethermind mainnet full': {
    value: {
      instanceType: 'r7g.2xlarge',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 2560, iops: 12_000, throughputMiBps: 250 },
    },
    source: NETHERMIND_HARDWARE,
    asOf: '2026-08-18',
    status: 'verified',
  },
  'nethermind mainnet archive': {
    value: { instanceType: 'i8g.4xlarge', storage: 'instance-store' },
    source: 'NethermindEth/docs, archive-snapshots: 2.2 TB on disk; 128 GB of memory in its system requirements',
    asOf: '2026-11-24',
    status: 'verified',
  },
  'nethermind sepolia full': {
    value: {
      instanceType: 'r7g.2xlarge',
      storage: 'ebs',
      volume: { ...TESTNET.volume, iops: 10_000 },
    },
    source: NETHERMIND_HARDWARE,
    asOf: '2026-08-18',
    status: 'verified',
  },
  'besu mainnet archive': {
    value: {
      instanceType: 'r7g.4xlarge',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 14_336, iops: 16_000, throughputMiBps: 500 },
    },
    source: 'hyperledger/besu-docs, data-storage-formats.md: 12 TB for an archive',
    asOf: '2026-03-11',
    status: 'third-party',
  },
  'besu sepolia archive': {
    value: { ...TESTNET, instanceType: 'r7g.2xlarge', volume: { ...TESTNET.volume, sizeGiB: 4096, iops: 6000 } },
    ...NO_FIGURE,
  },
};

const forCustody = (volume: VolumeSizing, { blobCustody }: NodeChoice): VolumeSizing => ({
  ...volume,
  sizeGiB: volume.sizeGiB + blobDisk.value[blobCustody] - blobDisk.value.standard,
});

/** What a node of Ethereum gets where its settings say nothing else. */
export function ethereumSizing(of: NodeChoice): Fact<Sizing> | undefined {
  const found = SIZES_OF_CLIENTS[`${of.client} ${of.network} ${of.nodeType}`] ?? SIZES[`${of.network} ${of.nodeType}`];
  // A node that makes its own blocks has no consensus client to keep their blobs.
  if (found?.value.storage !== 'ebs' || of.network === 'local') return found;
  return { ...found, value: { ...found.value, volume: forCustody(found.value.volume, of) } };
}
