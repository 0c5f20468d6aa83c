import { parse } from 'yaml';
import { DATA } from '../environments/data-settings';
import { withEngine } from '../environments/engines';
import { loadFiles } from '../environments/files';
import { workersOf } from '../environments/worker-settings';
import { type Json, resources, synthesize } from '../project';
import { changesBetween, none } from './change';

/** What of an environment is of workers and of the report, and what an edit of them changes. */

const OTHERS = { 'staging/overrides.yml': null, 'production/overrides.yml': null };
const MONITORED = 'monitoring: { grafana_admin_secret: grafana }\n';
const ARCHIVED = [['replicas: 2 }', 'replicas: 2 }\n      archive: { retention: 30d }']] as const;

type Swaps = NonNullable<Parameters<typeof workersOf>[0]>;

const stacks = (changes: Swaps = [], data: Swaps = [], before = MONITORED): Readonly<Record<string, Json>> =>
  synthesize(loadFiles({ 'development/overrides.yml': before + workersOf(changes, data), ...OTHERS }));
/** Texts of values have no key in common. */
const valuesOf = (stack: Json, address: string): Json =>
  Object.assign({}, ...resources(stack)[address].values.map((text: string) => parse(text.replaceAll('$${', '${'))));
const find = (stack: Json, pattern: RegExp): string => {
  const [found, ...more] = Object.keys(resources(stack)).filter((address) => pattern.test(address));
  if (found === undefined || more.length > 0) throw new Error(`${pattern}: ${[found, ...more].join(', ')}`);
  return found;
};
const addresses = (stack: Json, pattern: RegExp): readonly string[] =>
  Object.keys(resources(stack)).filter((address) => pattern.test(address));

const PLAIN = stacks();
const WITH_ARCHIVE = stacks([['stores: [timeseries]', 'stores: [archive]']], ARCHIVED);

