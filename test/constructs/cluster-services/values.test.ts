import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EksPlace, SERVICES, type ServiceName, type Values } from '../../../constructs/cluster-services/table';
import { freeMapOf, keysOf, knownTo, misspelt, pathsOf, recordOf, unknownKeys, type ValueKeys } from './record';

/** Helm ignores a key that a chart does not know, so every key that is set must be one of that version's own. */

const PLACE: EksPlace = {
  environment: 'test',
  region: 'eu-central-1',
  accountId: '111122223333',
  clusterName: 'main',
  vpcId: 'vpc-1',
};
const NAMES = Object.keys(SERVICES) as ServiceName[];

/** Everything that a service may set, on EKS and elsewhere. */
function valuesOf(name: ServiceName): Values {
  const { values, onEks } = SERVICES[name];
  return { ...values, ...onEks?.values?.(PLACE) };
}

describe.each(NAMES)('values of %s', (name) => {
  const { chart, version, source } = SERVICES[name];
  const record = recordOf(chart);

  test('are checked against the keys of the version that is pinned', () => {
    expect(record).toMatchObject({ chart, version, source });
    expect(record.keys.length).toBeGreaterThan(50);
  });

  test('set only keys that this version knows', () => {
    expect(unknownKeys(valuesOf(name), record)).toEqual([]);
  });

  test('would fail for each key that were misspelt', () => {
    const known = knownTo(record);
    const paths = new Set(pathsOf(valuesOf(name)).map((path) => freeMapOf(path, known) ?? path));
    expect(paths.size).toBeGreaterThan(2);
    for (const path of paths) {
      const wrong = misspelt(valuesOf(name), path.replaceAll('[]', ''));
      expect([path, unknownKeys(wrong, record).length]).not.toEqual([path, 0]);
    }
  });
});

describe('the check', () => {
  const record: ValueKeys = {
    chart: 'c',
    version: '1.0.0',
    source: '',
    keys: ['a.b', 'labels.*', 'list', 'on'],
    templates: { 'list[].name': 'templates/list.yaml' },
  };

  test('takes what the chart knows', () => {
    const values = { a: { b: 1 }, labels: { any: { thing: 1 } }, list: [{ name: 'x' }], on: true };
    expect(unknownKeys(values, record)).toEqual([]);
  });

  test('finds what it does not, at every depth and in lists', () => {
    const values = { a: { c: 1 }, label: { any: 1 }, list: [{ name: 'x' }, { nmae: 'y' }], on: { more: 1 }, b: 1 };
    expect(unknownKeys(values, record)).toEqual(['a.c', 'label.any', 'list[].nmae', 'on.more', 'b']);
  });
});

describe('a record', () => {
  test('holds what values.yaml shows, and an empty map as one that takes any key', () => {
    const yaml = 'a:\n  b: 1\n  # c: 2\nlabels: {}\npdb: {}\nnone:\nlist: []\nrules:\n- port: 1\n- host: x\n';
    const templates = { 'pdb.minAvailable': 'templates/pdb.yaml', 'a.c.*': 'templates/a.yaml' };
    expect(keysOf(yaml, templates)).toEqual([
      'a.b',
      'labels.*',
      'list',
      'none',
      'rules',
      'rules[].host',
      'rules[].port',
    ]);
  });

  test('stands for a chart of the table, or goes', () => {
    const charts = [...new Set(Object.values(SERVICES).map(({ chart }) => `${chart}.json`))].sort();
    expect(readdirSync(join(__dirname, 'values')).sort()).toEqual(charts);
  });
});
