import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IDEA } from '../../environments/research';
import type { Json } from '../../project';
import { CHART, containerOf, folder, podOf, render, valuesOf } from './rendered';

/** What of research is in the cluster. */

jest.setTimeout(60_000);

const ARCHIVE = `  research:
    enabled: true
    access_group: mev:researchers
    archive: acme-mev-archive
    forks:
      ethereum: { chain: ethereum, block: 21000000, memory: 8 GiB }
    backtest: { cpu: 4, memory: 16 GiB, timeout: 2h }
`;

const plain = render();
const full = render({ research: ARCHIVE });
const pod = podOf(plain);

describe('a backtest', () => {
  const { spec } = plain['CronJob backtest-idea'];

  test('runs when a person says so, once, for so long, and is kept for its log', () => {
    expect(spec.suspend).toBe(true);
    expect(spec.jobTemplate.spec).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 6 * 3600,
      ttlSecondsAfterFinished: 7 * 86_400,
    });
    expect(pod.restartPolicy).toBe('Never');
    expect(full['CronJob backtest-idea'].spec.jobTemplate.spec.activeDeadlineSeconds).toBe(7200);
    // Runs that were made of it by hand are counted among its own.
    expect([spec.successfulJobsHistoryLimit, spec.failedJobsHistoryLimit]).toEqual([20, 20]);
  });

  test('has its forks first, which stay, then what prepares it, then the engine, and what tells its result last', () => {
    expect(pod.initContainers.map(({ name, restartPolicy }: Json) => [name, restartPolicy])).toEqual([
      ['fork-ethereum', 'Always'],
      ['prepare', undefined],
      ['engine', undefined],
    ]);
    expect(pod.containers.map(({ name }: Json) => name)).toEqual(['result']);
  });

  test('is as confined as an engine, and signs nothing', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const objects of [plain, full])
      for (const { securityContext, resources } of [...podOf(objects).initContainers, ...podOf(objects).containers]) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(resources.requests.memory).toBe(resources.limits.memory);
      }
    for (const objects of [plain, full]) {
      const text = JSON.stringify(objects);
      expect(Object.keys(objects).filter((key) => /secret/i.test(key))).toEqual([]);
      expect(text).not.toMatch(/secretKeyRef|"secret":|signingKey|gatewayToken|HTTP_PROXY/);
    }
    expect(containerOf(pod, 'engine').env).toBeUndefined();
  });

  test('takes what it is given, and its forks beside it', () => {
    const of = (name: string) => containerOf(podOf(full), name).resources.requests;
    expect([of('engine'), of('fork-ethereum')]).toEqual([
      { cpu: '4', memory: '16384Mi' },
      { cpu: 1, memory: '8192Mi' },
    ]);
  });

  test('takes much, in whole numbers', () => {
    const objects = render({
      research: `  research:
    enabled: true
    quota: { memory: 4 TiB }
    forks: { ethereum: { chain: ethereum, memory: 1 TiB } }
    backtest: { memory: 1 TiB, timeout: 30d }
`,
    });
    const { spec } = objects['CronJob backtest-idea'].spec.jobTemplate;
    expect(spec.activeDeadlineSeconds).toBe(2_592_000);
    for (const name of ['engine', 'fork-ethereum'])
      expect(containerOf(spec.template.spec, name).resources.limits.memory).toBe('1048576Mi');
  });

  test('keeps credentials of the cloud for the engine alone', () => {
    const { annotations } = full['CronJob backtest-idea'].spec.jobTemplate.spec.template.metadata;
    expect(annotations).toEqual({ 'eks.amazonaws.com/skip-containers': 'fork-ethereum,prepare,result' });
    expect(plain['CronJob backtest-idea'].spec.jobTemplate.spec.template.metadata.annotations).toBeUndefined();
    expect(containerOf(podOf(full), 'engine').env).toEqual([
      { name: 'AWS_REGION', value: 'eu-central-1' },
      { name: 'HTTPS_PROXY', value: 'http://research-proxy.mev-research-egress.svc.cluster.local:3128' },
      { name: 'NO_PROXY', value: 'localhost,127.0.0.1,169.254.170.23,.svc,.svc.cluster.local' },
    ]);
  });
});

