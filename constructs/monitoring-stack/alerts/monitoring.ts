import type { ServiceName } from '../../cluster-services';
import { JOBS } from '../scrape';
import type { Alert } from './model';
import { fires, HOST_JOB, type Labels, platform, select, silent } from './parts';

/** The dead man's switch: whoever hears it no more knows that alerts do not arrive. */
export const watchdog = (): Alert =>
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
export function targetMissing(): Alert {
  const up = (job: string, of: Labels = {}): string => select('up', { job, namespace: 'keda', ...of });
  return platform({
    name: 'PrometheusTargetMissing',
    severity: 'warning',
    expr: `count by (job, namespace) (${select('up', { job: `!~${HOST_JOB}|${JOBS.engines}`, chain: '' })} == 0) > 0`,
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
        // One beside a node that is stopped is a target all the same; its own rules tell when it should not be.
        silent(
          'an engine beside a node is stopped',
          { [up(JOBS.engines, { namespace: 'mev-engines', engine: 'one' })]: '0x30' },
          20,
        ),
        silent('a node does not', { [up('bsc-mainnet-geth-node', { chain: 'bsc' })]: '0x30' }, 20),
      ],
    },
  });
}

/** What other alerts of this group are made of: without it they are silent. */
export function clusterMetricsMissing(services: readonly ServiceName[]): Alert {
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

export function rulesFailing(): Alert {
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

export function configReloadFailed(): Alert {
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
export function alertmanagerMissing(): Alert {
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

export function alertmanagerFailing(): Alert {
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
