/** The catalogue's public face: chains and clients as plain data, free of cdktf. */
import { base } from './chains/base';
import { ethereum } from './chains/ethereum';
import { optimism } from './chains/optimism';
import { solana } from './chains/solana';
import type { ChainDefinition } from './model';

export { base } from './chains/base';
export { ethereum } from './chains/ethereum';
export { optimism } from './chains/optimism';
export { solana } from './chains/solana';
export { blobDisk, blobTraffic, servesBlobs } from './clients/beacon-api';
export * from './hardware';
export * from './model';
export {
  choiceOf,
  clientsOf,
  consensusFor,
  type DataDirectory,
  dataDirectoriesOf,
  type NodeProgram,
  networkOf,
  onDataVolume,
  processesByClient,
  processesOf,
  versionOf,
} from './node';
export * from './ways';

/** Every chain that YAML can name. A new chain is one file and one line here. */
export const CHAINS: readonly ChainDefinition[] = [ethereum, optimism, base, solana];

/** Chains that are to come, with names of theirs that no longer work. YAML may hold their settings; nothing runs yet. */
export const PLANNED_CHAINS: readonly { readonly id: string; readonly retired: Readonly<Record<string, string>> }[] = [
  { id: 'arbitrum', retired: { goerli: 'goerli was shut down in 2024; use sepolia' } },
  {
    id: 'polygon',
    retired: {
      mumbai: 'mumbai was shut down in 2024; use amoy',
      erigon: 'Polygon ended Erigon on 2026-08-01; use bor',
    },
  },
  {
    id: 'bsc',
    retired: {
      'bsc-erigon': 'bsc-erigon ended on 2025-12-31; use bsc-geth',
      erigon: 'bsc-erigon ended on 2025-12-31; use bsc-geth',
    },
  },
  { id: 'avalanche', retired: {} },
];