describe('a fork', () => {
  test('that people share stands where it is told, else at the newest block', () => {
    const argumentsOf = (objects: Json) => objects['Deployment fork-ethereum'].spec.template.spec.containers[0].args;
    const common = ['--no-rate-limit', '--no-storage-caching', '--auto-impersonate', '--host=0.0.0.0', '--port=8545'];
    const url = '--fork-url=http://ethereum-mainnet-geth.production.chain.internal:8545';
    expect(argumentsOf(plain)).toEqual(['--quiet', url, ...common]);
    expect(argumentsOf(full)).toEqual(['--quiet', url, '--fork-block-number=21000000', ...common]);
  });

  test('of the OP stack is told so, in a run as well', () => {
    const base = [
      'chains:\n  ethereum',
      'global: { security: { api_rate_limits: { default: 10/second } } }\ngateway: { fallbacks: { base: { mainnet: [{ name: one, secret: one }] } } }\nchains:\n  ethereum',
    ] as const;
    const objects = render({
      research: '  research: { enabled: true, forks: { base: { chain: base } } }\n',
      idea: IDEA.replace('chains: [ethereum]', 'chains: [base]'),
      production: [base],
    });
    for (const { args } of [
      objects['Deployment fork-base'].spec.template.spec.containers[0],
      containerOf(podOf(objects), 'fork-base'),
    ])
      expect(args).toContain('--network=optimism');
  });

  test('of a run is told where to stand by what prepares it, and nobody else reaches it', () => {
    expect(containerOf(podOf(full), 'fork-ethereum').args).toEqual([
      '--quiet',
      '--fork-url=http://ethereum-mainnet-geth.production.chain.internal:8545',
      '--no-rate-limit',
      '--no-storage-caching',
      '--auto-impersonate',
      '--host=127.0.0.1',
      '--port=8545',
    ]);
    const ends = ({ value }: Json) => JSON.parse(value);
    const env = (objects: Json): Json[] => containerOf(podOf(objects), 'prepare').env;
    expect(env(plain).map(({ name }) => name)).toEqual(['FROM', 'TO', 'DATA', 'ENDS', 'ARCHIVE']);
    expect(ends(env(plain)[3])).toEqual({});
    expect(ends(env(full)[3])).toEqual({ 'ethereum/mainnet': 21_000_000 });
  });
});

