import type { ClientDefinition, DiskUse, Fact } from '../model';
import { ethHealth } from './eth-rpc';
import { socketOf } from './ipc';
import { ROLLUP_RETH_ALSO_MANAGED, rollupRethProcess } from './rollup-reth';

/**
 * Base's reth. Since 2026-05-28 (Azul) Base is followed by it and base-consensus alone. Flags: rollup-reth.ts. Both programs lie in
 * one image, which base/base publishes (base/node is closed); its entrypoints are not used: they write the engine's secret from
 * `.env`, where it is the same for everybody, and offer `debug` and `miner`.
 */

export const BASE_IMAGE = 'ghcr.io/base/node';

/** The least that follows Denim, and the newest whose name was seen; both programs have it. */
export const baseVersion: Fact<string> = {
  value: 'v1.5.1',
  source: 'docs.base.org, base-chain/specs/upgrades/denim/overview: base/base v1.5.1 or newer',
  asOf: '2026-11-22',
  status: 'unverified',
};

const CHAINS: Readonly<Record<string, string>> = { mainnet: 'base', sepolia: 'base-sepolia' };

const NODE_DOCS = 'base/docs docs/specifications/node-operators';

const guess = (value: number, source: string): Fact<number> => ({
  value,
  source,
  asOf: '2026-11-23',
  status: 'unverified',
});

/** Measured before blocks came every 200 ms. */
const growth = guess(100, 'aws-samples/aws-blockchain-node-runners 2026-08-17, blueprints/base, before Denim');

/** Nobody has published figures for Sepolia. */
const DISK: Readonly<Record<string, DiskUse>> = {
  'mainnet full': {
    today: guess(
      1715,
      'chain.base.org/snapshots: 920.7 GB compressed, as fiftysixcrypto/nodevin read it; doubled for what is unpacked',
    ),
    growthPerMonth: growth,
  },
  'mainnet archive': {
    today: {
      value: 9127,
      source:
        'base/docs docs/base-chain/node-operators/performance-tuning.mdx, before it moved and lost its table: about 9.8 TB',
      asOf: '2026-11-23',
      status: 'verified',
    },
    growthPerMonth: growth,
  },
};

export const baseRethNode: ClientDefinition = {
  id: 'base-reth-node',
  role: 'execution',
  version: () => baseVersion,
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia'],
  // Base's `full` keeps 31 days, not reth's 10,064 blocks, which are half an hour here (base/base .env.mainnet). What a node
  // was first started as cannot be changed.
  nodeTypes: ['full', 'archive'],
  ipc: socketOf('paradigmxyz/reth docs/vocs/docs/pages/cli/reth/node.mdx at 7b3432d9, `--ipcpath`', '2026-08-21'),
  memoryWeight: 6,
  alsoManaged: [
    '--ipcpath',
    ...ROLLUP_RETH_ALSO_MANAGED,
    '--rollup.sequencer',
    '--rollup.sequencer-ws',
    // Base has no flashblocks since Denim: each of its blocks comes after 200 ms.
    '--websocket-url',
    '--flashblocks-url',
  ],
  processes: (context) => [
    rollupRethProcess(context, {
      name: 'base-reth-node',
      image: BASE_IMAGE,
      program: '/app/base-reth-node',
      chain: CHAINS[context.network.id] ?? context.network.id,
      // What Base itself offers by default (base/base .env.mainnet).
      namespaces: 'web3,eth,net,txpool',
      full: ['--full'],
      // --rollup.disable-tx-pool-gossip, which op-reth is given, is gone from Base's.
      further: [`--rollup.sequencer-http=https://${context.network.id}-sequencer.base.org`],
    }),
  ],
  // Times of blocks are whole seconds, five blocks to each.
  health: (network) => ethHealth('base-reth-node', network, 10),
  archive: ({ network, nodeType }) => ({
    value: `base-reth-node download --chain=${CHAINS[network] ?? network} --${nodeType} --datadir=/data --resumable`,
    source: `${NODE_DOCS}/snapshots.mdx: many files, no single archive`,
    asOf: '2026-11-23',
    status: 'verified',
  }),
  disk: ({ network, nodeType }) => DISK[`${network} ${nodeType}`],
};
