import type { WatchedNode } from '../chain-node';
import type { ServiceName } from '../cluster-services';

/** What is watched: the nodes of an environment as they are handed over, and what else there is to look at. */
export interface Watch {
  readonly environment: string;
  readonly nodes: readonly WatchedNode[];
  /** The RPC gateway, where there is one. */
  readonly gateway?: {
    readonly rpcTimeoutMs: number;
    /**
     * Ids of the nodes behind it.
     *
     * @default - not known: one that the gateway does not know is not missed
     */
    readonly upstreams?: readonly string[];
  };
  /** How full a data disk may be, in percent. */
  readonly diskUsedPercent: number;
  /**
   * What the catalogue says that the data of a node grows by in a month, in GiB, by the node's id.
   *
   * @default - not known: room is judged by what was measured alone
   */
  readonly diskGrowthGiB?: Readonly<Record<string, number>>;
  /**
   * Ids of nodes in pods that take snapshots by a schedule.
   *
   * @default - none
   */
  readonly snapshots?: readonly string[];
  /**
   * Longest time between two backups by their schedule, in seconds, of nodes on instances that have any.
   *
   * @default - none has
   */
  readonly backups?: Readonly<Record<string, number>>;
  /**
   * Seconds after which a secret should have another value.
   *
   * @default 90 days
   */
  readonly secretAgeSeconds?: number;
  /**
   * Engines on instances of nodes: where each is scraped, and labels that its series bear as those of pods do.
   *
   * @default - engines run in the cluster alone
   */
  readonly engines?: readonly { readonly address: string; readonly labels: Readonly<Record<string, string>> }[];
  /**
   * Services of the cluster that are installed and scraped, those that others need included.
   *
   * @default - none
   */
  readonly services?: readonly ServiceName[];
}
