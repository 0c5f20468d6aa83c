import type { ClientDefinition, DiskUse, Fact } from '../model';
import { ethHealth } from './eth-rpc';
import { socketOf } from './ipc';
import { ROLLUP_RETH_ALSO_MANAGED, rollupRethProcess } from './rollup-reth';

/**
 * op-reth, since 2026-05-31 the execution client of the OP Stack. Flags: rollup-reth.ts; image: ethereum-optimism/optimism
 * rust/op-reth/DockerfileOp, tried on both architectures by .github/workflows/branches.yaml. It refuses `--minimal` since v2.4.3.
 */

/** Names of the superchain registry, as op-reth writes them (docs/public-docs …/op-reth-config.mdx). */
const CHAINS: Readonly<Record<string, string>> = { mainnet: 'optimism', sepolia: 'optimism_sepolia' };

/**
 * 30 days of state and receipts, and every body: the deeper of the two depths at which OP Labs prune (docs/public-docs
 * node-operators/guides/management/archive-node.mdx). reth's own `--full` keeps 10,064 blocks, which are 6 hours here: less than
 * the 12 that op-node may go back to derive again.
 */
const KEPT_BLOCKS = 1_296_000;

const OPTIMISM_DOCS = 'ethereum-optimism/optimism docs/public-docs';

const docs = <T>(value: T, source: string): Fact<T> => ({
  value,
  source: `${OPTIMISM_DOCS} ${source}`,
  asOf: '2026-11-22',
  status: 'verified',
});

const guess = (value: number): Fact<number> => ({
  value,
  source: 'no published figure found',
  asOf: '2026-11-23',
  status: 'unverified',
});

const RESTORE = 'node-operators/guides/management/restore-from-snapshot.mdx';

/**
 * What an archive of op-reth takes nobody has published: "several terabytes" (archive-node.mdx). The 14 TB, and 3.5 more in six
 * months, of the tutorial below are of June 2025, and of op-geth and nethermind.
 */
const DISK: Readonly<Record<string, DiskUse>> = {
  'mainnet full': {
    today: {
      value: 931,
      source: `the snapshot of 2026-05-04, as an operator unpacked it: 1.0 TB; ${OPTIMISM_DOCS} ${RESTORE} says roughly 700 GB`,
      asOf: '2026-05-12',
      status: 'third-party',
    },
    growthPerMonth: {
      value: 16,
      source: `${OPTIMISM_DOCS} node-operators/tutorials/run-node-from-source.mdx: 100 GB in six months, as of June 2025`,
      asOf: '2025-06-30',
      status: 'verified',
    },
  },
  'sepolia full': {
    today: {
      value: 47,
      source: 'docs.optimism.io, snapshots: 30 to 50 GB',
      asOf: '2026-11-22',
      status: 'third-party',
    },
    growthPerMonth: guess(3),
  },
};

export const opReth: ClientDefinition = {
  id: 'op-reth',
  role: 'execution',
  version: () => ({
    value: 'v2.8.2',
    source: 'release notes of giwa-io/node v0.7.2 (November 2026): upstream recommends it to all who run op-reth',
    asOf: '2026-11-23',
    status: 'distributor',
  }),
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia'],
  nodeTypes: ['full', 'archive'],
  ipc: socketOf(
    'ethereum-optimism/optimism rust/op-reth/crates/cli/tests/snapshots/cli.snap at 29289555, `--ipcpath`',
    '2026-10-07',
  ),
  memoryWeight: 4,
  alsoManaged: [
    '--ipcpath',
    ...ROLLUP_RETH_ALSO_MANAGED,
    '--rollup.sequencer-http',
    '--rollup.sequencer-ws',
    '--full',
    '--prune.accounthistory.distance',
    '--prune.storagehistory.distance',
  ],
  processes: (context) => [
    rollupRethProcess(context, {
      name: 'op-reth',
      image: 'us-docker.pkg.dev/oplabs-tools-artifacts/images/op-reth',
      program: '/usr/local/bin/op-reth',
      chain: CHAINS[context.network.id] ?? context.network.id,
      namespaces: 'eth,net,web3,txpool,trace,rpc',
      full: [
        `--prune.minimum-distance=${KEPT_BLOCKS}`,
        `--prune.receipts.distance=${KEPT_BLOCKS}`,
        `--prune.account-history.distance=${KEPT_BLOCKS}`,
        `--prune.storage-history.distance=${KEPT_BLOCKS}`,
      ],
      further: [
        `--rollup.sequencer=https://${context.network.id}-sequencer.optimism.io`,
        // There is no public pool of transactions: they go to the sequencer, and are not told to peers.
        '--rollup.disable-tx-pool-gossip',
      ],
    }),
  ],
  health: (network) => ethHealth('op-reth', network, 30),
  // Blocks of OP Mainnet before Bedrock cannot be executed: an empty disk there syncs only after a state of that block is
  // imported. The snapshot has it. OP Sepolia needs none.
  archive: ({ network }) =>
    network === 'mainnet'
      ? {
          ...docs('https://datadirs.optimism.io', `${RESTORE} and node-operators/op-reth/run/faq/sync-op-mainnet.mdx`),
          needed: true,
        }
      : undefined,
  disk: ({ network, nodeType }) => DISK[`${network} ${nodeType}`],
};
