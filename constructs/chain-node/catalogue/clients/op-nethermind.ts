import type { ClientDefinition } from '../model';
import { ethHealth } from './eth-rpc';
import { NETHERMIND_ALSO_MANAGED, nethermindProcess, nethermindVersion } from './nethermind';

/**
 * Nethermind on the OP Stack: its own configurations `op-mainnet` and `op-sepolia`, which name the sequencer and the point to
 * sync from (Nethermind.Runner/configs; NethermindEth/docs get-started/running-node/l2-networks.md). It has Karst since 1.38.1.
 */
export const opNethermind: ClientDefinition = {
  id: 'nethermind',
  role: 'execution',
  version: () => nethermindVersion,
  architectures: ['arm64', 'x86_64'],
  networks: ['mainnet', 'sepolia'],
  // `op-mainnet_archive` begins with a database that was published for 1.x; whether the flat one of 2.x can was not found.
  nodeTypes: ['full'],
  memoryWeight: 4,
  alsoManaged: [...NETHERMIND_ALSO_MANAGED, '--Optimism.ClEnabled'],
  processes: (context) => [nethermindProcess(context, { configuration: `op-${context.network.id}` })],
  health: (network) => ethHealth('nethermind', network, 30),
  archive: () => ({
    value: 'comes by itself: it fetches the state of a recent block from peers',
    source: 'ethereum-optimism/optimism docs/public-docs op-mainnet/network-information/snapshots.mdx',
    asOf: '2026-11-22',
    status: 'verified',
  }),
  disk: () => undefined,
};
