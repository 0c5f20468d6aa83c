/** Alerts: what is wrong with nodes, their machines, the gateway and the platform, as data made from what is watched. */
import type { Watch } from '../watch';
import { hostAlerts } from './host';
import type { Alert } from './model';
import { nodeAlerts } from './node';
import { platformAlerts } from './platform';
import { rpcAlerts } from './rpc';

export { INHIBITIONS, type Inhibition } from './inhibitions';
export { clientMetrics, type ExportedMetric, METRICS } from './metrics';
export type { Alert, AlertCase, AlertGroup, Severity, Team } from './model';
export { HOST_JOB } from './parts';
export { type Rule, type RuleFile, renderRules, renderSuites, renderTests, type Suite, type TestFile } from './render';

/** Every alert of an environment, group by group. */
export const alertsOf = (watch: Watch): readonly Alert[] => [
  ...nodeAlerts(watch),
  ...hostAlerts(watch),
  ...rpcAlerts(watch),
  ...platformAlerts(watch),
];
