/** Alerts about what nodes stand on in a cluster, and about those who tell of alerts. */
import { HOST_PORT_NAMESPACE, NODE_NAMESPACE } from '../../chain-node';
import type { ServiceName } from '../../cluster-services';
import { AGENTS_NAMESPACE, NAMESPACE } from '../charts';
import { ECK_NAMESPACE } from '../logs';
import type { Watch } from '../watch';
import type { Alert, Severity } from './model';
import { anyOf, fires, HOST_JOB, type Labels, missing, select, silent } from './parts';

const DAY = 86_400;
const NODES = [NODE_NAMESPACE, HOST_PORT_NAMESPACE];
/** Pods and jobs of development chains, by the names that the chart of nodes gives them: nobody is told about those. */
const NO_LOCAL_POD = '!~[a-z0-9]+-local-.+-node-0';
const NO_LOCAL_JOB = '!~[a-z0-9]+-local-.+-(gate|snapshot-.+)';
/** Namespaces of what this project installs, and of the cluster's own parts. A test holds them to the table of services. */
export const PLATFORM_NAMESPACES: readonly string[] = [
  'aws-load-balancer-controller',
  'cert-manager',
  ECK_NAMESPACE,
  'external-secrets',
  'keda',
  'kube-system',
  NAMESPACE,
  AGENTS_NAMESPACE,
  'rpc-gateway',
  'snapshot-controller',
];
/** cert-manager renews a third of a certificate's life before its end, a month for most. */
const CERTIFICATE_DAYS = 14;
/** How long after its time a snapshot may begin, and how long it may take. */
const SNAPSHOT_SECONDS = 6 * 3600;
const AHEAD_DAYS = 4;

export function platformAlerts(watch: Watch): readonly Alert[] {
  const { services = [], snapshots = [] } = watch;
  const ours = PLATFORM_NAMESPACES;
  return [
    watchdog(),
    targetMissing(),
    clusterMetricsMissing(services),
    rulesFailing(),
    configReloadFailed(),
    alertmanagerMissing(),
    alertmanagerFailing(),
    podNotReady(ours),
    podUnschedulable([...ours, ...NODES]),
    podCrashLooping(ours),
    containerOutOfMemory([...ours, ...NODES]),
    jobFailed([...ours, ...NODES]),
    machineNotReady(),
    ...volumesFilling(ours),
    ...(services.includes('cert-manager') ? [certificateExpires()] : []),
    ...(services.includes('external-secrets') ? [secretNotSynced()] : []),
    ...[...snapshots].sort().map(snapshotOld),
  ];
}

const platform = (alert: Omit<Alert, 'group' | 'team'>): Alert => ({ ...alert, group: 'platform', team: 'platform' });

/** The dead man's switch: whoever hears it no more knows that alerts do not arrive. */
const watchdog = (): Alert =>
  platform({
    name: 'Watchdog',
    severity: 'info',
    expr: 'vector(1)',
    forSeconds: 0,
    summary: 'Alerts arrive. It fires always; its silence is the alarm.',
    runbook: 'monitoring-broken',
    cases: {
      fires: [fires('always', {}, 0, {}), fires('always, later', {}, 10, {})],
      // Prometheus that stands still says nothing; with it running there is no silence to show but that of others.
      silent: [],
    },
  });

/** Targets of nodes have alerts of their own, which name the node. */
function targetMissing(): Alert {
  const up = (job: string, of: Labels = {}): string => select('up', { job, namespace: 'keda', ...of });
  return platform({
    name: 'PrometheusTargetMissing',
    severity: 'warning',
    expr: `count by (job, namespace) (${select('up', { job: `!${HOST_JOB}`, chain: '' })} == 0) > 0`,
    forSeconds: 600,
    summary: '{{ $value }} targets of {{ $labels.job }} in {{ $labels.namespace }} do not answer Prometheus.',
    runbook: 'metrics-missing',
    cases: {
      fires: [
        fires('one does not answer', { [up('keda-operator')]: '1x5 0x30' }, 20, {
          job: 'keda-operator',
          namespace: 'keda',
        }),
      ],
      silent: [
        silent('all answer', { [up('keda-operator')]: '1x30' }, 20),
        silent('a node does not', { [up('bsc-mainnet-geth-node', { chain: 'bsc' })]: '0x30' }, 20),
      ],
    },
  });
}

