import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
const lifecycle = render(LIFECYCLE, { logs: 'elasticsearch' });

test('lint finds nothing', () => {
  const words = ['lint', '--strict', CHART, ...values(OBJECTS, { logs: 'loki', hostLogs: HOST_LOGS })];
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
