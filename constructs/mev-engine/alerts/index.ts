/**
 * Alerts of engines, as data made from what each runs and is held to. Those of one engine go with its release, so that it is not there
 * without them; those of all together go with the release that all share.
 */
import type { Alert } from '../../monitoring-stack';
import type { WatchedEngine, WatchedRisk } from '../watched';
import { egressAlerts } from './egress';
import { runningAlerts } from './engine';
import { executionAlerts } from './executions';
import { killSwitchAlerts } from './kill-switch';
import { lossAlerts } from './losses';
import { opportunityAlerts } from './profit';
import { limitAlerts } from './risk';
import { walletAlerts } from './wallets';

/** Of one engine and its strategies. */
export const engineAlerts = (engine: WatchedEngine): readonly Alert[] => [
  ...runningAlerts(engine),
  ...executionAlerts(engine),
  ...egressAlerts(engine),
  ...limitAlerts(engine),
  ...walletAlerts(engine),
  ...opportunityAlerts(engine),
];

/** Of all engines of an environment together, and of what stops them. */
export const riskAlerts = (risk: WatchedRisk): readonly Alert[] => [...lossAlerts(risk), ...killSwitchAlerts(risk)];
