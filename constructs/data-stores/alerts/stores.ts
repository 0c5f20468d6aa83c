/** Alerts about stores: ClickHouse and Postgres that are away, what is not copied or backed up, and disks that fill. */
import { type Alert, fires, type Labels, select, silent } from '../../monitoring-stack';
import type { WatchedData } from '../watched';
import { data, own, ready } from './parts';

const HOUR = 3600;
/** A backup a night, and half a day for what is late. */
const BACKUP_AGE_SECONDS = 36 * HOUR;
const FULL_PERCENT = { warning: 85, critical: 95 } as const;

export const storeAlerts = (watched: WatchedData): readonly Alert[] => [
  clickHouseDown(watched),
  postgresDown(watched),
  ...(watched.postgres.instances > 1 ? [postgresNotReplicating(watched)] : []),
  ...(watched.postgres.archived ? [postgresBackupMissed(watched)] : []),
  dataDiskFull(watched, 'DataDiskFull', 'warning'),
  dataDiskFull(watched, 'DataDiskExhausted', 'critical'),
];

function clickHouseDown(watched: WatchedData): Alert {
  const pod = ready(watched, 'chi-mev-main-0-0-0');
  return data({
    name: 'ClickHouseDown',
    severity: 'critical',
    expr: `absent(max(${pod}) > 0)`,
    forSeconds: 600,
    summary:
      'ClickHouse is not ready: nothing is read from streams into tables, and streams keep it for so long as they do.',
    cases: {
      fires: [fires('it is not ready', { [pod]: '1x2 0x30' }, 20, {}), fires('it is not there', {}, 20, {})],
      silent: [
        silent('it is ready', { [pod]: '1x30' }, 20),
        silent('it is started anew', { [pod]: '1x4 0x5 1x30' }, 20),
      ],
    },
  });
}

function postgresDown(watched: WatchedData): Alert {
  const recovering = (pod?: string): string =>
    own(watched, 'cnpg_pg_replication_in_recovery', pod === undefined ? {} : { pod });
  return data({
    name: 'PostgresDown',
    severity: 'critical',
    expr: `absent(min(${recovering()}) < 1)`,
    forSeconds: 300,
    summary: 'No server of Postgres is written to.',
    cases: {
      fires: [
        fires('none is there', {}, 10, {}),
        fires('none is the first', { [recovering('transactions-1')]: '1x20' }, 10, {}),
      ],
      silent: [
        silent('one is', { [recovering('transactions-1')]: '1x20', [recovering('transactions-2')]: '0x20' }, 10),
        silent(
          'another takes over',
          { [recovering('transactions-1')]: '0x4 _x2 1x20', [recovering('transactions-2')]: '1x6 0x20' },
          12,
        ),
      ],
    },
  });
}

function postgresNotReplicating(watched: WatchedData): Alert {
  const others = watched.postgres.instances - 1;
  const replicas = (pod?: string): string =>
    own(watched, 'cnpg_pg_replication_streaming_replicas', pod === undefined ? {} : { pod });
  return data({
    name: 'PostgresNotReplicating',
    severity: 'warning',
    expr: `max(${replicas()}) < ${others}`,
    forSeconds: 900,
    summary: `{{ $value }} of ${others} further servers of Postgres follow the first: what is written has no copy elsewhere.`,
    cases: {
      fires: [fires('none follows', { [replicas('transactions-1')]: '0x40' }, 20, {})],
      silent: [
        silent(
          'all follow',
          { [replicas('transactions-1')]: `${others}x40`, [replicas('transactions-2')]: '0x40' },
          20,
        ),
        silent('one is started anew', { [replicas('transactions-1')]: `${others}x4 0x5 ${others}x40` }, 20),
      ],
    },
  });
}

function postgresBackupMissed(watched: WatchedData): Alert {
  const last = own(watched, 'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp');
  return data({
    name: 'PostgresBackupMissed',
    severity: 'warning',
    expr: `absent(time() - max(${last}) < ${BACKUP_AGE_SECONDS})`,
    forSeconds: HOUR,
    summary: `Postgres has no backup of the last ${BACKUP_AGE_SECONDS / HOUR} hours in the archive.`,
    cases: {
      fires: [fires('there is none', {}, 65, {}), fires('the last is old', { [last]: '0x2400' }, 2300, {})],
      silent: [silent('there is one', { [last]: '0x2100' }, 2100), silent('it is just installed', {}, 50)],
    },
  });
}

function dataDiskFull({ namespace }: WatchedData, name: string, severity: 'warning' | 'critical'): Alert {
  const percent = FULL_PERCENT[severity];
  const of = (labels: Labels = {}): readonly [free: string, size: string] => [
    select('kubelet_volume_stats_available_bytes', { namespace, ...labels }),
    select('kubelet_volume_stats_capacity_bytes', { namespace, ...labels }),
  ];
  const by = 'by (persistentvolumeclaim)';
  const [free, size] = of();
  const claim = { persistentvolumeclaim: 'data-chi-mev-main-0-0-0' };
  const filled = (labels: Labels, used: number) => {
    const [left, whole] = of(labels);
    return { [whole]: '1000x30', [left]: `${1000 - used * 10}x30` };
  };
  return data({
    name,
    severity,
    expr: `100 * (1 - max ${by} (${free}) / max ${by} (${size})) > ${percent}`,
    forSeconds: severity === 'critical' ? 300 : 900,
    summary: `The disk {{ $labels.persistentvolumeclaim }} of streams and stores is {{ $value | humanize }} % full; ${percent} % is the most.`,
    cases: {
      fires: [fires('it is too full', filled(claim, percent + 1), 20, claim)],
      silent: [
        silent('there is room', filled(claim, percent - 1), 20),
        silent(
          'of another namespace',
          {
            'kubelet_volume_stats_capacity_bytes{namespace="other",persistentvolumeclaim="a"}': '1000x30',
            'kubelet_volume_stats_available_bytes{namespace="other",persistentvolumeclaim="a"}': '1x30',
          },
          20,
        ),
      ],
    },
  });
}
