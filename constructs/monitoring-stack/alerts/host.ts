/** Alerts about the machines of nodes; those about their data are in `disk`. */
import { CLOCK_OFFSET_SECONDS, HEALTH_TEXT_SECONDS } from '../thresholds';
import type { Watch } from '../watch';
import { diskFull, diskNotReady, diskRoomShort, diskUnknown, diskWillFill } from './disk';
import type { Alert } from './model';
import {
  disk,
  each,
  fires,
  HOST_JOB,
  type Labels,
  labelsOf,
  missing,
  networksOf,
  OWN,
  PUBLIC,
  SOME,
  SOME_LOCAL,
  select,
  silent,
  type WatchedNetwork,
} from './parts';

/** The file that the health check of a node writes. */
const CHAIN_TEXT = '~.*/chain_node[.]prom';
const CHAIN_TEXT_FILE = '/var/lib/prometheus/node-exporter/chain_node.prom';

/** Exporters of machines whose nodes somebody relies on. */
const HOSTS: Labels = { job: HOST_JOB, ...PUBLIC };
/** A made-up target of one. */
const HOST: Labels = { job: HOST_JOB, ...SOME };

export function hostAlerts(watch: Watch): readonly Alert[] {
  const instances = watch.nodes.filter(({ hosting }) => hosting === 'instance');
  const relied = watch.nodes.some(({ local }) => !local);
  const machines = instances.some(({ local }) => !local);
  return [
    ...networksOf({ ...watch, nodes: instances }).map(hostDown),
    ...(machines
      ? [
          hostMetricsMissing(),
          healthNotChecked(),
          textUnreadable(),
          diskNotReady(),
          memoryPressure(),
          outOfMemory(),
          filesystemRootFull(),
          inodesShort(),
          filesystemReadOnly(),
          clockSkew(),
          diskIoSaturated(),
          networkErrors(),
          connectionsFull(),
        ]
      : []),
    ...(relied ? [diskUnknown(), ...diskFull(watch), ...diskWillFill(watch)] : []),
    ...networksOf(watch).flatMap((network) => diskRoomShort(network, watch)),
  ];
}

const host = (alert: Omit<Alert, 'group' | 'team'>): Alert => ({ ...alert, group: 'host', team: 'platform' });

/** Of every machine by the name of its node: one that is no target at all is missed as well. */
function hostDown({ labels, nodes, severity }: WatchedNetwork): Alert {
  const up = (of: Labels): string => select('up', { job: HOST_JOB, ...of });
  const absent = nodes.map((node) => missing('up', { job: HOST_JOB, ...labelsOf(node) }));
  const [one, ...others] = nodes.map(labelsOf);
  const down = one ?? labels;
  const theOthers = Object.fromEntries(others.map((of) => [up(of), '1x40']));
  return host({
    name: 'HostDown',
    labels,
    severity,
    expr: `${each(up(labels))} == 0 or ${each(absent.join(' or '))}`,
    forSeconds: 180,
    summary: 'The machine of {{ $labels.node }} does not answer Prometheus.',
    runbook: 'node-down',
    cases: {
      fires: [
        fires('it stops answering', { ...theOthers, [up(down)]: '1x9 0x30' }, 15, down),
        fires('nobody knows its address', theOthers, 5, down),
      ],
      silent: [
        silent('all answer', { ...theOthers, [up(down)]: '1x40' }, 15),
        silent('it may boot', { ...theOthers, [up(down)]: '1x9 0x30' }, 11),
      ],
    },
  });
}

/** One metric of each collector of the exporter that a rule is made of, with a series of it. Where a host lacks one, those rules are silent. */
const COLLECTED: readonly {
  readonly source: string;
  readonly metric: string;
  readonly of?: Labels;
  readonly one?: Labels;
}[] = [
  { source: 'clock', metric: 'node_timex_sync_status' },
  { source: 'connections', metric: 'node_nf_conntrack_entries' },
  { source: 'disks', metric: 'node_disk_io_time_seconds_total' },
  { source: 'filesystems', metric: 'node_filesystem_avail_bytes', of: { mountpoint: '/' } },
  { source: 'health', metric: 'node_textfile_mtime_seconds', of: { file: CHAIN_TEXT }, one: { file: CHAIN_TEXT_FILE } },
  { source: 'memory', metric: 'node_memory_MemAvailable_bytes' },
  { source: 'network', metric: 'node_network_receive_errs_total' },
  { source: 'pressure', metric: 'node_pressure_io_waiting_seconds_total' },
  { source: 'processes', metric: 'node_vmstat_oom_kill' },
];

