import { parse } from 'yaml';
import { DATA_PORTS, LOGINS } from '../../constructs/data-stores/contract';
import { dangersOf } from '../../tools/plan-report/dangers';
import { compareStacks } from '../../tools/plan-report/synthesized';
import { DATA, dataOf } from '../environments/data-settings';
import { type Edits, type Json, load, resources, swap, synthesize } from '../project';
import { type Change, changesBetween } from './change';

/** Streams and stores of an environment, and what an edit changes of them: of what holds data, nothing goes. */

const EKS = 'global: { environment: development }\nkubernetes: { cluster: mev }\naws: { kms_key: alias/data }\n';
const ARCHIVED = dataOf([
  ['replicas: 2 }', 'replicas: 2 }\n      archive: { retention: 1825d, infrequent_after: 30d }'],
]);
const MONITORED = `${EKS}monitoring: { grafana_admin_secret: grafana, receivers: { webhook: { secret: hook } } }\n`;

function stacks(text: string): Readonly<Record<string, Json>> {
  const edits: Edits = { 'development/overrides.yml': () => text, 'development/nodes.lock.yml': () => 'nodes: {}\n' };
  const { environments } = load(edits);
  return synthesize({ environments: environments.filter(({ name }) => name === 'development') });
}

const WHOLE = MONITORED + ARCHIVED;
const BEFORE = stacks(WHOLE);
const found = resources(BEFORE.development);
const releasesOf = (of: Json): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    Object.entries<Json>(of)
      .filter(([address]) => address.startsWith('helm_release.'))
      .map(([, release]) => [release.name, release]),
  );
const releases = releasesOf(found);
const valuesOf = (release: Json): Json => parse(release.values[0]);

describe('streams and stores', () => {
  test('are what YAML says', () => {
    const { streams, streamReplicas, clickhouse, postgres, logins, ports } = valuesOf(releases['mev-data']);
    expect(streams).toEqual([
      { name: 'executions', seconds: 2_592_000, bytes: '1073741824', consumer: 'clickhouse-executions' },
      { name: 'prices', seconds: 86_400, bytes: '3221225472', consumer: 'clickhouse-prices' },
    ]);
    expect(streamReplicas).toBe(3);
    expect(clickhouse).toMatchObject({
      sizeGiB: 500,
      timeseriesDays: 90,
      analyticsDays: 400,
      tables: ['executions', 'prices'],
    });
    expect(postgres).toMatchObject({ sizeGiB: 100, instances: 2 });
    expect([logins, ports]).toEqual([LOGINS, DATA_PORTS]);
  });

  test('wait for what they need, and stand on disks of their own kind, that are retained', () => {
    const foundation = releases['mev-data-foundation']?.depends_on.join(' ');
    for (const needed of ['external-secrets', 'cert-manager', 'monitoring', 'disk-classes_gp3-3000-250'])
      expect(foundation).toContain(needed);
    const { claims, storageClass, secret } = valuesOf(releases['mev-data-foundation']);
    expect(claims).toEqual({ name: 'streams', count: 3, sizeGiB: 5 });
    expect(storageClass).toBe('development-chain-data-gp3-3000-250');
    const [, disk] = Object.entries<Json>(found).find(([address]) => address.includes('gp3-3000-250')) ?? [];
    expect([disk.metadata.name, disk.reclaim_policy, disk.allow_volume_expansion]).toEqual([
      storageClass,
      'Retain',
      true,
    ]);
    expect(secret).toEqual({ name: 'mev-data', remote: 'data' });
  });

  test('read their own secret, and no other', () => {
    const [, policy] =
      Object.entries<Json>(found).find(([address]) => address.includes('iam_role_policy.data-secrets')) ?? [];
    expect(policy.policy).toContain(':secret:data-??????');
    expect(policy.policy.match(/:secret:/g)).toHaveLength(1);
  });

  test('are there without engines, without monitoring, and off EKS', () => {
    const plain = resources(stacks(`${EKS}${DATA}`).development);
    expect(Object.keys(releasesOf(plain))).toEqual(expect.arrayContaining(['mev-data', 'nats', 'external-secrets']));
    expect(Object.keys(releasesOf(plain))).not.toContain('cert-manager');
    expect(valuesOf(releasesOf(plain)['mev-data']).podMonitors).toBe(false);
    const elsewhere = resources(
      stacks(
        `global: { environment: development }\nkubernetes: { kubeconfig: ~/.kube/config, context: kind, storage_class: keeps }\nchains: { ethereum: { hosting: kubernetes } }\n${DATA}`,
      ).development,
    );
    expect(Object.keys(elsewhere).filter((address) => /^aws_/.test(address))).toEqual([]);
    expect(valuesOf(releasesOf(elsewhere)['mev-data-foundation'])).toMatchObject({
      storageClass: 'keeps',
      secret: { name: 'data', remote: 'data' },
    });
  });
});

