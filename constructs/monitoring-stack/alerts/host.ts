/** Alerts about the machines of nodes and about their disks. Disks of nodes in pods are among them: both report the same. */
import {
  CLOCK_OFFSET_SECONDS,
  DISK_CRITICAL_PERCENT,
  DISK_FULL_DAYS,
  DISK_FULL_OVER,
  HEALTH_TEXT_SECONDS,
} from '../thresholds';
import type { Watch } from '../watch';
import type { Alert } from './model';
import {
  DAY,
  fires,
  first,
  HOST_JOB,
  type Labels,
  labelsOf,
  missing,
  networksOf,
  OWN,
  ofEach,
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
const GIB = 2 ** 30;
/** A disk that was just begun fills fast, and stops: what it will be is asked when it is this near its limit, in percent. */
const NEAR_PERCENT = 25;

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
/** Of a node's data, which is the business of those who run chains. */
const disk = (alert: Omit<Alert, 'group' | 'team'>): Alert => ({ ...alert, group: 'host', team: 'chains' });

/** A rule over all machines by their own labels. */
const each = (expr: string): string => `max ${OWN} (${expr})`;

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

function diskNotReady(): Alert {
  const ready = (of: Labels): string => select('chain_disk_ready', of);
  return disk({
    name: 'DiskNotReady',
    severity: 'critical',
    expr: `${each(ready(PUBLIC))} == 0`,
    forSeconds: 60,
    summary: '{{ $labels.node }} has not the disk that it should have. Nothing was written to the one that it has.',
    runbook: 'disk-not-ready',
    cases: {
      fires: [fires('a foreign disk', { [ready(SOME)]: '0x10' }, 3, SOME)],
      silent: [silent('its own', { [ready(SOME)]: '1x10' }, 3)],
    },
  });
}

/** A disk that is not mounted has no numbers: its alerts would be silent. */
function diskUnknown(): Alert {
  const info = (of: Labels): string => select('chain_info', of);
  const size = (of: Labels): string => select('chain_disk_size_bytes', of);
  return disk({
    name: 'DiskUnknown',
    severity: 'warning',
    expr: `${each(info(PUBLIC))} unless on (node) ${size(PUBLIC)}`,
    forSeconds: 900,
    summary: '{{ $labels.node }} does not tell how full its disk is: it is not mounted.',
    runbook: 'disk-not-ready',
    cases: {
      fires: [fires('it is not mounted', { [info(SOME)]: '1x40', [size(SOME)]: '1000x9 _x30' }, 35, SOME)],
      silent: [silent('it is', { [info(SOME)]: '1x40', [size(SOME)]: '1000x40' }, 35)],
    },
  });
}

const AVAILABLE = 'chain_disk_available_bytes';
const SIZE = 'chain_disk_size_bytes';
const used = (of: Labels): string => `100 * (1 - ${each(select(AVAILABLE, of))} / ${each(select(SIZE, of))})`;
/** A disk of a terabyte that is so full, and fills by so much a minute. */
const filled = (of: Labels, percent: number, aMinute: number, minutes: number) => ({
  [select(SIZE, of)]: `1000000000000x${minutes}`,
  [select(AVAILABLE, of)]: `${Math.round(10_000_000_000 * (100 - percent))}-${Math.round(aMinute)}x${minutes}`,
});

function diskFull({ diskUsedPercent }: Watch): readonly Alert[] {
  const critical = Math.max(DISK_CRITICAL_PERCENT, diskUsedPercent);
  const alert = (name: string, severity: 'warning' | 'critical', percent: number): Alert =>
    disk({
      name,
      severity,
      expr: `${used(PUBLIC)} > ${percent}`,
      forSeconds: severity === 'critical' ? 300 : 900,
      summary: `The disk of {{ $labels.node }} is {{ $value | humanize }} % full; ${percent} % is the most.`,
      runbook: 'disk-full',
      cases: {
        fires: [fires('it is too full', filled(SOME, percent + 1, 0, 40), 20, SOME)],
        silent: [
          silent('there is room', filled(SOME, percent - 1, 0, 40), 20),
          silent('of a development chain', filled(SOME_LOCAL, 99, 0, 40), 20),
        ],
      },
    });
  return [alert('DiskFull', 'warning', diskUsedPercent), alert('DiskExhausted', 'critical', critical)];
}

function diskWillFill({ diskUsedPercent }: Watch): readonly Alert[] {
  const near = Math.max(0, diskUsedPercent - NEAR_PERCENT);
  const alert = (severity: 'warning' | 'critical'): Alert => {
    const days = DISK_FULL_DAYS[severity];
    // As it is in the middle of the case: full in half of these days.
    const fast = (percent: number): number => ((100 - percent) * 10_000_000_000) / ((days / 2) * 24 * 60 + 90);
    return disk({
      name: severity === 'critical' ? 'DiskFullSoon' : 'DiskWillFill',
      severity,
      expr:
        `${each(`predict_linear(${select(AVAILABLE, PUBLIC)}[${DISK_FULL_OVER}], ${days * DAY})`)} < 0 ` +
        `and on (node) ${used(PUBLIC)} > ${near}`,
      forSeconds: 3600,
      summary: `The disk of {{ $labels.node }} is full in less than ${days} days at the rate of the last ${DISK_FULL_OVER}.`,
      runbook: 'disk-full',
      cases: {
        fires: [fires('it fills', filled(SOME, near + 1, fast(near + 1), 120), 90, SOME)],
        silent: [
          silent('it fills slowly', filled(SOME, near + 1, fast(near + 1) / 10, 120), 90),
          silent('it is begun, and there is room', filled(SOME, 0, fast(0) / 2, 120), 90),
        ].slice(0, near > 5 ? 2 : 1),
      },
    });
  };
  return [alert('warning'), alert('critical')];
}

/** Less room than a month's growth by the catalogue, where what was measured says nothing: data that is pruned comes in waves. */
function diskRoomShort({ labels, nodes, local }: WatchedNetwork, { diskGrowthGiB = {} }: Watch): readonly Alert[] {
  const growths = [...new Set(nodes.flatMap(({ id }) => diskGrowthGiB[id] ?? []))]
    .filter((growth) => growth > 0 && !local)
    .sort((a, b) => a - b);
  return growths.map((growth) => {
    const members = nodes.filter(({ id }) => diskGrowthGiB[id] === growth);
    const one = first(members);
    const bytes = Math.round(growth * GIB);
    const absent = select(AVAILABLE, labelsOf(one));
    return disk({
      name: 'DiskRoomShort',
      labels: { ...labels, growth: `${growth} GiB` },
      severity: 'warning',
      expr: `${each(members.map((node) => select(AVAILABLE, labelsOf(node))).join(' or '))} < ${bytes}`,
      forSeconds: 3600,
      summary: `The disk of {{ $labels.node }} has room for {{ $value | humanize1024 }}B; its data grows by ${growth} GiB a month.`,
      runbook: 'disk-full',
      cases: {
        fires: [fires('less than a month is left', { [absent]: `${bytes - 1}x90` }, 70, labelsOf(one))],
        silent: [silent('a month is left', ofEach(members, AVAILABLE, `${bytes}x90`), 70)],
      },
    });
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
