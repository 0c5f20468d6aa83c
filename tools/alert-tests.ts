import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App } from 'cdktf';
import { stringify } from 'yaml';
import { dataAlerts } from '../constructs/data-stores';
import { workerAlerts } from '../constructs/data-worker';
import { engineAlerts, riskAlerts } from '../constructs/mev-engine';
import { alertsOf, renderSuites } from '../constructs/monitoring-stack';
import { reportAlerts } from '../constructs/performance-report';
import { loadEnvironments } from '../environments/load';
import { EnvironmentStack } from '../stacks/environment-stack';

/**
 * Writes the cases of every alert of this project's environments for promtool, as `<folder>/<environment>/<alert>/rules.yml` and
 * `tests-<n>.yml` beside it.
 */

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run alert-tests -- <folder>');
  process.exit(2);
}
const app = new App({ stackTraces: false });
for (const environment of loadEnvironments(join(__dirname, '..', 'environments')).environments) {
  const { monitoring, engines, data, pipeline } = new EnvironmentStack(app, environment);
  if (!monitoring || !environment.monitoring) continue;
  const { runbooks } = environment.monitoring;
  for (const { name, rules, tests } of renderSuites(
    [
      ...alertsOf(monitoring.watch),
      ...(engines ? [...engines.engines.flatMap(engineAlerts), ...riskAlerts(engines.risk)] : []),
      ...(data ? dataAlerts(data.watched) : []),
      ...(pipeline
        ? [...pipeline.workers.flatMap(workerAlerts), ...(pipeline.report ? reportAlerts(pipeline.report) : [])]
        : []),
    ],
    {
      environment: environment.name,
      runbooks,
    },
  )) {
    const target = join(resolve(folder), environment.name, name);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'rules.yml'), stringify(rules));
    for (const [index, test] of tests.entries()) writeFileSync(join(target, `tests-${index}.yml`), stringify(test));
  }
}
