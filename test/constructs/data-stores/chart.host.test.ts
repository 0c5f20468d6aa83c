import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { consumerOf, DATA_NAMESPACE, LOGINS, PROPERTIES } from '../../../constructs/data-stores/contract';
import { claimName } from '../../../constructs/data-stores/releases';
import type { Json } from '../../project';
import { type Built, build, ELSEWHERE, ROLE, releases } from './stack';

/** The chart as Helm renders it with the values of the construct. */

const HELM = process.env.HELM ?? 'helm';
const CHART = join(__dirname, '../../../constructs/data-stores/chart');
const folder = mkdtempSync(join(tmpdir(), 'data-stores-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Objects = Readonly<Record<string, Json>>;

/** Objects of a release, by kind and name. */
function render({ found }: Built, release: string): Objects {
  const files = (releases(found)[release].values as readonly string[]).flatMap((text, index) => {
    const file = join(folder, `values-${index}.yaml`);
    writeFileSync(file, text);
    return ['--values', file];
  });
  const text = execFileSync(
    HELM,
    ['template', release, CHART, '--namespace', DATA_NAMESPACE, '--kube-version', '1.34.0', ...files],
    { encoding: 'utf8', stdio: 'pipe' },
  );
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Json);
  return Object.fromEntries(
    objects.filter(Boolean).map((object) => [`${object.kind} ${object.metadata.name}`, object]),
  );
}

const both = (built: Built): Objects => ({ ...render(built, 'mev-data-foundation'), ...render(built, 'mev-data') });

const objects = both(build());
const small = both(
  build({
    ...ELSEWHERE,
    streamReplicas: 1,
    transactions: { sizeGiB: 10, replicas: 1 },
    podMonitors: false,
    storageClass: undefined,
  }),
);
const of = (kind: string, from: Objects = objects): readonly string[] =>
  Object.keys(from)
    .filter((key) => key.startsWith(`${kind} `))
    .map((key) => key.slice(kind.length + 1));
const KEEP = { 'helm.sh/resource-policy': 'keep' };

describe('what owns data', () => {
  test.each([
    'PersistentVolumeClaim streams-nats-0',
    'PersistentVolumeClaim streams-nats-2',
    'ClickHouseInstallation mev',
    'Cluster transactions',
    'Stream executions',
    'Consumer clickhouse-executions',
  ])('outlives every release: %s', (key) => {
    expect(objects[key].metadata.annotations).toEqual(KEEP);
  });

  test('and a stream outlives its object', () => {
    for (const name of of('Stream')) expect(objects[`Stream ${name}`].spec.preventDelete).toBe(true);
  });

  test('and claims of ClickHouse outlive it, and what its operator does not know', () => {
    const { spec } = objects['ClickHouseInstallation mev'];
    expect(spec.reconcile.cleanup).toEqual({
      unknownObjects: { pvc: 'Retain' },
      reconcileFailedObjects: { pvc: 'Retain' },
    });
    expect(spec.defaults.storageManagement).toEqual({ provisioner: 'Operator', reclaimPolicy: 'Retain' });
    for (const { reclaimPolicy } of spec.templates.volumeClaimTemplates) expect(reclaimPolicy).toBe('Retain');
  });

  test('is of the class that retains disks', () => {
    expect(objects['PersistentVolumeClaim streams-nats-0'].spec.storageClassName).toBe('retains');
    expect(objects['ClickHouseInstallation mev'].spec.templates.volumeClaimTemplates[0].spec.storageClassName).toBe(
      'retains',
    );
    expect(objects['Cluster transactions'].spec.storage.storageClass).toBe('retains');
    expect(small['PersistentVolumeClaim streams-alone-nats-0'].spec).not.toHaveProperty('storageClassName');
  });

  test('grows where it is told to: every claim is of the size that is declared', () => {
    const grown = both(
      build({
        streams: [{ name: 'executions', retentionSeconds: 60, sizeGiB: 100 }],
        timeseries: { retentionDays: 1, sizeGiB: 600 },
        transactions: { sizeGiB: 200, replicas: 2 },
      }),
    );
    const sizes = (from: Objects): Json => [
      from['PersistentVolumeClaim streams-nats-0'].spec.resources.requests.storage,
      from['ClickHouseInstallation mev'].spec.templates.volumeClaimTemplates[0].spec.resources.requests.storage,
      from['Cluster transactions'].spec.storage.size,
    ];
    expect(sizes(objects)).toEqual(['8Gi', '500Gi', '100Gi']);
    expect(sizes(grown)).toEqual(['120Gi', '600Gi', '200Gi']);
  });
});

describe('claims of streams', () => {
  test('are as many as servers, and called as the StatefulSet looks for them', () => {
    expect(of('PersistentVolumeClaim')).toEqual([0, 1, 2].map((index) => `${claimName(3)}-nats-${index}`));
    expect(of('PersistentVolumeClaim', small)).toEqual([`${claimName(1)}-nats-0`]);
  });
});

describe('a stream', () => {
  test('keeps what YAML says, as whole numbers', () => {
    expect(objects['Stream executions'].spec).toMatchObject({
      name: 'executions',
      subjects: ['executions.>'],
      storage: 'file',
      retention: 'limits',
      discard: 'old',
      maxAge: '2592000s',
      maxBytes: 5 * 2 ** 30,
      replicas: 3,
    });
    expect(small['Stream executions'].spec.replicas).toBe(1);
    // No longer than the stream itself keeps anything.
    expect([objects['Stream executions'].spec.duplicateWindow, objects['Stream own'].spec.duplicateWindow]).toEqual([
      '120s',
      '60s',
    ]);
  });

  test('with a table is read by a consumer that ClickHouse asks for, and another by none', () => {
    expect(of('Consumer')).toEqual([consumerOf('executions')]);
    expect(objects[`Consumer ${consumerOf('executions')}`].spec).toMatchObject({
      streamName: 'executions',
      durableName: consumerOf('executions'),
      filterSubject: 'executions.>',
      ackPolicy: 'explicit',
      deliverPolicy: 'all',
    });
  });

  test('is made by who may, with a password from a Secret', () => {
    expect(objects['Account controller'].spec).toEqual({
      name: 'controller',
      servers: ['nats://nats:4222'],
      user: { secret: { name: 'mev-data-streams' }, user: 'user', password: 'password' },
    });
  });
});

describe('secrets', () => {
  test('are of one secret of the store, by its properties', () => {
    expect(objects['SecretStore mev-data'].spec.provider.aws.role).toBe(ROLE);
    const { data } = objects['ExternalSecret mev-data'].spec;
    expect(data.map(({ secretKey }: Json) => secretKey).sort()).toEqual([...PROPERTIES].sort());
    for (const { secretKey, remoteRef } of data) expect(remoteRef).toEqual({ key: 'prod/data', property: secretKey });
  });

  test.each([
    ['mev-data-streams', 'Opaque', 'user', LOGINS.streamAdmin],
    ['altinity-clickhouse-operator', 'Opaque', 'username', LOGINS.storeOperator],
    ['transactions-owner', 'kubernetes.io/basic-auth', 'username', LOGINS.transactions],
  ])('%s has the form that its program wants', (name, type, key, login) => {
    const { target, data } = objects[`ExternalSecret ${name}`].spec;
    expect(target).toEqual({ name, template: { type, data: { [key]: login.user, password: '{{ .given }}' } } });
    expect(data).toEqual([{ secretKey: 'given', remoteRef: { key: 'prod/data', property: login.property } }]);
  });

  test('are none of the chart elsewhere, as long as nothing is there to make them of', () => {
    expect(Object.keys(small).filter((key) => /Secret/.test(key))).toEqual([]);
  });
});

describe('ClickHouse', () => {
  const { configuration, templates } = objects['ClickHouseInstallation mev'].spec;

  test('knows clients, readers and who makes tables, by passwords from the Secret', () => {
    for (const [user, login] of [
      ['clients', LOGINS.stores],
      ['readers', LOGINS.storeReader],
      ['schema', LOGINS.storeAdmin],
    ] as const) {
      expect(login.user).toBe(user);
      expect(configuration.users[`${user}/password`]).toEqual({
        valueFrom: { secretKeyRef: { name: 'mev-data', key: login.property } },
      });
    }
    expect(configuration.settings['nats/user']).toBe(LOGINS.streamReader.user);
    expect(configuration.settings['nats/password']).toEqual({
      valueFrom: { secretKeyRef: { name: 'mev-data', key: LOGINS.streamReader.property } },
    });
  });

  test('lets readers read, and nothing else', () => {
    expect(configuration.users['readers/grants/query']).toEqual([
      'GRANT SELECT ON timeseries.*',
      'GRANT SELECT ON analytics.*',
    ]);
    expect(configuration.profiles).toMatchObject({ 'readers/readonly': '2', 'readers/final': '1' });
  });

  test('lets nobody take away rows', () => {
    const grants: readonly string[] = Object.entries<Json>(configuration.users).flatMap(([key, value]) =>
      key.endsWith('/grants/query') ? value : [],
    );
    expect(grants.length).toBeGreaterThan(8);
    for (const grant of grants) {
      expect(grant).not.toMatch(/\b(ALL|TRUNCATE|ALTER DELETE|ALTER UPDATE|OPTIMIZE|ALTER TABLE)\b/);
      if (/\bDROP\b/.test(grant)) expect(grant).toMatch(/ ON streams\.\*$/);
    }
    expect(Object.keys(configuration.users).filter((key) => key.endsWith('/access_management'))).toEqual([]);
    for (const grant of configuration.users['readers/grants/query']) expect(grant).toMatch(/^GRANT SELECT ON /);
  });

  test('counts once what a stream delivers twice', () => {
    expect(configuration.users['clients/profile']).toBe('clients');
    expect(configuration.profiles['clients/final']).toBe('1');
  });

  test('may do nothing on its machine', () => {
    const [{ spec }] = templates.podTemplates;
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.automountServiceAccountToken).toBe(false);
    const [{ securityContext, resources, image }] = spec.containers;
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(resources.limits.memory).toBe(resources.requests.memory);
    expect(image).toMatch(/:\d+\.\d+\.\d+\.\d+$/);
  });
});

