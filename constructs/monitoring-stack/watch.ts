import type { WatchedNode } from '../chain-node';

/** What is watched: the nodes of an environment as they are handed over, and what else there is to look at. */
export interface Watch {
  readonly environment: string;
  readonly nodes: readonly WatchedNode[];
  /** The RPC gateway, where there is one. */
  readonly gateway?: { readonly rpcTimeoutMs: number };
  /** How full a data disk may be, in percent. */
  readonly diskUsedPercent: number;
}
