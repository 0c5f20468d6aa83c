import { engineAlerts, riskAlerts } from '../../../../constructs/mev-engine/alerts';
import { everyCaseHolds, holds, place, testRules } from '../../monitoring-stack/alerts/promtool';
import { ENGINE, ENGINE_ALERTS, RISK } from './engines';

/** What Prometheus itself says of the rules, and of what is said to make them fire. */

everyCaseHolds(ENGINE_ALERTS, [
  ['the other way round', 'PositionOverLimit', ({ expr }) => ({ expr: expr.replace('>', '<') })],
  [
    'that forgets what was',
    'PositionOverLimit',
    ({ keepFiringSeconds: _, ...alert }) => ({ ...alert, keepFiringSeconds: 60 }),
  ],
  ['that never forgets', 'HourlyLoss', () => ({ keepFiringSeconds: 30 * 86_400 })],
  ['that takes no data for none', 'RiskMetricsMissing', ({ expr }) => ({ expr: expr.replaceAll('absent', 'sum') })],
  ['that stops what is not there', 'RiskMetricsMissing', ({ expr }) => ({ expr: expr.replace(/ and on .*$/, '') })],
  ['of one engine alone', 'HourlyLoss', ({ expr }) => ({ expr: expr.replaceAll('sum(', 'max(') })],
  ['that counts no profit', 'DailyLoss', ({ expr }) => ({ expr: expr.replace(/ - \(.*\) >/, ' >') })],
  ['that asks for profit', 'DailyLoss', ({ expr }) => ({ expr: expr.replace(' or vector(0)', '') })],
  ['of any limits', 'EngineIgnoresLimits', ({ expr }) => ({ expr: expr.replace(/,sha256="\w+"/, '') })],
  [
    'that takes all pods for one',
    'EngineIgnoresLimits',
    ({ expr }) => ({ expr: expr.replace('on (pod)', 'on (engine)') }),
  ],
  ['that waits for a stopped one', 'EngineDown', ({ expr }) => ({ expr: expr.replace(' > 0', ' >= 0') })],
]);

describe('and so it is with', () => {
  test(
    'an engine without strategies',
    () => holds(testRules(engineAlerts({ ...ENGINE, strategies: [] }), place())),
    60_000,
  );

  test(
    'an environment without limits',
    () => holds(testRules(riskAlerts({ namespace: RISK.namespace, engines: [ENGINE.name] }), place())),
    60_000,
  );

  test('limits of nothing', () => {
    const nothing = { value: '0', unit: 'ETH' };
    const [strategy] = ENGINE.strategies;
    if (!strategy) throw new Error('no strategy');
    const limits = { maxPositionSize: nothing, maxSlippage: 0, chains: { ethereum: { maxGasPrice: '0' } } };
    holds(testRules(engineAlerts({ ...ENGINE, strategies: [{ ...strategy, limits }] }), place()));
    holds(testRules(riskAlerts({ ...RISK, maxHourlyLoss: nothing, maxConcurrentStrategies: 0 }), place()));
  }, 60_000);
});
