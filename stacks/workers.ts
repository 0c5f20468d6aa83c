import type { TerraformStack } from 'cdktf';
import type { ChainNode } from '../constructs/chain-node';
import type { DataStores } from '../constructs/data-stores';
import { DataWorker, type WatchedWorker } from '../constructs/data-worker';
import type { Network } from '../constructs/network';
import { PerformanceReport, type WatchedReport } from '../constructs/performance-report';
import type { RpcGateway } from '../constructs/rpc-gateway';
import type { Environment } from '../environments/environment';
import { RUNBOOKS } from '../environments/monitoring';
import type { ClusterFoundation } from './cluster-platform';
import { sourceOf, zoneOf } from './sources';

/** What is made of streams and stores, as its rules see it. */
export interface Pipeline {
  readonly workers: readonly WatchedWorker[];
  /** Undefined where nothing keeps reports. */
  readonly report: WatchedReport | undefined;
}

interface Around {
  readonly data: DataStores;
  readonly nodes: ReadonlyMap<string, ChainNode>;
  readonly gateway: RpcGateway | undefined;
  readonly network: Network | undefined;
}

/** The workers of an environment, and the report of what its strategies did where there is an archive to keep it. */
export function dataPipeline(
  stack: TerraformStack,
  environment: Environment,
  { cluster, region, services, serviceMonitors = false, toolsImage }: ClusterFoundation,
  { data, ...around }: Around,
): Pipeline {
  const { name, workers = [], monitoring } = environment;
  const common = {
    environment: name,
    region,
    cluster,
    ...(toolsImage === undefined ? {} : { toolsImage }),
    data,
    monitored: serviceMonitors,
    runbooks: monitoring?.runbooks ?? RUNBOOKS,
  };
  const built = workers.map((spec) => {
    const { chains, ...worker } = spec;
    const zone = zoneOf(chains, environment);
    return new DataWorker(stack, `worker-${worker.name}`, {
      ...common,
      ...worker,
      ...(zone === undefined ? {} : { zone }),
      chains: chains.map((chain) => sourceOf(chain, around)),
      ...(cluster.eksName !== undefined && worker.stores.includes('archive') ? { accountId: services.accountId } : {}),
    });
  });
  const report = data.archive
    ? new PerformanceReport(stack, 'performance-report', {
        ...common,
        archive: data.archive,
        accountId: services.accountId,
      })
    : undefined;
  return { workers: built.map(({ watched }) => watched), report: report?.watched };
}
