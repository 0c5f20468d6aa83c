import { bscGeth } from '../clients/bsc-geth';
import type { ChainDefinition, Fact, Fork, Sizing } from '../model';

const SAMPLES = 'aws-samples/aws-blockchain-node-runners 2026-08-17, blueprints/bnb';

/**
 * The makers ask for gp3 at least, and for local NVMe where a node begins empty (bnb-chain/bsc README), as one does where nothing else
 * is said: it then takes four times what it has later. One that begins with an archive has room on gp3 of 4 TiB, 10,000 IOPS and
 * 500 MiB/s beside an r7g.4xlarge.
 */
const SIZES: Readonly<Record<string, Fact<Sizing>>> = {
  'mainnet full': {
    value: { instanceType: 'i8ge.3xlarge', storage: 'instance-store' },
    source: `bnb-chain/bsc README: 16 cores, 64 GB; 12 whole cores here, and room for an empty start. ${SAMPLES} has i8g`,
    asOf: '2026-11-24',
    status: 'unverified',
  },
  'chapel full': {
    value: {
      instanceType: 'r7g.xlarge',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 600, iops: 4000, throughputMiBps: 125 },
    },
    source: 'bnb-chain/bsc README: 4 cores, 16 GB, 500 GB of SSD with 2,000 IOPS; memory and disk with some room',
    asOf: '2026-11-24',
    status: 'unverified',
  },
};

const fork = (name: string, at: string, geth: string): Fork => ({
  name,
  at,
  least: { geth },
  source: `bnb-chain/bsc release v${geth}`,
});

const CLUSTER =
  'is not in BSC’s geth; make a cluster with bnb-chain/node-deploy, or use the testnet chapel (bnb-chain/bsc, cmd/geth/main.go)';
const BSC_ERIGON = 'erigon ended for BSC on 2025-12-31; use geth (node-real/bsc-erigon, README)';
/** bnb-chain/reth-bsc README, .github/workflows; the FAQ of docs.bnbchain.org, 2026-11-13, asks for v0.1.4-hotfix. */
const RETH =
  'reth-bsc is experimental, and no image or program of it is published; use geth (bnb-chain/reth-bsc, README)';

/** BNB Smart Chain: one program, blocks every 0.45 s since Fermi. */
export const bsc: ChainDefinition = {
  id: 'bsc',
  networks: [
    {
      id: 'mainnet',
      kind: 'public',
      identity: '56',
      blockSeconds: 0.45,
      forks: [
        fork('Mendel', '2026-04-28T02:30:00Z', '1.7.2'),
        fork('Pasteur', '2026-08-25T02:30:00Z', '1.7.7'),
        fork('Jenner', '2026-12-08T02:30:00Z', '1.8.2'),
      ],
    },
    {
      id: 'chapel',
      kind: 'public',
      identity: '97',
      blockSeconds: 0.45,
      forks: [
        fork('Mendel', '2026-03-24T02:30:00Z', '1.7.1'),
        fork('Pasteur', '2026-07-21T02:30:00Z', '1.7.6'),
        // The day was read, the hour was not.
        fork('Jenner', '2026-10-29T00:00:00Z', '1.8.1'),
      ],
    },
  ],
  retired: {
    local: `a development chain ${CLUSTER}`,
    dev: `a development chain ${CLUSTER}`,
    testnet: 'name the testnet: chapel',
    'bsc-geth': 'BSC’s geth is called geth here',
    erigon: BSC_ERIGON,
    'bsc-erigon': `bsc-${BSC_ERIGON}`,
    reth: RETH,
    'reth-bsc': RETH,
  },
  clients: [{ client: bscGeth, consensus: [] }],
  sizing: ({ network, nodeType }) => SIZES[`${network} ${nodeType}`],
};
