import { workerAlerts } from '../../../constructs/data-worker/alerts';
import { everyCaseHolds } from '../monitoring-stack/alerts/promtool';
import { PROCESSOR, SOURCE } from './workers';

/** What Prometheus itself says of the rules, and of what is said to make them fire. */

everyCaseHolds([SOURCE, PROCESSOR].flatMap(workerAlerts), [
  ['that waits for one that is not wanted', 'WorkerDown', ({ expr }) => ({ expr: expr.replace(' > 0', ' >= 0') })],
  ['of one pod', 'WorkerSilent', ({ expr }) => ({ expr: expr.replace('sum(', 'min(') })],
  ['of little', 'WorkerBehind', ({ expr }) => ({ expr: expr.replace(' > 100', ' > 0') })],
  ['of much alone', 'WorkerBehind', ({ expr }) => ({ expr: expr.replace(/ and on .*$/, '') })],
  ['of any failure', 'WorkerFailing', ({ expr }) => ({ expr: expr.replace('0.1 *', '0 *') })],
  ['of others as well', 'WorkerRestarting', ({ expr }) => ({ expr: expr.replace('-[a-z0-9]+-[a-z0-9]{5}', '-.*') })],
]);
