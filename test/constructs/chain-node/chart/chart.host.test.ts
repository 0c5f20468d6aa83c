import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Exposure, type Pod, TOOLS_IMAGE } from '../../../../constructs/chain-node';
import { type Port, portNumber } from '../../../../constructs/chain-node/catalogue';
import type { Json } from '../../../project';
import { named, type Objects, podWith, render } from './pods';
import { FILES } from './programs';

/** The chart as Helm renders it, with values of nodes of the catalogue. */

jest.setTimeout(60_000);

const PODS = {
  geth: named('ethereum sepolia geth lighthouse full standard public').pod,
  bor: named('polygon mainnet bor heimdall full standard public').pod,
  nitro: named('arbitrum mainnet nitro full standard public').pod,
  avalanche: named('avalanche fuji avalanchego full standard public').pod,
  hostPort: podWith('ethereum sepolia reth lighthouse full standard public', { exposure: { by: 'host-port' } }),
  archive: podWith('arbitrum mainnet nitro full standard outbound', {
    bootstrap: { from: 'url', url: 'https://archives.example/nitro.tar', sha256: 'a'.repeat(64), strip: 2 },
    zone: 'eu-central-1a',
    nodeSelector: { pool: 'nodes' },
    storageClass: 'gp3',
  }),
  fromSnapshot: podWith('ethereum sepolia geth lighthouse full standard outbound', {
    bootstrap: { from: 'snapshot', snapshotId: 'snap-0123' },
    serviceMonitor: false,
  }),
  gateway: podWith('ethereum mainnet geth lighthouse full standard outbound bdn-gateway', { zone: 'eu-central-1b' }),
  snapshots: podWith('ethereum sepolia geth lighthouse full standard outbound', {
    snapshots: { schedule: '0 3 * * *', keep: 5, class: 'chain-nodes' },
  }),
} as const satisfies Readonly<Record<string, Pod>>;
type Name = keyof typeof PODS;
const NAMES = Object.keys(PODS) as Name[];

interface Rendered {
  readonly pod: Pod;
  readonly id: string;
  readonly objects: Objects;
  /** Of the stateful set. */
  readonly spec: Json;
}
let all: Readonly<Record<Name, Rendered>>;

async function rendered(pod: Pod): Promise<Rendered> {
  const id = pod.values.node as string;
  const objects = await render(pod);
  return { pod, id, objects, spec: objects[`StatefulSet ${id}-node`].spec.template.spec };
}
beforeAll(async () => {
  const found = await Promise.all(NAMES.map(async (name) => [name, await rendered(PODS[name])]));
  all = Object.fromEntries(found) as typeof all;
});

const byName = (list: readonly Json[]): Readonly<Record<string, Json>> =>
  Object.fromEntries(list.map((one) => [one.name, one]));
const environmentOf = ({ env }: Json): Readonly<Record<string, Json>> => byName(env);
const ports = ({ pod }: Rendered, is: (port: Port) => boolean): string[] =>
  pod.processes
    .flatMap((process) => process.ports.filter(is).map((port) => `${portNumber(port)} ${port.protocol.toUpperCase()}`))
    .sort();

test.each(NAMES)('%s is named as the blueprint names it', (name) => {
  const { id, objects, spec } = all[name];
  for (const object of [
    `StatefulSet ${id}-node`,
    `PersistentVolumeClaim ${id}-data-pvc`,
    `ConfigMap ${id}-config`,
    `Service ${id}`,
  ])
    expect(objects).toHaveProperty([object]);
  expect(byName(spec.volumes)).toMatchObject({
    'data-volume': { persistentVolumeClaim: { claimName: `${id}-data-pvc` } },
    'config-volume': { configMap: { name: `${id}-config` } },
  });
  expect(objects[`StatefulSet ${id}-node`].spec).toMatchObject({
    serviceName: `${id}-node`,
    selector: { matchLabels: { app: `${id}-node` } },
  });
  // In the namespace that the release is in.
  for (const { metadata } of Object.values(objects)) expect(metadata).not.toHaveProperty('namespace');
});

