/** What rules of engines are made of: labels of their series, whether they run, and what it is to stop. */
import { type Alert, DAY, type Labels, type Severity, select } from '../../monitoring-stack';
import type { WatchedEngine, WatchedStrategy } from '../watched';

/** Labels that the ServiceMonitor of an engine gives its series, whichever pod they come from. */
export const ofEngine = ({ namespace, name }: WatchedEngine): Labels => ({ namespace, engine: name });

export const ofStrategy = (engine: WatchedEngine, { name }: WatchedStrategy): Labels => ({
  ...ofEngine(engine),
  strategy: name,
});

/** Labels of alerts about a strategy. */
export const aboutStrategy = (engine: WatchedEngine, { name }: WatchedStrategy): Labels => ({
  engine: engine.name,
  strategy: name,
});

export const strategiesOf = ({ strategies }: WatchedEngine): readonly WatchedStrategy[] =>
  [...strategies].sort((a, b) => (a.name < b.name ? -1 : 1));

/** A pod as its Deployment names it, for cases. */
export const podOf = ({ name }: WatchedEngine): string => `${name}-7d9c5b8f6d-x2x4z`;

/**
 * What the guard of an engine beside a node tells by the exporter of its host. Of that host alone: one that it has left tells on, until
 * somebody cleans up there.
 */
export const ofHost = ({ name, beside }: { readonly name: string; readonly beside?: string }): Labels => ({
  engine: name,
  ...(beside === undefined ? {} : { node: beside }),
});

/** A series of an engine as it is scraped, for cases. */
export const scraped = (engine: WatchedEngine, metric: string, labels: Labels = {}): string =>
  select(metric, { ...ofEngine(engine), ...(engine.beside === undefined ? { pod: podOf(engine) } : {}), ...labels });

const ofDeployment = ({ namespace, name }: WatchedEngine): Labels => ({ namespace, deployment: name });
export const wantedSeries = (engine: WatchedEngine): string =>
  engine.beside === undefined
    ? select('kube_deployment_spec_replicas', ofDeployment(engine))
    : select('mev_host_wanted', ofHost(engine));
export const readySeries = (engine: WatchedEngine): string =>
  engine.beside === undefined
    ? select('kube_deployment_status_replicas_ready', ofDeployment(engine))
    : select('mev_host_ready', ofHost(engine));

/** Whether it is to run: it is not while it is stopped. */
export const wanted = (engine: WatchedEngine): string => `max(${wantedSeries(engine)}) > 0`;

/** Whether it answers Prometheus. */
export const answers = (engine: WatchedEngine): string => `max(${select('up', ofEngine(engine))}) == 1`;

/** Who loses money wakes somebody; who rehearses does not. */
export const loudness = (strategies: readonly WatchedStrategy[]): Severity =>
  strategies.some(({ mode }) => mode === 'live') ? 'critical' : 'warning';

/** About an engine: told, and nothing more. */
export const told = (alert: Omit<Alert, 'team'>): Alert => ({ ...alert, team: 'mev' });

/** Stops the scope. It fires for a day after its cause is gone: KEDA goes by it, and somebody is to look first. */
export const kill = (
  scope: string,
  alert: Omit<Alert, 'team' | 'severity' | 'action' | 'keepFiringSeconds'>,
): Alert => ({
  ...alert,
  labels: { ...alert.labels, scope },
  severity: 'critical',
  team: 'mev',
  action: 'kill',
  keepFiringSeconds: DAY,
});

/** A vector without a label gets it. */
export const called = (expr: string, label: string, value: string): string =>
  `label_replace(${expr}, "${label}", "${value}", "${label}", "")`;

/** A number of a limit as PromQL reads it, which takes 010 for 8. */
export function decimal(text: string): string {
  if (!/^(0|[1-9]\d*)(\.\d+)?$/.test(text)) throw new Error(`"${text}" is no decimal number`);
  return text;
}

/** A value with as many digits as a person reads. */
export const VALUE = '{{ $value | printf "%.6g" }}';
