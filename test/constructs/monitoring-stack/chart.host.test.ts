import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import type { Json } from '../../project';
import { type Change, define, HOST_LOGS, LAPTOP, releases } from './stack';

/** The chart of this project's own objects as Helm renders it, with the values that the construct gives. */

const HELM = process.env.HELM ?? 'helm';
const CHART = join(__dirname, '../../../constructs/monitoring-stack/chart');
const folder = mkdtempSync(join(tmpdir(), 'monitoring-'));
afterAll(() => rmSync(folder, { recursive: true }));

function values(name: string, change: Change): string[] {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, releases(define(change))[name].values[0].replaceAll('$${', '${'));
  return ['--values', file];
}

/** Objects by kind and name. */
function render(name: string, change: Change = {}): Readonly<Record<string, Json>> {
  const text = execFileSync(HELM, ['template', name, CHART, '--namespace', 'monitoring', ...values(name, change)], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Json);
  return Object.fromEntries(
    objects.filter(Boolean).map((object) => [`${object.kind} ${object.metadata.name}`, object]),
  );
}

const OBJECTS = 'monitoring-objects';
const LIFECYCLE = 'monitoring-log-lifecycle';
const plain = render(OBJECTS);
const full = render(OBJECTS, { logs: 'loki', hostLogs: HOST_LOGS });
const asked = render(OBJECTS, { hostQueries: HOST_LOGS });
const lifecycle = render(LIFECYCLE, { logs: 'elasticsearch' });

test('lint finds nothing', () => {
  const words = [
    'lint',
    '--strict',
    CHART,
    ...values(OBJECTS, { logs: 'loki', hostLogs: HOST_LOGS, hostQueries: HOST_LOGS }),
  ];
  expect(execFileSync(HELM, words, { encoding: 'utf8' })).toContain('0 chart(s) failed');
});

test('there is what was asked for, and no more', () => {
  const always = [
    'NetworkPolicy monitoring-objects',
    'NetworkPolicy monitoring-objects-admission',
    'Role grafana-config-maps',
  ];
  expect(Object.keys(render(OBJECTS, { access: LAPTOP })).sort()).toEqual(always);
  const secrets = [
    'ExternalSecret alertmanager-dead-mans-switch',
    'ExternalSecret alertmanager-pagerduty',
    'ExternalSecret alertmanager-pagerduty-chains',
    'ExternalSecret alertmanager-slack',
    'ExternalSecret alertmanager-webhook',
    'ExternalSecret grafana-admin',
    'SecretStore monitoring-objects',
  ];
  expect(Object.keys(plain).sort()).toEqual([...always, ...secrets].sort());
  const receiver = ['NetworkPolicy monitoring-objects-logs', 'Service monitoring-objects-logs'];
  expect(Object.keys(full).sort()).toEqual([...always, ...secrets, ...receiver].sort());
});

test('secrets come from the store, and none is in it', () => {
  expect(plain['ExternalSecret alertmanager-slack'].spec).toEqual({
    refreshInterval: '1h',
    secretStoreRef: { kind: 'SecretStore', name: OBJECTS },
    target: { name: 'alertmanager-slack' },
    data: [{ secretKey: 'url', remoteRef: { key: 'alerts/slack' } }],
  });
  expect(plain['ExternalSecret grafana-admin'].spec).toMatchObject({
    target: { template: { data: { 'admin-user': 'admin', 'admin-password': '{{ .password }}' } } },
    data: [{ secretKey: 'password', remoteRef: { key: 'grafana/admin' } }],
  });
  expect(Object.values(full).some(({ kind }) => kind === 'Secret')).toBe(false);
});

test('hosts reach the port of logs alone, from where they may', () => {
  const { metadata, spec } = full['Service monitoring-objects-logs'];
  expect(metadata.annotations['service.beta.kubernetes.io/aws-load-balancer-scheme']).toBe('internal');
  expect(spec).toMatchObject({
    type: 'LoadBalancer',
    loadBalancerClass: 'service.k8s.aws/nlb',
    loadBalancerSourceRanges: ['10.0.0.0/16'],
    selector: { 'app.kubernetes.io/name': 'alloy', 'app.kubernetes.io/instance': 'log-receiver' },
    ports: [{ name: 'logs', port: 3100, targetPort: 3100, protocol: 'TCP' }],
  });
  expect(full['NetworkPolicy monitoring-objects-logs'].spec.ingress).toEqual([
    { from: [{ ipBlock: { cidr: '10.0.0.0/16' } }], ports: [{ port: 3100, protocol: 'TCP' }] },
  ]);
});

