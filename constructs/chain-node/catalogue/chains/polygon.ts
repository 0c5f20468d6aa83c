import { bor } from '../clients/bor';
import { heimdall } from '../clients/heimdall';
import type { ChainDefinition, Fact, Fork, NetworkDefinition, Sizing } from '../model';

const GUIDE = '0xPolygon/polygon-docs, pos/how-to/prerequisites and snapshots';

const SIZES: Readonly<Record<string, Fact<Sizing>>> = {
  'mainnet full': {
    value: {
      instanceType: 'r7g.4xlarge',
      storage: 'ebs',
      // Of the 1000 MiB/s that the makers name this type sustains 596.
      volume: { type: 'gp3', sizeGiB: 12288, iops: 16000, throughputMiBps: 500 },
    },
    source: `${GUIDE}: 16 cores, 64 GB, gp3 with 16,000 IOPS; disk: bor and heimdall with half a year of growth`,
    asOf: '2026-11-24',
    status: 'unverified',
  },
  'amoy full': {
    value: {
      instanceType: 'm7g.2xlarge',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 1536, iops: 6000, throughputMiBps: 250 },
    },
    source: `${GUIDE}: 8 to 16 cores, 16 GB; disk: bor and heimdall with half a year of growth`,
    asOf: '2026-11-24',
    status: 'unverified',
  },
  'local full': {
    value: {
      instanceType: 'm7g.large',
      storage: 'ebs',
      volume: { type: 'gp3', sizeGiB: 20, iops: 3000, throughputMiBps: 125 },
    },
    source: 'one process that makes empty blocks',
    asOf: '2026-11-24',
    status: 'unverified',
  },
};

const fork = (name: string, at: string, least: readonly [string, string], source: string): Fork => ({
  name,
  at,
  least: { bor: least[0], heimdall: least[1] },
  source,
});

const PURLEY = '0xPolygon/heimdall-v2 release v0.14.0';

/** Of its block no hour was found; it was past when this release came, and older ones had stopped. */
const uburu = (block: string): Fork =>
  fork('Uburu', '2026-11-05T14:45:00Z', ['v2.11.0', 'v0.11.0'], `0xPolygon/bor release v2.11.0: block ${block}`);

/** Blocks have no fixed pace: makers of blocks set it since 2025-12 (PIP-75), and aim at 1.5 to 1.75 s (PIP-86). */
const network = (id: string, identity: string, l1: string, forks: readonly Fork[]): NetworkDefinition => ({
  id,
  kind: 'public',
  identity,
  // It asks contracts of layer 1 for what they hold, and has no use for blobs.
  l1: { chain: 'ethereum', network: l1, blobs: false },
  forks,
});

const ERIGON =
  'Polygon ended Erigon on 2026-08-01; use bor (forum.polygon.technology/t/sunsetting-erigon-support/21872)';

/** Polygon PoS: bor, and heimdall before it. */
export const polygon: ChainDefinition = {
  id: 'polygon',
  networks: [
    network('mainnet', '137', 'mainnet', [
      fork(
        'Kyoto',
        '2026-08-18T12:40:00Z',
        ['v2.10.0', 'v0.11.0'],
        '0xPolygon/heimdall-v2 release v0.11.0; the hour: trezor/blockbook#1729',
      ),
      uburu('96,787,900'),
      fork('Purley', '2026-11-20T01:39:00Z', ['v2.11.0', 'v0.14.0'], PURLEY),
    ]),
    network('amoy', '80002', 'sepolia', [
      uburu('51,978,200'),
      fork('Purley', '2026-11-12T15:41:00Z', ['v2.11.0', 'v0.14.0'], PURLEY),
    ]),
    // `bor server --dev` makes blocks by Clique, with forks up to London (0xPolygon/bor#1182).
    { id: 'local', kind: 'local', identity: '1337', blockSeconds: 2, forks: [] },
  ],
  retired: {
    mumbai: 'mumbai was shut down in 2024; use amoy (0xPolygon/polygon-docs, pos/reference/mapped-tokens)',
    testnet: 'name the testnet: amoy',
    dev: 'a development chain is called local',
    erigon: ERIGON,
    'bor-erigon': ERIGON,
    'heimdall-v1': 'heimdall v1 ended with the migration of July 2025; use heimdall (0xPolygon/heimdall-v2, migration)',
  },
  clients: [{ client: bor, consensus: [heimdall], consensusFirst: true }],
  // Of an archive nobody has published what it needs.
  sizing: ({ network: id, nodeType }) => SIZES[`${id} ${nodeType}`],
};
