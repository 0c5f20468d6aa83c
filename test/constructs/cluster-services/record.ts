import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SERVICES } from '../../../constructs/cluster-services/table';

/**
 * Records the value keys of a chart in `values/<chart>.json`, from its own values.yaml. For a new version, after the table says it:
 *
 *     helm show values <chart> --repo <repository> --version <version> |
 *       node --require tsx/cjs test/constructs/cluster-services/record.ts <chart>
 *
 * What values.yaml does not show, because its map is empty there or a comment, is written by hand under `templates`, with the file
 * of the chart that reads it; that stays, and is to be read again for the new version.
 */

/**
 * Keys of one version of a chart, as paths: `a.b` is a value, `a.*` a map with keys of anyone's choice, `a[].b` a key of every item
 * of a list.
 */
export interface ValueKeys {
  readonly chart: string;
  readonly version: string;
  readonly source: string;
  readonly keys: readonly string[];
  /** Further ones, each with the file that it was read in. Where it names keys of a map, the map has no others. */
  readonly templates: Readonly<Record<string, string>>;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Paths of what is set; keys of items of lists among them. */
export function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value))
    return [path, ...new Set(value.filter(isMap).flatMap((item) => pathsOf(item, `${path}[]`)))];
  if (!isMap(value)) return [path];
  const entries = Object.entries(value);
  if (entries.length === 0) return [`${path}.*`];
  return entries.flatMap(([key, inner]) => pathsOf(inner, path === '' ? key : `${path}.${key}`));
}

/** Paths that a chart's values.yaml shows, without the maps whose keys `templates` names. */
export function keysOf(valuesYaml: string, templates: ValueKeys['templates']): string[] {
  const named = new Set(
    Object.keys(templates)
      .filter((path) => !path.endsWith('.*'))
      .map((path) => `${path.slice(0, path.lastIndexOf('.'))}.*`),
  );
  return [...new Set(pathsOf(parse(valuesYaml)))].filter((path) => !named.has(path)).sort();
}

export const fileOf = (chart: string): string => join(__dirname, 'values', `${chart}.json`);

/** The record of a chart. Throws when there is none. */
export const recordOf = (chart: string): ValueKeys => JSON.parse(readFileSync(fileOf(chart), 'utf8'));

function record(chart: string, valuesYaml: string): void {
  const service = Object.values(SERVICES).find((one) => one.chart === chart);
  if (!service) throw new Error(`${chart} is not in the table; add it there first`);
  const { version, source } = service;
  const { templates } = recordOf(chart);
  const keys: ValueKeys = { chart, version, source, keys: keysOf(valuesYaml, templates), templates };
  writeFileSync(fileOf(chart), `${JSON.stringify(keys, null, 2)}\n`);
}

if (require.main === module) record(process.argv[2] ?? '', readFileSync(0, 'utf8'));

/** The map with free keys that a path is under. */
export const freeMapOf = (path: string, known: ReadonlySet<string>): string | undefined =>
  [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index)).find((map) => known.has(`${map}.*`));

export const knownTo = ({ keys, templates }: ValueKeys): ReadonlySet<string> =>
  new Set([...keys, ...Object.keys(templates)]);

/** Paths that are set and that the chart does not know. */
export function unknownKeys(values: unknown, keys: ValueKeys): string[] {
  const known = knownTo(keys);
  return pathsOf(values).filter((path) => !known.has(path) && freeMapOf(path, known) === undefined);
}

/** The same values with the last key of one path misspelt. */
export function misspelt(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item) => misspelt(item, path));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === path) return [`${key}x`, inner];
      return path.startsWith(`${key}.`) ? [key, misspelt(inner, path.slice(key.length + 1))] : [key, inner];
    }),
  );
}