test.each<[Name, string, Readonly<Record<string, number>>]>([
  ['geth', 'geth', { rpc: 8545, ws: 8546 }],
  ['bor', 'bor', { rpc: 8545, ws: 8546 }],
  ['nitro', 'nitro', { rpc: 8547, ws: 8548 }],
  ['avalanche', 'avalanchego', { rpc: 9650 }],
])('%s has ports that are named by what they are for', (name, container, expected) => {
  const found = all[name].spec.containers.flatMap((one: Json) =>
    (one.ports ?? []).filter((port: Json) => port.name).map((port: Json) => [one.name, port.name, port.containerPort]),
  );
  expect(found).toEqual(Object.entries(expected).map(([port, number]) => [container, port, number]));
});

describe('the data', () => {
  test.each(NAMES)('of %s outlives the release', (name) => {
    const { id, objects } = all[name];
    expect(objects[`PersistentVolumeClaim ${id}-data-pvc`]).toMatchObject({
      metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Gi' } } },
    });
    // Of the set itself it would not.
    expect(objects[`StatefulSet ${id}-node`].spec).not.toHaveProperty('volumeClaimTemplates');
  });

  test('is on the class that is asked for, or on the default', () => {
    expect(all.archive.objects['PersistentVolumeClaim arbitrum-mainnet-nitro-data-pvc'].spec.storageClassName).toBe(
      'gp3',
    );
    expect(all.geth.objects['PersistentVolumeClaim ethereum-sepolia-geth-data-pvc'].spec).not.toHaveProperty(
      'storageClassName',
    );
  });

  test('begins with a snapshot, which stays whose it is', () => {
    const { objects } = all.fromSnapshot;
    const id = 'ethereum-sepolia-geth';
    expect(objects[`PersistentVolumeClaim ${id}-data-pvc`].spec.dataSource).toEqual({
      apiGroup: 'snapshot.storage.k8s.io',
      kind: 'VolumeSnapshot',
      name: `${id}-start`,
    });
    expect(objects[`VolumeSnapshotContent blockchain-${id}-start`].spec).toEqual({
      deletionPolicy: 'Retain',
      driver: 'ebs.csi.aws.com',
      source: { snapshotHandle: 'snap-0123' },
      volumeSnapshotRef: { name: `${id}-start`, namespace: 'blockchain' },
    });
    // Those of the node are counted by this label, and the oldest go.
    expect(objects[`VolumeSnapshot ${id}-start`].metadata.labels).not.toHaveProperty('chain-nodes.io/node');
    for (const name of NAMES.filter((one) => one !== 'fromSnapshot'))
      expect(Object.keys(all[name].objects).filter((object) => /^VolumeSnapshot/.test(object))).toEqual([]);
  });

  test.each(NAMES)('of %s has every directory that a process sees, made before it', (name) => {
    const { spec } = all[name];
    const [prepare] = spec.initContainers;
    const seen = [...spec.containers, ...spec.initContainers].flatMap(({ volumeMounts }: Json) =>
      volumeMounts
        .filter((mount: Json) => mount.name === 'data-volume' && mount.subPath)
        .map((mount: Json) => mount.subPath),
    );
    expect(seen.length).toBeGreaterThan(0);
    expect([...new Set(seen)].sort()).toEqual([...prepare.args].sort());
  });
});

