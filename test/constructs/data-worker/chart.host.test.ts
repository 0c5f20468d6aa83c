import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { PODS } from '../../../constructs/data-stores/contract';
import type { WorkerFile } from '../../../constructs/data-worker/contract';
import { loadFiles, refusals } from '../../environments/files';
import { workersOf } from '../../environments/worker-settings';
import { type Json, resources, synthesize } from '../../project';

/** The chart of engines as Helm renders it with the values of a worker. */

const HELM = process.env.HELM ?? 'helm';
const CHART = join(__dirname, '../../../constructs/mev-engine/chart');
const folder = mkdtempSync(join(tmpdir(), 'data-worker-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OTHERS = { 'staging/overrides.yml': null, 'production/overrides.yml': null };
const MONITORED = 'monitoring: { grafana_admin_secret: grafana }\n';

const synthesized = (text: string): Readonly<Record<string, Json>> =>
  resources(synthesize(loadFiles({ 'development/overrides.yml': text, ...OTHERS })).development);

/** Objects by kind and name. */
function render(worker: string, text: string): Readonly<Record<string, Json>> {
  const { values } = synthesized(text)[`helm_release.${worker}`];
  const files = values.flatMap((one: string, index: number) => {
    const file = join(folder, `values-${index}.yaml`);
    writeFileSync(file, one.replaceAll(/(?<!\$)\$\{[^}]*\}/g, 'later').replaceAll('$${', '${'));
    return ['--values', file];
  });
  const output = execFileSync(
    HELM,
    ['template', worker, CHART, '--namespace', 'mev-data', '--kube-version', '1.34.0', ...files],
    { encoding: 'utf8', stdio: 'pipe' },
  );
  const objects = parseAllDocuments(output).map((document) => document.toJS() as Json);
  return Object.fromEntries(
    objects.filter(Boolean).map((object) => [`${object.kind} ${object.metadata.name}`, object]),
  );
}

const mempool = render('worker-mempool-ethereum', MONITORED + workersOf());
const detector = render('worker-detector', MONITORED + workersOf());
const archivist = render(
  'worker-detector',
  MONITORED +
    workersOf(
      [['stores: [timeseries]', 'stores: [archive, transactions]\n        egress: [203.0.113.0/24]']],
      [['replicas: 2 }', 'replicas: 2 }\n      archive: { retention: 30d }']],
    ),
);
const fileOf = (objects: Json, name: string): WorkerFile =>
  JSON.parse(objects[`ConfigMap ${name}-files`].data['worker.json']);
const podOf = (objects: Json, name: string): Json => objects[`Deployment ${name}`].spec.template.spec;

describe('its Deployment', () => {
  test('has as many pods as are asked for, and nothing that starts, stops or latches it', () => {
    expect(detector['Deployment worker-detector'].spec.replicas).toBe(3);
    expect(mempool['Deployment worker-mempool-ethereum'].spec.replicas).toBe(1);
    const kinds = new Set(Object.values(detector).map(({ kind }) => kind));
    for (const kind of ['ScaledObject', 'Sensor', 'Role', 'RoleBinding']) expect(kinds).not.toContain(kind);
    expect(podOf(detector, 'worker-detector')).not.toHaveProperty('initContainers');
    expect(JSON.stringify(detector)).not.toMatch(/"worker-detector-(stop|strategies)"|stand-by|AWS_REGION/);
  });

  test('is confined as an engine is', () => {
    const { securityContext, containers, ...pod } = podOf(detector, 'worker-detector');
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(containers).toMatchObject([
      {
        name: 'worker',
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: '1', memory: '2048Mi' }, limits: { cpu: '1', memory: '2048Mi' } },
      },
    ]);
  });

  test('finds its files where the contract says, the passwords of what it names among them', () => {
    const paths = (objects: Json) => {
      const { sources } = podOf(objects, 'worker-detector').volumes.find(({ name }: Json) => name === 'mev').projected;
      return sources.flatMap(({ configMap, secret }: Json) =>
        (configMap ?? secret).items.map(({ key, path }: Json) => [(configMap ?? secret).name, key, path].join(' ')),
      );
    };
    expect(paths(detector)).toEqual([
      'worker-detector-files worker.json worker.json',
      'mev-data nats-clients secrets/streams-password',
      'mev-data clickhouse-clients secrets/clickhouse-password',
      'worker-detector-api-key value secrets/api.key',
    ]);
    expect(paths(archivist).slice(1, 3)).toEqual([
      'mev-data nats-clients secrets/streams-password',
      'mev-data postgres-clients secrets/postgres-password',
    ]);
    // What is there for all of the namespace is not made again.
    const made = Object.keys(detector).filter((key) => key.startsWith('ExternalSecret'));
    expect(made).toEqual(['ExternalSecret worker-detector-api-key']);
    expect(detector['ExternalSecret worker-detector-api-key'].spec.data).toEqual([
      { secretKey: 'value', remoteRef: { key: 'development/exchange' } },
    ]);
  });

  test('has other pods for another file', () => {
    const of = (text: string) =>
      JSON.stringify(render('worker-detector', text)['Deployment worker-detector'].spec.template);
    expect(of(MONITORED + workersOf([['consumes: [prices, executions]', 'consumes: [prices]']]))).not.toBe(
      of(MONITORED + workersOf()),
    );
    expect(of(MONITORED + workersOf([['        replicas: 3\n', '']]))).toBe(of(MONITORED + workersOf()));
  });

  test('uses the names of the files that it is told of', () => {
    for (const objects of [detector, archivist]) {
      const { streams, stores } = fileOf(objects, 'worker-detector');
      const named = [streams, ...Object.values(stores)].flatMap((one) =>
        'passwordFile' in one ? [one.passwordFile] : [],
      );
      const mounted = JSON.stringify(podOf(objects, 'worker-detector').volumes);
      expect(named.length).toBeGreaterThan(1);
      for (const file of named) expect(mounted).toContain(`"path":"secrets/${file}"`);
    }
  });
});

