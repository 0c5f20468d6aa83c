import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerraformStack, Testing } from 'cdktf';
import { parseAllDocuments } from 'yaml';
import { Cluster } from '../../../constructs/cluster';
import { RpcGateway, type RpcGatewayProps } from '../../../constructs/rpc-gateway';
import { erpcYaml } from '../../../constructs/rpc-gateway/config';
import { HAPROXY_VERSION, haproxyConfig } from '../../../constructs/rpc-gateway/websockets';
import { type Json, resources } from '../../project';
import { PROPS } from './gateway';

/** The chart as Helm renders it, with the values that the construct gives. */

const HELM = process.env.HELM ?? 'helm';
/** A version that the chart takes; Helm built from source takes itself for an old one. */
const KUBERNETES = ['--kube-version', '1.34.0'];
const CHART = join(__dirname, '../../../constructs/rpc-gateway/chart');
const folder = mkdtempSync(join(tmpdir(), 'rpc-gateway-'));
afterAll(() => rmSync(folder, { recursive: true }));

function valueFiles(change: Partial<RpcGatewayProps>): string[] {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const cluster = new Cluster(stack, 'cluster', { access: { eks: 'test' } });
  new RpcGateway(stack, 'rpc-gateway', { cluster, region: 'eu-central-1', ...PROPS, ...change });
  const { values } = resources(JSON.parse(Testing.synth(stack)))['helm_release.rpc-gateway'];
  return values.flatMap((text: string, index: number) => {
    const file = join(folder, `values-${index}.yaml`);
    writeFileSync(file, text.replaceAll('$${', '${'));
    return ['--values', file];
  });
}

/** Objects by kind and name. */
function render(change: Partial<RpcGatewayProps> = {}, ...set: string[]): Readonly<Record<string, Json>> {
  const text = execFileSync(
    HELM,
    ['template', 'rpc-gateway', CHART, '--namespace', 'rpc-gateway', ...KUBERNETES, ...valueFiles(change), ...set],
    { encoding: 'utf8', stdio: 'pipe' },
  );
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Json);
  return Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

const EVERYTHING = {
  secretStoreRoleArn: 'arn:aws:iam::123456789012:role/test-rpc-gateway',
  vpcAccess: { sourceRanges: ['10.0.0.0/16', '10.1.0.0/16'] },
  serviceMonitor: true,
} as const;

/** No node of it takes websockets. */
const QUIET = {
  chains: PROPS.chains.map((chain) => ({ ...chain, upstreams: chain.upstreams.map(({ id, url }) => ({ id, url })) })),
};

const plain = render(QUIET);
const full = render(EVERYTHING);
const pod = plain['Deployment rpc-gateway'].spec.template.spec;
const [container] = pod.containers;

test('lint finds nothing', () => {
  const said = execFileSync(HELM, ['lint', '--strict', CHART, ...KUBERNETES, ...valueFiles(EVERYTHING)], {
    encoding: 'utf8',
  });
  expect(said).toContain('1 chart(s) linted, 0 chart(s) failed');
});

test('there is what was asked for, and no more', () => {
  const always = [
    'ConfigMap rpc-gateway',
    'Deployment rpc-gateway',
    'NetworkPolicy rpc-gateway',
    'PodDisruptionBudget rpc-gateway',
    'Service rpc-gateway',
  ];
  expect(Object.keys(plain).sort()).toEqual(always);
  expect(Object.keys(full).sort()).toEqual(
    [
      ...always,
      'ExternalSecret mev-rpc-first',
      'ExternalSecret mev-rpc-token',
      'ExternalSecret second-rpc',
      'SecretStore rpc-gateway',
      'Service rpc-gateway-vpc',
      'ServiceMonitor rpc-gateway',
    ].sort(),
  );
});