describe('the job that makes tables', () => {
  const job = (from: Objects): Json => from[`Job ${of('Job', from)[0]}`];

  test('makes those of streams that are declared', () => {
    const [{ command, env }] = job(objects).spec.template.spec.containers;
    expect(command).toEqual(['bash', '/schema/schema.sh', '/schema/tables.sql', '/schema/executions.sql']);
    expect(Object.keys(objects['ConfigMap clickhouse-schema'].data).sort()).toEqual([
      'executions.sql',
      'schema.sh',
      'tables.sql',
    ]);
    expect(env).toContainEqual({ name: 'PARAMETERS', value: 'param_timeseries_days=90&param_analytics_days=400' });
  });

  test('is another one when a retention is, and the same when nothing is', () => {
    const names = (change: Parameters<typeof build>[0]): string | undefined => of('Job', both(build(change)))[0];
    expect(names({})).toBe(of('Job')[0]);
    expect(names({ analytics: { retentionDays: 401 } })).not.toBe(of('Job')[0]);
    expect(names({ streams: [{ name: 'prices', retentionSeconds: 60, sizeGiB: 1 }] })).not.toBe(of('Job')[0]);
    expect(names({ transactions: { sizeGiB: 101, replicas: 2 } })).toBe(of('Job')[0]);
  });
});

