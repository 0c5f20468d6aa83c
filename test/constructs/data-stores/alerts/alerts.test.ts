import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataAlerts } from '../../../../constructs/data-stores';
import { DATA_METRICS } from '../../../../constructs/data-stores/alerts';
import type { Alert } from '../../../../constructs/monitoring-stack';
import { METRICS } from '../../../../constructs/monitoring-stack/alerts';
import { strangersTo } from '../../monitoring-stack/alerts/promql';
import { DATA_ALERTS, LEAST, WHOLE } from './watched';

const RUNBOOKS = join(__dirname, '../../../../docs/runbooks');
const titleOf = ({ name, labels = {} }: Alert): string => [name, ...Object.values(labels)].join(' ');
const namesOf = (alerts: readonly Alert[]): readonly string[] => [...new Set(alerts.map(({ name }) => name))].sort();
const ALL = [...DATA_ALERTS, ...dataAlerts(LEAST)];

describe.each(DATA_ALERTS.map((alert) => [titleOf(alert), alert] as const))('%s', (_, alert) => {
  test('is complete', () => {
    expect(alert.name).toMatch(/^([A-Z][a-z]+)+$/);
    expect([alert.team, alert.group, alert.action]).toEqual(['platform', 'data', undefined]);
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
    const spoken = [...alert.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string);
    for (const labels of alert.cases.fires.flatMap(({ fires }) => fires))
      expect(spoken.filter((label) => !(label in labels))).toEqual([]);
  });

  test('has a case in which it fires, and one in which it does not', () => {
    const { fires, silent } = alert.cases;
    expect([fires.length > 0, silent.length > 0]).toEqual([true, true]);
    const names = [...fires, ...silent].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

test('there are those that operators need', () => {
  expect(namesOf(DATA_ALERTS)).toEqual([
    'ClickHouseDown',
    'DataDiskExhausted',
    'DataDiskFull',
    'PostgresBackupMissed',
    'PostgresDown',
    'PostgresNotReplicating',
    'StreamNearlyFull',
    'StreamNotStored',
    'StreamServerDown',
    'StreamsDown',
  ]);
});

test('there are none about what there is not', () => {
  expect(namesOf(dataAlerts(LEAST))).toEqual([
    'ClickHouseDown',
    'DataDiskExhausted',
    'DataDiskFull',
    'PostgresDown',
    'StreamNearlyFull',
    'StreamNotStored',
    'StreamsDown',
  ]);
  const stored = DATA_ALERTS.filter(({ name }) => name === 'StreamNotStored');
  expect(stored.map(({ labels }) => labels?.stream)).toEqual(['executions']);
});

test('a stream that is declared larger may hold more', () => {
  const limit = (sizeGiB: number): string | undefined => {
    const streams = [{ name: 'executions', sizeGiB, table: true }];
    const [alert] = dataAlerts({ ...WHOLE, streams }).filter(({ name }) => name === 'StreamNearlyFull');
    return / > (\d+)$/.exec(alert?.expr ?? '')?.[1];
  };
  expect([limit(10), limit(20)]).toEqual(['9663676416', '19327352832']);
});

test('no two are taken for one', () => {
  const keys = DATA_ALERTS.map(({ name, labels = {} }) => JSON.stringify([name, Object.entries(labels).sort()]));
  expect(new Set(keys).size).toBe(keys.length);
});

describe('metrics', () => {
  const strangersOf = strangersTo([
    ...METRICS,
    ...DATA_METRICS.map((metric) => ({ ...metric, exporter: 'prometheus' as const })),
  ]);

  test('are those of what is deployed, by labels that they bear', () => {
    expect(ALL.flatMap(({ expr }) => strangersOf(expr))).toEqual([]);
    const series = ALL.flatMap(({ cases }) => [...cases.fires, ...cases.silent].flatMap((one) => one.series));
    expect([...new Set(series.flatMap(({ series }) => strangersOf(series)))]).toEqual([]);
  });

  test('and every one that is known is used', () => {
    for (const { name } of DATA_METRICS) expect(DATA_ALERTS.some(({ expr }) => expr.includes(name))).toBe(true);
  });

  test('and a rule of others is found', () => {
    expect(strangersOf('nats_stream_total_byte > 0')).toEqual(['nats_stream_total_byte: nobody exports it']);
  });
});
