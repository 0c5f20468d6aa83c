/** The contract: every metric that a rule may use, who exports it, with which labels, and where that was read. */
import type { Watch } from '../watch';

export type Exporter =
  /** Prometheus itself, of each target. */
  | 'scrape'
  /** Our own text about a node: of a host by its textfile collector, of a pod by its health sidecar. */
  | 'health'
  | 'client'
  /** An engine, by its contract. */
  | 'engine'
  /** A worker of the data pipeline, by its contract. */
  | 'worker'
  | 'node_exporter'
  | 'kube-state-metrics'
  | 'kubelet'
  | 'prometheus'
  | 'alertmanager'
  | 'erpc'
  | 'haproxy'
  | 'external-secrets'
  | 'cert-manager';

export interface ExportedMetric {
  readonly name: string;
  readonly exporter: Exporter;
  /** Labels that the exporter gives it; those of the target come on top. */
  readonly labels: readonly string[];
  /** Repository, version and file. */
  readonly source: string;
}

/** What the scrape configuration gives everything that comes from a node, its machine included. */
const NODE_LABELS = ['node', 'chain', 'network', 'client', 'environment', 'process'];
/** What the Prometheus operator gives every target of a monitor. */
const POD_LABELS = ['namespace', 'pod', 'service', 'endpoint', 'container'];
const TARGET_LABELS = ['job', 'instance'];

/** What the ServiceMonitor of an engine gives everything that it exports. */
const ENGINE_LABELS = ['engine'];
/** And that of a worker. */
const WORKER_LABELS = ['worker'];

/** Labels of the targets of an exporter. */
export const targetLabels = (exporter: Exporter): readonly string[] => {
  switch (exporter) {
    case 'scrape':
      return [...TARGET_LABELS, ...NODE_LABELS, ...POD_LABELS, ...ENGINE_LABELS, ...WORKER_LABELS];
    case 'engine':
      return [...TARGET_LABELS, ...POD_LABELS, ...ENGINE_LABELS];
    case 'worker':
      return [...TARGET_LABELS, ...POD_LABELS, ...WORKER_LABELS];
    case 'health':
    case 'client':
      return [...TARGET_LABELS, ...NODE_LABELS, ...POD_LABELS];
    case 'node_exporter':
      return [...TARGET_LABELS, ...NODE_LABELS];
    default:
      return [...TARGET_LABELS, ...POD_LABELS];
  }
};

/** A metric of a client that the catalogue does not name. */
export interface RecordedMetric {
  readonly process: string;
  readonly meaning: string;
  readonly metric: string;
  readonly source: string;
}

export const RECORDED: readonly RecordedMetric[] = [
  {
    process: 'lighthouse',
    meaning: 'finalizedEpoch',
    metric: 'beacon_head_state_finalized_epoch',
    source:
      'sigp/lighthouse beacon_node/beacon_chain/src/metrics.rs, and its dashboards (sigp/lighthouse-metrics, 2025-08-11)',
  },
];

const all = (
  exporter: Exporter,
  source: string,
  metrics: Readonly<Record<string, readonly string[]>>,
): readonly ExportedMetric[] => Object.entries(metrics).map(([name, labels]) => ({ name, exporter, labels, source }));

const NONE: readonly string[] = [];
const OF_NODE = ['node', 'chain', 'network', 'client'];
const OF_POD = ['namespace', 'pod', 'uid'];
const OF_DEPLOYMENT = ['namespace', 'deployment'];
const OF_CONTAINER = [...OF_POD, 'container'];
const OF_FILESYSTEM = ['device', 'mountpoint', 'fstype'];
const OF_DISK = ['device'];
const OF_CLAIM = ['namespace', 'persistentvolumeclaim'];
const OF_UPSTREAM = ['project', 'vendor', 'network', 'upstream', 'category'];
const OF_CERTIFICATE = ['name', 'namespace', 'issuer_name', 'issuer_kind', 'issuer_group'];

const NODE_EXPORTER = 'prometheus/node_exporter, v1.7.0 (of Ubuntu 24.04) and v1.8.2 alike, collector/';
const KUBE_STATE = 'kubernetes/kube-state-metrics, v2.19.1 (kube-prometheus-stack 88.5 brings 2.20), internal/store/';
const OPERATED = 'prometheus-community/helm-charts, kube-prometheus-stack 88.5.3, templates/prometheus/rules-1.14/';
const ERPC = 'erpc/erpc, tag 0.1.2, telemetry/metrics.go';