/** What other alerts of this group are made of: without it they are silent. */
function clusterMetricsMissing(services: readonly ServiceName[]): Alert {
  const sources: readonly (readonly [source: string, metric: string])[] = [
    ['kube-state-metrics', 'kube_pod_info'],
    ['kubelet', 'kubelet_node_name'],
    // Prometheus itself has one, everywhere.
    ['volumes', 'kubelet_volume_stats_available_bytes'],
    ...(services.includes('cert-manager')
      ? [['cert-manager', 'certmanager_certificate_expiration_timestamp_seconds'] as const]
      : []),
    ...(services.includes('external-secrets')
      ? [['external-secrets', 'externalsecret_status_condition'] as const]
      : []),
  ];
  const there = Object.fromEntries(sources.map(([, metric]) => [metric, '1x40']));
  const { kube_pod_info: _, ...others } = there;
  return platform({
    name: 'ClusterMetricsMissing',
    severity: 'critical',
    expr: sources
      .map(([source, metric]) => `label_replace(absent(${metric}), "source", "${source}", "", "")`)
      .join(' or '),
    forSeconds: 900,
    summary: 'Nothing is heard of {{ $labels.source }}: alerts about the cluster are blind.',
    runbook: 'metrics-missing',
    cases: {
      fires: [fires('one is away', others, 20, { source: 'kube-state-metrics' })],
      silent: [silent('all are there', there, 20)],
    },
  });
}

function rulesFailing(): Alert {
  const failures = select('prometheus_rule_evaluation_failures_total', { rule_group: 'node' });
  return platform({
    name: 'RulesFailing',
    severity: 'critical',
    expr: 'sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[10m])) > 0',
    forSeconds: 300,
    summary: 'Rules of {{ $labels.rule_group }} cannot be evaluated: their alerts do not come.',
    runbook: 'monitoring-broken',
    cases: {
      fires: [fires('they fail', { [failures]: '0+2x40' }, 20, { rule_group: 'node' })],
      silent: [silent('they did once', { [failures]: '2x40' }, 20)],
    },
  });
}

function configReloadFailed(): Alert {
  const ok = (of: string): string => `${of}_config_last_reload_successful`;
  const both = ['prometheus', 'alertmanager'];
  const one = select(ok('alertmanager'), { pod: 'alertmanager-0' });
  return platform({
    name: 'ConfigReloadFailed',
    severity: 'warning',
    expr: both.map((of) => `label_replace(min by (pod) (${ok(of)}), "program", "${of}", "", "") == 0`).join(' or '),
    forSeconds: 600,
    summary: '{{ $labels.program }} ({{ $labels.pod }}) goes on with old configuration: it cannot read the new one.',
    runbook: 'monitoring-broken',
    cases: {
      fires: [fires('a mistake in it', { [one]: '1x5 0x30' }, 20, { pod: 'alertmanager-0', program: 'alertmanager' })],
      silent: [silent('it was read', { [one]: '1x30' }, 20)],
    },
  });
}

/** It is told by the dead man's switch alone: who would tell is away. */
function alertmanagerMissing(): Alert {
  const found = 'prometheus_notifications_alertmanagers_discovered';
  return platform({
    name: 'AlertmanagerMissing',
    severity: 'critical',
    expr: `min(${found}) < 1 or absent(${found})`,
    forSeconds: 600,
    summary: 'Prometheus finds no Alertmanager: nobody is told of anything.',
    runbook: 'monitoring-broken',
    cases: {
      fires: [fires('it finds none', { [found]: '1x5 0x30' }, 20, {}), fires('it does not tell how many', {}, 11, {})],
      silent: [silent('it finds one', { [found]: '1x30' }, 20)],
    },
  });
}

function alertmanagerFailing(): Alert {
  const failed = select('alertmanager_notifications_failed_total', { integration: 'slack', reason: 'other' });
  const total = select('alertmanager_notifications_total', { integration: 'slack' });
  const rate = (metric: string): string => `sum by (integration) (rate(${metric}[15m]))`;
  return platform({
    name: 'AlertmanagerFailing',
    severity: 'critical',
    expr: `${rate('alertmanager_notifications_failed_total')} / ${rate('alertmanager_notifications_total')} > 0.01`,
    forSeconds: 300,
    summary: '{{ $value | humanizePercentage }} of the notifications by {{ $labels.integration }} do not arrive.',
    runbook: 'monitoring-broken',
    cases: {
      fires: [fires('they fail', { [failed]: '0+1x40', [total]: '0+2x40' }, 30, { integration: 'slack' })],
      silent: [silent('they arrive', { [failed]: '0x40', [total]: '0+2x40' }, 30)],
    },
  });
}

