import { join } from 'node:path';
import { App } from 'cdktf';
import { config } from 'zod';
import { withoutTokenTraces } from './constructs/terraform';
import { loadEnvironments } from './environments/load';
import { ConfigurationError, formatProblems } from './environments/problem';
import { EnvironmentStack } from './stacks/environment-stack';

// Each schema reads a handful of files: programs made for it would take longer than they save.
config({ jitless: true });

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
