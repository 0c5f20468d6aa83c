import { opNethermind } from '../clients/op-nethermind';
import { opNode } from '../clients/op-node';
import { opReth } from '../clients/op-reth';
import type { ChainDefinition, Fact, NetworkDefinition, Sizing } from '../model';

const gp3 = (instanceType: string, sizeGiB: number, iops: number, throughputMiBps: number): Sizing => ({
  instanceType,
  storage: 'ebs',
  volume: { type: 'gp3', sizeGiB, iops, throughputMiBps },
});

const sized = (value: Sizing, source: string): Fact<Sizing> => ({
  value,
  source,
  asOf: '2026-11-23',
  status: 'unverified',
});

/**
 * OP Labs ask for 16 GB of memory at least, for a reasonably modern processor, and for a local SSD for an archive
 * (node-operators/tutorials/run-node-from-source.mdx); they rule EBS out for neither.
 */
const SIZES: Readonly<Record<string, Fact<Sizing>>> = {
  'mainnet full': sized(
    gp3('r7g.2xlarge', 2000, 8000, 250),
    'as a full node of Ethereum; twice the snapshot of 700 GB, and room to grow',
  ),
  'mainnet archive': sized(
    gp3('r7g.4xlarge', 7500, 16_000, 500),
    'docs.optimism.io: several TB of op-reth; 14 TB, as of June 2025, of op-geth or nethermind',
  ),
  'sepolia full': sized(gp3('r7g.xlarge', 200, 3000, 125), 'four times the 30 to 50 GB of docs.optimism.io'),
  'sepolia archive': sized(gp3('r7g.xlarge', 500, 3000, 125), 'no published sizing found'),
};

const NOTICE = 'ethereum-optimism/optimism docs/public-docs notices/archive/upgrade-19.mdx';

const karst = (at: string) => ({
  name: 'Karst',
  at,
  least: { 'op-reth': 'v2.3.3', nethermind: '1.38.1', 'op-node': 'v1.19.1' },
  source: `${NOTICE}; release notes of op-reth v2.3.3, op-node v1.19.1, nethermind 1.38.1`,
});

const network = (id: string, identity: string, forks: NetworkDefinition['forks']): NetworkDefinition => ({
  id,
  kind: 'public',
  identity,
  blockSeconds: 2,
  l1: { chain: 'ethereum', network: id, blobs: true },
  forks,
});

const NO_LOCAL =
  'no program makes a chain of the OP Stack alone; use supersim or the Optimism package of Kurtosis, or the testnet sepolia';

/** OP Mainnet and OP Sepolia. An execution client and op-node, one beside the other: neither serves two. */
export const optimism: ChainDefinition = {
  id: 'optimism',
  networks: [
    network('mainnet', '10', [karst('2026-07-08T16:00:01Z')]),
    network('sepolia', '11155420', [
      karst('2026-06-17T16:00:01Z'),
      {
        // A fork of layer 1, which op-node reads; the execution clients need nothing beyond Karst for it.
        name: 'Glamsterdam of Ethereum Sepolia',
        at: '2026-10-06T13:53:36Z',
        least: { 'op-reth': 'v2.3.3', nethermind: '1.38.1', 'op-node': 'v1.19.5' },
        source: 'release notes of op-node v1.19.5 and v1.19.8',
      },
    ]),
  ],
  retired: {
    goerli: 'goerli was shut down in 2024; use sepolia',
    'op-geth': 'op-geth ended on 2026-05-31 and cannot follow Karst; use op-reth (release notes of op-node v1.19.1)',
    'kona-node': 'kona-node is experimental; use op-node (docs.optimism.io)',
    local: NO_LOCAL,
    dev: NO_LOCAL,
  },
  clients: [
    { client: opReth, consensus: [opNode] },
    { client: opNethermind, consensus: [opNode] },
  ],
  sizing: ({ network: id, nodeType }) => SIZES[`${id} ${nodeType}`],
};
