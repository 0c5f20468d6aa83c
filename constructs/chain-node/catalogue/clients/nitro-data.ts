import type { Archive, DiskUse, Fact } from '../model';

/** Where a Nitro node's data comes from, and how much disk it takes. */

const DOCS = 'OffchainLabs/arbitrum-docs docs/run-arbitrum-node';

/** What Nitro calls the networks, and its snapshots with them. */
const NAMES: Readonly<Record<string, string>> = { mainnet: 'arb1', nova: 'nova', sepolia: 'sepolia-rollup' };

/** Archives by path are published for these; nothing for Nova. */
const ARCHIVES: readonly string[] = ['mainnet', 'sepolia'];

export function nitroArchive(network: string, nodeType: string): Archive | undefined {
  const name = NAMES[network];
  if (name === undefined) return undefined;
  if (nodeType === 'full') {
    return {
      value: `by itself: what https://snapshot.arbitrum.foundation/${name}/latest-pruned.txt names, with --init.latest=pruned`,
      source: `${DOCS}/nitro/03-nitro-database-snapshots.mdx`,
      asOf: '2026-08-07',
      status: 'verified',
    };
  }
  if (!ARCHIVES.includes(network)) return undefined;
  return {
    value: `the newest archive-path of https://snapshot-explorer.arbitrum.io/?chain=${name}, unpacked into /data/nitro, or given to nitro with --init.url, which also joins parts`,
    source: `${DOCS}/more-types/01-run-archive-node.mdx`,
    asOf: '2026-08-10',
    status: 'verified',
    // What came before Nitro no Nitro can execute.
    ...(network === 'mainnet' ? { needed: true } : {}),
  };
}

const fact = (value: number, source: string, asOf: string, status: Fact<number>['status']): Fact<number> => ({
  value,
  source,
  asOf,
  status,
});

/** What is fetched lies beside what is unpacked of it. */
const starting = (today: Fact<number>, growthPerMonth: Fact<number>): DiskUse => ({
  today,
  growthPerMonth,
  peak: { ...today, value: 2 * today.value, source: `${DOCS}/start-here.mdx: twice the snapshot; ${today.source}` },
});

const parts = (count: number): Fact<number> =>
  fact(
    count * 512,
    `agouin/peel, plan of multi-URL sources: pruned.tar of May 2026 in ${count} parts of some 500 GiB, not compressed`,
    '2026-05-06',
    'third-party',
  );

/** The documentation has no figures any more. */
const monthly = (gigabytes: number, of: string): Fact<number> =>
  fact(
    Math.ceil(gigabytes / 1.0737),
    `docs.arbitrum.io run-full-node ${of}: ${gigabytes} GB`,
    '2026-11-24',
    'unverified',
  );

/** Nobody has published figures for Arbitrum Sepolia, nor for an archive of Nova by path. */
const DISK: Readonly<Record<string, DiskUse>> = {
  'mainnet full': starting(parts(5), monthly(200, 'of April 2024')),
  'mainnet archive': starting(
    fact(3726, `${DOCS}/more-types/01-run-archive-node.mdx: about 4 TB by path`, '2026-08-07', 'verified'),
    fact(94, 'OffchainLabs/arbitrum-docs c6e71739b, run-archive-node: about 100 GB', '2026-03-31', 'verified'),
  ),
  'nova full': starting(parts(2), monthly(20, 'of January 2024')),
};

export const nitroDisk = (network: string, nodeType: string): DiskUse | undefined => DISK[`${network} ${nodeType}`];