const SOME_POD = { namespace: 'rpc-gateway', pod: 'rpc-gateway-1' };

/** Pods of nodes are not among them: they are not ready while their node syncs, and have alerts that say why. */
function podNotReady(namespaces: readonly string[]): Alert {
  const of = { namespace: anyOf(namespaces) };
  const ready = (labels: Labels): string => select('kube_pod_status_ready', { ...labels, condition: 'true' });
  const phase = (labels: Labels, phase: string): string => select('kube_pod_status_phase', { ...labels, phase });
  const running = { [phase(SOME_POD, 'Running')]: '1x40' };
  const node = { namespace: NODE_NAMESPACE, pod: 'bsc-mainnet-geth-node-0' };
  return platform({
    name: 'PodNotReady',
    severity: 'warning',
    expr:
      `max by (namespace, pod) (${ready(of)}) == 0 and on (namespace, pod) ` +
      `max by (namespace, pod) (${phase(of, '~Pending|Running|Unknown')}) == 1`,
    forSeconds: 900,
    summary: '{{ $labels.namespace }}/{{ $labels.pod }} has not been ready for a quarter of an hour.',
    runbook: 'pods',
    cases: {
      fires: [fires('it is not', { ...running, [ready(SOME_POD)]: '1x5 0x40' }, 30, SOME_POD)],
      silent: [
        silent('it is', { ...running, [ready(SOME_POD)]: '1x40' }, 30),
        silent('it is done', { [phase(SOME_POD, 'Running')]: '0x40', [ready(SOME_POD)]: '0x40' }, 30),
        silent('it is a node that syncs', { [phase(node, 'Running')]: '1x40', [ready(node)]: '0x40' }, 30),
      ],
    },
  });
}

function podUnschedulable(namespaces: readonly string[]): Alert {
  const scheduled = (labels: Labels): string => select('kube_pod_status_scheduled', { ...labels, condition: 'false' });
  const node = { namespace: NODE_NAMESPACE, pod: 'bsc-mainnet-geth-node-0' };
  return platform({
    name: 'PodUnschedulable',
    severity: 'critical',
    expr: `max by (namespace, pod) (${scheduled({ namespace: anyOf(namespaces), pod: NO_LOCAL_POD })}) == 1`,
    forSeconds: 600,
    summary: 'The cluster has no place for {{ $labels.namespace }}/{{ $labels.pod }}.',
    runbook: 'pods',
    cases: {
      fires: [fires('no machine has room', { [scheduled(node)]: '1x30' }, 15, node)],
      silent: [
        silent('it has a place', { [scheduled(node)]: '0x30' }, 15),
        silent('a machine may come for it', { [scheduled(node)]: '1x30' }, 5),
        silent(
          'it is a development chain',
          { [scheduled({ ...node, pod: 'ethereum-local-geth-node-0' })]: '1x30' },
          15,
        ),
      ],
    },
  });
}

function podCrashLooping(namespaces: readonly string[]): Alert {
  const of = { ...SOME_POD, container: 'erpc' };
  const waiting = (labels: Labels): string =>
    select('kube_pod_container_status_waiting_reason', { ...labels, reason: 'CrashLoopBackOff' });
  return platform({
    name: 'PodCrashLooping',
    severity: 'warning',
    expr: `max by (namespace, pod, container) (max_over_time(${waiting({ namespace: anyOf(namespaces) })}[5m])) == 1`,
    forSeconds: 900,
    summary: '{{ $labels.namespace }}/{{ $labels.pod }}: {{ $labels.container }} ends as soon as it starts.',
    runbook: 'pods',
    cases: {
      fires: [fires('it waits to be started again', { [waiting(of)]: '1x40' }, 20, of)],
      silent: [silent('it did once', { [waiting(of)]: '1x2 _x40' }, 20)],
    },
  });
}

