/** The catalogue's public face: chains and clients as plain data, free of cdktf. */
import { arbitrum } from './chains/arbitrum';
import { avalanche } from './chains/avalanche';
import { base } from './chains/base';
import { bsc } from './chains/bsc';
import { ethereum } from './chains/ethereum';
import { optimism } from './chains/optimism';
import { polygon } from './chains/polygon';
import { solana } from './chains/solana';
import type { ChainDefinition } from './model';

export { arbitrum } from './chains/arbitrum';
export { avalanche } from './chains/avalanche';
export { base } from './chains/base';
export { bsc } from './chains/bsc';
export { ethereum } from './chains/ethereum';
export { optimism } from './chains/optimism';
export { polygon } from './chains/polygon';
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
  sizingOf,
  versionOf,
} from './node';
export * from './ways';

/** Every chain that YAML can name. A new chain is one file and one line here. */
export const CHAINS: readonly ChainDefinition[] = [ethereum, arbitrum, optimism, base, polygon, bsc, avalanche, solana];
