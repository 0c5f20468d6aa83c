import { alertsOf } from '../../../../constructs/monitoring-stack/alerts';
import type { Watch } from '../../../../constructs/monitoring-stack/watch';
import { checkRules, everyCaseHolds, holds, place, testRules } from './promtool';
import { everyNode, WATCH } from './watch';

/** What Prometheus itself says of the rules, and of what is said to make them fire. */

const ALERTS = alertsOf(WATCH);
everyCaseHolds(ALERTS, [
  ['the other way round', 'DiskFull', ({ expr }) => ({ expr: expr.replace('>', '<') })],
  ['too patient', 'HostDown', () => ({ forSeconds: 7200 })],
  ['too hasty', 'NodeUnhealthy', () => ({ forSeconds: 0 })],
  ['of another metric', 'PeersLow', ({ expr }) => ({ expr: expr.replace('chain_peers', 'chain_peer') })],
  ['that never fires', 'NodeDown', () => ({ expr: 'vector(1) > 1' })],
  ['that always fires', 'NodeDown', () => ({ expr: 'vector(1)' })],
  ['that forgets which node', 'HeadStale', ({ expr }) => ({ expr: `max(${expr})` })],
  ['a year early', 'ForkDue', ({ expr }) => ({ expr: expr.replace(/< \d+/, '< 31536000') })],
]);

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
