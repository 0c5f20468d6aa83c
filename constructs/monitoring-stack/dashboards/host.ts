import { CLOCK_OFFSET_SECONDS, HEALTH_TEXT_SECONDS } from '../thresholds';
import { type DashboardDefinition, graph, stat } from './panels';
import { atLeast, HOST_VARIABLES, NONE_IS_GOOD, upTo, warns } from './queries';

const HOST = 'node="$node"';
/** Disks themselves, not their partitions nor what is made of them. */
const DISKS = `${HOST},device!~"(loop|ram|dm-|md|sr).*"`;
const FILES = `${HOST},fstype!~"tmpfs|ramfs|squashfs|overlay|vfat"`;
const WIRES = `${HOST},device!~"lo|veth.*|docker.*|br-.*"`;
const rate = (metric: string, of: string): string => `rate(${metric}{${of}}[$__rate_interval])`;

/** The machine of a node that runs on an instance. */
export const host = (): DashboardDefinition => ({
  uid: 'chains-host',
  title: 'Host',
  about: 'Is the machine of this node the reason: cores, memory, disk, network, clock?',
  past: '6h',
  refresh: '1m',
  variables: HOST_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'Data disk',
          about: 'Whether the data disk is there and is the node’s own. Normal: ready.',
          query: `min(chain_disk_ready{${HOST}})`,
          unit: 'none',
          steps: atLeast(1),
          words: { 0: { text: 'missing', color: 'red' }, 1: { text: 'ready', color: 'green' } },
          none: 'not told',
        }),
        stat({
          title: 'Up for',
          about: 'Since the machine started. Normal: weeks; minutes mean a restart that somebody should know of.',
          query: `min(time() - node_boot_time_seconds{${HOST}})`,
          unit: 's',
          decimals: 0,
          none: 'no data',
        }),
        stat({
          title: 'Busy',
          about: 'Part of its cores that is busy. Normal: below 80 %.',
          query: `1 - avg(${rate('node_cpu_seconds_total', `${HOST},mode="idle"`)})`,
          unit: 'percentunit',
          decimals: 0,
          steps: warns(0.8, 0.95),
        }),
        stat({
          title: 'Memory used',
          about: 'Part of its memory that is not available. Normal: below 90 %.',
          query: `max(1 - node_memory_MemAvailable_bytes{${HOST}} / node_memory_MemTotal_bytes{${HOST}})`,
          unit: 'percentunit',
          decimals: 0,
          steps: warns(0.9, 0.95),
        }),
        stat({
          title: 'Root disk used',
          about: 'Used part of the system’s own disk. Normal: below 80 %.',
          query: `max(1 - node_filesystem_avail_bytes{${HOST},mountpoint="/"} / node_filesystem_size_bytes{${HOST},mountpoint="/"})`,
          unit: 'percentunit',
          decimals: 0,
          steps: warns(0.8, 0.85),
        }),
        stat({
          title: 'Clock off by',
          about: 'How far its clock is from the time. Normal: milliseconds; consensus clients mind tenths of a second.',
          query: `max(abs(node_timex_offset_seconds{${HOST}}))`,
          unit: 's',
          steps: upTo(CLOCK_OFFSET_SECONDS),
        }),
        stat({
          title: 'Health told',
          about: 'How long ago the host wrote the health of its node. Normal: less than a minute.',
          query: `max(time() - node_textfile_mtime_seconds{${HOST},file=~".*chain_node[.]prom"})`,
          unit: 's',
          decimals: 0,
          steps: upTo(HEALTH_TEXT_SECONDS),
          none: 'never',
        }),
        stat({
          title: 'Out of memory',
          about: 'Programs that the kernel ended in a day for want of memory. Normal: 0.',
          query: `max(increase(node_vmstat_oom_kill{${HOST}}[1d]))`,
          ...NONE_IS_GOOD,
        }),
      ],
    },
    {
      title: 'Cores and memory',
      panels: [
        graph({
          title: 'Cores by what they do',
          about: 'Cores in use. Normal: user first; much iowait is a disk that cannot follow, steal a crowded host.',
          queries: [
            {
              expr: `sum by (mode) (${rate('node_cpu_seconds_total', `${HOST},mode!="idle"`)})`,
              legend: '{{mode}}',
            },
          ],
          stacked: true,
          unit: 'short',
          min: 0,
        }),
        graph({
          title: 'Time lost to waiting',
          about:
            'Part of the time in which something waited for cores, memory or disks. Normal: memory near 0, disks below 20 %.',
          queries: [
            { expr: rate('node_pressure_cpu_waiting_seconds_total', HOST), legend: 'cores' },
            { expr: rate('node_pressure_memory_waiting_seconds_total', HOST), legend: 'memory' },
            { expr: rate('node_pressure_io_waiting_seconds_total', HOST), legend: 'disks' },
          ],
          unit: 'percentunit',
          min: 0,
        }),
        graph({
          title: 'Memory',
          about: 'Memory by use. Normal: files of the database in the cache, some left free or available.',
          queries: [
            {
              expr: `node_memory_MemTotal_bytes{${HOST}} - node_memory_MemAvailable_bytes{${HOST}}`,
              legend: 'used',
            },
            { expr: `node_memory_Cached_bytes{${HOST}}`, legend: 'cache' },
            { expr: `node_memory_MemTotal_bytes{${HOST}}`, legend: 'all' },
          ],
          unit: 'bytes',
          min: 0,
        }),
        graph({
          title: 'Load for each core',
          about: 'Programs that run or wait, for each core. Normal: below 1.',
          queries: [
            {
              expr: `node_load5{${HOST}} / on (node) count by (node) (node_cpu_seconds_total{${HOST},mode="idle"})`,
              legend: '5 minutes',
            },
          ],
          unit: 'short',
          min: 0,
        }),
      ],
    },
    {
      title: 'Disks',
      panels: [
        graph({
          title: 'Filesystems',
          about: 'Used part of each filesystem. Normal: a slow rise of the data, the system level.',
          queries: [
            {
              expr: `1 - node_filesystem_avail_bytes{${FILES}} / node_filesystem_size_bytes{${FILES}}`,
              legend: '{{mountpoint}}',
            },
          ],
          unit: 'percentunit',
          min: 0,
        }),
        graph({
          title: 'Bytes',
          about: 'What disks read and write. Normal: below what the volume and the instance are made for.',
          queries: [
            { expr: rate('node_disk_read_bytes_total', DISKS), legend: '{{device}} read' },
            { expr: rate('node_disk_written_bytes_total', DISKS), legend: '{{device}} written' },
          ],
          unit: 'binBps',
          min: 0,
        }),
        graph({
          title: 'Operations',
          about: 'Reads and writes. Normal: below the IOPS of the volume; a flat top is its limit.',
          queries: [
            { expr: rate('node_disk_reads_completed_total', DISKS), legend: '{{device}} reads' },
            { expr: rate('node_disk_writes_completed_total', DISKS), legend: '{{device}} writes' },
          ],
          unit: 'iops',
          min: 0,
        }),
        graph({
          title: 'Time of an operation',
          about: 'How long a read or a write takes. Normal: about a millisecond, a tenth of it on local disks.',
          queries: [
            {
              expr: `${rate('node_disk_read_time_seconds_total', DISKS)} / (${rate('node_disk_reads_completed_total', DISKS)} > 0)`,
              legend: '{{device}} read',
            },
            {
              expr: `${rate('node_disk_write_time_seconds_total', DISKS)} / (${rate('node_disk_writes_completed_total', DISKS)} > 0)`,
              legend: '{{device}} write',
            },
          ],
          unit: 's',
          min: 0,
        }),
      ],
    },
    {
      title: 'Network',
      panels: [
        graph({
          title: 'Bytes',
          about: 'What comes and goes. Normal: steady; more goes out to peers while they sync from it.',
          queries: [
            { expr: rate('node_network_receive_bytes_total', WIRES), legend: '{{device}} in' },
            { expr: rate('node_network_transmit_bytes_total', WIRES), legend: '{{device}} out' },
          ],
          unit: 'binBps',
          min: 0,
        }),
        graph({
          title: 'Drops and errors',
          about: 'Packets that were lost or broken, in a second. Normal: 0.',
          queries: [
            {
              expr: `${rate('node_network_receive_drop_total', WIRES)} + ${rate('node_network_receive_errs_total', WIRES)}`,
              legend: '{{device}} in',
            },
            {
              expr: `${rate('node_network_transmit_drop_total', WIRES)} + ${rate('node_network_transmit_errs_total', WIRES)}`,
              legend: '{{device}} out',
            },
          ],
          unit: 'short',
          min: 0,
        }),
      ],
    },
  ],
});