describe('the pod', () => {
  test.each(NAMES)('of %s is replaced though it is not ready, and stops with the grace of the slowest', (name) => {
    const { pod, id, objects, spec } = all[name];
    expect(objects[`StatefulSet ${id}-node`].spec).toMatchObject({ replicas: 1, podManagementPolicy: 'Parallel' });
    expect(spec.terminationGracePeriodSeconds).toBe(Math.max(...pod.processes.map(({ stop }) => stop.graceSeconds)));
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(60);
  });

  test.each<[Name, readonly string[]]>([
    ['geth', ['prepare', 'health']],
    ['bor', ['prepare', 'health', 'heimdall-home', 'heimdall-genesis']],
    ['archive', ['prepare', 'health', 'bootstrap', 'nitro-interrupted-download']],
    ['fromSnapshot', ['prepare', 'health']],
  ])('of %s has directories first, then who answers, then data', (name, order) => {
    const { initContainers } = all[name].spec;
    expect(initContainers.map((one: Json) => one.name)).toEqual(order);
    // The one that goes on while the others run.
    expect(
      initContainers.filter((one: Json) => one.restartPolicy).map((one: Json) => [one.name, one.restartPolicy]),
    ).toEqual([['health', 'Always']]);
  });

  test.each(NAMES)('of %s reads nothing that the configuration has not, and the programs as they are', (name) => {
    const { id, objects, spec } = all[name];
    const { data } = objects[`ConfigMap ${id}-config`];
    const { items } = byName(spec.volumes)['config-volume'].configMap;
    for (const { key } of items) expect(Object.keys(data)).toContain(key);
    const programs = { ...data, ...objects[`ConfigMap ${id}-jobs`].data };
    for (const file of readdirSync(FILES).filter((one) => one !== 'again.sh' || name === 'gateway'))
      expect(programs[file]).toBe(readFileSync(join(FILES, file), 'utf8'));
    // What a command runs is among what is mounted where it looks.
    const tools = items
      .filter(({ path }: Json) => path.startsWith('tools/'))
      .map(({ path }: Json) => path.replace('tools', '/opt/chain-node'));
    const run = spec.initContainers
      .map(({ command }: Json) => command[1])
      .filter((word: string) => word.startsWith('/opt/'));
    expect(tools).toEqual(expect.arrayContaining(run));
    expect(JSON.parse(data['health.json']).labels.node).toBe(id);
  });

  test.each(NAMES)('of %s is ready when the node is healthy, and its clients live as long as they answer', (name) => {
    const { id, objects, spec } = all[name];
    const { health } = byName(spec.initContainers);
    expect(health).toMatchObject({
      readinessProbe: { httpGet: { path: '/', port: 8099 }, failureThreshold: 1 },
      livenessProbe: { tcpSocket: { port: 8099 } },
    });
    const clients: string[] = JSON.parse(objects[`ConfigMap ${id}-config`].data['health.json']).checks.map(
      ({ client }: Json) => client,
    );
    const asked = spec.containers.flatMap((container: Json) => {
      const { startupProbe, livenessProbe, readinessProbe } = container;
      expect(readinessProbe).toBeUndefined();
      expect(Boolean(startupProbe)).toBe(Boolean(livenessProbe));
      if (!livenessProbe) return [];
      expect(startupProbe.httpGet).toEqual(livenessProbe.httpGet);
      expect(livenessProbe.httpGet.port).toBe(8099);
      // A week until it first answers, ten minutes after that.
      expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBe(7 * 86_400);
      expect(livenessProbe.periodSeconds * livenessProbe.failureThreshold).toBe(600);
      return [livenessProbe.httpGet.path];
    });
    // Each client that is looked at, in the container that answers for it.
    expect(asked.sort()).toEqual(clients.map((client) => `/live/${client}`).sort());
  });

  test.each(NAMES)('of %s tells those of SIGINT before it tells all of SIGTERM', (name) => {
    const { pod, spec } = all[name];
    const told = spec.containers.filter((one: Json) => one.lifecycle).map((one: Json) => one.name);
    expect(told).toEqual(pod.processes.filter(({ stop }) => stop.signal === 'SIGINT').map((process) => process.name));
    for (const one of spec.containers.filter(({ lifecycle }: Json) => lifecycle))
      expect(one.lifecycle).toEqual({
        preStop: { exec: { command: ['/bin/sh', '-c', expect.stringMatching(/^kill -INT 1; while kill -0 1/)] } },
      });
  });

  test('there are nodes of either signal among these', () => {
    const signals = NAMES.flatMap((name) => PODS[name].processes.map(({ stop }) => stop.signal));
    expect([...new Set(signals)].sort()).toEqual(['SIGINT', 'SIGTERM']);
  });

  test('runs where it is told to, and on what its clients are made for', () => {
    expect(all.archive.spec.nodeSelector).toEqual({ 'topology.kubernetes.io/zone': 'eu-central-1a', pool: 'nodes' });
    expect(all.geth.spec).not.toHaveProperty('nodeSelector');
    const [term] = all.geth.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(term.matchExpressions).toEqual([
      { key: 'kubernetes.io/arch', operator: 'In', values: expect.arrayContaining(['amd64']) },
    ]);
    const [zone] = all.geth.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    expect([zone.podAffinityTerm.labelSelector.matchLabels, zone.podAffinityTerm.topologyKey]).toEqual([
      { 'chain-nodes.io/group': 'ethereum-sepolia', 'chain-nodes.io/part': 'node' },
      expect.any(String),
    ]);
  });

  test('is given its archive', () => {
    const { bootstrap } = byName(all.archive.spec.initContainers);
    expect(Object.fromEntries(bootstrap.env.map(({ name, value }: Json) => [name, value]))).toEqual({
      BOOTSTRAP_URL: 'https://archives.example/nitro.tar',
      BOOTSTRAP_SHA256: 'a'.repeat(64),
      BOOTSTRAP_DIRECTORY: expect.stringMatching(/^data\/mainnet\/nitro/),
      BOOTSTRAP_STRIP: '2',
      IDENTITY_FILES: expect.any(String),
    });
  });

  test('has files that a process is given from the store, for that process alone', () => {
    const { objects, spec, pod } = all.gateway;
    const [volume] = spec.volumes.filter(({ name }: Json) => name === 'given');
    const files = ['bdn-certificate.pem', 'bdn-key.pem'];
    expect(volume.projected).toEqual({
      defaultMode: 0o440,
      sources: files.map((file) => ({
        secret: { name: `ethereum-mainnet-geth-${file.replace('.', '-')}`, items: [{ key: file, path: file }] },
      })),
    });
    for (const file of files)
      expect(objects[`ExternalSecret ethereum-mainnet-geth-${file.replace('.', '-')}`].spec).toMatchObject({
        secretStoreRef: { kind: 'SecretStore', name: pod.values.node },
        data: [{ secretKey: file, remoteRef: { key: `order-flow/${file}` } }],
      });
    const given = [...spec.containers, ...spec.initContainers].flatMap(({ name, volumeMounts }: Json) =>
      volumeMounts.filter((one: Json) => one.name === 'given').map(({ mountPath }: Json) => `${name} ${mountPath}`),
    );
    expect(given.sort()).toEqual(
      ['bdn-gateway', 'bdn-gateway-credentials'].flatMap((name) => files.map((file) => `${name} /secrets/${file}`)),
    );
    expect(all.geth.spec.volumes.map(({ name }: Json) => name)).not.toContain('given');
  });

  test('begins a process again that may end, so that the node stays in service', () => {
    const { objects, spec } = all.gateway;
    const gateway = byName(spec.containers)['bdn-gateway'];
    expect(gateway.command.slice(0, 2)).toEqual(['/bin/sh', '/opt/chain-node/again.sh']);
    expect(gateway.volumeMounts).toContainEqual(
      expect.objectContaining({ mountPath: '/opt/chain-node', subPath: 'tools' }),
    );
    expect(objects['ConfigMap ethereum-mainnet-geth-config'].data['again.sh']).toContain('Runs a program that may end');
    expect(byName(spec.containers).geth.command[0]).toBe('geth');
    expect(all.geth.objects['ConfigMap ethereum-sepolia-geth-config'].data).not.toHaveProperty('again.sh');
  });

  test('has its secrets from the store, and no value of any', () => {
    const { objects, spec, pod } = all.nitro;
    const variables = spec.containers.flatMap(({ env = [] }: Json) =>
      env.filter(({ valueFrom }: Json) => valueFrom?.secretKeyRef),
    );
    expect(variables.length).toBeGreaterThan(0);
    for (const { valueFrom } of variables) {
      expect(valueFrom.secretKeyRef.key).toBe('url');
      expect(objects[`ExternalSecret ${valueFrom.secretKeyRef.name}`].spec).toMatchObject({
        secretStoreRef: { kind: 'SecretStore', name: 'arbitrum-mainnet-nitro' },
        target: { name: valueFrom.secretKeyRef.name },
        data: [{ secretKey: 'url', remoteRef: { key: 'l1/beacon' } }],
      });
    }
    expect(objects['SecretStore arbitrum-mainnet-nitro'].spec.provider.aws.role).toBe(
      (pod.values.secretStore as { readonly role: string }).role,
    );
    for (const name of NAMES)
      expect(Object.keys(all[name].objects).filter((object) => object.startsWith('Secret '))).toEqual([]);
    expect(Object.keys(all.geth.objects).filter((object) => /^(SecretStore|ExternalSecret) /.test(object))).toEqual([]);
  });
});