describe('what hosts ask Prometheus by', () => {
  const pods = asked['Deployment monitoring-objects-queries'].spec.template;

  test('conforms to the restricted standard, and there are two of it', () => {
    expect(pods.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 99,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pods.spec.automountServiceAccountToken).toBe(false);
    const [{ securityContext, image }] = pods.spec.containers;
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(image).toMatch(/^docker\.io\/library\/haproxy:3\.2\.\d+$/);
    expect(asked['Deployment monitoring-objects-queries'].spec.replicas).toBe(2);
    expect(asked['PodDisruptionBudget monitoring-objects-queries'].spec.minAvailable).toBe(1);
  });

  test('is reached from where hosts are, inside the VPC, and it alone', () => {
    const { metadata, spec } = asked['Service monitoring-objects-queries'];
    expect(metadata.annotations['service.beta.kubernetes.io/aws-load-balancer-scheme']).toBe('internal');
    expect(spec).toMatchObject({
      type: 'LoadBalancer',
      loadBalancerSourceRanges: ['10.0.0.0/16'],
      selector: pods.metadata.labels,
      ports: [{ name: 'queries', port: 9090, targetPort: 'queries', protocol: 'TCP' }],
    });
    const policy = asked['NetworkPolicy monitoring-objects-queries'].spec;
    expect(policy.podSelector.matchLabels).toEqual(pods.metadata.labels);
    expect(policy.ingress).toEqual([
      { from: [{ ipBlock: { cidr: '10.0.0.0/16' } }], ports: [{ port: 'queries', protocol: 'TCP' }] },
    ]);
  });

  test('is not there unasked, and not for everybody', () => {
    expect(Object.keys(full).filter((key) => key.endsWith('-queries'))).toEqual([]);
    expect(() => render(OBJECTS, { hostQueries: { ...HOST_LOGS, sourceRanges: [] } })).toThrow();
  });

  test('lets one question through, and nothing else of Prometheus: the real HAProxy', async () => {
    const reached: string[] = [];
    const prometheus = createServer(({ method, url }, response) => {
      reached.push(`${method} ${url}`);
      response.end('{"status":"success"}');
    });
    const own = await new Promise<number>((resolve) =>
      prometheus.listen(0, '127.0.0.1', () => resolve((prometheus.address() as AddressInfo).port)),
    );
    const port = own === 65_535 ? own - 1 : own + 1;
    const file = join(folder, 'haproxy.cfg');
    const text: string = asked['ConfigMap monitoring-objects-queries'].data['haproxy.cfg'];
    writeFileSync(
      file,
      text
        .replace('bind :9090', `bind 127.0.0.1:${port}`)
        .replace('kube-prometheus-stack-prometheus.monitoring.svc.cluster.local:9090', `127.0.0.1:${own}`),
    );
    const haproxy = spawn(process.env.HAPROXY ?? 'haproxy', ['-db', '-f', file], { stdio: 'ignore' });
    const status = async (path: string, method = 'GET'): Promise<number | undefined> => {
      try {
        return (await fetch(`http://127.0.0.1:${port}${path}`, { method })).status;
      } catch {
        return undefined;
      }
    };
    try {
      for (let tries = 0; tries < 50 && (await status('/healthcheck')) !== 200; tries++) await after(100);
      expect(await status('/api/v1/query?query=up')).toBe(200);
      for (const path of [
        '/',
        '/-/quit',
        '/-/reload',
        '/api/v1/query_range?query=up',
        '/api/v1/query/',
        '/api/v1/query%2f..%2f..%2f..%2f-%2fquit',
        '/api/v1/status/config',
        '/api/v1/admin/tsdb/snapshot',
        '/federate',
      ])
        expect([path, await status(path)]).toEqual([path, 404]);
      for (const method of ['POST', 'PUT', 'DELETE'])
        expect([method, await status('/api/v1/query?query=up', method)]).toEqual([method, 405]);
      expect(reached).toEqual(['GET /api/v1/query?query=up']);
      const many = await Promise.all(Array.from({ length: 150 }, () => status('/api/v1/query?query=up')));
      expect(new Set(many)).toEqual(new Set([200, 429]));
      prometheus.close();
      prometheus.closeAllConnections();
    } finally {
      haproxy.kill('SIGKILL');
    }
  }, 30_000);
});

test('a load balancer for everybody is refused', () => {
  expect(() => render(OBJECTS, { logs: 'loki', hostLogs: { ...HOST_LOGS, sourceRanges: [] } })).toThrow();
});

describe('the job that says how long logs are kept', () => {
  const job = Object.values(lifecycle).find(({ kind }) => kind === 'Job');

  test('conforms to the restricted standard', () => {
    const { containers, ...pod } = job.spec.template.spec;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(containers).toHaveLength(1);
    expect(containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(containers[0].image).toMatch(/^docker\.io\/alpine\/k8s:\d+\.\d+\.\d+$/);
  });

  test('is another one when it says something else', () => {
    const other = render(LIFECYCLE, { logs: 'elasticsearch', logRetentionSeconds: 86_400 });
    const [name] = Object.keys(other).filter((key) => key.startsWith('Job '));
    expect(name).not.toBe(`Job ${job.metadata.name}`);
  });
});
