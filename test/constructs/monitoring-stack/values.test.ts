import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHARTS, type ChartName } from '../../../constructs/monitoring-stack/charts';
import { freeMapOf, knownTo, misspelt, pathsOf, unknownKeys } from '../cluster-services/record';
import { recordOf } from './record';
import { CLICKHOUSE, define, HOST_LOGS, LAPTOP, releases, valuesOf } from './stack';

/** Helm ignores a key that a chart does not know, so every key that is set must be one of that version's own. */

const EVERYWHERE = [
  define({ logs: 'loki', hostLogs: HOST_LOGS, replicas: 2, storageClass: 'gp3' }),
  define({ logs: 'loki', access: LAPTOP }),
  define({ clickhouse: CLICKHOUSE }),
  define({ logs: 'elasticsearch', hostLogs: HOST_LOGS, storageClass: 'gp3' }),
].flatMap((all) => Object.values(releases(all)));

const NAMES = Object.keys(CHARTS) as ChartName[];
const valuesFor = (name: ChartName): unknown[] =>
  EVERYWHERE.filter(({ chart }) => chart === CHARTS[name].chart).map(valuesOf);

describe.each(NAMES)('values of %s', (name) => {
  const { chart, version, source } = CHARTS[name];
  const record = recordOf(chart);
  const all = valuesFor(name);

  test('are checked against the keys of the version that is pinned', () => {
    expect(record).toMatchObject({ chart, version, source });
    expect(record.keys.length).toBeGreaterThan(100);
    expect(all.length).toBeGreaterThan(0);
  });

  test('set only keys that this version knows', () => {
    expect(all.flatMap((values) => unknownKeys(values, record))).toEqual([]);
  });

  test('would fail for each key that were misspelt', () => {
    const known = knownTo(record);
    for (const values of all) {
      const paths = new Set(pathsOf(values).map((path) => freeMapOf(path, known) ?? path));
      expect(paths.size).toBeGreaterThan(5);
      for (const path of paths) {
        const wrong = misspelt(values, path.replaceAll('[]', ''));
        expect([path, unknownKeys(wrong, record).length]).not.toEqual([path, 0]);
      }
    }
  });
});

test('a record stands for a chart of the table, or goes', () => {
  const charts = Object.values(CHARTS).map(({ chart }) => `${chart}.json`);
  expect(readdirSync(join(__dirname, 'values')).sort()).toEqual(charts.sort());
});

describe('the charts', () => {
  test('are pinned, and say where each was read', () => {
    for (const { version, source, repository } of Object.values(CHARTS)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(source).toMatch(/^\S+\/\S+, (tag|commit) \S+, .+, \d{4}-\d\d-\d\d$/);
      expect(repository).toMatch(/^https:\/\//);
    }
  });

  test('bring their own images, none of which moves', () => {
    for (const release of EVERYWHERE) {
      const { chart, repository = '', values } = release;
      expect(`${repository} ${values[0]}`).not.toMatch(/bitnami|:latest|tag: "?latest/);
      if (chart in CHARTS) expect(values[0]).not.toMatch(/^\s*(tag|registry|repository):/m);
    }
  });
});
