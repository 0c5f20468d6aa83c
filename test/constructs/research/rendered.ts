import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { loadFiles } from '../../environments/files';
import { withResearch } from '../../environments/research';
import { type Json, resources, synthesize } from '../../project';

/** The chart of research as Helm renders it with the values of a stack. */

const HELM = process.env.HELM ?? 'helm';
export const CHART = join(__dirname, '../../../constructs/research/chart');
export const folder = mkdtempSync(join(tmpdir(), 'research-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Changes = Parameters<typeof withResearch>[0];

/** The values of the stack, as Helm reads them. */
export function valuesOf(changes: Changes = {}): string {
  const { production } = synthesize(loadFiles(withResearch(changes)));
  const [address, ...more] = Object.keys(resources(production)).filter((one) =>
    /^helm_release\.mev-research/.test(one),
  );
  if (address === undefined || more.length > 0) throw new Error('not one release of research');
  const [values] = resources(production)[address].values;
  return values.replaceAll(/(?<!\$)\$\{[^}]*\}/g, '10.0.0.0/16').replaceAll('$${', '${');
}

/** Objects by kind and name. */
export function render(changes: Changes = {}): Readonly<Record<string, Json>> {
  const file = join(folder, 'values.yaml');
  writeFileSync(file, valuesOf(changes));
  const text = execFileSync(
    HELM,
    ['template', 'research', CHART, '--namespace', 'mev-research', '--kube-version', '1.34.0', '--values', file],
    { encoding: 'utf8', stdio: 'pipe' },
  );
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Json);
  return Object.fromEntries(
    objects.filter(Boolean).map((object) => [`${object.kind} ${object.metadata.name}`, object]),
  );
}

/** The spec of the pod that a run of a backtest is. */
export const podOf = (objects: Readonly<Record<string, Json>>, strategy = 'idea'): Json =>
  objects[`CronJob backtest-${strategy}`].spec.jobTemplate.spec.template.spec;

export const containerOf = (pod: Json, name: string): Json =>
  [...pod.initContainers, ...pod.containers].find((container: Json) => container.name === name);
