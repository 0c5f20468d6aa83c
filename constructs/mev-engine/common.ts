import type { EngineChain, EngineFile, LimitsFile } from './contract';
import { type EngineStrategy, sha256 } from './files';
import type { Proof } from './query';
import type { WatchedEngine } from './watched';

/** What engines have alike, wherever they run. */

/** A network that the engine reads: what it is told, what says whether it can be read, and what must be open for it. */
export interface EngineSource extends EngineChain, Proof {
  /** Seconds between blocks; absent where it varies. */
  readonly blockSeconds?: number;
  /** Where it is: in a namespace of the cluster, or at addresses of the VPC. */
  readonly reach: { readonly namespace: string } | { readonly cidr: string };
  readonly ports: readonly number[];
}

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
  readonly loss: LimitsFile['loss'];
  /** It does not run, whatever else says that it may. */
  readonly stopped: boolean;
}

/**
 * Squid, the one way out to domains. Its image runs as a user of its own and writes nothing (cybozu/neco-containers, squid/Dockerfile:
 * `USER 10000:10000`, `ENTRYPOINT` with `-N`); the tag was read there and not pulled.
 */
export const PROXY_IMAGE = 'ghcr.io/cybozu/squid:6.10.0.1';

/** `limits`: the text of its limits.json. */
export const watchedEngine = (
  { name, type, subtype, strategies, chains }: AnyEngineProps,
  namespace: string,
  limits: string,
): WatchedEngine => ({
  name,
  namespace,
  type,
  subtype,
  limitsSha256: sha256(limits),
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
  { name, environment, type, subtype, chains }: AnyEngineProps,
  relays: readonly string[],
): Omit<EngineFile, 'version'> => ({
  engine: name,
  environment,
  type,
  subtype,
  chains: chains.map(({ chain, network, chainId, rpc, ws, ipc, dataDirectory }) => ({
    chain,
    network,
    ...(chainId === undefined ? {} : { chainId }),
    rpc,
    ...(ws === undefined ? {} : { ws }),
    ...(ipc === undefined ? {} : { ipc }),
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
  })),
  relays,
});
