import { join } from 'node:path';
import { streamDiskGiB } from '../../constructs/data-stores/contract';
import type { DataSettings } from '../../environments/environment';
import { loadEnvironments } from '../../environments/load';
import { TODAY } from '../project';
import { DATA, dataOf } from './data-settings';
import { loadFiles } from './files';

/** What a good section `mev.data` comes to. */

const EKS = 'kubernetes: { cluster: mev }\n';

function data(text: string): DataSettings | undefined {
  const others = { 'staging/overrides.yml': null, 'production/overrides.yml': null };
  return loadFiles({ 'development/overrides.yml': EKS + text, ...others }).environments[0]?.data;
}

const WHOLE: DataSettings = {
  secret: 'data',
  streamReplicas: 3,
  streams: [
    { name: 'executions', retentionSeconds: 30 * 86_400, sizeGiB: 1 },
    { name: 'prices', retentionSeconds: 86_400, sizeGiB: 3 },
  ],
  stores: {
    timeseries: { retentionDays: 90, sizeGiB: 500 },
    analytics: { retentionDays: 400 },
    transactions: { sizeGiB: 100, replicas: 2 },
  },
};

test('keeps what it is told to, for so long, with no bucket that nobody asked for', () => {
  expect(data(DATA)).toEqual(WHOLE);
  expect(data(DATA)?.stores).not.toHaveProperty('archive');
});

test('is one of each where it is not told how many', () => {
  const one = data(
    dataOf([
      ['    stream_replicas: 3\n', ''],
      [', replicas: 2', ''],
    ]),
  );
  expect(one?.streamReplicas).toBe(1);
  expect(one?.stores.transactions).toEqual({ sizeGiB: 100, replicas: 1 });
});

test('is none where it is off, which is what it is where nobody says', () => {
  expect(data(dataOf([['enabled: true', 'enabled: false']]))).toBeUndefined();
  expect(data(dataOf([['    enabled: true\n', '']]))).toBeUndefined();
  expect(data('')).toBeUndefined();
});

test.each([
  ['{ retention: 1825d, infrequent_after: 30d, glacier_after: 90d }', [1825, 30, 90]],
  ['{ retention: 1825d, infrequent_after: 31d }', [1825, 31, undefined]],
  ['{ retention: 7d, glacier_after: 1d }', [7, undefined, 1]],
  ['{ retention: 1d }', [1, undefined, undefined]],
])('archives %s', (archive, [retentionDays, infrequentAfterDays, glacierAfterDays]) => {
  const stores = data(dataOf([['replicas: 2 }', `replicas: 2 }\n      archive: ${archive}`]]))?.stores;
  expect(stores?.archive).toEqual({ retentionDays, infrequentAfterDays, glacierAfterDays });
});

test('a stream is taken back, or changed, by the environment', () => {
  const others = { 'staging/overrides.yml': null, 'production/overrides.yml': null };
  const globally = `aws: { region: eu-central-1, zones: [eu-central-1a] }\n${DATA}`;
  const here = `${EKS}mev: { data: { streams: { executions: null, prices: { size: 4 GiB } } } }\n`;
  const { environments } = loadFiles({ 'global.yml': globally, 'development/overrides.yml': here, ...others });
  expect(environments[0]?.data?.streams).toEqual([{ name: 'prices', retentionSeconds: 86_400, sizeGiB: 4 }]);
});

test('the disk of streams holds them all, and a fifth more', () => {
  expect(streamDiskGiB(WHOLE.streams)).toBe(5);
  expect(streamDiskGiB([{ sizeGiB: 45 }])).toBe(54);
});

test('the project has it in production alone', () => {
  expect(loadProject()).toEqual({ development: false, staging: false, production: true });
});

function loadProject(): Readonly<Record<string, boolean>> {
  const { environments } = loadEnvironments(join(__dirname, '..', '..', 'environments'), { today: TODAY });
  return Object.fromEntries(environments.map(({ name, data: has }) => [name, has !== undefined]));
}
