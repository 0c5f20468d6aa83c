import type { TerraformStack } from 'cdktf';
import { SecretStoreRole } from '../constructs/cluster-services';
import { DataStores } from '../constructs/data-stores';
import type { MonitoringStack } from '../constructs/monitoring-stack';
import { DATA_DISK } from '../environments/data';
import type { DataSettings, Environment } from '../environments/environment';
import { RUNBOOKS } from '../environments/monitoring';
import type { ClusterFoundation } from './cluster-platform';

/** The streams and stores of an environment. */
export function dataStores(
  stack: TerraformStack,
  { name, protect, kubernetes, monitoring: settings, workers = [] }: Environment,
  { secret, streams, streamReplicas, stores }: DataSettings,
  { cluster, region, services, disks, serviceMonitors = false, toolsImage, ready = [] }: ClusterFoundation,
  { monitoring, kmsKeyArn }: { readonly monitoring: MonitoringStack | undefined; readonly kmsKeyArn?: string },
): DataStores {
  const onEks = cluster.eksName !== undefined;
  // Those of workers come by the same store.
  const secrets = [secret, ...workers.flatMap((worker) => Object.values(worker.secrets))];
  const role = onEks
    ? new SecretStoreRole(stack, 'data-secrets', {
        services,
        consumer: 'mev-data',
        secrets: [...new Set(secrets)].sort(),
      }).roleArn
    : undefined;
  const disk = { ...DATA_DISK, sizeGiB: stores.timeseries.sizeGiB };
  const storageClass = onEks ? disks.of(disk) : kubernetes?.storageClass;
  const { archive, ...others } = stores;
  return new DataStores(stack, 'mev-data', {
    environment: name,
    region,
    cluster,
    secret,
    ...(role === undefined ? {} : { secretStoreRoleArn: role }),
    ...(toolsImage === undefined ? {} : { toolsImage }),
    streams,
    streamReplicas,
    ...others,
    ...(archive
      ? {
          archive: {
            ...archive,
            ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
            protect,
            accountId: services.accountId,
          },
        }
      : {}),
    ...(storageClass === undefined ? {} : { storageClass }),
    runbooks: settings?.runbooks ?? RUNBOOKS,
    // Monitoring brings the kind of object by which pods say where their metrics are.
    podMonitors: serviceMonitors,
    after: [...ready, ...(monitoring ? [monitoring.ready] : []), ...disks.ready(disk)],
  });
}
