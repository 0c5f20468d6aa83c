/** Alerts about the data of nodes, on instances and in pods: both report the same. */
import { DISK_CRITICAL_PERCENT, DISK_FULL_DAYS, DISK_FULL_OVER } from '../thresholds';
import type { Watch } from '../watch';
import type { Alert } from './model';
import {
  DAY,
  disk,
  each,
  fires,
  first,
  type Labels,
  labelsOf,
  ofEach,
  PUBLIC,
  SOME,
  SOME_LOCAL,
  select,
  silent,
  type WatchedNetwork,
} from './parts';

const GIB = 2 ** 30;
/** A disk that was just begun fills fast, and stops: what it will be is asked when it is this near its limit, in percent. */
const NEAR_PERCENT = 25;

export function diskNotReady(): Alert {
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
export function diskUnknown(): Alert {
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

export function diskFull({ diskUsedPercent }: Watch): readonly Alert[] {
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

export function diskWillFill({ diskUsedPercent }: Watch): readonly Alert[] {
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
export function diskRoomShort(
  { labels, nodes, local }: WatchedNetwork,
  { diskGrowthGiB = {} }: Watch,
): readonly Alert[] {
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
