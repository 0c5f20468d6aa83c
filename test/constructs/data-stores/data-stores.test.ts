import { PROPERTIES } from '../../../constructs/data-stores';
import type { Json } from '../../project';
import { build, ELSEWHERE, releases, valuesOf } from './stack';

/** Streams and stores as Terraform sees them. */

const { data, found } = build();
const elsewhere = build(ELSEWHERE);
const one = (of: Json, type: string): Json => {
  const all = Object.entries<Json>(of).filter(([address]) => address.startsWith(`${type}.`));
  expect([type, all.length]).toEqual([type, 1]);
  return all[0]?.[1];
};

test('say to others where everything is and who logs in', () => {
  expect(data.natsUrl).toBe('nats://nats.mev-data.svc.cluster.local:4222');
  expect(data.streams).toEqual(['executions', 'own']);
  expect(data.clickhouse).toEqual({
    url: 'http://clickhouse-mev.mev-data.svc.cluster.local:8123',
    databases: ['timeseries', 'analytics'],
  });
  expect(data.postgres).toEqual({
    host: 'transactions-rw.mev-data.svc.cluster.local',
    port: 5432,
    database: 'transactions',
  });
  for (const { property } of Object.values(data.logins)) expect(PROPERTIES).toContain(property);
  expect(new Set(PROPERTIES).size).toBe(PROPERTIES.length);
});

test('operators come after the foundation, and stores after the operators', () => {
  const all = releases(found);
  expect(Object.keys(all).sort()).toEqual([
    'altinity-clickhouse-operator',
    'cloudnative-pg',
    'mev-data',
    'mev-data-foundation',
    'nack',
    'nats',
    'plugin-barman-cloud',
  ]);
  const operators = ['altinity-clickhouse-operator', 'cloudnative-pg', 'nack', 'nats'];
  for (const name of operators) expect(all[name].depends_on).toEqual([expect.stringContaining('foundation')]);
  expect(all['plugin-barman-cloud'].depends_on).toEqual([expect.stringContaining('cloudnative-pg')]);
  expect(releases(elsewhere.found)['mev-data'].depends_on).toContainEqual(expect.stringContaining('cloudnative-pg'));
  for (const name of ['altinity-clickhouse-operator', 'nack', 'nats', 'plugin-barman-cloud'])
    expect(all['mev-data'].depends_on).toEqual(expect.arrayContaining([expect.stringContaining(name)]));
  for (const release of Object.values<Json>(all)) {
    // Helm waits for claims to be bound, and those of the foundation are when a server of streams stands on them.
    const waits = release.name !== 'mev-data-foundation';
    expect([release.name, release]).toEqual([
      release.name,
      expect.objectContaining({ namespace: 'mev-data', atomic: waits, wait: waits }),
    ]);
    expect([release.name, release.version ?? release.chart]).toEqual([
      release.name,
      expect.stringMatching(/^(\d+\.\d+\.\d+|\.\/assets\/.*)$/),
    ]);
  }
  expect(all['mev-data'].wait_for_jobs).toBe(true);
});