describe('a worker', () => {
  test('is one release, after its streams and stores, which nothing waits for', () => {
    const body = resources(PLAIN.development)['helm_release.worker-detector'];
    expect(body).toMatchObject({ name: 'worker-detector', namespace: 'mev-data', wait: false, atomic: false });
    expect(body.depends_on).toContain('helm_release.mev-data');
    expect(valuesOf(PLAIN.development, 'helm_release.worker-detector')).toMatchObject({
      workload: 'worker',
      replicas: 3,
      image: 'ghcr.io/acme/detector:0.3.0',
      secretStore: 'mev-data',
      cloud: false,
    });
    const waiting = Object.entries<Json>(resources(PLAIN.development)).filter(([, { depends_on: after = [] }]) =>
      after.some((one: string) => one.startsWith('helm_release.worker-')),
    );
    expect(waiting).toEqual([]);
  });

  test('reads chains in its own namespace as a client of theirs', () => {
    const namespaces = Object.values<Json>(resources(PLAIN.development)).flatMap(({ metadata }) =>
      metadata?.name === 'mev-data' ? [metadata.labels] : [],
    );
    expect(namespaces).toEqual([expect.objectContaining({ 'chain-nodes.io/access': 'clients' })]);
  });

  test('has its secrets from a store that reads these, those of streams and stores, and no others', () => {
    const { policy } = resources(PLAIN.development)[find(PLAIN.development, /aws_iam_role_policy\.data-secrets/)];
    expect([...policy.matchAll(/:secret:([^"]*)-\?{6}"/g)].map(([, name]) => name)).toEqual([
      'data',
      'development/exchange',
    ]);
  });

  test('has a role where it names the archive, for its own part of it', () => {
    expect(addresses(PLAIN.development, /worker-.*role|worker-.*identity/)).toEqual([]);
    const { development } = WITH_ARCHIVE;
    const { policy } = resources(development)[find(development, /aws_iam_role_policy\.worker-detector/)];
    expect(policy).toMatch(/"Resource" = \["\$\{aws_s3_bucket\.[\w-]+\.arn\}\/workers\/detector\/\*"\]/);
    const identity = resources(development)[find(development, /aws_eks_pod_identity_association\.worker-detector/)];
    expect(identity).toMatchObject({ namespace: 'mev-data', service_account: 'worker-detector' });
    expect(valuesOf(development, 'helm_release.worker-detector').cloud).toBe(true);
    const others = addresses(development, /aws_iam_role\./).filter((address) => address.includes('mempool'));
    expect(others).toEqual([]);
  });

  test('runs in the zone of the node that it reads, and where it likes if it reads none', () => {
    expect(valuesOf(PLAIN.development, 'helm_release.worker-detector')).not.toHaveProperty('zone');
    const zoned = stacks([
      ['    hosting: kubernetes\n', '    hosting: kubernetes\n    nodes: { sepolia-geth: { zone: eu-central-1b } }\n'],
    ]);
    expect(valuesOf(zoned.development, 'helm_release.worker-mempool-ethereum').zone).toBe('eu-central-1b');
  });

  test('off EKS takes Kubernetes Secrets of their own names, and has no role', () => {
    const elsewhere = stacks([
      ['kubernetes: { cluster: mev }', 'kubernetes: { kubeconfig: ~/.kube/config, context: kind }'],
      ['api.key: development/exchange', 'api.key: exchange'],
    ]);
    const { secrets, secretStore } = valuesOf(elsewhere.development, 'helm_release.worker-detector');
    expect([secrets, secretStore]).toEqual([
      [
        { file: 'streams-password', name: 'data', key: 'nats-clients' },
        { file: 'clickhouse-password', name: 'data', key: 'clickhouse-clients' },
        { file: 'api.key', name: 'exchange', key: 'api.key' },
      ],
      undefined,
    ]);
    expect(addresses(elsewhere.development, /^aws_/)).toEqual([]);
  });
});

describe('the report', () => {
  test('is made where there is an archive, and writes reports and nothing else', () => {
    expect(addresses(PLAIN.development, /performance-report/)).toEqual([]);
    const { development } = WITH_ARCHIVE;
    const { policy } = resources(development)[find(development, /aws_iam_role_policy\.performance-report/)];
    expect(policy).toMatch(/"Resource" = \["\$\{aws_s3_bucket\.[\w-]+\.arn\}\/reports\/performance\/\*"\]/);
    expect(valuesOf(development, 'helm_release.performance-report')).toMatchObject({
      environment: 'development',
      clickhouse: { user: 'clients', secret: 'mev-data', key: 'clickhouse-clients', port: 8123 },
      region: 'eu-central-1',
    });
    const { rules } = valuesOf(development, 'helm_release.performance-report');
    expect(JSON.parse(rules).groups[0].rules.map(({ alert }: Json) => alert)).toEqual(['PerformanceReportMissing']);
  });

  test('has no rules where nobody reads them', () => {
    const { development } = stacks([], ARCHIVED, '');
    expect(valuesOf(development, 'helm_release.performance-report')).not.toHaveProperty('rules');
  });
});

describe('engines', () => {
  const production = (changes: Parameters<typeof withEngine>[0] = {}) => synthesize(loadFiles(withEngine(changes)));
  const withData = production({ production: [['mev:\n', DATA]] });

  test('publish what they did where it is kept, with the password alone of what they may read', () => {
    const { policy } = resources(withData.production)[find(withData.production, /aws_iam_role_policy\.mev-secrets/)];
    expect([...policy.matchAll(/:secret:([^"]*)-\?{6}"/g)].map(([, name]) => name)).toEqual(['data', 'kill-switch']);
    expect(valuesOf(withData.production, 'helm_release.engine-flashloan-arbitrage').secrets).toEqual([
      {
        file: 'streams-password',
        optional: true,
        name: 'flashloan-arbitrage-streams-password',
        key: 'value',
        remote: 'data',
        property: 'nats-clients',
      },
    ]);
  });

  test('do not wait for streams: they trade without them', () => {
    const { depends_on: after } = resources(withData.production)['helm_release.engine-flashloan-arbitrage'];
    expect(after.filter((one: string) => one.includes('mev-data'))).toEqual([]);
  });
});

describe('an edit', () => {
  test.each<[string, Swaps, object]>([
    [
      'of an image changes that worker',
      [['detector:0.3.0', 'detector:0.4.0']],
      { changed: ['helm_release.worker-detector'] },
    ],
    [
      'that takes a worker away takes it, and no stream, store or claim',
      [['detector:\n        role', 'other:\n        role']],
      { created: ['helm_release.worker-other'], destroyed: ['helm_release.worker-detector'] },
    ],
    [
      'of how many there are changes that worker',
      [['replicas: 3\n        consumes', 'replicas: 4\n        consumes']],
      { changed: ['helm_release.worker-detector'] },
    ],
  ])('%s', (_, swaps, change) => {
    expect(changesBetween(PLAIN, stacks(swaps))).toEqual({ development: { ...none, ...change } });
  });

  test('of a secret changes what the store may read', () => {
    const change = changesBetween(PLAIN, stacks([['development/exchange', 'development/other']]));
    expect(change).toEqual({
      development: {
        ...none,
        changed: ['aws_iam_role_policy.data-secrets_policy', 'helm_release.worker-detector'],
      },
    });
  });
});

describe('what stores hold', () => {
  test('is in Grafana where there are stores and monitoring, by a user that reads', () => {
    const { grafana } = valuesOf(PLAIN.development, 'helm_release.monitoring_kube-prometheus-stack_A33E1781');
    expect(grafana.additionalDataSources[0].jsonData).toMatchObject({
      host: 'clickhouse-mev.mev-data.svc.cluster.local',
      port: 8123,
      username: 'readers',
    });
    const { policy } = resources(PLAIN.development)[find(PLAIN.development, /aws_iam_role_policy\.monitoring-secrets/)];
    expect([...policy.matchAll(/:secret:([^"]*)-\?{6}"/g)].map(([, name]) => name)).toEqual(['data', 'grafana']);
    const dashboards = (stack: Json) => addresses(stack, /config_map_v1\.monitoring_dashboard-mev/);
    expect(dashboards(PLAIN.development)).toEqual([expect.stringContaining('mev-market-data')]);
    const off = stacks([], [['enabled: true', 'enabled: false']]);
    expect(dashboards(off.development)).toEqual([]);
  });
});
