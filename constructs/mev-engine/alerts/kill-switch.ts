/** Alerts about what stops engines: that it has, and that it could not. */
import { SERVICES } from '../../cluster-services';
import { type Alert, anyOf, fires, type Labels, select, silent } from '../../monitoring-stack';
import type { BesideNode, WatchedRisk } from '../watched';
import { called, told } from './parts';

/** Deployment of KEDA's chart that scales. */
const OPERATOR = 'keda-operator';
/** What the pods that Alertmanager calls are named after. */
const WEBHOOK = 'mev-stop';
/** The bus that takes it on (argoproj/argo-events v1.9.10, pkg/reconciler/eventbus/installer/jetstream.go). */
const BUS = 'eventbus-default-js';
/** Pods between an alert and a stop: those two, and the sensor of each engine, which its Deployment is named after. */
const BETWEEN = [WEBHOOK, BUS, '.+-stop-sensor'];

export const killSwitchAlerts = (risk: WatchedRisk): readonly Alert[] => [
  ...(risk.engines.length > 0 ? [killSwitchEngaged(risk)] : []),
  killSwitchBroken(risk),
];

/** A node that an engine has left, for cases. */
const BEFORE = 'before';

const byHost = (metric: string): string => `max by (engine, node) (${metric})`;

/** A host looks every five seconds, and is scraped every thirty. */
const GUARD_SECONDS = 90;

const about = (alert: Omit<Alert, 'team' | 'group' | 'runbook' | 'severity'>): Alert =>
  told({ ...alert, group: 'risk-breaches', severity: 'critical', runbook: 'kill-switch' });

/** Its latch is there. By the names of engines: other config maps may be called so, too. */
function killSwitchEngaged({ namespace, engines: all, besideNodes = [] }: WatchedRisk): Alert {
  const onHosts = besideNodes.map((one) => select('mev_host_latched', { ...one }));
  const inPods = all.filter((engine) => !besideNodes.some((one) => one.engine === engine));
  const engines = inPods.length > 0 ? inPods : all;
  const metric = 'kube_configmap_info';
  const latches = [...engines].sort().map((engine) => `${engine}-stop`);
  const [engine = ''] = [...engines].sort();
  const latch = (configmap: string) => select(metric, { namespace, configmap });
  return about({
    name: 'KillSwitchEngaged',
    expr: [
      `max by (engine) (label_replace(${select(metric, { namespace, configmap: anyOf(latches) })}, "engine", "$1", "configmap", "(.+)-stop"))`,
      ...(onHosts.length === 0 ? [] : [`max by (engine) (${onHosts.join(' or ')}) > 0`]),
    ].join(' or '),
    forSeconds: 0,
    summary: '{{ $labels.engine }} is stopped, until somebody has found out why and lifts it.',
    cases: {
      fires: [
        fires('it is latched', { [latch(`${engine}-stop`)]: '_x4 1x20' }, 6, { engine }),
        ...besideNodes.map((one) =>
          fires(`${one.engine} is, on its host`, { [select('mev_host_latched', { ...one })]: '0x4 1x20' }, 6, {
            engine: one.engine,
          }),
        ),
      ],
      silent: [
        silent('it is lifted', { [latch(`${engine}-stop`)]: '1x4 stale' }, 10),
        ...besideNodes.flatMap((one) => [
          silent(`${one.engine} is not`, { [select('mev_host_latched', { ...one })]: '0x20' }, 6),
          silent(
            `${one.engine} was, on a host that it has left`,
            { [select('mev_host_latched', { ...one, node: BEFORE })]: '1x20' },
            6,
          ),
        ]),
        silent('it is another', { [latch('kube-root-ca.crt')]: '1x20', [latch(`${WEBHOOK}-code`)]: '1x20' }, 6),
      ],
    },
  });
}