function hostMetricsMissing(): Alert {
  const up = (of: Labels): string => select('up', of);
  const without = COLLECTED.map(
    ({ source, metric, of = {} }) =>
      `label_replace(${each(up(HOSTS))} == 1 unless on (node) ${select(metric, { ...HOSTS, ...of })}, "source", "${source}", "", "")`,
  );
  const told = (collected: typeof COLLECTED) =>
    Object.fromEntries(collected.map(({ metric, of = {}, one = of }) => [select(metric, { ...HOST, ...one }), '1x60']));
  const [clock, ...others] = COLLECTED;
  return host({
    name: 'HostMetricsMissing',
    severity: 'warning',
    expr: without.join(' or '),
    forSeconds: 1800,
    summary:
      'The machine of {{ $labels.node }} answers, and tells nothing of its {{ $labels.source }}: alerts about that are blind.',
    runbook: 'metrics-missing',
    cases: {
      fires: [
        fires('a collector fails', { [up(HOST)]: '1x60', ...told(others) }, 40, {
          ...SOME,
          source: `${clock?.source}`,
        }),
      ],
      silent: [
        silent('it tells all', { [up(HOST)]: '1x60', ...told(COLLECTED) }, 40),
        silent('it is down', { [up(HOST)]: '0x60' }, 40),
        silent('it boots for the first time', { [up(HOST)]: '1x60', ...told(others) }, 20),
      ],
    },
  });
}

/** Prometheus would be told the same old text for ever. */
function healthNotChecked(): Alert {
  const written = (of: Labels, name: string): string => select('node_textfile_mtime_seconds', { ...of, file: name });
  return host({
    name: 'HealthNotChecked',
    severity: 'critical',
    expr: `time() - ${each(written(HOSTS, CHAIN_TEXT))} > ${HEALTH_TEXT_SECONDS}`,
    forSeconds: 120,
    summary:
      'Nobody has looked at {{ $labels.node }} for {{ $value | humanizeDuration }}: everything known of it is that old.',
    runbook: 'node-down',
    cases: {
      fires: [fires('the timer has stopped', { [written(HOST, CHAIN_TEXT_FILE)]: '0+60x9 540x30' }, 20, SOME)],
      silent: [
        silent('the timer runs', { [written(HOST, CHAIN_TEXT_FILE)]: '0+60x40' }, 20),
        silent(
          'another file is old, as it may be',
          {
            [written(HOST, CHAIN_TEXT_FILE)]: '0+60x40',
            [written(HOST, '/var/lib/prometheus/node-exporter/chain_node_disk.prom')]: '0x40',
          },
          20,
        ),
      ],
    },
  });
}

function textUnreadable(): Alert {
  const error = (of: Labels): string => select('node_textfile_scrape_error', of);
  return host({
    name: 'TextUnreadable',
    severity: 'warning',
    expr: `${each(error(HOSTS))} > 0`,
    forSeconds: 600,
    summary: 'A text about {{ $labels.node }} cannot be read: numbers are missing.',
    runbook: 'node-down',
    cases: {
      fires: [fires('a file is broken', { [error(HOST)]: '0x5 1x30' }, 20, SOME)],
      silent: [
        silent('all can be read', { [error(HOST)]: '0x30' }, 20),
        silent('of a development chain', { [error({ ...HOST, ...SOME_LOCAL })]: '1x30' }, 20),
      ],
    },
  });
}

function memoryPressure(): Alert {
  const available = (of: Labels): string => select('node_memory_MemAvailable_bytes', of);
  const total = (of: Labels): string => select('node_memory_MemTotal_bytes', of);
  return host({
    name: 'MemoryPressure',
    severity: 'warning',
    expr: `${each(available(HOSTS))} / ${each(total(HOSTS))} < 0.05`,
    forSeconds: 600,
    summary: 'The machine of {{ $labels.node }} has {{ $value | humanizePercentage }} of its memory left.',
    runbook: 'host-resources',
    cases: {
      fires: [fires('it is used up', { [available(HOST)]: '4x30', [total(HOST)]: '100x30' }, 20, SOME)],
      silent: [silent('there is some', { [available(HOST)]: '6x30', [total(HOST)]: '100x30' }, 20)],
    },
  });
}

