import { join } from 'node:path';
import { App } from 'cdktf';
import { withoutTokenTraces } from './constructs/terraform';
import { loadEnvironments } from './environments/load';
import { ConfigurationError, formatProblems } from './environments/problem';
import { EnvironmentStack } from './stacks/environment-stack';

try {
  const { environments, warnings, notes } = loadEnvironments(join(__dirname, 'environments'));
  for (const line of [...formatProblems(warnings), ...notes]) console.error(line);
  const app = new App({ stackTraces: false, outdir: process.env.CDKTF_OUTDIR ?? join(__dirname, 'cdktf.out') });
  withoutTokenTraces(() => {
    for (const environment of environments) new EnvironmentStack(app, environment);
    app.synth();
  });
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
