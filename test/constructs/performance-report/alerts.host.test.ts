import { reportAlerts } from '../../../constructs/performance-report/alerts';
import { everyCaseHolds } from '../monitoring-stack/alerts/promtool';

/** What Prometheus itself says of the rule. */

everyCaseHolds(reportAlerts({ namespace: 'mev-data', cronjob: 'performance-report' }), [
  ['that forgets a failure', 'PerformanceReportMissing', ({ expr }) => ({ expr: expr.replace(/^.*? or /, '') })],
  ['that never waits', 'PerformanceReportMissing', ({ expr }) => ({ expr: expr.replace(/> \d+/, '> 3600') })],
  [
    'of a new one',
    'PerformanceReportMissing',
    ({ expr }) => ({ expr: expr.replace(/ or kube_cronjob_created\{[^}]*\}/, '') }),
  ],
  ['that is not there', 'PerformanceReportMissing', ({ expr }) => ({ expr: expr.replace(/ or absent.*$/, '') })],
]);
