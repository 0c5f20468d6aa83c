import {
  BARMAN_VALUES,
  CHARTS,
  type ChartName,
  CLICKHOUSE_OPERATOR_VALUES,
  claimName,
  NACK_VALUES,
  natsValues,
  OPERATOR_LABEL,
  POSTGRES_OPERATOR_VALUES,
  type StreamValues,
  type Values,
} from '../../../constructs/data-stores/releases';
import { freeMapOf, knownTo, misspelt, pathsOf, unknownKeys } from '../cluster-services/record';
import { recordOf } from './record';

/** Helm ignores a key that a chart does not know, so every key that is set must be one of that version's own. */

const STREAMS: StreamValues = {
  streams: [
    { name: 'executions', sizeGiB: 5 },
    { name: 'other', sizeGiB: 1 },
  ],
  tables: ['executions'],
  replicas: 3,
  secret: 'mev-data',
  storageClass: 'retains',
  podMonitor: true,
};

const VALUES: Readonly<Record<ChartName, Values>> = {
  nats: natsValues(STREAMS),
  nack: NACK_VALUES,
  'altinity-clickhouse-operator': CLICKHOUSE_OPERATOR_VALUES,
  'cloudnative-pg': POSTGRES_OPERATOR_VALUES,
  'plugin-barman-cloud': BARMAN_VALUES,
};

describe.each(Object.keys(CHARTS) as ChartName[])('values of %s', (name) => {
  const { chart, version, source } = CHARTS[name];
  const record = recordOf(chart);

  test('are checked against the keys of the version that is pinned', () => {
    expect(record).toMatchObject({ chart, version, source });
    expect(record.keys.length).toBeGreaterThan(20);
  });

  test('set only keys that this version knows', () => {
    expect(unknownKeys(VALUES[name], record)).toEqual([]);
  });

  test('would fail for each key that were misspelt', () => {
    const known = knownTo(record);
    const paths = new Set(pathsOf(VALUES[name]).map((path) => freeMapOf(path, known) ?? path));
    expect(paths.size).toBeGreaterThan(1);
    for (const path of paths) {
      const wrong = misspelt(VALUES[name], path.replaceAll('[]', ''));
      expect([path, unknownKeys(wrong, record).length]).not.toEqual([path, 0]);
    }
  });

  test('ask for no more memory than they may have, and hold no password', () => {
    const text = JSON.stringify(VALUES[name]);
    expect(text).toContain('"requests"');
    expect(text).not.toMatch(/bitnami|clickhouse_operator_password/);
  });
});

describe('streams', () => {
  const at = (replicas: 1 | 3): Values => natsValues({ ...STREAMS, replicas });
  // biome-ignore lint/suspicious/noExplicitAny: values of another's chart.
  const of = (replicas: 1 | 3): any => at(replicas);

  test('are held by one server, or by a cluster of three that lose one', () => {
    expect(of(1).config.cluster).toEqual({ enabled: false });
    expect(of(3).config.cluster).toEqual({ enabled: true, replicas: 3 });
    expect([of(1).podDisruptionBudget.enabled, of(3).podDisruptionBudget.enabled]).toEqual([false, true]);
  });

  test('of a server that was alone are not where a cluster would find and delete them', () => {
    const claims = ([1, 3] as const).map((replicas) => of(replicas).config.jetstream.fileStore.pvc.name);
    expect(claims).toEqual([claimName(1), claimName(3)]);
    expect(new Set(claims).size).toBe(2);
  });

  test('that grow change nothing that Kubernetes never changes', () => {
    const grown = natsValues({ ...STREAMS, streams: [{ name: 'executions', sizeGiB: 500 }] });
    // biome-ignore lint/suspicious/noExplicitAny: values of another's chart.
    const store = (values: any) => values.config.jetstream.fileStore;
    expect(store(grown).pvc).toEqual(store(at(3)).pvc);
    expect([store(at(3)).maxSize, store(grown).maxSize]).toEqual(['8Gi', '600Gi']);
  });

  test('are written to with passwords that are in no value, whatever they look like', () => {
    const { env } = of(3).container;
    expect(env.GIVEN_CLIENTS).toEqual({ valueFrom: { secretKeyRef: { name: 'mev-data', key: 'nats-clients' } } });
    expect(env.NATS_CLIENTS).toBe('"$(GIVEN_CLIENTS)"');
    // Kubernetes fills a variable from those that stand before it, and the chart sorts them.
    for (const name of ['CLIENTS', 'CLICKHOUSE', 'CONTROLLER']) expect(`GIVEN_${name}` < `NATS_${name}`).toBe(true);
    const users = of(3).config.merge.authorization.users;
    expect(users.map(({ user, password }: Values) => [user, password])).toEqual([
      ['clients', '<< $NATS_CLIENTS >>'],
      ['clickhouse', '<< $NATS_CLICKHOUSE >>'],
      ['controller', '<< $NATS_CONTROLLER >>'],
    ]);
  });
});

test('who asks the cluster what to do is found by one label', () => {
  expect(NACK_VALUES.global).toEqual({ labels: OPERATOR_LABEL });
  for (const values of [CLICKHOUSE_OPERATOR_VALUES, POSTGRES_OPERATOR_VALUES, BARMAN_VALUES])
    expect(values.podLabels).toEqual(OPERATOR_LABEL);
});

test('operators do what they do in the namespace of the data, and nowhere else', () => {
  expect(NACK_VALUES.namespaced).toBe(true);
  expect(CLICKHOUSE_OPERATOR_VALUES.rbac).toEqual({ namespaceScoped: true });
  expect(POSTGRES_OPERATOR_VALUES.config).toEqual({ clusterWide: false });
});
