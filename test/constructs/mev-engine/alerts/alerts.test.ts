import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineAlerts, riskAlerts } from '../../../../constructs/mev-engine/alerts';
import { ENGINE_METRICS, GLOBAL_SCOPE } from '../../../../constructs/mev-engine/contract';
import type { WatchedEngine, WatchedRisk, WatchedStrategy } from '../../../../constructs/mev-engine/watched';
import { type Alert, renderRules } from '../../../../constructs/monitoring-stack';
import { METRICS } from '../../../../constructs/monitoring-stack/alerts';
import { selectorsOf, strangersTo } from '../../monitoring-stack/alerts/promql';
import { ENGINE, ENGINE_ALERTS, LIMITED, OTHER, RISK } from './engines';

const RUNBOOKS = join(__dirname, '../../../../docs/runbooks');
const titleOf = ({ name, labels = {} }: Alert): string => [name, ...Object.values(labels)].join(' ');
const casesOf = ({ cases }: Alert) => [...cases.fires, ...cases.silent];
const named = (name: string, alerts: readonly Alert[] = ENGINE_ALERTS): readonly Alert[] =>
  alerts.filter((alert) => alert.name === name);
const namesOf = (alerts: readonly Alert[]): readonly string[] => [...new Set(alerts.map(({ name }) => name))];

describe.each(ENGINE_ALERTS.map((alert) => [titleOf(alert), alert] as const))('%s', (_, alert) => {
  test('is complete', () => {
    expect(alert.name).toMatch(/^([A-Z][a-z]+)+$/);
    expect(alert.team).toBe('mev');
    expect(alert.expr).not.toMatch(/undefined|NaN|Infinity|\n/);
    expect(alert.summary).toMatch(/^\S.*[.]$/);
    expect(alert.summary).not.toMatch(/undefined|NaN/);
  });

  test('leads to a page that tells of it', () => {
    const page = join(RUNBOOKS, `${alert.runbook}.md`);
    expect([page, existsSync(page)]).toEqual([page, true]);
    expect(readFileSync(page, 'utf8')).toContain(`\`${alert.name}\``);
  });

  test('says which one, in words that its alerts bear', () => {
    // Labels that the rule itself sets are not known where a summary is filled in.
    const spoken = [...alert.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string);
    for (const labels of alert.cases.fires.flatMap(({ fires }) => fires))
      expect(spoken.filter((label) => !(label in labels))).toEqual([]);
  });

  test('has a case in which it fires, and one in which it does not', () => {
    expect(alert.cases.fires.length).toBeGreaterThan(0);
    expect(alert.cases.silent.length).toBeGreaterThan(0);
    for (const { fires } of alert.cases.fires) expect(fires.length).toBeGreaterThan(0);
    const cases = casesOf(alert);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    for (const { atMinutes, stepMinutes = 1 } of cases) expect(atMinutes % stepMinutes).toBe(0);
  });
});

test('there are those that operators need', () => {
  const needed = {
    engine:
      'EngineDown EngineNotReady EngineStale EngineBehind EngineIgnoresLimits EngineRestarting ExecutionStuck ExecutionFailed RevertRateHigh BundleInclusionLow OpportunityDrought StrategyHalted EgressOpen DenyProbeMissed WalletBalanceLow',
    'risk-breaches':
      'PositionOverLimit GasPriceOverLimit PriorityFeeOverLimit SlippageOverLimit RiskMetricsMissing HourlyLoss DailyLoss EmergencyStopLoss ConcurrentStrategiesOverLimit LossesNotCounted KillSwitchEngaged KillSwitchBroken WalletNotTold WalletOutflowUnexpected',
    'profit-opportunities': 'OpportunitySeen',
  };
  for (const [group, names] of Object.entries(needed))
    expect([...namesOf(ENGINE_ALERTS.filter((alert) => alert.group === group))].sort()).toEqual(
      names.split(' ').sort(),
    );
});