describe('the pods', () => {
  test('conform to the restricted standard', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.containers).toHaveLength(1);
    for (const never of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers']) expect(pod).not.toHaveProperty(never);
    expect(pod.volumes).toEqual([{ name: 'config', configMap: { name: 'rpc-gateway' } }]);
  });

  test('run a pinned release with requests and limits', () => {
    expect(container.image).toBe('ghcr.io/erpc/erpc:0.1.2');
    expect(container.resources).toEqual({
      requests: { cpu: '500m', memory: '512Mi' },
      limits: { cpu: '2', memory: '2Gi' },
    });
  });

  test('read the configuration of the ConfigMap, and are others when it is', () => {
    expect(plain['ConfigMap rpc-gateway'].data).toEqual({ 'erpc.yaml': erpcYaml(PROPS) });
    const sum = createHash('sha256').update(erpcYaml(PROPS)).digest('hex');
    const { annotations } = plain['Deployment rpc-gateway'].spec.template.metadata;
    expect(annotations).toEqual({ 'chain-nodes.io/config': sum });
    expect(container.command).toEqual(['/erpc-server', '--config', '/etc/erpc/erpc.yaml']);
    expect(container.volumeMounts).toEqual([{ name: 'config', mountPath: '/etc/erpc', readOnly: true }]);
  });

  test('get every secret that the configuration names from a Secret, and no value', () => {
    expect(container.env).toEqual([
      { name: 'SECRET_MEV_RPC_FIRST', valueFrom: { secretKeyRef: { name: 'mev-rpc-first', key: 'url' } } },
      { name: 'SECRET_MEV_RPC_TOKEN', valueFrom: { secretKeyRef: { name: 'mev-rpc-token', key: 'token' } } },
      { name: 'SECRET_SECOND_RPC', valueFrom: { secretKeyRef: { name: 'second-rpc', key: 'url' } } },
    ]);
    const named = [...plain['ConfigMap rpc-gateway'].data['erpc.yaml'].matchAll(/\$\{(\w+)\}/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(named)].sort()).toEqual(container.env.map(({ name }: Json) => name));
    expect(Object.keys(full).filter((key) => key.startsWith('Secret '))).toEqual([]);
  });

  test('are two, of which one may be away, spread over zones', () => {
    const { spec } = plain['Deployment rpc-gateway'];
    expect(spec.replicas).toBe(2);
    expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    expect(plain['PodDisruptionBudget rpc-gateway'].spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: spec.selector.matchLabels },
    });
    expect(pod.topologySpreadConstraints.map(({ topologyKey }: Json) => topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
    for (const { labelSelector } of pod.topologySpreadConstraints)
      expect(labelSelector.matchLabels).toEqual(spec.selector.matchLabels);
  });

  test("are ready by eRPC's own health, and stop in their time", () => {
    expect(container.readinessProbe.httpGet).toEqual({ path: '/healthcheck', port: 'http' });
    expect(container.livenessProbe.tcpSocket).toEqual({ port: 'http' });
    expect(pod.terminationGracePeriodSeconds).toBe(40);
  });
});

describe('the services', () => {
  test('inside the cluster a client stays with one pod, which counts what it asks', () => {
    expect(plain['Service rpc-gateway'].spec).toEqual({
      type: 'ClusterIP',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_400 } },
      selector: plain['Deployment rpc-gateway'].spec.selector.matchLabels,
      ports: [
        { name: 'http', port: 4000, targetPort: 'http' },
        { name: 'metrics', port: 4001, targetPort: 'metrics' },
      ],
    });
    expect(container.ports).toEqual([
      { name: 'http', containerPort: 4000 },
      { name: 'metrics', containerPort: 4001 },
    ]);
  });

  test('for the VPC there is an internal load balancer, without metrics', () => {
    const { metadata, spec } = full['Service rpc-gateway-vpc'];
    expect(metadata.annotations).toEqual({
      'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
      'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
      'service.beta.kubernetes.io/aws-load-balancer-target-group-attributes':
        'preserve_client_ip.enabled=true,stickiness.enabled=true,stickiness.type=source_ip',
      'service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol': 'http',
      'service.beta.kubernetes.io/aws-load-balancer-healthcheck-port': 'traffic-port',
      'service.beta.kubernetes.io/aws-load-balancer-healthcheck-path': '/healthcheck',
      'service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-4002': 'tcp.idle_timeout.seconds=60',
    });
    expect(spec).toMatchObject({
      type: 'LoadBalancer',
      loadBalancerClass: 'service.k8s.aws/nlb',
      loadBalancerSourceRanges: ['10.0.0.0/16', '10.1.0.0/16'],
      ports: [
        { name: 'http', port: 4000, targetPort: 'http' },
        { name: 'websockets', port: 4002, targetPort: 'websockets' },
      ],
    });
    const { annotations } = render({ ...EVERYTHING, ...QUIET })['Service rpc-gateway-vpc'].metadata;
    expect(Object.keys(annotations).filter((key) => key.includes('listener'))).toEqual([]);
  });

  test('the monitor selects the one service that has metrics', () => {
    const { selector, endpoints } = full['ServiceMonitor rpc-gateway'].spec;
    expect(endpoints).toEqual([
      { port: 'metrics', path: '/metrics' },
      { port: 'ws-metrics', path: '/metrics' },
    ]);
    const selected = Object.values(full).filter(
      ({ kind, metadata }) =>
        kind === 'Service' &&
        Object.entries(selector.matchLabels).every(([label, value]) => metadata.labels[label] === value),
    );
    expect(selected.map(({ metadata }) => metadata.name)).toEqual(['rpc-gateway']);
  });
});