function outOfMemory(): Alert {
  const kills = (of: Labels): string => select('node_vmstat_oom_kill', of);
  return host({
    name: 'OutOfMemory',
    severity: 'critical',
    expr: `${each(`increase(${kills(HOSTS)}[30m])`)} > 0`,
    forSeconds: 0,
    summary: 'The machine of {{ $labels.node }} ended a process that used more memory than there is.',
    runbook: 'host-resources',
    cases: {
      fires: [fires('a process is ended', { [kills(HOST)]: '0x9 1x40' }, 15, SOME)],
      silent: [
        silent('none is', { [kills(HOST)]: '1x50' }, 15),
        silent('it was, an hour ago', { [kills(HOST)]: '0x9 1x80' }, 75),
      ],
    },
  });
}

const filesystem = (name: string, mountpoint: string) => (of: Labels) =>
  select(`node_filesystem_${name}`, { ...of, mountpoint });

function filesystemRootFull(): Alert {
  const available = filesystem('avail_bytes', '/');
  const size = filesystem('size_bytes', '/');
  return host({
    name: 'FilesystemRootFull',
    severity: 'warning',
    expr: `${each(available(HOSTS))} / ${each(size(HOSTS))} < 0.15`,
    forSeconds: 900,
    summary: 'The root disk of {{ $labels.node }} has {{ $value | humanizePercentage }} left.',
    runbook: 'host-resources',
    cases: {
      fires: [fires('it fills', { [available(HOST)]: '14x40', [size(HOST)]: '100x40' }, 20, SOME)],
      silent: [silent('there is room', { [available(HOST)]: '15x40', [size(HOST)]: '100x40' }, 20)],
    },
  });
}

function inodesShort(): Alert {
  const free = (of: Labels, mountpoint: string): string => filesystem('files_free', mountpoint)(of);
  const files = (of: Labels, mountpoint: string): string => filesystem('files', mountpoint)(of);
  const both = '~/|/data';
  const by = 'by (node, chain, network, client, mountpoint)';
  return host({
    name: 'InodesShort',
    severity: 'warning',
    expr: `max ${by} (${free(HOSTS, both)}) / max ${by} (${files(HOSTS, both)}) < 0.05`,
    forSeconds: 900,
    summary:
      '{{ $labels.node }}: {{ $labels.mountpoint }} has room for few more files ({{ $value | humanizePercentage }}).',
    runbook: 'host-resources',
    cases: {
      fires: [
        fires('many small files', { [free(HOST, '/data')]: '4x40', [files(HOST, '/data')]: '100x40' }, 20, {
          ...SOME,
          mountpoint: '/data',
        }),
      ],
      silent: [silent('there is room', { [free(HOST, '/data')]: '6x40', [files(HOST, '/data')]: '100x40' }, 20)],
    },
  });
}

/** The kernel's answer to a disk that returns errors. */
function filesystemReadOnly(): Alert {
  const readOnly = (of: Labels, mountpoint: string): string => filesystem('readonly', mountpoint)(of);
  return host({
    name: 'FilesystemReadOnly',
    severity: 'critical',
    expr: `max by (node, chain, network, client, mountpoint) (${readOnly(HOSTS, '~/|/data')}) == 1`,
    forSeconds: 60,
    summary: '{{ $labels.node }}: {{ $labels.mountpoint }} takes no more writes.',
    runbook: 'disk-not-ready',
    cases: {
      fires: [fires('a disk fails', { [readOnly(HOST, '/data')]: '0x5 1x20' }, 10, { ...SOME, mountpoint: '/data' })],
      silent: [silent('it is written to', { [readOnly(HOST, '/data')]: '0x20' }, 10)],
    },
  });
}

