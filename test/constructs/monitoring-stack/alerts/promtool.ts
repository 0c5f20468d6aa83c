import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Alert, renderRules, renderSuites } from '../../../../constructs/monitoring-stack/alerts';

/** Rules as Prometheus reads them, and their cases as promtool runs them, in a folder that is there. */

const PROMTOOL = process.env.PROMTOOL ?? 'promtool';

export interface Verdict {
  readonly ok: boolean;
  readonly said: string;
}

/** What is wrong is said on standard output. */
function promtool(...args: string[]): Verdict {
  const { status, stdout, stderr, error } = spawnSync(PROMTOOL, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (error) throw error;
  return { ok: status === 0, said: `${stdout}\n${stderr}` };
}

export interface Place {
  readonly folder: string;
  readonly environment: string;
  readonly runbooks: string;
}

export function checkRules(alerts: readonly Alert[], place: Place): Verdict {
  const path = join(place.folder, 'rules.yml');
  writeFileSync(path, stringify(renderRules(alerts, place), { aliasDuplicateObjects: false }));
  return promtool('check', 'rules', '--lint=all', '--lint-fatal', path);
}

/** Runs every case of these alerts. */
export function testRules(alerts: readonly Alert[], place: Place): Verdict {
  const files = renderSuites(alerts, place).flatMap(({ name, rules, tests }) => {
    const folder = join(place.folder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'rules.yml'), stringify(rules, { aliasDuplicateObjects: false }));
    return tests.map((test, index) => {
      const path = join(folder, `tests-${index}.yml`);
      writeFileSync(path, stringify(test, { aliasDuplicateObjects: false }));
      return path;
    });
  });
  return files.length === 0 ? { ok: true, said: 'no cases' } : promtool('test', 'rules', ...files);
}