function containerOutOfMemory(namespaces: readonly string[]): Alert {
  const of = { namespace: NODE_NAMESPACE, pod: 'bsc-mainnet-geth-node-0', container: 'geth' };
  const all = { namespace: anyOf(namespaces), pod: NO_LOCAL_POD };
  const reason = (labels: Labels): string =>
    select('kube_pod_container_status_last_terminated_reason', { ...labels, reason: 'OOMKilled' });
  const restarts = (labels: Labels): string => select('kube_pod_container_status_restarts_total', labels);
  const by = 'by (namespace, pod, container)';
  return platform({
    name: 'ContainerOutOfMemory',
    severity: 'warning',
    expr: `max ${by} (${reason(all)}) == 1 and on (namespace, pod, container) max ${by} (increase(${restarts(all)}[30m])) > 0`,
    forSeconds: 0,
    summary:
      '{{ $labels.namespace }}/{{ $labels.pod }}: {{ $labels.container }} used more memory than it may, and was ended.',
    runbook: 'client-restarting',
    cases: {
      fires: [fires('it was ended', { [reason(of)]: '_x9 1x40', [restarts(of)]: '0x9 1x40' }, 15, of)],
      silent: [
        silent('it was, an hour ago', { [reason(of)]: '1x80', [restarts(of)]: '0x9 1x80' }, 75),
        silent('it was started anew for another reason', { [restarts(of)]: '0x9 1x40' }, 15),
      ],
    },
  });
}

/** Gates of releases and snapshots of nodes among them. */
function jobFailed(namespaces: readonly string[]): Alert {
  const of = { namespace: NODE_NAMESPACE, job_name: 'bsc-mainnet-geth-gate' };
  const failed = (labels: Labels): string => select('kube_job_failed', { ...labels, condition: 'true' });
  return platform({
    name: 'JobFailed',
    severity: 'warning',
    expr: `max by (namespace, job_name) (${failed({ namespace: anyOf(namespaces), job_name: NO_LOCAL_JOB })}) == 1`,
    forSeconds: 60,
    summary: 'The job {{ $labels.namespace }}/{{ $labels.job_name }} failed.',
    runbook: 'pods',
    cases: {
      fires: [fires('a release did not pass its gate', { [failed(of)]: '1x10' }, 5, of)],
      silent: [
        silent('it did', { [failed(of)]: '0x10' }, 5),
        silent('it is a development chain', { [failed({ ...of, job_name: 'bsc-local-geth-gate' })]: '1x10' }, 5),
      ],
    },
  });
}

/** `node` is a machine here, and never one of ours. */
function machineNotReady(): Alert {
  const ready = (labels: Labels): string =>
    select('kube_node_status_condition', { ...labels, condition: 'Ready', status: 'true' });
  const machine = 'ip-10-0-0-1';
  return platform({
    name: 'MachineNotReady',
    severity: 'warning',
    expr: `max by (machine) (label_replace(${ready({})}, "machine", "$1", "node", "(.+)")) == 0`,
    forSeconds: 600,
    summary: 'The machine {{ $labels.machine }} of the cluster is not ready.',
    runbook: 'pods',
    cases: {
      fires: [fires('its kubelet is silent', { [ready({ node: machine })]: '1x5 0x30' }, 20, { machine })],
      silent: [silent('it is ready', { [ready({ node: machine })]: '1x30' }, 20)],
    },
  });
}

/** Disks of the platform's own; those of nodes are in the group `host`. */
function volumesFilling(namespaces: readonly string[]): readonly Alert[] {
  const of = { namespace: 'kube-system', persistentvolumeclaim: 'registry' };
  const all = { namespace: anyOf(namespaces) };
  const by = 'by (namespace, persistentvolumeclaim)';
  const free = (labels: Labels): string => select('kubelet_volume_stats_available_bytes', labels);
  const size = (labels: Labels): string => select('kubelet_volume_stats_capacity_bytes', labels);
  const left = `max ${by} (${free(all)}) / max ${by} (${size(all)})`;
  const filled = (percent: number, aMinute = 0) => ({
    [size(of)]: '100000000x800',
    [free(of)]: `${(100 - percent) * 1_000_000}-${aMinute}x800`,
  });
  const alert = (name: string, severity: Severity, expr: string, cases: Alert['cases']): Alert =>
    platform({
      name,
      severity,
      expr,
      forSeconds: severity === 'critical' ? 300 : 3600,
      summary:
        'The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left.',
      runbook: 'pods',
      cases,
    });
  return [
    alert(
      'PersistentVolumeFillingUp',
      'warning',
      `${left} < 0.15 and on (namespace, persistentvolumeclaim) max ${by} (predict_linear(${free(all)}[6h], ${AHEAD_DAYS * DAY})) < 0`,
      {
        fires: [fires('it will be full in days', filled(86, 10_000), 400, of)],
        silent: [
          silent('it is as full as before', filled(90), 400),
          silent('it fills, and there is room', filled(20, 20_000), 400),
        ],
      },
    ),
    alert('PersistentVolumeFull', 'critical', `${left} < 0.03`, {
      fires: [fires('it is full', filled(98), 10, of)],
      silent: [silent('there is room', filled(96), 10)],
    }),
  ];
}

