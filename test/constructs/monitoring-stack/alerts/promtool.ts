import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

const root = mkdtempSync(join(tmpdir(), 'alerts-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder of its own for each. */
export const place = (): Place => ({
  folder: mkdtempSync(join(root, 'rules-')),
  environment: 'production',
  runbooks: 'https://example.com/docs/runbooks',
});

export const holds = ({ ok, said }: Verdict): void => {
  if (!ok) throw new Error(said.slice(0, 5000));
};

/** What is wrong, with which alert, and how it is made so. */
export type Wrong = readonly [what: string, name: string, change: (alert: Alert) => Partial<Alert>];

/** What holds for any alerts: promtool reads them, every case is as it says, and a rule that is wrong fails its own. */
export function everyCaseHolds(alerts: readonly Alert[], wrong: readonly Wrong[]): void {
  const named = (name: string): readonly Alert[] => alerts.filter((alert) => alert.name === name);

  test('promtool reads all rules together, and finds none twice', () => {
    const { ok, said } = checkRules(alerts, place());
    expect([ok, said]).toEqual([true, expect.stringContaining(`SUCCESS: ${alerts.length} rules found`)]);
  });

  describe('every case is as it says', () => {
    test.each([...new Set(alerts.map(({ name }) => name))])(
      '%s',
      (name) => holds(testRules(named(name), place())),
      60_000,
    );
  });

  describe('a rule that is wrong fails its cases', () => {
    test.each(wrong)(
      '%s',
      (_, name, change) => {
        const [alert] = named(name);
        if (!alert) throw new Error(`no alert ${name}`);
        holds(testRules([alert], place()));
        const { ok, said } = testRules([{ ...alert, ...change(alert) }], place());
        expect([ok, said]).toEqual([false, expect.stringContaining('FAILED')]);
      },
      60_000,
    );
  });
}
