import { volumeFaults } from '../constructs/chain-node/catalogue';
import { PROPERTIES, streamDiskGiB } from '../constructs/data-stores/contract';
import { notInCluster } from './cluster-secret';
import type { Path } from './document';
import type { DataSettings } from './environment';
import type { Layers } from './merge';
import type { Problem } from './problem';
import type { Duration } from './quantity';
import type { EnvironmentSettings } from './schema/environment';

/** Streams and stores of an environment: what is kept, for how long, and where. They are there whether or not engines are. */

/** What their disks are, of whatever size, where EBS is asked for them. */
export const DATA_DISK = { type: 'gp3', iops: 3000, throughputMiBps: 250 } as const;

const SECOND = 1000;
const DAY = 86_400_000;

const seconds = ({ value }: Duration): number => value / SECOND;
const days = ({ value }: Duration): number => value / DAY;

/** Undefined where there are none. What does not fit is reported by {@link checkData}. */
export function planData({ mev, kubernetes }: EnvironmentSettings): DataSettings | undefined {
  const data = mev?.data;
  if (!data?.enabled || data.secret === undefined || !kubernetes) return undefined;
  const { secret, stream_replicas: streamReplicas, streams } = data;
  const { timeseries, analytics, transactions, archive } = data.stores;
  return {
    secret,
    streamReplicas: streamReplicas === 3 ? 3 : 1,
    streams: Object.entries(streams)
      .map(([name, { retention, size }]) => ({ name, retentionSeconds: seconds(retention), sizeGiB: size.value }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    stores: {
      timeseries: { retentionDays: days(timeseries.retention), sizeGiB: timeseries.size.value },
      analytics: { retentionDays: days(analytics.retention) },
      transactions: { sizeGiB: transactions.size.value, replicas: transactions.replicas ?? 1 },
      ...(archive
        ? {
            archive: {
              retentionDays: days(archive.retention),
              ...(archive.infrequent_after ? { infrequentAfterDays: days(archive.infrequent_after) } : {}),
              ...(archive.glacier_after ? { glacierAfterDays: days(archive.glacier_after) } : {}),
            },
          }
        : {}),
    },
  };
}

type Tell = (path: Path, message: string) => Problem;

/** Whether they have something to stand on, and somebody who watches them. */
export function checkData(settings: EnvironmentSettings, layers: Layers): Problem[] {
  const { mev, kubernetes, monitoring } = settings;
  const data = mev?.data;
  if (!data?.enabled) return [];
  const problem =
    (severity: Problem['severity']): Tell =>
    (path, message) => {
      const at: Path = ['mev', 'data', ...path];
      return { severity, position: layers.position(at), path: at, message };
    };
  const error = problem('error');
  const or = 'or set mev.data.enabled to false here';
  return [
    ...(kubernetes
      ? []
      : [
          error(
            ['enabled'],
            `streams and stores run on Kubernetes, and the environment names no cluster; set kubernetes, ${or}`,
          ),
        ]),
    ...(data.secret === undefined
      ? [
          error(
            ['enabled'],
            `nothing guards streams and stores; set mev.data.secret to the name of a secret with the passwords ${PROPERTIES.join(', ')}`,
          ),
        ]
      : []),
    ...(kubernetes?.cluster === undefined ? [] : checkDisks(data, kubernetes.storage_class !== undefined, error)),
    ...(kubernetes && kubernetes.cluster === undefined ? checkElsewhere(settings, data, error) : []),
    ...(kubernetes && !monitoring
      ? [problem('warning')(['enabled'], 'nobody is told when a disk of streams or stores fills; set monitoring')]
      : []),
  ];
}

type Data = NonNullable<NonNullable<EnvironmentSettings['mev']>['data']>;

function checkDisks({ streams, stores }: Data, named: boolean, error: Tell): Problem[] {
  if (named) return [];
  const held = Object.values(streams).map(({ size }) => ({ sizeGiB: size.value }));
  const disks: readonly (readonly [path: Path, sizeGiB: number])[] = [
    [['streams'], streamDiskGiB(held)],
    [['stores', 'timeseries', 'size'], stores.timeseries.size.value],
    [['stores', 'transactions', 'size'], stores.transactions.size.value],
  ];
  return disks.flatMap(([path, sizeGiB]) =>
    volumeFaults({ ...DATA_DISK, sizeGiB }).map(({ message }) => error(path, message)),
  );
}

/** A cluster that may be anywhere has no role that may write to a bucket, reads secrets of its own, and says itself what becomes of disks. */
function checkElsewhere({ protect, kubernetes }: EnvironmentSettings, data: Data, error: Tell): Problem[] {
  const odd = data.secret === undefined ? undefined : notInCluster(data.secret, PROPERTIES.join(', '));
  return [
    ...(data.stores.archive
      ? [
          error(
            ['stores', 'archive'],
            'a cluster that is not on EKS has no role that may write to a bucket; set it to null here',
          ),
        ]
      : []),
    ...(odd === undefined ? [] : [error(['secret'], odd)]),
    ...(protect && kubernetes?.storage_class === undefined
      ? [
          error(
            ['enabled'],
            'nothing says that the disks of streams and stores outlive their claims, and the environment is protected; set kubernetes.storage_class to one that retains disks',
          ),
        ]
      : []),
  ];
}
