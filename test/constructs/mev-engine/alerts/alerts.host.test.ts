import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineAlerts, riskAlerts } from '../../../../constructs/mev-engine/alerts';
import type { Alert } from '../../../../constructs/monitoring-stack';
import { checkRules, type Place, testRules, type Verdict } from '../../monitoring-stack/alerts/promtool';
import { ENGINE, ENGINE_ALERTS, RISK } from './engines';

/** What Prometheus itself says of the rules, and of what is said to make them fire. */

const root = mkdtempSync(join(tmpdir(), 'engine-alerts-'));
afterAll(() => rmSync(root, { recursive: true }));
const place = (): Place => ({
  folder: mkdtempSync(join(root, 'rules-')),
  environment: 'production',
  runbooks: 'https://example.com/docs/runbooks',
});
const holds = ({ ok, said }: Verdict): void => {
  if (!ok) throw new Error(said.slice(0, 5000));
};
const named = (name: string): readonly Alert[] => ENGINE_ALERTS.filter((alert) => alert.name === name);

test('promtool reads all rules together, and finds none twice', () => {
  const { ok, said } = checkRules(ENGINE_ALERTS, place());
  expect([ok, said]).toEqual([true, expect.stringContaining(`SUCCESS: ${ENGINE_ALERTS.length} rules found`)]);
});

describe('every case is as it says', () => {
  test.each([...new Set(ENGINE_ALERTS.map(({ name }) => name))])(
    '%s',
    (name) => holds(testRules(named(name), place())),
    60_000,
  );
});

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

describe('a rule that is wrong fails its cases', () => {
  test.each<readonly [what: string, name: string, change: (alert: Alert) => Partial<Alert>]>([
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
  ])(
    '%s',
    (_, name, change) => {
      const [alert] = named(name);
      if (!alert) throw new Error(`no alert ${name}`);
      holds(testRules([alert], place()));
      const { ok, said } = testRules([{ ...alert, ...change(alert) }], place());
      expect([ok, said]).toEqual([false, expect.stringContaining('FAILED')]);
    },
    60_000,
  );
});
