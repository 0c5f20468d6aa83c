import { CHAINS } from '../../../../constructs/chain-node/catalogue';
import { alertsOf, clientMetrics, type ExportedMetric, METRICS } from '../../../../constructs/monitoring-stack/alerts';
import { RECORDED } from '../../../../constructs/monitoring-stack/alerts/metrics';
import { reportAlerts } from '../../../../constructs/performance-report/alerts';
import { ENGINE_ALERTS } from '../../mev-engine/alerts/engines';
import { selectorsOf, strangersTo } from './promql';
import { everyNode, WATCH } from './watch';

/** A development chain of a node in a pod, and all that the catalogue has. */
const ALERTS = [
  ...alertsOf(WATCH),
  ...alertsOf({ environment: 'staging', nodes: everyNode, diskUsedPercent: 85, gateway: { rpcTimeoutMs: 1000 } }),
];
const CONTRACT: readonly ExportedMetric[] = [...METRICS, ...clientMetrics({ nodes: everyNode })];
const strangersOf = strangersTo(CONTRACT);

test('the reader of PromQL finds metrics and labels, and what is no PromQL', () => {
  expect(selectorsOf('max by (node) (changes(a{b="c",d=~"e,f=g"}[5m])) > 0 unless absent(h)')).toEqual([
    { metric: 'a', labels: ['b', 'd', 'f'] },
    { metric: 'h', labels: [] },
  ]);
  expect(() => selectorsOf('max by node')).toThrow('no PromQL');
  expect(() => selectorsOf('a{')).toThrow('no PromQL');
});

test('every rule uses what somebody exports, by labels that it bears', () => {
  expect([...new Set(ALERTS.flatMap(({ expr }) => strangersOf(expr)))]).toEqual([]);
});

test('and a rule that does not is found', () => {
  expect(strangersOf('chain_haelthy == 0')).toEqual(['chain_haelthy: nobody exports it']);
  expect(strangersOf('chain_healthy{pool="a"} == 0')).toEqual(['chain_healthy: has no label pool']);
});

test('cases are made of the same metrics', () => {
  const series = ALERTS.flatMap(({ cases }) =>
    [...cases.fires, ...cases.silent].flatMap((one) => one.series.map(({ series }) => series)),
  );
  expect([...new Set(series.flatMap(strangersOf))]).toEqual([]);
});

describe('the contract', () => {
  test('has each name once, with where it was read', () => {
    const names = METRICS.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const { source, name } of METRICS) {
      expect(name).toMatch(/^[a-z][a-zA-Z_]+$/);
      expect(source).toMatch(/\/|Prometheus documentation/);
    }
  });

  test('has nothing that no rule uses', () => {
    const rules = [...ALERTS, ...ENGINE_ALERTS, ...reportAlerts({ namespace: 'mev-data', cronjob: 'report' })];
    const used = new Set(rules.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric)));
    expect(METRICS.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });

  test('records of clients what the catalogue does not name, of processes that it has', () => {
    for (const { process, meaning, metric, source } of RECORDED) {
      const processes = everyNode.flatMap((node) => node.processes).filter(({ name }) => name === process);
      expect(processes.length).toBeGreaterThan(0);
      for (const { names } of processes) {
        expect(Object.values(names)).not.toContain(metric);
        expect(names).not.toHaveProperty(meaning);
      }
      expect(source).toMatch(/^\S+\/\S+ /);
    }
  });

  test('knows clients of all chains', () => {
    expect(new Set(everyNode.map(({ chain }) => chain))).toEqual(new Set(CHAINS.map(({ id }) => id)));
    expect(CONTRACT.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['chain_head_block', 'beacon_finalized_epoch', 'solana_node_num_slots_behind']),
    );
  });
});

test('our own text has the metrics that the contract says', async () => {
  const { readFileSync } = await import('node:fs');
  const { join } = await import('node:path');
  const host = join(__dirname, '../../../../constructs/chain-node/host');
  const text = ['metrics.jq', 'prepare-disk.sh'].map((file) => readFileSync(join(host, file), 'utf8')).join('\n');
  for (const { name, exporter } of METRICS)
    if (exporter === 'health') expect(text).toMatch(new RegExp(`\\b${name}\\b`));
});