test('no two are taken for one', () => {
  const keys = ENGINE_ALERTS.map(({ name, labels = {} }) => JSON.stringify([name, Object.entries(labels).sort()]));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test('alerts of an engine bear its name, and those of a strategy that as well', () => {
  for (const { name, labels } of engineAlerts(ENGINE)) {
    expect([name, labels?.engine]).toEqual([name, ENGINE.name]);
    if (labels?.strategy !== undefined) expect(['backrun', 'cross-chain-usdc']).toContain(labels.strategy);
  }
});

describe('what stops', () => {
  const kills = ENGINE_ALERTS.filter(({ action }) => action === 'kill');

  test('is what must', () => {
    expect([...namesOf(kills)].sort()).toEqual([
      'ConcurrentStrategiesOverLimit',
      'DailyLoss',
      'EgressOpen',
      'EmergencyStopLoss',
      'EngineIgnoresLimits',
      'GasPriceOverLimit',
      'HourlyLoss',
      'LossesNotCounted',
      'PositionOverLimit',
      'PriorityFeeOverLimit',
      'RiskMetricsMissing',
      'SlippageOverLimit',
      'WalletNotTold',
      'WalletOutflowUnexpected',
    ]);
  });

  test('stops what it is about, is loud, and fires for a day after', () => {
    for (const { name, labels = {}, severity, keepFiringSeconds } of kills) {
      expect([name, severity, keepFiringSeconds]).toEqual([name, 'critical', 86_400]);
      expect([name, labels.scope]).toEqual([name, labels.strategy ?? labels.engine ?? GLOBAL_SCOPE]);
    }
  });

  test('says so, by its labels alone', () => {
    const { groups } = renderRules(ENGINE_ALERTS, { environment: 'production', runbooks: 'https://example.com' });
    expect(groups.map(({ name, interval }) => [name, interval])).toEqual([
      ['engine', '15s'],
      ['risk-breaches', '15s'],
      ['profit-opportunities', undefined],
    ]);
    const rules = groups.flatMap((group) => group.rules);
    for (const { labels, keep_firing_for } of rules) {
      expect([labels.action, keep_firing_for]).toEqual(
        labels.scope === undefined ? [undefined, undefined] : ['kill', '1d'],
      );
    }
    expect(rules.filter(({ labels }) => labels.action === 'kill')).toHaveLength(kills.length);
  });

  test('has a case a day later', () => {
    for (const name of ['PositionOverLimit', 'GasPriceOverLimit', 'HourlyLoss', 'EgressOpen', 'EngineIgnoresLimits'])
      for (const { cases } of named(name))
        expect(Math.max(...cases.fires.map(({ atMinutes }) => atMinutes))).toBeGreaterThanOrEqual(1440);
  });
});

describe('metrics', () => {
  const strangersOf = strangersTo([
    ...METRICS,
    ...ENGINE_METRICS.map(({ name, labels }) => ({ name, labels, exporter: 'engine' as const, source: 'contract' })),
  ]);

  test('are those of the contract and of what is deployed, by labels that they bear', () => {
    expect(ENGINE_ALERTS.flatMap(({ expr }) => strangersOf(expr))).toEqual([]);
    const series = ENGINE_ALERTS.flatMap((alert) => casesOf(alert).flatMap((one) => one.series));
    expect([...new Set(series.flatMap(({ series }) => strangersOf(series)))]).toEqual([]);
  });

  test('and a rule of others is found', () => {
    expect(strangersOf('mev_los_total > 0')).toEqual(['mev_los_total: nobody exports it']);
    expect(strangersOf('mev_loss_total{chain="bsc"} > 0')).toEqual(['mev_loss_total: has no label chain']);
  });

  test('that a limit is judged by are missed when they are not there', () => {
    const limits = engineAlerts(ENGINE).filter(
      ({ name, labels }) => /OverLimit$/.test(name) && labels?.strategy === LIMITED.name,
    );
    expect(limits).toHaveLength(6);
    const [missing] = named('RiskMetricsMissing').filter(({ labels }) => labels?.strategy === LIMITED.name);
    for (const { expr } of limits) {
      const judged = /^max\((.*)\) > /.exec(expr)?.[1];
      expect(missing?.expr).toContain(`absent(${judged})`);
    }
    for (const metric of ['mev_loss_total', 'mev_profit_total', 'mev_strategy_trading'])
      expect(missing?.expr).toContain(`absent(${metric}{`);
  });

  test('of an engine are asked for by its namespace and its name, and none by pod', () => {
    for (const { expr } of engineAlerts(ENGINE))
      for (const { metric, labels } of selectorsOf(expr).filter(({ metric }) => /^(mev_|up$)/.test(metric))) {
        expect([metric, labels]).toEqual([metric, expect.arrayContaining(['namespace', 'engine'])]);
        expect(labels).not.toContain('pod');
      }
  });
});

describe('what is watched decides what there is', () => {
  const bare: WatchedStrategy = {
    name: 'bare',
    mode: 'dry-run',
    chains: [],
    limits: { chains: {} },
    failureAlert: false,
  };
  const of = (...strategies: readonly WatchedStrategy[]): readonly Alert[] => engineAlerts({ ...ENGINE, strategies });

  test('what is not limited breaks no limit, and is still judged by its losses', () => {
    const names = namesOf(of(bare));
    expect(names.filter((name) => /OverLimit/.test(name))).toEqual([]);
    expect(names).toContain('RiskMetricsMissing');
    expect(names).not.toEqual(expect.arrayContaining(['ExecutionStuck']));
    expect(names).not.toEqual(expect.arrayContaining(['ExecutionFailed']));
    expect(names).not.toEqual(expect.arrayContaining(['OpportunitySeen']));
  });

  test('an engine without strategies is watched, too', () => {
    expect(namesOf(of())).toEqual(expect.arrayContaining(['EngineDown', 'EngineIgnoresLimits', 'EgressOpen']));
  });

  test('who rehearses wakes nobody but for what must stop', () => {
    const loud = engineAlerts(OTHER).filter(({ severity }) => severity === 'critical');
    expect(loud.filter(({ action }) => action !== 'kill')).toEqual([]);
    expect(named('EngineDown', engineAlerts(ENGINE))[0]?.severity).toBe('critical');
  });

  test('an environment without limits still says whether it can stop', () => {
    expect(namesOf(riskAlerts({ namespace: 'mev-engines', engines: [] }))).toEqual(['KillSwitchBroken']);
  });

  test('how far behind and how silent is a matter of the pace of its chains', () => {
    const behind = named('EngineBehind', engineAlerts(ENGINE)).map(({ labels, expr }) => [
      labels?.chain,
      / > (.*)$/.exec(expr)?.[1],
    ]);
    expect(behind).toEqual([
      ['arbitrum', '240'],
      ['avalanche', 'on () clamp_min(60 * max(deriv(chain_head_number{chain="avalanche",network="mainnet"}[15m])), 3)'],
      ['ethereum', '5'],
    ]);
    const stale = named('EngineStale', engineAlerts(ENGINE)).map(({ expr }) => / > (\d+)$/.exec(expr)?.[1]);
    expect(stale).toEqual(['120', '240']);
  });

  test('losses are of all that is or was in the namespace', () => {
    const [hourly] = named('HourlyLoss');
    expect(hourly?.expr).toBe(
      'sum(increase(mev_loss_total{namespace="mev-engines",unit="ETH"}[1h])) - ' +
        '(sum(increase(mev_profit_total{namespace="mev-engines",unit="ETH"}[1h])) or vector(0)) > 0.5',
    );
  });

  test('a limit that is no number is refused', () => {
    const limits = (value: string) => ({ ...LIMITED, limits: { chains: {}, maxPositionSize: { value, unit: 'ETH' } } });
    for (const value of ['010', '1e3', '-1', '']) expect(() => of(limits(value))).toThrow('is no decimal number');
  });

  test('order of strategies and engines changes nothing', () => {
    expect(engineAlerts({ ...ENGINE, strategies: [...ENGINE.strategies].reverse() })).toEqual(engineAlerts(ENGINE));
    expect(riskAlerts({ ...RISK, engines: [...RISK.engines].reverse() })).toEqual(riskAlerts(RISK));
  });
});

describe('a tightened limit changes its number and nothing else', () => {
  const engine = (change: Partial<WatchedStrategy['limits']>): WatchedEngine => ({
    ...ENGINE,
    strategies: [{ ...LIMITED, limits: { ...LIMITED.limits, ...change } }],
  });
  const rules = (alerts: readonly Alert[]) =>
    new Map(
      renderRules(alerts, { environment: 'production', runbooks: 'https://example.com' }).groups.flatMap((group) =>
        group.rules.map((rule) => [JSON.stringify([rule.alert, rule.labels]), rule] as const),
      ),
    );
  /** Names and numbers of the rules that differ; everything else of them is the same. */
  const changed = (
    before: readonly Alert[],
    after: readonly Alert[],
  ): readonly (readonly [string, string, string])[] => {
    const [old, now] = [rules(before), rules(after)];
    expect([...now.keys()]).toEqual([...old.keys()]);
    return [...old].flatMap(([key, rule]) => {
      const other = now.get(key);
      if (!other || JSON.stringify(other) === JSON.stringify(rule)) return [];
      const [from = '', to = ''] = [rule, other].map(({ expr }) => / > ([\d.]+)$/.exec(expr)?.[1]);
      expect(other.expr).toBe(rule.expr.replace(/[\d.]+$/, to));
      expect(other.annotations.summary).toBe(rule.annotations.summary.replace(`; ${from}`, `; ${to}`));
      return [[rule.alert, from, to] as const];
    });
  };

  test.each<readonly [string, string, string, Partial<WatchedStrategy['limits']>]>([
    ['PositionOverLimit', '10', '2.5', { maxPositionSize: { value: '2.5', unit: 'ETH' } }],
    ['SlippageOverLimit', '0.005', '0.001', { maxSlippage: 0.001 }],
    [
      'GasPriceOverLimit',
      '100',
      '50',
      { chains: { ...LIMITED.limits.chains, ethereum: { maxGasPrice: '50', maxPriorityFee: '2.5' } } },
    ],
    [
      'PriorityFeeOverLimit',
      '2.5',
      '1',
      { chains: { ...LIMITED.limits.chains, ethereum: { maxGasPrice: '100', maxPriorityFee: '1' } } },
    ],
  ])('%s', (name, from, to, change) => {
    const found = changed(engineAlerts(engine({})), engineAlerts(engine(change)));
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) expect(one).toEqual([name, from, to]);
  });

  test.each<readonly [string, string, string, Partial<WatchedRisk>]>([
    ['HourlyLoss', '0.5', '0.25', { maxHourlyLoss: { value: '0.25', unit: 'ETH' } }],
    ['DailyLoss', '2', '1', { maxDailyLoss: { value: '1', unit: 'ETH' } }],
    ['EmergencyStopLoss', '5', '4', { emergencyStopLoss: { value: '4', unit: 'ETH' } }],
    ['ConcurrentStrategiesOverLimit', '3', '1', { maxConcurrentStrategies: 1 }],
  ])('%s', (name, from, to, change) => {
    expect(changed(riskAlerts(RISK), riskAlerts({ ...RISK, ...change }))).toEqual([[name, from, to]]);
  });
});