describe('the network policy', () => {
  const tcp = (...ports: string[]) => ports.map((port) => ({ port, protocol: 'TCP' }));
  const namespaces = (clients: string[], scrapers: string[]) => [
    {
      from: [
        {
          namespaceSelector: {
            matchExpressions: [{ key: 'chain-nodes.io/access', operator: 'In', values: ['clients', 'monitoring'] }],
          },
        },
      ],
      ports: tcp(...clients),
    },
    {
      from: [{ namespaceSelector: { matchLabels: { 'chain-nodes.io/access': 'monitoring' } } }],
      ports: tcp(...scrapers),
    },
  ];

  test('lets in namespaces that may, and scrapers to metrics', () => {
    expect(plain['NetworkPolicy rpc-gateway'].spec).toMatchObject({
      podSelector: { matchLabels: plain['Deployment rpc-gateway'].spec.selector.matchLabels },
      policyTypes: ['Ingress', 'Egress'],
    });
    expect(plain['NetworkPolicy rpc-gateway'].spec.ingress).toEqual(namespaces(['http'], ['metrics']));
  });

  test('lets in the VPC when it may', () => {
    expect(full['NetworkPolicy rpc-gateway'].spec.ingress).toEqual([
      ...namespaces(['http', 'websockets'], ['metrics', 'ws-metrics']),
      {
        from: [{ ipBlock: { cidr: '10.0.0.0/16' } }, { ipBlock: { cidr: '10.1.0.0/16' } }],
        ports: tcp('http', 'websockets'),
      },
    ]);
  });

  test('lets nobody out to the metadata of the instance', () => {
    expect(plain['NetworkPolicy rpc-gateway'].spec.egress).toEqual([
      { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }] },
      { to: [{ namespaceSelector: {} }] },
    ]);
  });
});

describe('websockets', () => {
  const { spec, metadata } = full['Deployment rpc-gateway'].spec.template;
  const [, haproxy, ...more] = spec.containers;

  test('come in by a second container of a pinned release, which may as little', () => {
    expect(more).toEqual([]);
    expect(haproxy).toMatchObject({
      image: `docker.io/library/haproxy:${HAPROXY_VERSION}`,
      command: ['haproxy', '-db', '-f', '/etc/haproxy/haproxy.cfg'],
      securityContext: {
        runAsUser: 99,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      ports: [
        { name: 'websockets', containerPort: 4002 },
        { name: 'ws-metrics', containerPort: 4003 },
      ],
      readinessProbe: { httpGet: { path: '/healthcheck', port: 'websockets' } },
      lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
      volumeMounts: [{ name: 'config', mountPath: '/etc/haproxy', readOnly: true }],
    });
    expect(Object.keys(haproxy.resources)).toEqual(['limits', 'requests']);
    // Five seconds until nobody comes, and what it takes to end what is open.
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(5 + 20);
  });

  test('are told what they need, and pods are others when that changes', () => {
    const config = full['ConfigMap rpc-gateway'].data['haproxy.cfg'];
    expect(config).toBe(haproxyConfig(PROPS));
    const sum = createHash('sha256').update(config).digest('hex');
    expect(metadata.annotations['chain-nodes.io/websockets']).toBe(sum);
  });

  test('get the token of callers, and no URL of a provider', () => {
    expect(haproxy.env).toEqual([
      { name: 'SECRET_MEV_RPC_TOKEN', valueFrom: { secretKeyRef: { name: 'mev-rpc-token', key: 'token' } } },
    ]);
    const { default: limit } = PROPS.rateLimits;
    const open = render({ rateLimits: { default: limit } })['Deployment rpc-gateway'].spec.template.spec;
    expect(open.containers[1]).not.toHaveProperty('env');
  });

  test('have ports of the service inside the cluster too', () => {
    expect(full['Service rpc-gateway'].spec.ports.map(({ name, port }: Json) => [name, port])).toEqual([
      ['http', 4000],
      ['metrics', 4001],
      ['websockets', 4002],
      ['ws-metrics', 4003],
    ]);
  });

  test('may be silent at the load balancer as long as at the gateway, and a minute at least', () => {
    const at = (websocketTimeoutMs: number) =>
      render({ ...EVERYTHING, websocketTimeoutMs })['Service rpc-gateway-vpc'].metadata.annotations[
        'service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-4002'
      ];
    expect([at(5000), at(600_500)]).toEqual(['tcp.idle_timeout.seconds=60', 'tcp.idle_timeout.seconds=601']);
  });
});

test('secrets come from the store as the role that may read them', () => {
  expect(full['SecretStore rpc-gateway'].spec.provider.aws).toEqual({
    service: 'SecretsManager',
    region: 'eu-central-1',
    role: 'arn:aws:iam::123456789012:role/test-rpc-gateway',
  });
  expect(full['ExternalSecret mev-rpc-token'].spec).toEqual({
    refreshInterval: '1h',
    secretStoreRef: { kind: 'SecretStore', name: 'rpc-gateway' },
    target: { name: 'mev-rpc-token' },
    data: [{ secretKey: 'token', remoteRef: { key: 'mev/rpc-token' } }],
  });
  expect(full['ExternalSecret mev-rpc-first'].spec.data).toEqual([
    { secretKey: 'url', remoteRef: { key: 'mev/rpc/First' } },
  ]);
});

test.each<[string, RegExp, ...string[]]>([
  ['an image without a release', /image/, '--set', 'image.tag=latest'],
  ['a key that the chart does not know', /additional properties 'replica'/, '--set', 'replica=3'],
  ['the VPC without ranges', /sourceRanges/, '--set', 'vpcAccess.enabled=true'],
  ['websockets without a release', /websockets.image.tag|websockets\/image/, '--set', 'websockets.image.tag=latest'],
  ['a store without a region', /region/, '--set', 'secretStore.role=arn:aws:iam::123456789012:role/x'],
])('values with %s are refused', (_, problem, ...set) => {
  expect(() => render({}, ...set)).toThrow(problem);
});
