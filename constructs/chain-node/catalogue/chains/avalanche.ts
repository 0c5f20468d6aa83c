import { avalanchego } from '../clients/avalanchego';
import type { ChainDefinition, Fact, NetworkDefinition, Sizing } from '../model';

const REQUIREMENTS = 'ava-labs/builders-hub content/docs/nodes/system-requirements.mdx';

const NO_FIGURE = { source: 'no published sizing found', asOf: '2026-11-24', status: 'unverified' } as const;

const gp3 = (instanceType: string, sizeGiB: number, iops: number): Sizing => ({
  instanceType,
  storage: 'ebs',
  volume: { type: 'gp3', sizeGiB, iops, throughputMiBps: 125 },
});

/** On mainnet a network disk is ruled out (clients/avalanchego.ts). */
const SIZES: Readonly<Record<string, Fact<Sizing>>> = {
  'mainnet full': {
    value: { instanceType: 'i7i.2xlarge', storage: 'instance-store' },
    source: `${REQUIREMENTS}: i7i or i7ie; from 4 cores, 16 GB and 1 TB to 8 cores, 32 GB and 2 TB with much stake; it has 4 cores, 64 GB and 1.9 TB`,
    asOf: '2026-08-21',
    status: 'verified',
  },
  'mainnet archive': {
    value: { instanceType: 'i7ie.12xlarge', storage: 'instance-store' },
    source: `${REQUIREMENTS}: i7i or i7ie; the smallest with room for 13 TB and half a year of growth`,
    asOf: '2026-11-24',
    status: 'unverified',
  },
  'fuji full': { value: gp3('r7g.xlarge', 500, 6000), ...NO_FIGURE },
  'fuji archive': { value: gp3('r7g.2xlarge', 2048, 6000), ...NO_FIGURE },
  'local full': { value: gp3('m7g.large', 20, 3000), ...NO_FIGURE },
};

const network = (id: string, identity: string, helicon: string): NetworkDefinition => ({
  id,
  kind: 'public',
  identity,
  forks: [
    {
      name: 'Helicon',
      at: helicon,
      least: { avalanchego: 'v1.15.0' },
      source: 'ava-labs/avalanchego RELEASES.md of v1.15.0',
    },
  ],
});

/** The C-Chain of Avalanche. Blocks come when there are transactions, so there are no seconds between them. */
export const avalanche: ChainDefinition = {
  id: 'avalanche',
  networks: [
    network('mainnet', '43114', '2026-09-22T15:00:00Z'),
    network('fuji', '43113', '2026-07-28T15:00:00Z'),
    // Helicon from its first block on, since v1.15.1.
    { id: 'local', kind: 'local', identity: '43112', forks: [] },
  ],
  clients: [{ client: avalanchego, consensus: [] }],
  retired: {
    testnet: 'name the testnet: fuji',
    dev: 'a development chain is called local',
    coreth: 'the C-Chain runs inside; use avalanchego',
  },
  sizing: ({ network: id, nodeType }) => SIZES[`${id} ${nodeType}`],
};
