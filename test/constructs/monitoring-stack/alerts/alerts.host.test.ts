import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Alert, alertsOf } from '../../../../constructs/monitoring-stack/alerts';
import type { Watch } from '../../../../constructs/monitoring-stack/watch';
import { checkRules, type Place, testRules, type Verdict } from './promtool';
import { everyNode, WATCH } from './watch';

/** What Prometheus itself says of the rules, and of what is said to make them fire. */

const root = mkdtempSync(join(tmpdir(), 'alerts-'));
afterAll(() => rmSync(root, { recursive: true }));
/** A folder of its own for each. */
const place = (): Place => ({
  folder: mkdtempSync(join(root, 'rules-')),
  environment: 'production',
  runbooks: 'https://example.com/docs/runbooks',
});
const holds = ({ ok, said }: Verdict): void => {
  if (!ok) throw new Error(said.slice(0, 5000));
};

const ALERTS = alertsOf(WATCH);
const named = (name: string): readonly Alert[] => ALERTS.filter((alert) => alert.name === name);

test('promtool reads all rules together, and finds none twice', () => {
  const { ok, said } = checkRules(ALERTS, place());
  expect([ok, said]).toEqual([true, expect.stringContaining(`SUCCESS: ${ALERTS.length} rules found`)]);
});

describe('every case is as it says', () => {
  test.each([...new Set(ALERTS.map(({ name }) => name))])(
    '%s',
    (name) => holds(testRules(named(name), place())),
    60_000,
  );
});

test('and so it is with every client of the catalogue, beside every other', () => {
  const alerts = alertsOf({ environment: 'production', nodes: everyNode, diskUsedPercent: 85 });
  holds(checkRules(alerts, place()));
  const byClient = ['HeadStale', 'SlotsBehind', 'MetricsMissing', 'FinalityDelayed'];
  holds(
    testRules(
      alerts.filter(({ name }) => byClient.includes(name)),
      place(),
    ),
  );
}, 120_000);

describe('and so it is with', () => {
  test.each<readonly [what: string, change: Partial<Watch>]>([
    ['nothing at all', { nodes: [] }],
    ['a gateway that says nothing of its upstreams', { gateway: { rpcTimeoutMs: 30_000 } }],
    ['a disk that may be nearly full', { diskUsedPercent: 97 }],
    ['a disk that may hardly be used', { diskUsedPercent: 10 }],
  ])(
    '%s',
    (_, change) => {
      const bsc = WATCH.nodes.filter(({ chain }) => chain === 'bsc');
      const alerts = alertsOf({ environment: 'production', nodes: bsc, diskUsedPercent: 85, ...change });
      holds(testRules(alerts, place()));
    },
    60_000,
  );
});

describe('a rule that is wrong fails its cases', () => {
  test.each<readonly [what: string, name: string, change: (alert: Alert) => Partial<Alert>]>([
    ['the other way round', 'DiskFull', ({ expr }) => ({ expr: expr.replace('>', '<') })],
    ['too patient', 'HostDown', () => ({ forSeconds: 7200 })],
    ['too hasty', 'NodeUnhealthy', () => ({ forSeconds: 0 })],
    ['of another metric', 'PeersLow', ({ expr }) => ({ expr: expr.replace('chain_peers', 'chain_peer') })],
    ['that never fires', 'NodeDown', () => ({ expr: 'vector(1) > 1' })],
    ['that always fires', 'NodeDown', () => ({ expr: 'vector(1)' })],
    ['that forgets which node', 'HeadStale', ({ expr }) => ({ expr: `max(${expr})` })],
    ['a year early', 'ForkDue', ({ expr }) => ({ expr: expr.replace(/< \d+/, '< 31536000') })],
  ])('%s', (_, name, change) => {
    const [alert] = named(name);
    if (!alert) throw new Error(`no alert ${name}`);
    holds(testRules([alert], place()));
    const { ok, said } = testRules([{ ...alert, ...change(alert) }], place());
    expect([ok, said]).toEqual([false, expect.stringContaining('FAILED')]);
  });
});
