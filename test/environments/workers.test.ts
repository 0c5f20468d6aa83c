import type { WorkerSpec } from '../../environments/environment';
import { loadFiles } from './files';
import { workersOf } from './worker-settings';

/** What good workers come to. */

const OTHERS = { 'staging/overrides.yml': null, 'production/overrides.yml': null };

const workers = (text: string): readonly WorkerSpec[] | undefined =>
  loadFiles({ 'development/overrides.yml': text, ...OTHERS }).environments[0]?.workers;

test('each with what it is told, and the rest as it is where nobody says', () => {
  expect(workers(workersOf())).toEqual([
    {
      name: 'detector',
      role: 'opportunity-detection',
      image: 'ghcr.io/acme/detector:0.3.0',
      replicas: 3,
      cpu: 1,
      memoryMiB: 2048,
      secrets: { 'api.key': 'development/exchange' },
      relays: ['stream.example.com'],
      egress: [],
      chains: [],
      consumes: ['executions', 'prices'],
      publishes: ['executions'],
      stores: ['timeseries'],
    },
    {
      name: 'mempool-ethereum',
      role: 'mempool-streams',
      image: 'ghcr.io/acme/mempool:1.4.0',
      replicas: 1,
      cpu: 1,
      memoryMiB: 2048,
      secrets: {},
      relays: [],
      egress: [],
      chains: [
        {
          chain: 'ethereum',
          network: 'sepolia',
          chainId: 11_155_111,
          blockSeconds: 12,
          source: { node: 'ethereum-sepolia-geth' },
          nodes: ['ethereum-sepolia-geth'],
        },
      ],
      consumes: [],
      publishes: ['executions'],
      stores: [],
    },
  ]);
});

test('reads by the gateway where it is served, and at a node where it says so', () => {
  const gateway = 'global: { security: { api_rate_limits: { default: 10/second } } }\ngateway: {}\n';
  const source = (text: string) => workers(text)?.find(({ name }) => name === 'mempool-ethereum')?.chains[0]?.source;
  expect(source(gateway + workersOf())).toBe('gateway');
  expect(source(gateway + workersOf([['networks: [sepolia]', 'networks: [sepolia]\n        reads: node']]))).toEqual({
    node: 'ethereum-sepolia-geth',
  });
});

test('an image by its digest, an archive that there is, all of a machine', () => {
  const [detector] =
    workers(
      workersOf(
        [
          ['detector:0.3.0', `detector@sha256:${'a'.repeat(64)}\n        cpu: 4\n        memory: 8 GiB`],
          ['stores: [timeseries]', 'stores: [archive]\n        node_selector: { pool: data }'],
        ],
        [['replicas: 2 }', 'replicas: 2 }\n      archive: { retention: 30d }']],
      ),
    ) ?? [];
  expect(detector).toMatchObject({
    image: `ghcr.io/acme/detector@sha256:${'a'.repeat(64)}`,
    cpu: 4,
    memoryMiB: 8192,
    stores: ['archive'],
    nodeSelector: { pool: 'data' },
  });
});

test('none where streams are off, and a worker that is taken back is not there', () => {
  expect(workers(workersOf([], [['enabled: true', 'enabled: false']]))).toBeUndefined();
  const globally = `aws: { region: eu-central-1, zones: [eu-central-1a] }\n${workersOf()}`;
  const here = 'mev: { data: { workers: { detector: null } } }\n';
  const { environments } = loadFiles({ 'global.yml': globally, 'development/overrides.yml': here, ...OTHERS });
  expect(environments[0]?.workers?.map(({ name }) => name)).toEqual(['mempool-ethereum']);
});
