/** What engines have in common with workers: their chart, its proxy, and what is told and opened of the chains that they read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../cluster';
import type { EngineChain } from './contract';
import type { Proof } from './query';

/** The chart of what runs an image of the user's own: an engine, or a worker. */
export const workloadChart = (cluster: Cluster): string => cluster.chart('mev-engine', join(__dirname, 'chart'));

/**
 * Squid, the one way out to domains. Its image runs as a user of its own and writes nothing (cybozu/neco-containers, squid/Dockerfile:
 * `USER 10000:10000`, `ENTRYPOINT` with `-N`); the tag was read there and not pulled.
 */
export const PROXY_IMAGE = 'ghcr.io/cybozu/squid:6.10.0.1';

/** Squid's configuration as a template of Helm, which lists the domains of `.Values.proxy.domains`. */
export const proxyConfiguration = (): string => readFileSync(join(__dirname, 'chart', 'files', 'squid.conf'), 'utf8');

/** A network that the engine reads: what it is told, what says whether it can be read, and what must be open for it. */
export interface EngineSource extends EngineChain, Proof {
  /** Seconds between blocks; absent where it varies. */
  readonly blockSeconds?: number;
  /** Where it is: in a namespace of the cluster, or at addresses of the VPC. */
  readonly reach: { readonly namespace: string } | { readonly cidr: string };
  readonly ports: readonly number[];
}

/** A network as the program is told of it. */
export const engineChain = ({ chain, network, chainId, rpc, ws }: EngineSource): EngineChain => ({
  chain,
  network,
  ...(chainId === undefined ? {} : { chainId }),
  rpc,
  ...(ws === undefined ? {} : { ws }),
});

/** The name of a file as a part of the name of an object in the cluster. */
export const secretKey = (file: string): string => file.replaceAll(/[^a-z0-9-]/g, '-');

/** Pods of a namespace, all of them or those with labels. */
interface OpenPods {
  readonly namespace: string;
  readonly pods?: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
}

/** What must be open: by namespace, and by range of the VPC, each once. */
export function reachOf(chains: readonly Pick<EngineSource, 'reach' | 'ports'>[]): {
  readonly namespaces: readonly OpenPods[];
  readonly vpc: readonly { readonly cidr: string; readonly ports: readonly number[] }[];
} {
  const merge = (of: (source: Pick<EngineSource, 'reach'>) => string | undefined) => {
    const ports = new Map<string, Set<number>>();
    for (const source of chains) {
      const place = of(source);
      if (place !== undefined) ports.set(place, new Set([...(ports.get(place) ?? []), ...source.ports]));
    }
    return [...ports]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([place, all]) => [place, [...all].sort((a, b) => a - b)] as const);
  };
  return {
    namespaces: merge(({ reach }) => ('namespace' in reach ? reach.namespace : undefined)).map(
      ([namespace, ports]) => ({
        namespace,
        ports,
      }),
    ),
    vpc: merge(({ reach }) => ('cidr' in reach ? reach.cidr : undefined)).map(([cidr, ports]) => ({ cidr, ports })),
  };
}