describe('the network policy', () => {
  const rules = ({ id, objects }: Rendered): Json => objects[`NetworkPolicy ${id}-node`].spec;
  const opened = (rule: Json): string[] => rule.ports.map(({ port, protocol }: Json) => `${port} ${protocol}`).sort();
  const of = (list: readonly Json[], from: unknown): string[] =>
    list
      .filter((rule) => JSON.stringify(rule.from) === JSON.stringify(from))
      .flatMap(opened)
      .sort();
  const HEALTH = '8099 TCP';

  test.each(NAMES)('of %s opens each port to its audience, and no other', (name) => {
    const one = all[name];
    const { ingress, podSelector, policyTypes } = rules(one);
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(one.objects[`StatefulSet ${one.id}-node`].spec.selector.matchLabels).toEqual(podSelector.matchLabels);
    const exposed = ['archive', 'fromSnapshot', 'gateway', 'snapshots'].includes(name)
      ? []
      : ports(one, ({ audience }) => audience === 'internet');
    const clients = [...ports(one, ({ audience }) => audience === 'clients'), HEALTH].sort();
    const monitoring = ports(one, ({ audience, serves }) => audience === 'monitoring' || serves.includes('metrics'));
    const label = 'chain-nodes.io/access';
    const access = (values: string[]) => [
      { namespaceSelector: { matchExpressions: [{ key: label, operator: 'In', values }] } },
    ];
    expect(of(ingress, undefined)).toEqual(exposed);
    expect(of(ingress, access(['clients', 'monitoring']))).toEqual(clients);
    expect(of(ingress, [{ namespaceSelector: { matchLabels: { [label]: 'monitoring' } } }])).toEqual(
      [...monitoring, HEALTH].sort(),
    );
    const gate = { 'chain-nodes.io/node': one.id, 'chain-nodes.io/part': 'gate' };
    expect(of(ingress, [{ podSelector: { matchLabels: gate } }])).toEqual([HEALTH]);
    expect(ingress).toHaveLength(exposed.length > 0 ? 4 : 3);
    expect(one.objects[`Job ${one.id}-gate`].spec.template.metadata.labels).toEqual(gate);
  });

  test.each(NAMES)('and services of %s have nothing that only its own processes use', (name) => {
    const one = all[name];
    const siblings = ports(one, ({ audience }) => audience === 'siblings');
    const services = Object.values(one.objects).filter(({ kind }) => kind === 'Service');
    const reachable = [
      ...rules(one).ingress.flatMap(opened),
      ...services.flatMap(({ spec }) => spec.ports.map(({ port, protocol = 'TCP' }: Json) => `${port} ${protocol}`)),
      ...one.spec.containers.flatMap(({ ports: own = [] }: Json) =>
        own.map(({ containerPort, protocol }: Json) => `${containerPort} ${protocol}`),
      ),
    ];
    expect(reachable.length).toBeGreaterThan(0);
    expect(siblings.filter((port) => reachable.includes(port))).toEqual([]);
  });

  test('there are such ports among these', () => {
    for (const name of ['geth', 'bor', 'hostPort'] as const)
      expect(ports(all[name], ({ audience }) => audience === 'siblings')).not.toEqual([]);
  });

  test.each(NAMES)('of %s lets nobody ask the machine who it is', (name) => {
    const blocks = rules(all[name]).egress.flatMap(({ to }: Json) =>
      to.filter(({ ipBlock }: Json) => ipBlock).map(({ ipBlock }: Json) => ipBlock),
    );
    expect(blocks).toEqual([{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }]);
    // An egress without addressees would be to all.
    for (const rule of rules(all[name]).egress) expect(rule.to.length).toBeGreaterThan(0);
  });
});