describe('worker.json', () => {
  test('says who it is, and what it reads, consumes and publishes', () => {
    expect(fileOf(mempool, 'worker-mempool-ethereum')).toEqual({
      version: 1,
      worker: 'worker-mempool-ethereum',
      environment: 'development',
      role: 'mempool-streams',
      chains: [
        {
          chain: 'ethereum',
          network: 'sepolia',
          chainId: 11_155_111,
          rpc: 'http://ethereum-sepolia-geth.blockchain.svc.cluster.local:8545',
          ws: 'ws://ethereum-sepolia-geth.blockchain.svc.cluster.local:8546',
        },
      ],
      streams: {
        url: 'nats://nats.mev-data.svc.cluster.local:4222',
        user: 'clients',
        passwordFile: 'streams-password',
        consumes: [],
        publishes: [{ stream: 'executions', prefix: 'executions' }],
      },
      stores: {},
      domains: [],
    });
  });

  test('says where its stores are', () => {
    expect(fileOf(detector, 'worker-detector')).toMatchObject({
      streams: {
        consumes: [
          { stream: 'executions', subjects: 'executions.>', consumer: 'worker-detector' },
          { stream: 'prices', subjects: 'prices.>', consumer: 'worker-detector' },
        ],
      },
      stores: {
        timeseries: {
          url: expect.stringMatching(/^http:\/\/.*mev-data.*:8123$/),
          database: 'timeseries',
          user: 'clients',
          passwordFile: 'clickhouse-password',
        },
      },
      domains: ['stream.example.com'],
    });
    const { stores, domains } = fileOf(archivist, 'worker-detector');
    expect(stores).toEqual({
      transactions: {
        host: expect.stringContaining('mev-data'),
        port: 5432,
        database: 'transactions',
        user: 'transactions',
        passwordFile: 'postgres-password',
      },
      archive: { bucket: 'later', region: 'eu-central-1', prefix: 'workers/detector/' },
    });
    expect(domains).toEqual(['later.s3.eu-central-1.amazonaws.com', 'stream.example.com']);
  });
});