export const METRICS: readonly ExportedMetric[] = [
  ...all('scrape', 'Prometheus documentation, concepts/jobs_instances', { up: NONE }),

  ...all('health', 'constructs/chain-node/host/metrics.jq', {
    chain_info: OF_NODE,
    chain_healthy: OF_NODE,
    chain_health_known: OF_NODE,
    chain_head_number: OF_NODE,
    chain_head_age_seconds: OF_NODE,
    chain_head_slots_behind: OF_NODE,
    chain_peers: OF_NODE,
    chain_disk_size_bytes: OF_NODE,
    chain_disk_available_bytes: OF_NODE,
    chain_backup_held_timestamp_seconds: OF_NODE,
    chain_process_listening: [...OF_NODE, 'process'],
    chain_secret_changed_timestamp_seconds: [...OF_NODE, 'secret'],
  }),
  ...all('health', 'constructs/chain-node/host/prepare-disk.sh', { chain_disk_ready: OF_NODE }),
  // Of an engine beside a node.
  ...all('health', 'constructs/mev-engine/host/engine-guard.sh', {
    mev_host_guard_timestamp_seconds: ENGINE_LABELS,
    mev_host_latched: ENGINE_LABELS,
    mev_host_ready: ENGINE_LABELS,
    mev_host_restarts_total: ENGINE_LABELS,
    mev_host_running: ENGINE_LABELS,
    mev_host_wanted: ENGINE_LABELS,
  }),
  ...all('health', 'constructs/mev-engine/host/engine-hourly.sh', {
    mev_host_egress_open: ENGINE_LABELS,
    mev_host_probe_timestamp_seconds: ENGINE_LABELS,
  }),

  ...all('node_exporter', `${NODE_EXPORTER}textfile.go`, {
    node_textfile_mtime_seconds: ['file'],
    node_textfile_scrape_error: NONE,
  }),
  ...all('node_exporter', `${NODE_EXPORTER}meminfo.go`, {
    node_memory_MemAvailable_bytes: NONE,
    node_memory_MemTotal_bytes: NONE,
  }),
  ...all('node_exporter', `${NODE_EXPORTER}vmstat_linux.go`, { node_vmstat_oom_kill: NONE }),
  ...all('node_exporter', `${NODE_EXPORTER}filesystem_common.go`, {
    node_filesystem_avail_bytes: OF_FILESYSTEM,
    node_filesystem_size_bytes: OF_FILESYSTEM,
    node_filesystem_files: OF_FILESYSTEM,
    node_filesystem_files_free: OF_FILESYSTEM,
    node_filesystem_readonly: OF_FILESYSTEM,
  }),
  ...all('node_exporter', `${NODE_EXPORTER}timex.go`, {
    node_timex_offset_seconds: NONE,
    node_timex_sync_status: NONE,
  }),
  ...all('node_exporter', `${NODE_EXPORTER}diskstats_common.go`, { node_disk_io_time_seconds_total: OF_DISK }),
  ...all('node_exporter', `${NODE_EXPORTER}pressure_linux.go`, { node_pressure_io_waiting_seconds_total: NONE }),
  ...all('node_exporter', `${NODE_EXPORTER}netdev_common.go`, {
    node_network_receive_errs_total: OF_DISK,
    node_network_transmit_errs_total: OF_DISK,
    node_network_receive_packets_total: OF_DISK,
    node_network_transmit_packets_total: OF_DISK,
  }),
  ...all('node_exporter', `${NODE_EXPORTER}conntrack_linux.go`, {
    node_nf_conntrack_entries: NONE,
    node_nf_conntrack_entries_limit: NONE,
  }),

  ...all('kube-state-metrics', `${KUBE_STATE}pod.go`, {
    kube_pod_info: [...OF_POD, 'node'],
    kube_pod_status_phase: [...OF_POD, 'phase'],
    kube_pod_status_ready: [...OF_POD, 'condition'],
    kube_pod_status_scheduled: [...OF_POD, 'condition'],
    kube_pod_container_status_restarts_total: OF_CONTAINER,
    kube_pod_container_status_waiting_reason: [...OF_CONTAINER, 'reason'],
    kube_pod_container_status_last_terminated_reason: [...OF_CONTAINER, 'reason'],
  }),
  ...all('kube-state-metrics', `${KUBE_STATE}deployment.go`, {
    kube_deployment_spec_replicas: OF_DEPLOYMENT,
    kube_deployment_status_replicas_ready: OF_DEPLOYMENT,
  }),
  ...all('kube-state-metrics', `${KUBE_STATE}configmap.go`, { kube_configmap_info: ['namespace', 'configmap'] }),
  ...all('kube-state-metrics', `${KUBE_STATE}job.go`, {
    kube_job_failed: ['namespace', 'job_name', 'condition'],
    kube_job_status_failed: ['namespace', 'job_name', 'reason'],
  }),
  ...all('kube-state-metrics', `${KUBE_STATE}cronjob.go`, {
    kube_cronjob_created: ['namespace', 'cronjob'],
    kube_cronjob_info: ['namespace', 'cronjob', 'schedule', 'concurrency_policy', 'timezone'],
    kube_cronjob_status_last_schedule_time: ['namespace', 'cronjob'],
    kube_cronjob_status_last_successful_time: ['namespace', 'cronjob'],
    kube_cronjob_next_schedule_time: ['namespace', 'cronjob'],
  }),
  ...all('kube-state-metrics', `${KUBE_STATE}node.go`, {
    kube_node_status_condition: ['node', 'condition', 'status'],
  }),

  ...all('kubelet', `${OPERATED}kubernetes-storage.yaml`, {
    kubelet_volume_stats_available_bytes: OF_CLAIM,
    kubelet_volume_stats_capacity_bytes: OF_CLAIM,
  }),
  ...all('kubelet', `${OPERATED}kubernetes-system-kubelet.yaml`, { kubelet_node_name: ['node'] }),

  ...all('prometheus', `${OPERATED}prometheus.yaml`, {
    prometheus_config_last_reload_successful: NONE,
    prometheus_notifications_alertmanagers_discovered: NONE,
    prometheus_rule_evaluation_failures_total: ['rule_group'],
  }),
  ...all('alertmanager', `${OPERATED}alertmanager.rules.yaml`, {
    alertmanager_config_last_reload_successful: NONE,
    alertmanager_notifications_total: ['integration'],
    alertmanager_notifications_failed_total: ['integration', 'reason'],
  }),

  ...all('erpc', ERPC, {
    erpc_upstream_request_total: [...OF_UPSTREAM, 'attempt', 'composite', 'finality', 'user', 'agent_name'],
    erpc_upstream_request_errors_total: [
      ...OF_UPSTREAM,
      'error',
      'severity',
      'composite',
      'finality',
      'user',
      'agent_name',
    ],
    erpc_upstream_request_duration_seconds_bucket: [...OF_UPSTREAM, 'composite', 'finality', 'user', 'le'],
    erpc_network_request_received_total: ['project', 'network', 'category', 'finality', 'user', 'agent_name'],
    erpc_network_failed_request_total: [
      'project',
      'network',
      'category',
      'attempt',
      'error',
      'severity',
      'finality',
      'user',
      'agent_name',
    ],
    erpc_rate_limits_total: [...OF_UPSTREAM, 'finality', 'user', 'agent_name', 'budget', 'scope', 'auth', 'origin'],
    erpc_selection_position: ['project', 'network', 'method', 'upstream'],
    erpc_selection_eval_errors_total: ['project', 'network', 'method', 'kind'],
  }),

  ...all('haproxy', 'haproxy/haproxy, v3.2.0, addons/promex/service-prometheus.c and include/haproxy/stats-t.h', {
    haproxy_backend_active_servers: ['proxy'],
  }),

  ...all('external-secrets', 'external-secrets/external-secrets, v2.9.0, pkg/controllers/externalsecret/esmetrics', {
    externalsecret_status_condition: ['name', 'namespace', 'condition', 'status'],
  }),
  ...all('cert-manager', 'cert-manager/cert-manager, v1.21.1, internal/collectors/certificate_collector.go', {
    certmanager_certificate_ready_status: [...OF_CERTIFICATE, 'condition'],
    certmanager_certificate_expiration_timestamp_seconds: OF_CERTIFICATE,
  }),
];

/** A metric's name, apart from the matchers that it bears in the catalogue, and the labels of those. */
export function nameAndLabels(metric: string): { readonly name: string; readonly labels: readonly string[] } {
  const [, name = metric, matchers = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(metric) ?? [];
  return { name, labels: [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label) };
}

/** What the clients of these nodes export: as the catalogue names it, and what is recorded here. */
export function clientMetrics({ nodes }: Pick<Watch, 'nodes'>): readonly ExportedMetric[] {
  const named = nodes.flatMap(({ clients, processes }) =>
    processes.flatMap(({ name: process, names }) => [
      ...Object.values(names).map((metric) => ({
        metric,
        source: `the catalogue, process ${process} of ${clients.join(' and ')}`,
      })),
      ...RECORDED.filter((one) => one.process === process),
    ]),
  );
  const found = new Map<string, ExportedMetric>();
  for (const { metric, source } of named) {
    const { name, labels } = nameAndLabels(metric);
    const known = found.get(name);
    found.set(name, {
      name,
      exporter: 'client',
      labels: [...new Set([...(known?.labels ?? []), ...labels])],
      source: known?.source ?? source,
    });
  }
  return [...found.values()];
}