describe('peers', () => {
  const balancers = ({ objects }: Rendered): Json[] =>
    Object.values(objects).filter(({ spec }) => spec?.type === 'LoadBalancer');
  const hostPorts = ({ spec }: Rendered): string[] =>
    spec.containers
      .flatMap(({ ports: own = [] }: Json) =>
        own.filter(({ hostPort }: Json) => hostPort).map(({ hostPort, protocol }: Json) => `${hostPort} ${protocol}`),
      )
      .sort();

  test.each(['geth', 'bor', 'nitro', 'avalanche'] as const)(
    'come to %s by a load balancer with its ports for them',
    (name) => {
      const one = all[name];
      const internet = ports(one, ({ audience }) => audience === 'internet');
      const [balancer, ...others] = balancers(one);
      // Of nitro, nobody does.
      if (internet.length === 0) {
        expect([balancer, name]).toEqual([undefined, 'nitro']);
        return;
      }
      expect(others).toEqual([]);
      expect(balancer?.spec).toMatchObject({
        externalTrafficPolicy: 'Local',
        publishNotReadyAddresses: true,
        selector: { app: `${one.id}-node` },
      });
      expect(balancer?.spec.ports.map(({ port, protocol }: Json) => `${port} ${protocol}`).sort()).toEqual(internet);
      expect(hostPorts(one)).toEqual([]);
    },
  );

  test('are told the address that its load balancer is to have, where no class says how it gets one', async () => {
    const at = async (exposure: Exposure) => {
      const one = await rendered(podWith('polygon mainnet bor heimdall full standard public', { exposure }));
      const told = one.spec.containers.flatMap(({ env = [] }: Json) =>
        env.filter(({ name }: Json) => name === 'PUBLIC_IP').map(({ value }: Json) => value),
      );
      return [[...new Set(told)], balancers(one)[0]?.spec.loadBalancerIP];
    };
    const address = '192.0.2.7';
    expect(await at({ by: 'load-balancer', address })).toEqual([[address], address]);
    expect(await at({ by: 'load-balancer', address, class: 'service.k8s.aws/nlb' })).toEqual([[address], undefined]);
  });

  test('come by ports of the machine, and to no other port', () => {
    const { hostPort } = all;
    expect(hostPorts(hostPort)).toEqual(ports(hostPort, ({ audience }) => audience === 'internet'));
    expect(hostPorts(hostPort)).not.toEqual([]);
    expect(balancers(hostPort)).toEqual([]);
    const { reth } = byName(hostPort.spec.containers);
    expect(environmentOf(reth).PUBLIC_IP).toEqual({
      name: 'PUBLIC_IP',
      valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } },
    });
  });

  test('do not come to a node that only goes out', () => {
    expect([balancers(all.snapshots), hostPorts(all.snapshots)]).toEqual([[], []]);
  });
});