describe('what it reaches', () => {
  const ways = (objects: Json, name: string): Json[] =>
    objects[`NetworkPolicy ${name}-egress`].spec.egress.map(({ to, ports }: Json) => [
      to.map(
        ({ ipBlock, podSelector, namespaceSelector }: Json) =>
          ipBlock?.cidr ??
          [namespaceSelector, podSelector].map((one) => Object.values(one?.matchLabels ?? {}).join()).join(' '),
      )[0],
      ports.map(({ port }: Json) => port),
    ]);
  const NAMES = ['kube-system kube-dns', [53, 53]];

  test('is names, its node and streams', () => {
    expect(ways(mempool, 'worker-mempool-ethereum')).toEqual([
      NAMES,
      ['blockchain ', [8545, 8546]],
      ['mev-data streams', [4222]],
    ]);
    expect(Object.keys(mempool).filter((key) => key.includes('proxy'))).toEqual([]);
  });

  test('is the stores that it names and no others, and its proxy', () => {
    expect(ways(detector, 'worker-detector')).toEqual([
      NAMES,
      ['mev-data streams', [4222]],
      ['mev-data clickhouse', [8123]],
      [' mev-egress-proxy,worker-detector', [3128]],
    ]);
    expect(ways(archivist, 'worker-detector')).toEqual([
      NAMES,
      ['mev-data streams', [4222]],
      ['mev-data transactions', [5432]],
      [' mev-egress-proxy,worker-detector', [3128]],
      ['169.254.170.23/32', [80]],
      ['203.0.113.0/24', [443]],
    ]);
    expect(podOf(archivist, 'worker-detector').containers[0].env).toContainEqual({
      name: 'AWS_REGION',
      value: 'eu-central-1',
    });
  });

  test('is found where those are, by their own labels', () => {
    // Its way to streams ends at pods that let it in: the policy of streams selects by the same label.
    const stores = readFileSync(
      join(__dirname, '../../../constructs/data-stores/chart/templates/networkpolicy.yaml'),
      'utf8',
    );
    for (const { labels } of Object.values(PODS))
      for (const [label, value] of Object.entries(labels)) expect(stores).toContain(`${label}: ${value}\n`);
  });

  test('is tried by a probe that is under the same policy, and is no worker', () => {
    const { labels } = detector['CronJob worker-detector-deny'].spec.jobTemplate.spec.template.metadata;
    expect(labels).toMatchObject(detector['NetworkPolicy worker-detector-egress'].spec.podSelector.matchLabels);
    expect(labels).not.toMatchObject(detector['Deployment worker-detector'].spec.selector.matchLabels);
  });
});

describe('monitoring', () => {
  test('is by the label worker', () => {
    const { endpoints, selector } = detector['ServiceMonitor worker-detector'].spec;
    expect(endpoints[0].relabelings).toEqual([{ targetLabel: 'worker', replacement: 'worker-detector' }]);
    expect(detector['Service worker-detector'].metadata.labels).toMatchObject(selector.matchLabels);
    const rules = detector['PrometheusRule worker-detector'].spec.groups.flatMap(({ rules }: Json) => rules);
    expect(rules.map(({ alert }: Json) => alert)).toContain('WorkerBehind');
  });

  test('is none where there is no operator of Prometheus', () => {
    const kinds = Object.values(render('worker-detector', workersOf())).map(({ kind }) => kind);
    expect(kinds).not.toContain('ServiceMonitor');
    expect(kinds).not.toContain('PrometheusRule');
    expect(kinds).toContain('Deployment');
  });
});

test('no worker may be called as what belongs to another', () => {
  const names = Object.values(archivist).map(({ metadata }) => metadata.name as string);
  const endings = [...new Set(names.map((name) => name.slice('worker-detector'.length)))].filter(
    (ending) => ending !== '' && !ending.startsWith('-api'),
  );
  expect(endings.sort()).toEqual(['-deny', '-egress', '-files', '-proxy', '-scripts']);
  for (const ending of endings) {
    const twin = `      other${ending}: { role: price-feeds, image: "a:1", publishes: [prices] }\n      detector:\n`;
    const [said] = refusals({ 'development/overrides.yml': workersOf([['      detector:\n', twin]]), ...OTHERS });
    expect(said).toContain('is what something of another worker may be called in the cluster');
  }
});