describe('an edit', () => {
  const changes = (text: string): Change | undefined => changesBetween(BEFORE, stacks(text)).development;
  const edited = (...edits: readonly (readonly [string, string])[]): Change | undefined =>
    changes(edits.reduce((text, [from, to]) => swap(from, to)(text), WHOLE));
  /** What can hold data; a release can not: what it leaves is marked in its chart. */
  const HOLDS = /^(aws_(s3_bucket|ebs_volume)|kubernetes_namespace_v1)\./;
  const nothingGoes = (change: Change | undefined): void => {
    expect(change?.destroyed.filter((address) => HOLDS.test(address))).toEqual([]);
    expect(change?.replaced).toEqual([]);
  };

  test.each<readonly [string, readonly (readonly [string, string])[], readonly string[]]>([
    ['of a retention', [['retention: 400d', 'retention: 100d']], ['helm_release.mev-data']],
    ['of the disk of ClickHouse', [['size: 500 GiB', 'size: 1 TiB']], ['helm_release.mev-data']],
    ['of the disk of Postgres', [['size: 100 GiB', 'size: 200 GiB']], ['helm_release.mev-data']],
    [
      'of the size of a stream',
      [['size: 3 GiB', 'size: 30 GiB']],
      ['helm_release.mev-data', 'helm_release.mev-data_foundation', 'helm_release.mev-data_nats'],
    ],
    [
      'of a stream that is gone',
      [['      prices: { retention: 24h, size: 3 GiB }\n', '']],
      ['helm_release.mev-data', 'helm_release.mev-data_foundation', 'helm_release.mev-data_nats'],
    ],
    [
      'of what the archive keeps',
      [['infrequent_after: 30d', 'infrequent_after: 60d']],
      ['aws_s3_bucket_lifecycle_configuration.mev-data_archive_lifecycle'],
    ],
  ])('%s changes that, in place', (_, edits, changed) => {
    const change = edited(...edits);
    expect(change).toEqual({ created: [], destroyed: [], changed, replaced: [] });
    nothingGoes(change);
  });

  test.each<readonly [string, readonly [string, string], readonly string[]]>([
    [
      'a stream forgets sooner',
      ['retention: 24h', 'retention: 12h'],
      ['keeps 43200 seconds of stream prices instead of 86400'],
    ],
    [
      'a stream holds less',
      ['size: 3 GiB', 'size: 2 GiB'],
      ['keeps 2147483648 bytes of stream prices instead of 3221225472'],
    ],
    ['a store forgets sooner', ['retention: 90d', 'retention: 30d'], ['keeps 30 days of timeseries instead of 90']],
    ['another does', ['retention: 400d', 'retention: 366d'], ['keeps 366 days of analytics instead of 400']],
    [
      'the archive does, and backups with it',
      ['retention: 1825d', 'retention: 31d'],
      ['deletes after 31 days instead of 1825', 'keeps 29 days of backups instead of 30'],
    ],
    ['more is kept', ['retention: 90d', 'retention: 91d'], []],
    ['a stream is not declared any more', ['      prices: { retention: 24h, size: 3 GiB }\n', ''], []],
  ])('by which %s is a danger of its plan where something is deleted', (_, [from, to], said) => {
    const plan = compareStacks(
      JSON.stringify(BEFORE.development),
      JSON.stringify(stacks(swap(from, to)(WHOLE)).development),
    );
    const dangers = dangersOf(plan, { retire: new Map(), allow: new Map() });
    expect(dangers.map(({ what }) => what).sort()).toEqual(said);
    for (const { kind } of dangers) expect(kind).toBe('data');
  });

  test('that turns them off leaves the namespace, which would take the claims along', () => {
    const change = edited(['enabled: true', 'enabled: false']);
    expect(change?.destroyed).toContain('helm_release.mev-data');
    expect(change?.destroyed.filter((address) => /namespace.*mev-data/.test(address))).toEqual([]);
    expect(change?.replaced).toEqual([]);
    // S3 deletes no bucket that holds anything.
    const [, bucket] =
      Object.entries<Json>(found).find(([address]) => address.startsWith('aws_s3_bucket.mev-data')) ?? [];
    expect(bucket).not.toHaveProperty('force_destroy');
  });

  test('that adds them touches nothing that was there', () => {
    const added = changesBetween(stacks(MONITORED), BEFORE).development;
    expect(added?.destroyed).toEqual([]);
    expect(
      added?.changed.filter((address) => !/monitoring_(kube-prometheus-stack|objects)|role_policy/.test(address)),
    ).toEqual([]);
  });

  test('of what engines do changes nothing of them', () => {
    const text = WHOLE.replace('mev:\n', 'mev:\n  max_gas_price: 3 gwei\n');
    expect(changes(text)).toBeUndefined();
  });
});

test('a bucket of a protected environment cannot be destroyed by a plan', () => {
  const guarded = `protect: true\nstate: { bucket: acme-tfstate }\nchains: null\n${MONITORED.replace('receivers: {', 'receivers: { dead_mans_switch: { secret: a },')}${ARCHIVED}`;
  const [, bucket] =
    Object.entries<Json>(resources(stacks(guarded).development)).find(([address]) =>
      address.startsWith('aws_s3_bucket.mev-data'),
    ) ?? [];
  expect(bucket.lifecycle).toEqual({ prevent_destroy: true });
});
