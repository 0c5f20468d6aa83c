import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHARTS, type ChartName } from '../../../constructs/monitoring-stack/charts';
import { keysOf, type ValueKeys } from '../cluster-services/record';

/**
 * Records the value keys of a chart in `values/<chart>.json`, from its own values.yaml and, below their names, those of the charts that
 * it brings. For a new version, after the table says it:
 *
 *     helm pull <chart> --repo <repository> --version <version> --untar --untardir <folder>
 *     node --require tsx/cjs test/constructs/monitoring-stack/record.ts <chart> <folder>/<chart>
 *
 * What values.yaml does not show is written by hand under `templates`, with the file of the chart that reads it; that stays, and is to be
 * read again for the new version.
 */

export const fileOf = (chart: string): string => join(__dirname, 'values', `${chart}.json`);

/** The record of a chart. Throws when there is none. */
export const recordOf = (chart: string): ValueKeys => JSON.parse(readFileSync(fileOf(chart), 'utf8'));

/** Keys of a chart and of those below it. */
function keysBelow(folder: string, templates: ValueKeys['templates']): readonly string[] {
  const own = keysOf(readFileSync(join(folder, 'values.yaml'), 'utf8'), templates);
  const charts = join(folder, 'charts');
  const others = existsSync(charts) ? readdirSync(charts) : [];
  return [
    ...own,
    ...others
      .filter((name) => existsSync(join(charts, name, 'values.yaml')))
      .flatMap((name) => keysBelow(join(charts, name), {}).map((path) => `${name}.${path}`)),
  ];
}

function record(name: ChartName, folder: string): void {
  const { chart, version, source } = CHARTS[name];
  const { templates } = recordOf(chart);
  // Where `templates` names keys of a map, the map has no others, in whichever of the charts it is.
  const closed = new Set(
    Object.keys(templates)
      .filter((path) => !path.endsWith('.*'))
      .map((path) => `${path.slice(0, path.lastIndexOf('.'))}.*`),
  );
  const keys = [...new Set(keysBelow(folder, templates))].filter((path) => !closed.has(path)).sort();
  writeFileSync(fileOf(chart), `${JSON.stringify({ chart, version, source, keys, templates }, null, 2)}\n`);
}

if (require.main === module) record(process.argv[2] as ChartName, process.argv[3] ?? '');
