import { baseConsensus } from '../clients/base-consensus';
import { baseRethNode } from '../clients/base-reth-node';
import type { ChainDefinition, Fact, Fork, NetworkDefinition, Sizing } from '../model';

const AWS_SAMPLES = 'aws-samples/aws-blockchain-node-runners 2026-08-17, blueprints/base';

/**
 * Base strongly recommends local NVMe, and io2 Block Express where it must be EBS (base/docs performance-tuning.mdx); it rules
 * nothing out. Its own nodes are i7i.12xlarge with all disks as one.
 */
const SIZES: Readonly<Record<string, Fact<Sizing>>> = {
  'mainnet full': {
    value: { instanceType: 'i8g.4xlarge', storage: 'instance-store' },
    source:
      'base/docs performance-tuning.mdx: 8 cores, 32 GB at least and 64 better; the smallest of its kind with room for the data',
    asOf: '2026-11-23',
    status: 'unverified',
  },
  'mainnet archive': {
    value: { instanceType: 'i8ge.6xlarge', storage: 'instance-store' },
    source: `${AWS_SAMPLES}/samples/.env-mainnet-base-reth-full, an archive for all its name`,
    asOf: '2026-08-17',
    status: 'verified',
  },
  'sepolia full': {
    value: {
      instanceType: 'r7g.2xlarge',
      storage: 'ebs',
      // The samples buy 500 MiB/s, of which this instance type sustains 298.
      volume: { type: 'gp3', sizeGiB: 2000, iops: 7000, throughputMiBps: 250 },
    },
    source: `disk of ${AWS_SAMPLES}; memory as Base recommends it`,
    asOf: '2026-11-23',
    status: 'unverified',
  },
  'sepolia archive': {
    value: {
      instanceType: 'r7g.2xlarge',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 3000, iops: 7000, throughputMiBps: 250 },
    },
    source: 'no published sizing found',
    asOf: '2026-11-23',
    status: 'unverified',
  },
};

const fork = (name: string, at: string, least: string, source: string): Fork => ({
  name,
  at,
  least: { 'base-reth-node': least, 'base-consensus': least },
  source,
});

const AZUL = 'https://docs.base.org/base-chain/specs/upgrades/azul/node-upgrade';
const DENIM = 'https://docs.base.org/base-chain/specs/upgrades/denim/overview';

const network = (id: string, identity: string, forks: readonly Fork[]): NetworkDefinition => ({
  id,
  kind: 'public',
  identity,
  // Since Denim; 2 s before.
  blockSeconds: 0.2,
  l1: { chain: 'ethereum', network: id, blobs: true },
  forks,
});

const BY_AZUL = `(${AZUL.replace('https://', '')})`;
const NOT_SINCE_AZUL = `cannot follow Base since Azul; use base-reth-node ${BY_AZUL}`;
const CONSENSUS_NOT_SINCE_AZUL = `cannot follow Base since Azul; use base-consensus ${BY_AZUL}`;

const NO_LOCAL =
  'no program makes a chain of Base alone; run `just devnet up` of base/base, or use the testnet sepolia';

/**
 * Base, which left the OP Stack's releases with Azul: one image with both clients, forks of its own. Cobalt is not listed: it was
 * planned for September 2026, and neither that it happened nor what it needs was found.
 */
export const base: ChainDefinition = {
  id: 'base',
  networks: [
    network('mainnet', '8453', [
      fork('Azul', '2026-05-28T18:00:00Z', 'v0.9.0', AZUL),
      fork('Beryl', '2026-06-25T18:00:00Z', 'v1.1.1', 'base/node release v1.1.1'),
      fork('Denim', '2026-11-05T18:00:00Z', 'v1.5.1', DENIM),
    ]),
    network('sepolia', '84532', [
      fork('Azul', '2026-04-20T18:00:00Z', 'v0.7.0', AZUL),
      fork('Beryl', '2026-06-18T18:00:00Z', 'v1.1.0', 'base/node release v1.1.0'),
      fork('Denim', '2026-10-21T18:00:00Z', 'v1.5.1', DENIM),
    ]),
  ],
  retired: {
    goerli: 'goerli was shut down in 2024; use sepolia',
    'op-reth': `op-reth ${NOT_SINCE_AZUL}`,
    'op-geth': `op-geth ${NOT_SINCE_AZUL}`,
    geth: `geth ${NOT_SINCE_AZUL}`,
    reth: `reth ${NOT_SINCE_AZUL}`,
    nethermind: `nethermind ${NOT_SINCE_AZUL}`,
    'op-node': `op-node ${CONSENSUS_NOT_SINCE_AZUL}`,
    'kona-node': `kona-node ${CONSENSUS_NOT_SINCE_AZUL}`,
    local: NO_LOCAL,
    dev: NO_LOCAL,
  },
  clients: [{ client: baseRethNode, consensus: [baseConsensus] }],
  sizing: ({ network: id, nodeType }) => SIZES[`${id} ${nodeType}`],
};
