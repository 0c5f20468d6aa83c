/** Alerts about what stops engines: that it has, and that it could not. */
import { SERVICES } from '../../cluster-services';
import { type Alert, anyOf, fires, type Labels, select, silent } from '../../monitoring-stack';
import type { WatchedRisk } from '../watched';
import { called, told } from './parts';

/** Deployment of KEDA's chart that scales. */
const OPERATOR = 'keda-operator';
/** What the pods that Alertmanager calls are named after. */
const WEBHOOK = 'mev-stop';

export const killSwitchAlerts = (risk: WatchedRisk): readonly Alert[] => [
  ...(risk.engines.length > 0 ? [killSwitchEngaged(risk)] : []),
  killSwitchBroken(risk),
];

const about = (alert: Omit<Alert, 'team' | 'group' | 'runbook' | 'severity'>): Alert =>
  told({ ...alert, group: 'risk-breaches', severity: 'critical', runbook: 'kill-switch' });

/** Its latch is there. By the names of engines: other config maps may be called so, too. */
function killSwitchEngaged({ namespace, engines }: WatchedRisk): Alert {
  const metric = 'kube_configmap_info';
  const latches = [...engines].sort().map((engine) => `${engine}-stop`);
  const [engine = ''] = [...engines].sort();
  const latch = (configmap: string) => select(metric, { namespace, configmap });
  return about({
    name: 'KillSwitchEngaged',
    expr: `max by (engine) (label_replace(${select(metric, { namespace, configmap: anyOf(latches) })}, "engine", "$1", "configmap", "(.+)-stop"))`,
    forSeconds: 0,
    summary: '{{ $labels.engine }} is stopped, until somebody has found out why and lifts it.',
    cases: {
      fires: [fires('it is latched', { [latch(`${engine}-stop`)]: '_x4 1x20' }, 6, { engine })],
      silent: [
        silent('it is lifted', { [latch(`${engine}-stop`)]: '1x4 stale' }, 10),
        silent('it is another', { [latch('kube-root-ca.crt')]: '1x20', [latch(`${WEBHOOK}-code`)]: '1x20' }, 6),
      ],
    },
  });
}

function killSwitchBroken({ namespace }: WatchedRisk): Alert {
  const keda = select('kube_deployment_status_replicas_ready', {
    namespace: SERVICES.keda.namespace,
    deployment: OPERATOR,
  });
  const ready = (labels: Labels) => select('kube_pod_status_ready', { namespace, ...labels, condition: 'true' });
  const webhook = ready({ pod: `~${WEBHOOK}-.*` });
  const pod = `${WEBHOOK}-6f7c9d8b5-k2j4h`;
  const operates = { [keda]: '1x30' };
  const listens = { [ready({ pod })]: '1x30' };
  return about({
    name: 'KillSwitchBroken',
    expr: `max by (part) (${[
      called(`absent(max(${keda}) > 0)`, 'part', OPERATOR),
      called(`absent(${webhook})`, 'part', WEBHOOK),
      `label_replace(max by (pod) (${webhook}) == 0, "part", "$1", "pod", "(.*)")`,
    ].join(' or ')})`,
    forSeconds: 300,
    summary: '{{ $labels.part }} is not ready: a breach may stop nothing. Stop by hand.',
    cases: {
      fires: [
        fires('KEDA is not ready', { ...listens, [keda]: '1x4 0x20' }, 12, { part: OPERATOR }),
        fires('KEDA is not there', listens, 12, { part: OPERATOR }),
        fires('the webhook is not ready', { ...operates, [ready({ pod })]: '1x4 0x20' }, 12, { part: pod }),
        fires('the webhook is not there', operates, 12, { part: WEBHOOK }),
      ],
      silent: [
        silent('both are ready', { ...operates, ...listens }, 12),
        silent('one is started anew', { ...operates, [ready({ pod })]: '1x4 0x3 1x20' }, 12),
      ],
    },
  });
}
