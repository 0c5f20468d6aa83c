import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerraformStack, Testing } from 'cdktf';
import { parse, parseAllDocuments } from 'yaml';
import { Cluster } from '../../../constructs/cluster';
import { KILL_SWITCH_URL, KillSwitch, type KillSwitchProps, NAMESPACE } from '../../../constructs/kill-switch';
import { type Json, resources } from '../../project';

/** What all engines share, as Helm renders it with the values of the construct. */

const HELM = process.env.HELM ?? 'helm';
const CHART = join(__dirname, '../../../constructs/kill-switch/chart');
const folder = mkdtempSync(join(tmpdir(), 'kill-switch-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stack = (change: Partial<KillSwitchProps> = {}): Json => {
  const scope = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const cluster = new Cluster(scope, 'cluster', { access: { eks: 'test' } });
  const rules = { groups: [] };
  new KillSwitch(scope, 'switch', {
    region: 'eu-central-1',
    cluster,
    secret: 'prod/kill',
    rules,
    after: [],
    ...change,
  });
  return resources(JSON.parse(Testing.synth(scope)));
};

/** Objects by kind and name. */
function render(change: Partial<KillSwitchProps> = {}): Readonly<Record<string, Json>> {
  const file = join(folder, 'values.yaml');
  writeFileSync(file, stack(change)['helm_release.switch'].values[0]);
  const text = execFileSync(
    HELM,
    ['template', 'mev-kill-switch', CHART, '--namespace', NAMESPACE, '--kube-version', '1.34.0', '--values', file],
    { encoding: 'utf8', stdio: 'pipe' },
  );
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Json);
  return Object.fromEntries(
    objects.filter(Boolean).map((object) => [`${object.kind} ${object.metadata.name}`, object]),
  );
}

const STORE = { secretStoreRoleArn: 'arn:aws:iam::123456789012:role/test' };
const plain = render();
const filled = render(STORE);

test('nothing is reached in the namespace, and nobody comes in, but by a policy of its own', () => {
  expect(plain['NetworkPolicy deny'].spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
});

test('alerts come from Alertmanager alone, at the address and with the token that it is given', () => {
  const { webhook, service } = plain['EventSource mev-stop'].spec;
  const { hostname, port, pathname } = new URL(KILL_SWITCH_URL);
  // Argo Events names the service after the source.
  expect(hostname).toBe(`mev-stop-eventsource-svc.${NAMESPACE}.svc.cluster.local`);
  expect([service.ports[0].port, webhook.stop.port, webhook.stop.endpoint]).toEqual([Number(port), port, pathname]);
  expect(webhook.stop.authSecret).toEqual({ name: 'prod/kill', key: 'token' });
  expect(plain['NetworkPolicy mev-stop'].spec.ingress).toEqual([
    {
      from: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
          podSelector: { matchLabels: { 'app.kubernetes.io/name': 'alertmanager' } },
        },
      ],
      ports: [{ port: Number(port), protocol: 'TCP' }],
    },
  ]);
});

test('its token and the secrets of engines are from a store of the namespace, where there is one', () => {
  expect(Object.keys(plain).filter((key) => /Secret/.test(key))).toEqual([]);
  expect(filled['SecretStore mev-engines'].spec.provider.aws.role).toBe(STORE.secretStoreRoleArn);
  const { target, data } = filled['ExternalSecret kill-switch'].spec;
  expect([target.name, data]).toEqual(['kill-switch', [{ secretKey: 'token', remoteRef: { key: 'prod/kill' } }]]);
  expect(filled['EventSource mev-stop'].spec.webhook.stop.authSecret).toEqual({ name: 'kill-switch', key: 'token' });
});

test.each([1, 3] as const)('the stream of a bus of %i servers has as many copies', (busServers) => {
  const { replicas, streamConfig } = render({ busServers })['EventBus default'].spec.jetstream;
  // With more copies than servers there is no stream (argoproj/argo-events v1.9.10, eventbus/jetstream/base).
  expect([replicas, parse(streamConfig).replicas]).toEqual([busServers, busServers]);
});

test('who stops an engine may do it in this namespace alone', () => {
  const [, argo] = Object.entries<Json>(stack()).find(([address]) => address.includes('argo-events')) ?? [];
  expect(argo.namespace).toBe(NAMESPACE);
  expect(parse(argo.values[0]).controller.rbac).toEqual({ namespaced: true });
});