describe('what is reached', () => {
  /** Of all policies that select a pod with these labels: to whom it may, and at which ports. */
  function ways(objects: Readonly<Record<string, Json>>, labels: Readonly<Record<string, string>>): string[] {
    const selects = ({ matchLabels = {}, matchExpressions = [] }: Json): boolean =>
      Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
      matchExpressions.every(({ key, operator, values }: Json) => {
        if (operator === 'DoesNotExist') return !(key in labels);
        if (operator === 'In') return values.includes(labels[key]);
        return !values.includes(labels[key]);
      });
    return Object.values(objects)
      .filter(
        ({ kind, metadata, spec }) => kind === 'NetworkPolicy' && !metadata.namespace && selects(spec.podSelector),
      )
      .flatMap(({ spec }) => spec.egress ?? [])
      .flatMap(({ to, ports }) =>
        to.map(({ ipBlock, namespaceSelector, podSelector }: Json) => {
          const { 'kubernetes.io/metadata.name': namespace } = namespaceSelector?.matchLabels ?? {};
          const who = ipBlock?.cidr ?? namespace ?? JSON.stringify(podSelector.matchLabels);
          return `${who} ${ports.map(({ port }: Json) => port)}`;
        }),
      );
  }
  const labelsOf = (objects: Json) => objects['CronJob backtest-idea'].spec.jobTemplate.spec.template.metadata.labels;
  const forkLabels = plain['Deployment fork-ethereum'].spec.template.metadata.labels;

  test('by default is nothing, in and out', () => {
    expect(plain['NetworkPolicy deny'].spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  test('by a run: names, what its forks read, and the archive where there is one', () => {
    const least = ['kube-system 53,53', '10.0.0.0/16 8545'];
    expect(ways(plain, labelsOf(plain))).toEqual(least);
    expect(ways(full, labelsOf(full))).toEqual([...least, 'mev-research-egress 3128', '169.254.170.23/32 80']);
  });

  test('by a fork that people share: names and what it reads', () => {
    expect(ways(full, forkLabels)).toEqual(['kube-system 53,53', '10.0.0.0/16 8545']);
  });

  test('by what people run: names, the forks that they share, and the archive where there is one', () => {
    const least = ['kube-system 53,53', '{"chain-nodes.io/research":"fork"} 8545'];
    expect(ways(plain, { app: 'notebook' })).toEqual(least);
    expect(ways(full, { app: 'notebook' })).toEqual([...least, 'mev-research-egress 3128', '169.254.170.23/32 80']);
  });

  test('no label that people choose makes a pod of theirs the way out, which is in a namespace of its own', () => {
    const there = Object.values(full).filter(({ metadata }) => metadata.namespace === 'mev-research-egress');
    expect(there.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment', 'NetworkPolicy', 'Service']);
    for (const name of ['fork', 'backtest', 'mev-egress-proxy'])
      for (const way of ways(full, { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': 'research' }))
        expect(way).not.toMatch(/^0\.0\.0\.0/);
    expect(full['ConfigMap research-proxy'].data['squid.conf']).toContain(
      'acl listed dstdomain -n acme-mev-archive.s3.eu-central-1.amazonaws.com\n',
    );
    expect(Object.keys(plain).filter((key) => /proxy/.test(key))).toEqual([]);
  });
});

describe('people', () => {
  test('of the group may run jobs and forward ports, and neither read secrets nor enter what runs', () => {
    const { rules } = full['Role researcher'];
    const may = rules.flatMap(({ resources, verbs }: Json) =>
      resources.flatMap((resource: string) => verbs.map((verb: string) => `${verb} ${resource}`)),
    );
    expect(may).toEqual(
      expect.arrayContaining(['create jobs', 'get cronjobs', 'get pods/log', 'create pods/portforward', 'delete pods']),
    );
    expect(may.filter((one: string) => /secret|exec|attach|\*|create pods$|cronjobs$/.test(one))).toEqual([
      'get cronjobs',
      'list cronjobs',
      'watch cronjobs',
    ]);
    expect(full['RoleBinding researcher'].subjects).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'mev:researchers' },
    ]);
    expect(Object.keys(plain).filter((key) => /Role/.test(key))).toEqual([]);
  });
});

test('every object is one that Kubernetes knows, and confined, with the least and with everything', () => {
  const values = join(folder, 'checked');
  mkdirSync(values);
  const all = { plain: {}, full: { research: ARCHIVE }, off: { research: ARCHIVE.replace('true', 'false') } };
  for (const [name, changes] of Object.entries(all)) writeFileSync(join(values, `${name}.yaml`), valuesOf(changes));
  const python = process.env.CHART_CHECK_PYTHON ?? 'python3';
  const check = join(__dirname, '../../../tools/ci/chart_check.py');
  const told = execFileSync(python, [check, CHART, values], { encoding: 'utf8', stdio: 'pipe' });
  expect(told).toMatch(/3 renderings, \d+ objects, 0 faults/);
});

test('what is off leaves rules of the namespace, and nothing that runs', () => {
  const off = render({ research: ARCHIVE.replace('enabled: true', 'enabled: false') });
  expect(Object.keys(off).sort()).toEqual([
    'LimitRange research',
    'NetworkPolicy deny',
    'NetworkPolicy forks',
    'NetworkPolicy people',
    'NetworkPolicy to-forks',
    'ServiceAccount research',
  ]);
});
