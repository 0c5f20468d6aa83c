import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workerAlerts } from '../../../constructs/data-worker/alerts';
import { WORKER_METRICS } from '../../../constructs/data-worker/contract';
import { METRICS } from '../../../constructs/monitoring-stack/alerts';
import { reportAlerts } from '../../../constructs/performance-report/alerts';
import { selectorsOf, strangersTo } from '../monitoring-stack/alerts/promql';
import { PROCESSOR, SOURCE } from './workers';

/** Alerts of workers, and of the report that is made of what they keep. */

const RUNBOOKS = join(__dirname, '../../../docs/runbooks');
const REPORT = reportAlerts({ namespace: 'mev-data', cronjob: 'performance-report' });
const ALERTS = [...[SOURCE, PROCESSOR].flatMap(workerAlerts), ...REPORT];

test.each(ALERTS.map((alert) => [[alert.name, ...Object.values(alert.labels ?? {})].join(' '), alert] as const))(
  '%s is complete, and leads to a page that tells of it',
  (_, alert) => {
    expect(alert).toMatchObject({ group: 'data', team: 'mev' });
    expect(alert.expr).not.toMatch(/undefined|NaN|\n/);
    expect(alert.summary).toMatch(/^\S.*[.]$/);
    const page = join(RUNBOOKS, `${alert.runbook}.md`);
    expect([page, existsSync(page)]).toEqual([page, true]);
    expect(readFileSync(page, 'utf8')).toContain(`\`${alert.name}\``);
    const spoken = [...alert.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string);
    for (const labels of alert.cases.fires.flatMap(({ fires }) => fires))
      expect(spoken.filter((label) => !(label in labels))).toEqual([]);
    expect(alert.cases.silent.length).toBeGreaterThan(0);
  },
);

test('no two are taken for one', () => {
  const keys = ALERTS.map(({ name, labels = {} }) => JSON.stringify([name, Object.entries(labels).sort()]));
  expect(new Set(keys).size).toBe(keys.length);
});

test('their metrics are those of the contract and of what is deployed, by labels that they bear', () => {
  const strangersOf = strangersTo([
    ...METRICS,
    ...WORKER_METRICS.map(({ name, labels }) => ({ name, labels, exporter: 'worker' as const, source: 'contract' })),
  ]);
  expect(ALERTS.flatMap(({ expr }) => strangersOf(expr))).toEqual([]);
  const series = ALERTS.flatMap(({ cases }) => [...cases.fires, ...cases.silent].flatMap((one) => one.series));
  expect([...new Set(series.flatMap(({ series }) => strangersOf(series)))]).toEqual([]);
  expect(strangersOf('data_worker_lost_total > 0')).toEqual(['data_worker_lost_total: nobody exports it']);
});

test('of a worker they are asked for by its namespace and its name, and none by pod', () => {
  for (const { expr } of workerAlerts(PROCESSOR))
    for (const { metric, labels } of selectorsOf(expr).filter(({ metric }) => /^(data_worker_|up$)/.test(metric))) {
      expect([metric, labels]).toEqual([metric, expect.arrayContaining(['namespace', 'worker'])]);
      expect(labels).not.toContain('pod');
    }
});

test('what it does decides what there is: silence is a fault of those that bring data in', () => {
  const of = (worker: typeof SOURCE) => workerAlerts(worker).map(({ name, labels }) => [name, labels?.stream]);
  const always = [
    'WorkerDown',
    'WorkerNotReady',
    'WorkerRestarting',
    'WorkerFailing',
    'WorkerEgressOpen',
    'WorkerDenyProbeMissed',
  ].map((name) => [name, undefined]);
  expect(of(SOURCE)).toEqual(expect.arrayContaining([...always, ['WorkerSilent', 'mempool']]));
  expect(of(SOURCE)).toHaveLength(always.length + 1);
  expect(of(PROCESSOR)).toEqual(
    expect.arrayContaining([...always, ['WorkerBehind', 'market'], ['WorkerBehind', 'prices']]),
  );
  expect(of(PROCESSOR)).toHaveLength(always.length + 2);
});
