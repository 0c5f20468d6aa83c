import { ENGINE_METRICS } from '../../../../constructs/mev-engine/contract';
import { type ExportedMetric, METRICS, targetLabels } from '../../../../constructs/monitoring-stack/alerts/metrics';
import { CLIENT_METRICS } from '../../../../constructs/monitoring-stack/dashboards/client-metrics';

/** Every metric that a panel may ask for, with who exports it: the contract of the alerts, and what dashboards alone use. */

type Exported = Pick<ExportedMetric, 'name' | 'source'> & { readonly exporter: string };

const of = (exporter: string, source: string, ...names: string[]): readonly Exported[] =>
  names.map((name) => ({ name, exporter, source }));

const NODE_EXPORTER = 'prometheus/node_exporter, v1.7.0 (of Ubuntu 24.04), collector/';
const KUBE_STATE = 'kubernetes/kube-state-metrics, v2.19.1, internal/store/';

/** What dashboards of engines alone use, with its labels. */
const LABELLED: readonly ExportedMetric[] = [
  ...['ALERTS', 'ALERTS_FOR_STATE'].map((name) => ({
    name,
    exporter: 'prometheus' as const,
    // Those of the rules, but for the first two.
    labels: ['alertname', 'alertstate', 'environment', 'action', 'scope', 'engine', 'strategy'],
    source: 'prometheus/prometheus, v3, rules/alerting.go',
  })),
  {
    name: 'erpc_network_request_duration_seconds_bucket',
    exporter: 'erpc',
    labels: ['project', 'network', 'vendor', 'upstream', 'category', 'finality', 'user', 'le'],
    source: 'erpc/erpc, tag 0.1.2, telemetry/metrics.go',
  },
];

/** What the scrape of an engine gives its series, beside its own labels. */
const OF_ENGINES = ['job', 'instance', 'namespace', 'pod', 'service', 'endpoint', 'container', 'engine'];

const ofEngines = ENGINE_METRICS.flatMap(({ name, type, labels }) =>
  type === 'histogram'
    ? [
        { name: `${name}_bucket`, labels: [...labels, 'le'] },
        { name: `${name}_sum`, labels },
        { name: `${name}_count`, labels },
      ]
    : [{ name, labels }],
);

const BESIDE: readonly Exported[] = [
  ...LABELLED,
  ...of(
    'node_exporter',
    `${NODE_EXPORTER}{cpu_linux,stat_linux,loadavg,uname_linux}.go`,
    'node_cpu_seconds_total',
    'node_boot_time_seconds',
    'node_load5',
    'node_uname_info',
  ),
  ...of('node_exporter', `${NODE_EXPORTER}meminfo.go`, 'node_memory_Cached_bytes'),
  ...of(
    'node_exporter',
    `${NODE_EXPORTER}pressure_linux.go`,
    'node_pressure_cpu_waiting_seconds_total',
    'node_pressure_memory_waiting_seconds_total',
  ),
  ...of(
    'node_exporter',
    `${NODE_EXPORTER}diskstats_common.go`,
    'node_disk_read_bytes_total',
    'node_disk_written_bytes_total',
    'node_disk_reads_completed_total',
    'node_disk_writes_completed_total',
    'node_disk_read_time_seconds_total',
    'node_disk_write_time_seconds_total',
  ),
  ...of(
    'node_exporter',
    `${NODE_EXPORTER}netdev_common.go`,
    'node_network_receive_bytes_total',
    'node_network_transmit_bytes_total',
    'node_network_receive_drop_total',
    'node_network_transmit_drop_total',
  ),
  ...of(
    'kubelet',
    'google/cadvisor, v0.53, metrics/prometheus.go',
    'container_cpu_usage_seconds_total',
    'container_memory_working_set_bytes',
  ),
  ...of(
    'kube-state-metrics',
    `${KUBE_STATE}{pod,node}.go`,
    'kube_pod_container_resource_requests',
    'kube_pod_container_resource_limits',
    'kube_node_status_allocatable',
  ),
  ...of(
    'erpc',
    'erpc/erpc, tag 0.1.2, telemetry/metrics.go',
    'erpc_network_request_duration_seconds_count',
    'erpc_network_retry_attempt_total',
    'erpc_network_timeout_fired_total',
    'erpc_upstream_block_head_lag',
  ),
  ...of('haproxy', 'haproxy/haproxy, v3.2.0, include/haproxy/stats-t.h', 'haproxy_backend_current_sessions'),
];

const ofClients = CLIENT_METRICS.map((metric) => metric.replace(/\{.*/, ''));

export const EXPORTED: ReadonlySet<string> = new Set(
  [...METRICS, ...BESIDE, ...ofEngines].map(({ name }) => name).concat(ofClients),
);

const borne = new Map<string, ReadonlySet<string>>([
  ...[...METRICS, ...LABELLED].map(
    ({ name, labels, exporter }) => [name, new Set([...labels, ...targetLabels(exporter)])] as const,
  ),
  ...ofEngines.map(({ name, labels }) => [name, new Set([...labels, ...OF_ENGINES])] as const),
]);
/** Labels of a metric that rules or engines have; none of one that they have not. */
export const labelsOf = (metric: string): ReadonlySet<string> => borne.get(metric) ?? new Set();
/** Of those, what the contract of the alerts has as well: it need not be said twice. */
export const SAID_TWICE = BESIDE.filter(({ name }) => METRICS.some((metric) => metric.name === name)).map(
  ({ name }) => name,
);
