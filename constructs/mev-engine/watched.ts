import type { EngineWallet, Mode, Quantity, StrategyLimits } from './contract';

/** A strategy as its rules see it. */
export interface WatchedStrategy {
  /** Name of its file: its label, and the scope by which it is stopped. */
  readonly name: string;
  readonly mode: Mode;
  readonly chains: readonly {
    readonly chain: string;
    readonly network: string;
    /** Seconds between blocks; absent where it varies. */
    readonly blockSeconds?: number;
  }[];
  readonly limits: StrategyLimits;
  /** Profit from which an opportunity is announced, as a part of the position; absent where none is. */
  readonly alertThreshold?: number;
  /** Seconds from which an execution counts as stuck. */
  readonly executionTimeoutSeconds?: number;
  /** Whether a failed execution alerts. */
  readonly failureAlert: boolean;
}

/** A wallet as its rules see it. Amounts are in the currency of its network, as PromQL reads them. */
export interface WatchedWallet extends EngineWallet {
  readonly minBalance?: string;
  /** The most that leaves it within an hour. */
  readonly maxOutflow?: string;
}

/** An engine as its rules see it: what it runs here, and what it is held to. */
export interface WatchedEngine {
  /** Its name in the cluster: that of its release, its Deployment and its label `engine`. */
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly subtype: string;
  readonly strategies: readonly WatchedStrategy[];
  readonly wallets: readonly WatchedWallet[];
  /** Id of the node on whose instance it runs; in the cluster when absent. */
  readonly beside?: string;
  /** Hash of the bytes of limits.json. */
  readonly limitsSha256: string;
}

/** An engine, and the node on whose instance it runs. */
export interface BesideNode {
  readonly engine: string;
  readonly node: string;
}

/** What all engines of an environment are held to together. */
export interface WatchedRisk {
  readonly namespace: string;
  readonly engines: readonly string[];
  /** Those of them that run beside nodes. */
  readonly besideNodes?: readonly BesideNode[];
  readonly maxHourlyLoss?: Quantity;
  readonly maxDailyLoss?: Quantity;
  /** Of seven days. */
  readonly emergencyStopLoss?: Quantity;
  readonly maxConcurrentStrategies?: number;
}