function clockSkew(): Alert {
  const offset = (of: Labels): string => select('node_timex_offset_seconds', of);
  const synced = (of: Labels): string => select('node_timex_sync_status', of);
  return host({
    name: 'ClockSkew',
    severity: 'warning',
    expr: `${each(`abs(${offset(HOSTS)})`)} > ${CLOCK_OFFSET_SECONDS} or ${each(synced(HOSTS))} == 0`,
    forSeconds: 600,
    summary:
      'The clock of {{ $labels.node }} is wrong, or nobody sets it ({{ $value }} seconds; 0: not set): its peers take its blocks for late.',
    runbook: 'host-resources',
    cases: {
      fires: [
        fires('it is late', { [offset(HOST)]: `-${CLOCK_OFFSET_SECONDS * 2}x30`, [synced(HOST)]: '1x30' }, 20, SOME),
        fires('nobody sets it', { [offset(HOST)]: '0x30', [synced(HOST)]: '0x30' }, 20, SOME),
      ],
      silent: [silent('it is right', { [offset(HOST)]: '0.001x30', [synced(HOST)]: '1x30' }, 20)],
    },
  });
}

/** Busy alone says little of a disk that takes requests in parallel; that somebody waits for it says more. */
function diskIoSaturated(): Alert {
  const busy = (of: Labels, device: string): string => select('node_disk_io_time_seconds_total', { ...of, device });
  const waiting = (of: Labels): string => select('node_pressure_io_waiting_seconds_total', of);
  const busyHost = { [busy(HOST, 'nvme1n1')]: '0+60x120' };
  return disk({
    name: 'DiskIoSaturated',
    severity: 'warning',
    expr:
      `${each(`rate(${busy(HOSTS, '~nvme.+|xvd.+|sd.+|md.+')}[10m])`)} > 0.95 ` +
      `and on (node) ${each(`rate(${waiting(HOSTS)}[10m])`)} > 0.4`,
    forSeconds: 3600,
    summary:
      'A disk of {{ $labels.node }} is busy {{ $value | humanizePercentage }} of the time, and its processes wait for it.',
    runbook: 'host-resources',
    cases: {
      fires: [fires('it cannot keep up', { ...busyHost, [waiting(HOST)]: '0+30x120' }, 90, SOME)],
      silent: [
        silent('it is busy and nobody waits', { ...busyHost, [waiting(HOST)]: '0+6x120' }, 90),
        silent('it has time', { [busy(HOST, 'nvme1n1')]: '0+30x120', [waiting(HOST)]: '0+30x120' }, 90),
      ],
    },
  });
}

function networkErrors(): Alert {
  const card = (metric: string, of: Labels): string =>
    select(`node_network_${metric}_total`, { ...of, device: of === HOST ? 'ens5' : '!~lo|docker.*|br-.*|veth.*' });
  const rates = (what: string): string =>
    `sum ${OWN} (rate(${card(`receive_${what}`, HOSTS)}[10m])) + sum ${OWN} (rate(${card(`transmit_${what}`, HOSTS)}[10m]))`;
  const packets = { [card('receive_packets', HOST)]: '0+1000x60', [card('transmit_packets', HOST)]: '0+1000x60' };
  const fine = { [card('transmit_errs', HOST)]: '0x60' };
  return host({
    name: 'NetworkErrors',
    severity: 'warning',
    expr: `(${rates('errs')}) / (${rates('packets')} > 0) > 0.01`,
    forSeconds: 900,
    summary: '{{ $value | humanizePercentage }} of the packets of {{ $labels.node }} are broken.',
    runbook: 'host-resources',
    cases: {
      fires: [fires('packets break', { ...packets, ...fine, [card('receive_errs', HOST)]: '0+50x60' }, 40, SOME)],
      silent: [silent('few do', { ...packets, ...fine, [card('receive_errs', HOST)]: '0+5x60' }, 40)],
    },
  });
}

/** Peers and callers that come when it is full are turned away, and no program says why. */
function connectionsFull(): Alert {
  const entries = (of: Labels): string => select('node_nf_conntrack_entries', of);
  const limit = (of: Labels): string => select('node_nf_conntrack_entries_limit', of);
  return host({
    name: 'ConnectionsFull',
    severity: 'warning',
    expr: `${each(entries(HOSTS))} / ${each(limit(HOSTS))} > 0.9`,
    forSeconds: 300,
    summary:
      'The machine of {{ $labels.node }} tracks {{ $value | humanizePercentage }} of the connections that it can.',
    runbook: 'host-resources',
    cases: {
      fires: [fires('there are too many', { [entries(HOST)]: '95x20', [limit(HOST)]: '100x20' }, 10, SOME)],
      silent: [silent('there is room', { [entries(HOST)]: '50x20', [limit(HOST)]: '100x20' }, 10)],
    },
  });
}