describe('Postgres', () => {
  test('is written to with one more that has it, on another machine', () => {
    const { spec } = objects['Cluster transactions'];
    expect(spec).toMatchObject({
      instances: 2,
      enableSuperuserAccess: false,
      postgresql: { synchronous: { method: 'any', number: 1, dataDurability: 'preferred' } },
      affinity: { enablePodAntiAffinity: true, topologyKey: 'kubernetes.io/hostname', podAntiAffinityType: 'required' },
    });
    expect(small['Cluster transactions'].spec).not.toHaveProperty('postgresql');
  });

  test('is archived, and backed up every night, where there is an archive', () => {
    expect(objects['Cluster transactions'].spec.plugins).toEqual([
      { name: 'barman-cloud.cloudnative-pg.io', isWALArchiver: true, parameters: { barmanObjectName: 'archive' } },
    ]);
    const { configuration, retentionPolicy } = objects['ObjectStore archive'].spec;
    expect(configuration.s3Credentials).toEqual({ inheritFromIAMRole: true });
    expect(configuration.destinationPath).toMatch(/^s3:\/\/.+\/postgres$/);
    expect(retentionPolicy).toBe('30d');
    // Seconds first (cloudnative-pg, docs/src/backup.md).
    expect(objects['ScheduledBackup transactions'].spec.schedule.split(' ')).toHaveLength(6);
    expect(of('ObjectStore', small)).toEqual([]);
    expect(of('ScheduledBackup', small)).toEqual([]);
    expect(small['Cluster transactions'].spec).not.toHaveProperty('plugins');
  });
});