function killSwitchBroken({ namespace, besideNodes = [] }: WatchedRisk): Alert {
  const guard = (one: BesideNode) => select('mev_host_guard_timestamp_seconds', { ...one });
  const wants = (one: BesideNode, wanted: string, runs: string) => ({
    [select('mev_host_wanted', { ...one })]: wanted,
    [select('mev_host_running', { ...one })]: runs,
  });
  const looks = Object.fromEntries(besideNodes.map((one) => [guard(one), '0+60x40']));
  const keda = select('kube_deployment_status_replicas_ready', {
    namespace: SERVICES.keda.namespace,
    deployment: OPERATOR,
  });
  const ready = (labels: Labels) => select('kube_pod_status_ready', { namespace, ...labels, condition: 'true' });
  const podsOf = (...names: readonly string[]) => ready({ pod: `~(${names.join('|')})-.*` });
  const pod = `${WEBHOOK}-eventsource-x7k2p-6f7c9d8b5-k2j4h`;
  const bus = `${BUS}-0`;
  const sensor = 'one-stop-sensor-m4d9w-5d9c7b8f6d-q8z2n';
  const operates = { [keda]: '1x30', ...looks };
  const carries = { [ready({ pod: bus })]: '1x30' };
  const listens = { [ready({ pod })]: '1x30', ...carries };
  return about({
    name: 'KillSwitchBroken',
    expr: `max by (part) (${[
      called(`absent(max(${keda}) > 0)`, 'part', OPERATOR),
      ...[WEBHOOK, BUS].map((name) => called(`absent(${podsOf(name)})`, 'part', name)),
      ...besideNodes.map((one) =>
        called(`absent(time() - max(${guard(one)}) < ${GUARD_SECONDS})`, 'part', `guard of ${one.engine}`),
      ),
      // One that was to end and has not: also on a host that it has left, and where none is beside a node any more.
      `label_replace(label_join(${byHost('mev_host_running')} == 1 and ${byHost('mev_host_wanted')} == 0, "part", " beside ", "engine", "node"), "part", "stop of $1", "part", "(.*)")`,
      `label_replace(max by (pod) (${podsOf(...BETWEEN)}) == 0, "part", "$1", "pod", "(.*)")`,
    ].join(' or ')})`,
    forSeconds: 300,
    summary: '{{ $labels.part }} is not ready: a breach may stop nothing. Stop by hand.',
    cases: {
      fires: [
        fires('KEDA is not ready', { ...listens, ...looks, [keda]: '1x4 0x20' }, 12, { part: OPERATOR }),
        fires('KEDA is not there', { ...listens, ...looks }, 12, { part: OPERATOR }),
        fires('the webhook is not ready', { ...operates, ...carries, [ready({ pod })]: '1x4 0x20' }, 12, { part: pod }),
        fires('the webhook is not there', { ...operates, ...carries }, 12, { part: WEBHOOK }),
        fires('the bus is not there', { ...operates, [ready({ pod })]: '1x30' }, 12, { part: BUS }),
        fires('a server of the bus is not ready', { ...operates, ...listens, [ready({ pod: bus })]: '0x30' }, 12, {
          part: bus,
        }),
        fires(
          'the sensor of an engine is not ready',
          { ...operates, ...listens, [ready({ pod: sensor })]: '0x30' },
          12,
          {
            part: sensor,
          },
        ),
        ...besideNodes.map((one) =>
          fires(
            `the guard of ${one.engine} looks no more, though that of a host that it has left does`,
            {
              ...operates,
              ...listens,
              [guard(one)]: '0+60x4 240x30',
              [guard({ ...one, node: BEFORE })]: '0+60x40',
            },
            14,
            { part: `guard of ${one.engine}` },
          ),
        ),
        fires(
          'one does not end on a host that it has left, while it runs beside another',
          {
            ...operates,
            ...listens,
            ...wants({ engine: 'moved', node: BEFORE }, '1x4 0x30', '1x40'),
            ...wants({ engine: 'moved', node: 'now' }, '1x40', '1x40'),
          },
          14,
          { part: `stop of moved beside ${BEFORE}` },
        ),
      ],
      silent: [
        silent(
          'one ends that was to',
          { ...operates, ...listens, ...wants({ engine: 'one', node: 'now' }, '1x4 0x30', '1x7 0x30') },
          16,
        ),
        silent('both are ready', { ...operates, ...listens }, 12),
        silent('one is started anew', { ...operates, ...carries, [ready({ pod })]: '1x4 0x3 1x20' }, 12),
        silent(
          'an engine is not ready',
          { ...operates, ...listens, [ready({ pod: 'one-6d5f8c9b7-t5w3x' })]: '0x30' },
          12,
        ),
      ],
    },
  });
}
