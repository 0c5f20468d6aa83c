import { join } from 'node:path';
import type { Environment } from '../../environments/environment';
import { loadEnvironments } from '../../environments/load';

/** The environments that a workflow goes through, as the matrix of its jobs: `npm run --silent delivery:matrix`. */

/** One job. */
export interface Delivered {
  readonly environment: string;
  /** Ending of the names of its variables, such as `PRODUCTION` of `AWS_PLAN_ROLE_PRODUCTION`. */
  readonly suffix: string;
  readonly region: string;
  /** Whether its state is where a workflow finds it; else it is on somebody's disk, and can only be previewed. */
  readonly remote: boolean;
}

/** In the order in which they are deployed. */
const ORDER = ['development', 'staging', 'production'];

export const matrixOf = (environments: readonly Environment[]): { readonly include: readonly Delivered[] } => ({
  include: [...environments]
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
    .map(({ name, region, state }) => ({
      environment: name,
      suffix: name.toUpperCase(),
      region,
      remote: state !== undefined,
    })),
});

if (require.main === module)
  console.log(JSON.stringify(matrixOf(loadEnvironments(join(__dirname, '../../environments')).environments)));
