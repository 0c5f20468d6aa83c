import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { type Pod, type PodContext, renderPod } from '../../../../constructs/chain-node';
import { contextOf, everyPod, type NamedPod } from '../../../../tools/every-pod';
import type { Json } from '../../../project';
import { CHART, newFolder } from './programs';

/** Nodes of the catalogue as values of the chart, and what Helm makes of them. */

export const HELM = process.env.HELM ?? 'helm';

const every = new Map(everyPod().map((one) => [one.name, one]));

/** By its name in words. */
export function named(name: string): NamedPod {
  const found = every.get(name);
  if (!found) throw new Error(`no pod is called "${name}"`);
  return found;
}

/** A node of the catalogue that is run in another way. */
export function podWith(name: string, change: Partial<PodContext>): Pod {
  const { program } = named(name);
  return renderPod(program, { ...contextOf(program), exposure: { by: 'none' }, ...change });
}

/** Objects by kind and name. */
export type Objects = Readonly<Record<string, Json>>;

/** `server`: the cluster that templates may ask; none of them can ask any by default. */
export async function render({ values }: Pick<Pod, 'values'>, chart = CHART, server?: string): Promise<Objects> {
  const folder = newFolder('values');
  const file = join(folder, 'values.json');
  writeFileSync(file, JSON.stringify(values));
  // A version that the chart takes; Helm built from source takes itself for an old one.
  const cluster = server === undefined ? [] : ['--dry-run=server', '--kube-apiserver', server];
  const words = ['--namespace', 'blockchain', '--kube-version', '1.34.0', ...cluster, '--values', file];
  const { stdout } = await promisify(execFile)(HELM, ['template', 'release', chart, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  }).finally(() => rmSync(folder, { recursive: true }));
  // Without the document that a `---` alone makes.
  const objects = parseAllDocuments(stdout)
    .map((document) => document.toJS() as Json)
    .filter(Boolean);
  return Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}
