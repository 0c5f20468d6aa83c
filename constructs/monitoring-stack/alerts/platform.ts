/** Alerts about what nodes stand on in a cluster: its pods, machines, volumes and secrets. */
import { HOST_PORT_NAMESPACE, NODE_NAMESPACE, type WatchedNode } from '../../chain-node';
import { AGENTS_NAMESPACE, NAMESPACE } from '../charts';
import { ECK_NAMESPACE } from '../logs';
import { SECRET_AGE_SECONDS } from '../thresholds';
import type { Watch } from '../watch';
import type { Alert, Severity } from './model';
import {
  alertmanagerFailing,
  alertmanagerMissing,
  clusterMetricsMissing,
  configReloadFailed,
  rulesFailing,
  targetMissing,
  watchdog,
} from './monitoring';
import { anyOf, DAY, duration, fires, type Labels, labelsOf, missing, platform, select, silent } from './parts';

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
  const { services = [], snapshots = [], backups = {}, secretAgeSeconds = SECRET_AGE_SECONDS } = watch;
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
    ...Object.entries(backups)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([id, gap]) => watch.nodes.filter((node) => node.id === id).map((node) => backupMissed(node, gap))),
    ...watch.nodes
      .filter(({ hosting, secrets }) => hosting === 'instance' && secrets.length > 0)
      .map((node) => secretRotationOverdue(node, secretAgeSeconds)),
  ];
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

/** Half as long again as its schedule has it, or a node that is as old and has none. That one failed is told by the alarm topic. */
function backupMissed(about: WatchedNode, gapSeconds: number): Alert {
  const labels = labelsOf(about);
  const seconds = Math.ceil((gapSeconds * 1.5) / 3600) * 3600;
  const over = duration(seconds);
  const held = select('chain_backup_held_timestamp_seconds', labels);
  const info = select('chain_info', labels);
  const minutes = seconds / 60;
  const by = 'by (node)';
  return platform({
    name: 'BackupMissed',
    labels: { chain: about.chain, network: about.network },
    severity: 'warning',
    expr: `time() - max ${by} (${held}) > ${seconds} or max ${by} (${info} offset ${over}) unless on (node) ${held}`,
    forSeconds: 3600,
    summary: `{{ $labels.node }} was not held for a backup for ${over}, and by its schedule it should have been.`,
    runbook: 'snapshot-old',
    cases: {
      fires: [
        fires(
          'the schedule starts none',
          { [info]: `1x${minutes + 120}`, [held]: `0+0x${minutes + 120}` },
          minutes + 90,
          {
            node: about.id,
          },
        ),
        fires('there never was one', { [info]: `1x${minutes + 120}` }, minutes + 90, { node: about.id }),
      ],
      silent: [
        silent('it was held in time', { [info]: `1x${minutes + 120}`, [held]: `7200x${minutes + 120}` }, minutes + 90),
        silent('it is new', { [info]: `1x${minutes}` }, minutes - 10),
      ],
    },
  });
}

/** A value that leaked is good until it is another one. Of pods nobody tells: External Secrets knows no dates of AWS. */
function secretRotationOverdue(about: WatchedNode, seconds: number): Alert {
  const labels = labelsOf(about);
  const over = duration(seconds);
  const changed = select('chain_secret_changed_timestamp_seconds', labels);
  const info = select('chain_info', labels);
  const minutes = Math.ceil(seconds / 60 / 60) * 60;
  const secret = about.secrets[0] ?? '';
  const one = select('chain_secret_changed_timestamp_seconds', { ...labels, secret });
  const at = (offset: number) => ({ atMinutes: minutes + offset, stepMinutes: 60 });
  const longer = minutes + 300;
  return platform({
    name: 'SecretRotationOverdue',
    labels: { chain: about.chain, network: about.network },
    severity: 'warning',
    expr:
      `time() - min by (node) (${changed}) > ${seconds} ` + `or max by (node) (${info}) unless on (node) ${changed}`,
    forSeconds: 3600,
    summary: `A secret that {{ $labels.node }} reads has had its value for longer than ${over}, or nobody knows for how long.`,
    runbook: 'certificates-and-secrets',
    cases: {
      fires: [
        {
          ...fires('it was never changed', { [info]: `1x${longer}`, [one]: `0+0x${longer}` }, 0, {
            node: about.id,
          }),
          ...at(180),
        },
        fires('its age is not told', { [info]: '1x120' }, 90, { node: about.id }),
      ],
      silent: [
        {
          ...silent('it was changed in time', { [info]: `1x${longer}`, [one]: `${seconds / 2}x${longer}` }, 0),
          ...at(180),
        },
        silent('it is new', { [info]: '1x120', [one]: '0x120' }, 110),
      ],
    },
  });
}