describe('users', () => {
  test.each(NAMES)('of %s find it while it is healthy; its roll and its scrapers always', (name) => {
    const { id, objects } = all[name];
    const [users, pod] = [objects[`Service ${id}`].spec, objects[`Service ${id}-node`].spec];
    expect(users).not.toHaveProperty('publishNotReadyAddresses');
    expect(pod).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(users.selector).toEqual(pod.selector);
    expect(users.ports.map(({ port, protocol = 'TCP' }: Json) => `${port} ${protocol}`).sort()).toEqual(
      [...ports(all[name], ({ audience }) => audience === 'clients'), '8099 TCP'].sort(),
    );
  });
});

describe('the roll', () => {
  test.each(NAMES)('of %s is done when its gate says so', (name) => {
    const { pod, id, objects, spec } = all[name];
    const gate = objects[`Job ${id}-gate`];
    expect(gate.metadata.annotations['helm.sh/hook']).toBe('post-install,post-upgrade');
    const [container] = gate.spec.template.spec.containers;
    const said = environmentOf(container);
    expect(said).toMatchObject({
      URL: { value: `http://${id}-node.blockchain.svc:8099/` },
      LIMIT_SECONDS: { value: String(pod.rollSeconds) },
    });
    expect(gate.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: pod.rollSeconds + 300 });
    // It waits for that release of which the pod says that it is.
    const release = objects[`StatefulSet ${id}-node`].spec.template.metadata.annotations['chain-nodes.io/release'];
    expect(release).toMatch(/^[0-9a-f]{64}$/);
    expect(said.RELEASE?.value).toBe(release);
    expect(environmentOf(byName(spec.initContainers).health).RELEASE?.value).toBe(release);
  });

  const hashOf = async (change: (values: Json) => void, pod: Pod = PODS.snapshots): Promise<string> => {
    const values = structuredClone(pod.values) as Json;
    change(values);
    const objects = await render({ values });
    return objects[`StatefulSet ${values.node}-node`].spec.template.metadata.annotations['chain-nodes.io/release'];
  };

  test.each<[string, (values: Json) => void]>([
    ['an argument', ({ processes }) => processes[0].arguments.push('--more')],
    [
      'a version',
      ({ processes }) => {
        processes[0].image += '-1';
      },
    ],
    [
      'a file',
      ({ processes }) => {
        processes[1].files['more.toml'] = 'a = 1';
      },
    ],
    ['a variable', ({ processes }) => processes[0].environment.push({ name: 'A', value: 'b' })],
    [
      'memory',
      ({ processes }) => {
        processes[0].resources.limits.memory = '1Gi';
      },
    ],
    [
      'what is healthy',
      ({ health }) => {
        health.definition = health.definition.replace('60', '61');
      },
    ],
    [
      'the tools',
      ({ tools }) => {
        tools.image = `${TOOLS_IMAGE}-1`;
      },
    ],
    [
      'the place',
      ({ pod }) => {
        pod.zone = 'eu-central-1b';
      },
    ],
    ['directories', ({ data }) => data.directories.push('data/more')],
  ])('is one of the pod when this changes: %s', async (_, change) => {
    expect(await hashOf(change)).not.toBe(await hashOf(() => {}));
  });

  test.each<[string, (values: Json) => void]>([
    [
      'a larger disk',
      ({ data }) => {
        data.size = '200Gi';
      },
    ],
    [
      'another class',
      ({ data }) => {
        data.storageClass = 'gp4';
      },
    ],
    [
      'snapshots',
      (values) => {
        delete values.snapshots;
      },
    ],
    [
      'how many are kept',
      ({ snapshots }) => {
        snapshots.keep = 9;
      },
    ],
    [
      'a service monitor',
      ({ serviceMonitor }) => {
        serviceMonitor.enabled = false;
      },
    ],
    [
      'more time',
      ({ gate }) => {
        gate.seconds = 9999;
      },
    ],
    [
      'another name of a secret in its store',
      (values) => {
        values.secrets = { a: 'b' };
      },
    ],
  ])('leaves the pod as it is when this changes: %s', async (_, change) => {
    const values = structuredClone(PODS.snapshots.values) as Json;
    change(values);
    const [before, after] = [all.snapshots.objects, await render({ values })];
    const set = 'StatefulSet ethereum-sepolia-geth-node';
    // All of it: the hash alone would say nothing of what is not in it.
    expect(after[set]).toEqual(before[set]);
    expect(after).not.toEqual(before);
  });
});

