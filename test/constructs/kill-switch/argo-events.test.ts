import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARGO_EVENTS, ARGO_VALUES } from '../../../constructs/kill-switch/argo-events';
import { freeMapOf, knownTo, misspelt, pathsOf, unknownKeys, type ValueKeys } from '../cluster-services/record';

/**
 * Helm ignores a key that a chart does not know, so every key that is set must be one of that version's own. The record is `keysOf` of the
 * values.yaml of that version, by the record.ts of the services of the cluster.
 */

const record: ValueKeys = JSON.parse(readFileSync(join(__dirname, 'argo-events.json'), 'utf8'));

test('values are checked against the keys of the version that is pinned', () => {
  const { chart, version, source } = ARGO_EVENTS;
  expect(record).toMatchObject({ chart, version, source });
  expect(record.keys.length).toBeGreaterThan(50);
});

test('values set only keys that this version knows', () => {
  expect(unknownKeys(ARGO_VALUES, record)).toEqual([]);
});

test('each would be found, were it misspelt', () => {
  const known = knownTo(record);
  const paths = new Set(pathsOf(ARGO_VALUES).map((path) => freeMapOf(path, known) ?? path));
  expect(paths.size).toBeGreaterThan(4);
  for (const path of paths) {
    const wrong = misspelt(ARGO_VALUES, path.replaceAll('[]', ''));
    expect([path, unknownKeys(wrong, record).length]).not.toEqual([path, 0]);
  }
});
