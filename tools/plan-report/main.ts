import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadEnvironments } from '../../environments/load';
import { ConfigurationError } from '../../environments/problem';
import { saidOf } from './permissions';
import { PlanError, readPlan } from './plan';
import { COMMENT_LIMIT, cutReport, reportOf, type Verdict } from './report';

/**
 * The report of a saved plan, as Markdown on standard output:
 *
 *     terraform show -json plan.bin > plan.json
 *     npm run --silent plan-report -- production plan.json [--out report.md] [--link https://…]
 *
 * Exit status: 0 nothing changes, 2 something does, 3 something would be lost or stopped that the configuration does not allow, 1 it
 * could not be told.
 */

const USAGE = `usage: npm run plan-report -- <environment> <plan.json> [--out <file>] [--link <address>]
       <plan.json> is the output of terraform show -json <saved plan>; --out gets all of the report, and --link says where it is`;

export const STATUS: Readonly<Record<Verdict, number>> = { nothing: 0, changes: 2, dangerous: 3 };

interface Answer {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

const fail = (err: string): Answer => ({ out: '', err: `${err}\n`, status: 1 });

/** Answers one call against a folder of environments. */
export function planReport(folder: string, words: readonly string[]): Answer {
  const { values, positionals } = argumentsOf(words);
  const [environment, file, ...more] = positionals;
  if (environment === undefined || file === undefined || more.length > 0) return fail(USAGE);
  try {
    const said = saidOf(loadEnvironments(folder), environment);
    if (!said) return fail(`"${environment}" is not an environment of ${folder}`);
    const plan = readPlan(readFileSync(file, 'utf8'));
    const { verdict, text } = reportOf({ environment, plan, ...said });
    if (values.out !== undefined) writeFileSync(values.out, text);
    const whole =
      values.link === undefined ? 'The whole report is in the run that made it.' : `The rest: ${values.link}`;
    const err = plan.errored ? `${file}: the plan ended by an error\n` : '';
    return { out: cutReport(text, COMMENT_LIMIT, whole), err, status: plan.errored ? 1 : STATUS[verdict] };
  } catch (error) {
    if (error instanceof ConfigurationError) return fail(error.message);
    if (error instanceof PlanError) return fail(`${file}: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) return fail(`${file}: cannot be read: ${code}`);
    throw error;
  }
}

function argumentsOf(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { out: { type: 'string' }, link: { type: 'string' } },
    });
  } catch {
    return { values: {}, positionals: [] } as { values: { out?: string; link?: string }; positionals: string[] };
  }
}

if (require.main === module) {
  const { out, err, status } = planReport(join(__dirname, '../../environments'), process.argv.slice(2));
  process.stdout.write(out);
  process.stderr.write(err);
  process.exitCode = status;
}
