import type { EngineFile, LimitsFile } from './contract';
import { type EngineStrategy, sha256 } from './files';
import type { WatchedEngine, WatchedWallet } from './watched';
import { type EngineSource, engineChain } from './workload';

/** What engines have alike, wherever they run. */

export interface AnyEngineProps {
  readonly environment: string;
  readonly region: string;
  /** Its name in the cluster, and in metrics. */
  readonly name: string;
  /** Such as `arbitrage`, and `cross-chain`. */
  readonly type: string;
  readonly subtype: string;
  /** By tag, or by digest. */
  readonly image: string;
  /** Whole cores, all of them its own. */
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Files in `/etc/mev/secrets` by name, and the secrets that are in them. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Domains that it may reach, at port 443, by its proxy. */
  readonly relays: readonly string[];
  /** Ranges of addresses that it may reach, at port 443. */
  readonly egress: readonly string[];
  readonly chains: readonly EngineSource[];
  readonly strategies: readonly EngineStrategy[];
  /** On networks that it reads. */
  readonly wallets: readonly WatchedWallet[];
  readonly loss: LimitsFile['loss'];
  /** It does not run, whatever else says that it may. */
  readonly stopped: boolean;
}

/** `limits`: the text of its limits.json. */
export const watchedEngine = (
  { name, type, subtype, strategies, chains, wallets }: AnyEngineProps,
  namespace: string,
  limits: string,
): WatchedEngine => ({
  name,
  namespace,
  type,
  subtype,
  limitsSha256: sha256(limits),
  wallets,
  strategies: strategies.map((strategy) => ({
    name: strategy.name,
    mode: strategy.mode,
    chains: strategy.chains.map((one) => {
      const source = chains.find(({ chain, network }) => chain === one.chain && network === one.network);
      return { ...one, ...(source?.blockSeconds === undefined ? {} : { blockSeconds: source.blockSeconds }) };
    }),
    limits: strategy.limits,
    ...(strategy.alertThreshold === undefined ? {} : { alertThreshold: strategy.alertThreshold }),
    ...(strategy.executionTimeoutSeconds === undefined
      ? {}
      : { executionTimeoutSeconds: strategy.executionTimeoutSeconds }),
    failureAlert: strategy.failureAlert,
  })),
});

/** What it is told of itself, without what depends on where it runs. */
export const aboutEngine = (
  { name, environment, type, subtype, chains, wallets }: AnyEngineProps,
  relays: readonly string[],
): Omit<EngineFile, 'version'> => ({
  engine: name,
  environment,
  type,
  subtype,
  chains: chains.map(engineChain),
  relays,
  ...(wallets.length === 0
    ? {}
    : { wallets: wallets.map(({ chain, network, address }) => ({ chain, network, address })) }),
});
