/** The catalogue's public face: chains and clients as plain data, free of cdktf. */
import { ethereum } from './chains/ethereum';
import { solana } from './chains/solana';
import type { ChainDefinition } from './model';

export { ethereum } from './chains/ethereum';
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
  processesOf,
  versionOf,
} from './node';
export * from './ways';

/** Every chain that YAML can name. A new chain is one file and one line here. */
export const CHAINS: readonly ChainDefinition[] = [ethereum, solana];

/** Chains that are to come, with names of theirs that no longer work. YAML may hold their settings; nothing runs yet. */
export const PLANNED_CHAINS: readonly { readonly id: string; readonly retired: Readonly<Record<string, string>> }[] = [
  { id: 'arbitrum', retired: { goerli: 'goerli was shut down in 2024; use sepolia' } },
  {
    id: 'optimism',
    retired: {
      goerli: 'goerli was shut down in 2024; use sepolia',
      'op-geth': 'op-geth ended on 2026-05-31 and cannot follow Karst; use op-reth',
    },
  },
  { id: 'base', retired: { goerli: 'goerli was shut down in 2024; use sepolia' } },
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
