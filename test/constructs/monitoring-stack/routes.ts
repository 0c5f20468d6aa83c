import type { Inhibition } from '../../../constructs/monitoring-stack/alerts';
import {
  type AlertmanagerConfig,
  alertmanagerConfig,
  type Receivers,
  type Route,
} from '../../../constructs/monitoring-stack/routing';
import { naming } from '../../../constructs/monitoring-stack/secrets';
import { RECEIVERS } from './stack';

/** Who is told of which alert, as a table; and the way to find out that Alertmanager itself goes. */

export const routing = (
  receivers: Receivers = RECEIVERS,
  environment = 'production',
  inhibitions: readonly Inhibition[] = [],
): AlertmanagerConfig =>
  alertmanagerConfig({ environment, region: 'eu-central-1', receivers, inhibitions, naming: naming(true) });

export type Labels = Readonly<Record<string, string>>;

const OURS = { environment: 'production', node: 'base-mainnet-reth', chain: 'base', network: 'mainnet' };

/** Labels of an alert, and the receiver that it goes to where every receiver is there. */
export const TABLE: readonly (readonly [labels: Labels, receiver: string])[] = [
  [{ alertname: 'Watchdog', severity: 'info', team: 'platform', environment: 'production' }, 'dead-mans-switch'],
  [{ alertname: 'Watchdog', severity: 'critical', environment: 'staging' }, 'dead-mans-switch'],
  [{ alertname: 'InfoInhibitor', severity: 'none', environment: 'production' }, 'nobody'],
  [{ ...OURS, alertname: 'HostDown', severity: 'critical', team: 'platform' }, 'critical-platform'],
  [{ ...OURS, alertname: 'NodeDown', severity: 'critical', team: 'chains' }, 'critical-chains'],
  [{ ...OURS, alertname: 'NodeDown', severity: 'critical' }, 'critical'],
  [{ ...OURS, alertname: 'PeersLow', severity: 'warning', team: 'chains' }, 'warning-chains'],
  [{ ...OURS, alertname: 'MemoryPressure', severity: 'warning', team: 'platform' }, 'warning-platform'],
  [{ ...OURS, alertname: 'PeersLow', severity: 'warning', team: 'nobody-knows' }, 'warning'],
  [{ ...OURS, alertname: 'ForkDue', severity: 'info', team: 'chains' }, 'info-chains'],
  [{ ...OURS, alertname: 'Odd', severity: 'page' }, 'warning'],
  [{ ...OURS, alertname: 'NodeDown', severity: 'critical', environment: 'staging' }, 'other-environment'],
  [{ alertname: 'NodeDown', severity: 'critical' }, 'other-environment'],
];

const MATCHER = /^(\w+)(=~|!~|!=|=)"(.*)"$/;

/** Whether an alert has what a matcher asks for; a label that it has not is an empty one. */
export function matches(matcher: string, labels: Labels): boolean {
  const [, label = '', operator, value = ''] = MATCHER.exec(matcher) ?? [];
  if (operator === undefined) throw new Error(`${matcher} is no matcher`);
  const has = labels[label] ?? '';
  const equal = operator.includes('~') ? new RegExp(`^(?:${value})$`).test(has) : has === value;
  return operator.startsWith('!') ? !equal : equal;
}

/** The receiver that an alert goes to: of the deepest first route that takes it. */
export function receiverOf({ receiver, routes = [] }: Route, labels: Labels): string {
  const taken = routes.find(({ matchers = [] }) => matchers.every((matcher) => matches(matcher, labels)));
  return taken ? receiverOf(taken, labels) : receiver;
}