describe('snapshots', () => {
  test('are taken when they are asked for, with the time that the slowest process needs', () => {
    const { objects, pod } = all.snapshots;
    const id = 'ethereum-sepolia-geth';
    const { spec } = objects[`CronJob ${id}-snapshot`];
    expect(spec).toMatchObject({ schedule: '0 3 * * *', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid' });
    const { containers, serviceAccountName, terminationGracePeriodSeconds } = spec.jobTemplate.spec.template.spec;
    expect(Object.fromEntries(containers[0].env.map(({ name, value }: Json) => [name, value]))).toMatchObject({
      NODE: id,
      CLAIM: `${id}-data-pvc`,
      STATEFUL_SET: `${id}-node`,
      SNAPSHOT_CLASS: 'chain-nodes',
      KEEP: '5',
      STOP_SECONDS: String(pod.graceSeconds + 120),
    });
    // It has to let the node go on when it is asked to go.
    expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(60);
    expect(objects[`RoleBinding ${id}-snapshot`]).toMatchObject({
      roleRef: { kind: 'Role', name: `${id}-snapshot` },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccountName }],
    });
    expect(objects).toHaveProperty([`ServiceAccount ${serviceAccountName}`]);
    expect(objects[`ClusterRoleBinding blockchain-${id}-snapshot`]).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: `blockchain-${id}-snapshot` },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccountName, namespace: 'blockchain' }],
    });
  });

  test.each(NAMES.filter((name) => name !== 'snapshots'))(
    'of %s are not, and nothing of the cluster is given to it',
    (name) => {
      const kinds = Object.values(all[name].objects).map(({ kind }) => kind);
      expect(kinds.filter((kind) => /CronJob|Role|ServiceAccount/.test(kind))).toEqual([]);
      expect(all[name].spec.automountServiceAccountToken).toBe(false);
    },
  );
});