const SOME_CERTIFICATE = { name: 'webhook', namespace: 'cert-manager' };

function certificateExpires(): Alert {
  const ends = (labels: Labels): string => select('certmanager_certificate_expiration_timestamp_seconds', labels);
  const ready = (labels: Labels): string =>
    select('certmanager_certificate_ready_status', { ...labels, condition: 'True' });
  const by = 'by (namespace, name)';
  const valid = { [ready(SOME_CERTIFICATE)]: '1x40' };
  return platform({
    name: 'CertificateExpires',
    severity: 'warning',
    expr: `min ${by} (${ends({})}) - time() < ${CERTIFICATE_DAYS * DAY} or max ${by} (${ready({})}) == 0`,
    forSeconds: 900,
    summary: 'The certificate {{ $labels.namespace }}/{{ $labels.name }} ends soon, or cannot be had.',
    runbook: 'certificates-and-secrets',
    cases: {
      fires: [
        fires('it was not renewed', { ...valid, [ends(SOME_CERTIFICATE)]: '1000000x40' }, 20, SOME_CERTIFICATE),
        fires(
          'it cannot be had',
          { [ready(SOME_CERTIFICATE)]: '0x40', [ends(SOME_CERTIFICATE)]: '9000000x40' },
          20,
          SOME_CERTIFICATE,
        ),
      ],
      silent: [silent('it is good for long', { ...valid, [ends(SOME_CERTIFICATE)]: '9000000x40' }, 20)],
    },
  });
}

function secretNotSynced(): Alert {
  const of = { name: 'ethereum-mainnet-l1', namespace: NODE_NAMESPACE };
  const ready = (labels: Labels, status: string): string =>
    select('externalsecret_status_condition', { ...labels, condition: 'Ready', status });
  return platform({
    name: 'SecretNotSynced',
    severity: 'warning',
    expr: `max by (namespace, name) (${ready({}, 'False')}) == 1`,
    forSeconds: 900,
    summary:
      'The secret {{ $labels.namespace }}/{{ $labels.name }} cannot be read: what needs it keeps the old one, or has none.',
    runbook: 'certificates-and-secrets',
    cases: {
      fires: [fires('its store refuses', { [ready(of, 'False')]: '1x40', [ready(of, 'True')]: '0x40' }, 20, of)],
      silent: [silent('it is read', { [ready(of, 'False')]: '0x40', [ready(of, 'True')]: '1x40' }, 20)],
    },
  });
}

/** Of one node by its name: its schedule is missed as well. What a schedule says it tells itself, by when it is next due. */
function snapshotOld(node: string): Alert {
  const cronjob = `${node}-snapshot`;
  const of = { namespace: anyOf(NODES), cronjob };
  const one = { namespace: NODE_NAMESPACE, cronjob };
  const time = (what: string, labels: Labels): string => select(`kube_cronjob_${what}_time`, labels);
  const begun = (labels: Labels): string => time('status_last_schedule', labels);
  const done = (labels: Labels): string => time('status_last_successful', labels);
  const next = (labels: Labels): string => time('next_schedule', labels);
  const info = { [select('kube_cronjob_info', one)]: '1x500' };
  const due = { [next(one)]: '86400x500' };
  const at = SNAPSHOT_SECONDS / 60 + 30;
  const by = 'by (cronjob)';
  return platform({
    name: 'SnapshotOld',
    labels: { node },
    severity: 'warning',
    expr:
      `(max ${by} (${begun(of)}) > max ${by} (${done(of)})) or (max ${by} (${begun(of)}) unless on (cronjob) ${done(of)}) or ` +
      `(time() - max ${by} (${next(of)}) > 0) or ${missing('kube_cronjob_info', { cronjob })}`,
    forSeconds: SNAPSHOT_SECONDS,
    summary: `${node} has no new snapshot: it failed, did not begin, or is not asked for.`,
    runbook: 'snapshot-old',
    cases: {
      fires: [
        fires('it failed', { ...info, ...due, [begun(one)]: '100x500', [done(one)]: '50x500' }, at, { cronjob }),
        fires('it never went well', { ...info, ...due, [begun(one)]: '100x500' }, at, { cronjob }),
        fires('it does not begin', { ...info, [next(one)]: '60x500' }, at + 30, { cronjob }),
        fires('nobody asks for it', {}, at, { cronjob }),
      ],
      silent: [silent('it was made', { ...info, ...due, [begun(one)]: '100x500', [done(one)]: '200x500' }, at)],
    },
  });
}