describe('network', () => {
  const policies = of('NetworkPolicy').map((name) => [name, objects[`NetworkPolicy ${name}`].spec] as const);
  const policy = (name: string): Json => objects[`NetworkPolicy ${name}`].spec;
  const namespaces = (from: readonly Json[]): readonly string[] =>
    from.flatMap(({ namespaceSelector }) => namespaceSelector?.matchLabels['kubernetes.io/metadata.name'] ?? []);

  const GRAFANA = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'grafana' } },
  };

  test('nothing is reached, and nobody comes in, but by a policy of its own', () => {
    expect(policy('deny')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  test.each([
    ['streams', 4222, 7777],
    ['clickhouse', 8123, 9363],
    ['postgres', 5432, 9187],
  ])('%s lets clients in at its port, and monitoring at its metrics', (name, port, metrics) => {
    const at = (wanted: number): Json =>
      policy(name).ingress.filter(({ ports }: Json) => ports.some((one: Json) => one.port === wanted));
    const [clients, ...others] = at(port);
    expect(namespaces(clients.from)).toEqual(['mev-engines']);
    // Grafana alone of what watches, and ClickHouse alone of what is watched.
    expect(others.flatMap(({ from }: Json) => from)).toEqual(name === 'clickhouse' ? [GRAFANA] : []);
    expect(at(metrics)).toHaveLength(1);
    expect(namespaces(at(metrics)[0].from)).toEqual(['monitoring']);
  });

  test('who comes from anywhere asks an operator, and who goes anywhere asks the cluster or the archive', () => {
    const open = policies.flatMap(([name, { ingress = [], egress = [] }]) => [
      ...ingress
        .filter(({ from }: Json) => from === undefined)
        .map(({ ports }: Json) => [name, 'in', ports.map((one: Json) => one.port)]),
      ...egress
        .filter(({ to }: Json) => to === undefined)
        .map(({ ports }: Json) => [name, 'out', ports.map((one: Json) => one.port)]),
    ]);
    expect(open).toEqual([
      ['operators', 'in', [9443]],
      ['operators', 'out', [443, 6443]],
      ['postgres', 'out', [443, 6443]],
    ]);
  });
});

test('metrics are found, and rules read, where the cluster has the Prometheus operator', () => {
  expect(of('PodMonitor')).toEqual(['clickhouse', 'postgres']);
  const { groups } = objects['PrometheusRule mev-data'].spec;
  expect(groups.map(({ name }: Json) => name)).toEqual(['data']);
  expect(of('PodMonitor', small)).toEqual([]);
  expect(of('PrometheusRule', small)).toEqual([]);
});
