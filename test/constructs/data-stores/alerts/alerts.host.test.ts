import { dataAlerts } from '../../../../constructs/data-stores';
import { everyCaseHolds, holds, place, testRules } from '../../monitoring-stack/alerts/promtool';
import { DATA_ALERTS, LEAST } from './watched';

/** What Prometheus itself says of the rules, and of what is said to make them fire. */

everyCaseHolds(DATA_ALERTS, [
  ['that asks for all servers', 'StreamsDown', ({ expr }) => ({ expr: expr.replace('>= 2', '>= 3') })],
  [
    'that takes no data for none',
    'StreamsDown',
    ({ expr }) => ({ expr: expr.replace(/absent\((.*) >= 2\)/, '$1 < 2') }),
  ],
  ['of any stream', 'StreamNearlyFull', ({ expr }) => ({ expr: expr.replace(/,stream_name="[^"]*"/, '') })],
  [
    'that takes what waits for what is not read',
    'StreamNotStored',
    ({ expr }) => ({ expr: expr.replace(/ and on .*/, '') }),
  ],
  [
    'that takes nothing to read for nothing read',
    'StreamNotStored',
    ({ expr }) => ({ expr: expr.replace('> 0', '>= 0') }),
  ],
  ['that waits for a fallen server', 'PostgresDown', ({ expr }) => ({ expr: expr.replace(' < 1', '') })],
  ['of each server', 'PostgresNotReplicating', ({ expr }) => ({ expr: expr.replace('max(', 'min(') })],
  ['that is content with any backup', 'PostgresBackupMissed', ({ expr }) => ({ expr: expr.replace(/ < \d+/, '') })],
  ['of all namespaces', 'DataDiskFull', ({ expr }) => ({ expr: expr.replaceAll('{namespace="mev-data"}', '') })],
]);

test('and so it is with the least that there is', () => holds(testRules(dataAlerts(LEAST), place())), 60_000);