test('the namespace lets pods do next to nothing', () => {
  const { metadata } = one(found, 'kubernetes_namespace_v1');
  expect(metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
});

describe('the archive', () => {
  const [bucket] = [one(found, 'aws_s3_bucket')];

  test('is private, encrypted, versioned, and a plan that destroys it fails', () => {
    expect(bucket.bucket_prefix).toBe('test-mev-archive-');
    expect(bucket).not.toHaveProperty('force_destroy');
    expect(bucket.lifecycle).toEqual({ prevent_destroy: true });
    expect(one(found, 'aws_s3_bucket_versioning').versioning_configuration.status).toBe('Enabled');
    const [rule] = one(found, 'aws_s3_bucket_server_side_encryption_configuration').rule;
    expect(rule.apply_server_side_encryption_by_default.kms_master_key_id).toContain(':key/test');
    expect(one(build({ archive: { ...PROTECTED, protect: false } }).found, 'aws_s3_bucket')).not.toHaveProperty(
      'lifecycle',
    );
  });

  const PROTECTED = { retentionDays: 60, protect: true, accountId: '123456789012' } as const;

  test('moves and deletes what is old when it is told to', () => {
    const [retention, unfinished] = one(found, 'aws_s3_bucket_lifecycle_configuration').rule;
    expect(retention).toMatchObject({
      status: 'Enabled',
      filter: [{ prefix: '' }],
      transition: [
        { days: 30, storage_class: 'STANDARD_IA' },
        { days: 90, storage_class: 'GLACIER_IR' },
      ],
      expiration: [{ days: 1825 }],
      noncurrent_version_expiration: [{ noncurrent_days: 30 }],
    });
    expect(unfinished.abort_incomplete_multipart_upload).toEqual([{ days_after_initiation: 7 }]);
    const plain = one(build({ archive: PROTECTED }).found, 'aws_s3_bucket_lifecycle_configuration').rule[0];
    expect(plain).not.toHaveProperty('transition');
    expect(plain.expiration).toEqual([{ days: 60 }]);
  });

  test('is written to by Postgres alone, below its own prefix, with its own account', () => {
    const association = one(found, 'aws_eks_pod_identity_association');
    expect(association).toMatchObject({ namespace: 'mev-data', service_account: 'transactions' });
    const { policy } = one(found, 'aws_iam_role_policy');
    expect(policy).toContain('/postgres/*');
    expect(policy).not.toMatch(/"s3:\*"|DeleteObjectVersion|DeleteBucket|PutLifecycle/);
    expect(valuesOf(found, 'mev-data').postgres).toMatchObject({ retentionDays: 30, archive: expect.any(String) });
  });

  test.each([
    [1825, 30],
    [32, 30],
    [31, 29],
    [2, 1],
    [1, 1],
  ])('that keeps %i days takes Postgres back by no more: %i', (retentionDays, days) => {
    const { postgres } = valuesOf(build({ archive: { ...PROTECTED, retentionDays } }).found, 'mev-data');
    expect(postgres.retentionDays).toBe(days);
  });

  test('is none where nobody asks for one, and then nothing writes to it', () => {
    const without = build({ archive: undefined });
    expect(without.data.archive).toBeUndefined();
    expect(Object.keys(without.found).filter((address) => /^aws_/.test(address))).toEqual([]);
    expect(Object.keys(releases(without.found))).not.toContain('plugin-barman-cloud');
    expect(without.data.watched.postgres.archived).toBe(false);
  });
});

test('elsewhere than on EKS nothing of AWS is needed', () => {
  expect(Object.keys(elsewhere.found).filter((address) => /^aws_/.test(address))).toEqual([]);
  expect(valuesOf(elsewhere.found, 'mev-data-foundation')).toMatchObject({ secret: { name: 'data', remote: 'data' } });
  expect(valuesOf(elsewhere.found, 'mev-data-foundation')).not.toHaveProperty('secretStore');
});

test('rules go with the stores, where somebody reads them', () => {
  expect(valuesOf(found, 'mev-data').rules).toContain('"StreamsDown"');
  expect(valuesOf(found, 'mev-data').rules).toContain('https://example.com/runbooks/data.md');
  const silent = valuesOf(build({ podMonitors: false }).found, 'mev-data');
  expect(silent.podMonitors).toBe(false);
  expect(silent).not.toHaveProperty('rules');
});

test('no password is in anything', () => {
  const text = JSON.stringify(found);
  expect(text).not.toMatch(/clickhouse_operator_password/);
  for (const name of Object.keys(releases(found))) {
    const values = valuesOf(found, name);
    const walk = (value: Json, path: string): void => {
      if (typeof value === 'string' && /password$/i.test(path))
        expect([path, value]).toEqual([path, expect.stringMatching(/^<< \$NATS_\w+ >>$/)]);
      else if (value && typeof value === 'object')
        for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
    };
    walk(values, name);
  }
});