describe('monitoring', () => {
  test('watches a node only where it is asked to', () => {
    const monitors = (name: Name): string[] =>
      Object.keys(all[name].objects).filter((object) => object.startsWith('ServiceMonitor '));
    expect(monitors('fromSnapshot')).toEqual([]);
    for (const name of NAMES.filter((one) => one !== 'fromSnapshot'))
      expect(monitors(name)).toEqual([`ServiceMonitor ${all[name].id}`]);
  });

  test.each(NAMES.filter((name) => name !== 'fromSnapshot'))(
    'finds each endpoint of %s at one service, once',
    (name) => {
      const { id, objects, pod } = all[name];
      const { spec } = objects[`ServiceMonitor ${id}`];
      const wanted = Object.entries(spec.selector.matchLabels);
      const services = Object.values(objects).filter(
        ({ kind, metadata }) => kind === 'Service' && wanted.every(([key, value]) => metadata.labels[key] === value),
      );
      expect(services.map(({ metadata }) => metadata.name)).toEqual([`${id}-node`]);
      const known = services[0]?.spec.ports.map((port: Json) => port.name);
      const theirs = 'exported_(node|chain|network|client|environment)';
      for (const { metricRelabelings } of spec.endpoints)
        expect(metricRelabelings).toEqual([
          { action: 'labelmap', regex: theirs, replacement: 'own_$1' },
          { action: 'labeldrop', regex: theirs },
        ]);
      for (const { port } of spec.endpoints) expect(known).toContain(port);
      expect(spec.endpoints[0]).toMatchObject({ port: 'health', path: '/metrics' });
      expect(spec.endpoints).toHaveLength(1 + pod.processes.filter(({ metrics }) => metrics).length);
      // What a series is told apart by: as those of nodes on instances.
      const { chain, network, client } = pod.values.labels as Json;
      for (const { relabelings } of spec.endpoints) {
        const labels = Object.fromEntries(
          relabelings.map(({ targetLabel, replacement }: Json) => [targetLabel, replacement]),
        );
        expect(labels).toMatchObject({
          job: 'chain-node',
          node: id,
          chain,
          network,
          client,
          environment: 'development',
        });
      }
      expect(spec.endpoints.slice(1).map(({ relabelings }: Json) => relabelings.at(-1).targetLabel)).toEqual(
        spec.endpoints.slice(1).map(() => 'process'),
      );
    },
  );
});
