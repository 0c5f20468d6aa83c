/** The catalogue's public face: chains and clients as plain data, free of cdktf. */
import * as chains from './chains';
import type { ChainDefinition } from './model';

export * from './chains';
export { blobDisk, blobTraffic, servesBlobs } from './clients/beacon-api';
export * from './hardware';
export * from './model';
export {
  besideNode,
  choiceOf,
  clientsOf,
  consensusFor,
  type DataDirectory,
  dataDirectoriesOf,
  type NodeProgram,
  networkOf,
  onDataVolume,
  optionOf,
  processesByClient,
  processesOf,
  sizingOf,
  versionOf,
} from './node';
export * from './ways';

/** Every chain that YAML can name, by name; one more is a line in `chains/index.ts`. */
export const CHAINS: readonly ChainDefinition[] = Object.values(chains).sort((a, b) => (a.id < b.id ? -1 : 1));
