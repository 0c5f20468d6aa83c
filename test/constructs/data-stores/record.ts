import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHARTS, type ChartName } from '../../../constructs/data-stores/releases';
import { keysOf, type ValueKeys } from '../cluster-services/record';

/**
 * Records the value keys of a chart in `values/<chart>.json`, from its own values.yaml. For a new version, after the table says it:
 *
 *     helm show values <chart> --repo <repository> --version <version> |
 *       node --require tsx/cjs test/constructs/data-stores/record.ts <chart>
 *
 * What values.yaml does not show is written by hand under `templates`, with the file of the chart that reads it; that stays, and is to be
 * read again for the new version.
 */

const fileOf = (chart: string): string => join(__dirname, 'values', `${chart}.json`);

/** The record of a chart. Throws when there is none. */
export const recordOf = (chart: string): ValueKeys => JSON.parse(readFileSync(fileOf(chart), 'utf8'));

function record(name: ChartName, valuesYaml: string): void {
  const { chart, version, source } = CHARTS[name];
  const { templates } = recordOf(chart);
  const keys: ValueKeys = { chart, version, source, keys: keysOf(valuesYaml, templates), templates };
  writeFileSync(fileOf(chart), `${JSON.stringify(keys, null, 2)}\n`);
}

if (require.main === module) record(process.argv[2] as ChartName, readFileSync(0, 'utf8'));
