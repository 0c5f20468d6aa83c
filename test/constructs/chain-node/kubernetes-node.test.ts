import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { TerraformStack, Testing } from 'cdktf';
import { parse } from 'yaml';
import { ChainNode, type ChainNodeProps, type ClusterPlatform } from '../../../constructs/chain-node';
import { avalanche, type ClientDefinition, ethereum, optimism } from '../../../constructs/chain-node/catalogue';
import { Cluster, type ClusterAccess } from '../../../constructs/cluster';
import { Network } from '../../../constructs/network';
import type { Json } from '../../project';
import { define, EKS, ELSEWHERE, SEPOLIA_POD, synthesized, valuesOf } from '../cluster-platform';
import { ofType } from '../platform';

const CHART = join(__dirname, '../../../constructs/chain-node/chart');

const only = (
  props: object,
  access: ClusterAccess = EKS,
  change: Partial<ClusterPlatform> = {},
): Readonly<Record<string, Json>> =>
  define(
    (stack, platform) => void new ChainNode(stack, 'x', { ...SEPOLIA_POD, platform, ...props } as ChainNodeProps),
    access,
    change,
  );

describe('a node in a pod', () => {
  const all = only({});
  const release = all['helm_release.x'];

  test('is one release of a chart that is named by its content', () => {
    const { values, depends_on: dependsOn, ...rest } = release;
    expect(rest).toEqual({
      name: 'x',
      namespace: 'blockchain',
      chart: expect.stringMatching(/^\.\/assets\/cluster_chart-chain-node_[0-9A-F]{8}\/[0-9A-F]{32}$/),
      max_history: 10,
      // Its gate waits, for as long as the slowest process may take to stop and half an hour, and Helm a little longer.
      wait: false,
      timeout: 300 + 1800 + 600,
    });
    expect(values).toHaveLength(1);
    expect(dependsOn).toEqual([
      expect.stringMatching(/^kubernetes_namespace_v1\.cluster_blockchain_[0-9A-F]{8}$/),
      expect.stringMatching(/^kubernetes_storage_class_v1\.disk-classes_gp3-3000-125_[0-9A-F]{8}$/),
    ]);
  });

  test('has neither more nor less than its release, a class and its namespace', () => {
    expect(Object.keys(all).map((address) => address.replace(/_[0-9A-F]{8}$/, ''))).toEqual([
      'helm_release.x',
      'kubernetes_namespace_v1.cluster_blockchain',
      'kubernetes_storage_class_v1.disk-classes_gp3-3000-125',
    ]);
  });

  test('is never kept from going by Terraform, because its claim outlives it', () => {
    expect(JSON.stringify(all)).not.toContain('prevent_destroy');
    expect(readFileSync(join(CHART, 'templates', 'claim.yaml'), 'utf8')).toContain('helm.sh/resource-policy: keep');
  });

  test('has addresses in the cluster', () => {
    define((stack, platform) => {
      const { rpcUrl, wsUrl, beaconUrl, feedUrl, healthUrl, metricsTargets, group, instance, pod } = new ChainNode(
        stack,
        'x',
        { ...SEPOLIA_POD, blobCustody: 'semi', platform },
      );
      const at = 'x.blockchain.svc.cluster.local';
      expect({ rpcUrl, wsUrl, beaconUrl, feedUrl, healthUrl, group, instance }).toEqual({
        rpcUrl: `http://${at}:8545`,
        wsUrl: `ws://${at}:8546`,
        beaconUrl: `http://${at}:5052`,
        feedUrl: undefined,
        healthUrl: `http://${at}:8099/`,
        group: 'ethereum-sepolia',
        instance: undefined,
      });
      // Of the pod itself, ready or not: a node that is ill is looked at most.
      expect(metricsTargets.map(({ address }) => address)).toEqual([
        'x-node.blockchain.svc.cluster.local:6060',
        'x-node.blockchain.svc.cluster.local:5054',
      ]);
      expect(pod?.namespace.name).toBe('blockchain');
    });
  });

  test('has the resources and the disk of the catalogue, or those that are given', () => {
    const { processes, data } = valuesOf(release);
    expect(data).toMatchObject({ size: '600Gi', storageClass: 'test-chain-data-gp3-3000-125' });
    const memory = processes.map(({ resources }: Json) => Number.parseInt(resources.limits.memory, 10));
    expect(memory.reduce((sum: number, one: number) => sum + one, 0)).toBe(28_671);
    const given = only({
      resources: { cpu: 1, memoryMiB: 4096 },
      volume: { type: 'io2', sizeGiB: 50, iops: 2000 },
    })['helm_release.x'];
    expect(valuesOf(given).data).toMatchObject({ size: '50Gi', storageClass: 'test-chain-data-io2-2000' });
  });

  test('stands on the machines and in the zone that are named, before others, after what it waits for', () => {
    const { pod, tools, serviceMonitor } = valuesOf(
      only({}, EKS, {
        nodeSelector: { pool: 'chains' },
        priorityClass: 'chains',
        toolsImage: 'registry.test/tools:1',
        serviceMonitors: true,
      })['helm_release.x'],
    );
    expect(pod).toMatchObject({ zone: 'eu-central-1a', nodeSelector: { pool: 'chains' }, priorityClass: 'chains' });
    expect(tools.image).toBe('registry.test/tools:1');
    expect(serviceMonitor.enabled).toBe(true);
    const ready = define((stack, platform) => {
      const other = platform.cluster.namespace('first', { podSecurity: 'baseline' });
      new ChainNode(stack, 'x', { ...SEPOLIA_POD, platform: { ...platform, ready: [other.ready] } });
    });
    expect(ready['helm_release.x'].depends_on).toContainEqual(
      expect.stringMatching(/^kubernetes_namespace_v1\.cluster_first_/),
    );
  });
});

describe('peers of a pod', () => {
  test('come by the port of its machine, in a namespace for that', () => {
    const all = only({ p2p: 'public', expose: 'host-port' }, ELSEWHERE);
    expect(all['helm_release.x'].namespace).toBe('blockchain-host-ports');
    const [{ metadata }] = ofType(all, 'kubernetes_namespace_v1');
    expect(metadata.labels['pod-security.kubernetes.io/enforce']).toBe('privileged');
    expect(only({ p2p: 'outbound', expose: 'host-port' }, ELSEWHERE)['helm_release.x'].namespace).toBe('blockchain');
  });

  test('come to the address of a load balancer that is given elsewhere', () => {
    const all = only({ p2p: 'public', address: '192.0.2.1' }, ELSEWHERE);
    const { p2p, processes } = valuesOf(all['helm_release.x']);
    expect(p2p).toEqual({ expose: 'load-balancer', address: '192.0.2.1' });
    expect(processes[0].environment).toEqual([{ name: 'PUBLIC_IP', value: '192.0.2.1' }]);
    expect(ofType(all, 'aws_eip')).toEqual([]);
  });

  const onEks = (props: object): Readonly<Record<string, Json>> =>
    define((stack, platform) => {
      const network = new Network(stack, 'network', { vpc: 'default', ownZoneName: 'test.internal' });
      new ChainNode(stack, 'x', { ...SEPOLIA_POD, ...props, platform: { ...platform, network } } as ChainNodeProps);
    });

  test('come to an address of its own on EKS', () => {
    const all = onEks({ p2p: 'public' });
    expect(ofType(all, 'aws_eip')).toEqual([{ domain: 'vpc', tags: { Name: 'test-x', Node: 'x' } }]);
    const { p2p } = valuesOf(all['helm_release.x']);
    const annotation = (name: string): string =>
      p2p.annotations[`service.beta.kubernetes.io/aws-load-balancer-${name}`];
    expect([p2p.class, p2p.nodePorts, Object.keys(p2p.annotations).length]).toEqual(['service.k8s.aws/nlb', false, 8]);
    expect(annotation('scheme')).toBe('internet-facing');
    expect(annotation('eip-allocations')).toMatch(/^\$\{aws_eip\.x_address_[0-9A-F]{8}\.allocation_id\}$/);
    expect(annotation('subnets')).toMatch(/^\$\{data\.aws_subnet\.network_subnet-eu-central-1a-public_\w+\.id\}$/);
    expect(annotation('healthcheck-port')).toBe('30303');
  });

  test.each([
    [
      'the port of a machine of EKS',
      EKS,
      { expose: 'host-port' },
      'machines of EKS know no public address of their own; expose it by load-balancer',
    ],
    ['no address elsewhere', ELSEWHERE, {}, 'nothing says at which address peers reach it; give address'],
    [
      'no network on EKS',
      EKS,
      {},
      'a load balancer for peers stands in a subnet; give a zone, and the network of the cluster',
    ],
  ])('cannot come by %s', (_, access, props, message) => {
    expect(() => only({ p2p: 'public', ...props }, access)).toThrow(`x: ${message}`);
  });
});

describe('a node that cannot run so is refused', () => {
  test.each([
    [
      'with the newest backup',
      { bootstrap: { from: 'latest-backup' } },
      'x: a cluster does not know which backup is the newest; bootstrap it from a snapshot by its id',
    ],
    [
      'with snapshots of no class',
      { snapshots: { schedule: '0 0 * * *', keep: 3 } },
      'x: the cluster has no class of snapshots; leave snapshots out',
    ],
    [
      'by its makers',
      { chain: avalanche, network: 'mainnet', client: 'avalanchego' },
      'x: avalanchego cannot run on EBS on mainnet',
    ],
    [
      'without hardware',
      { chain: { ...ethereum, sizing: () => undefined } },
      'x: ethereum has no disk for sepolia; give volume',
    ],
    [
      'without cores',
      { chain: { ...ethereum, sizing: () => undefined }, volume: { type: 'gp3', sizeGiB: 9, iops: 3000 } },
      'x: ethereum has no hardware for sepolia; give resources',
    ],
  ])('%s', (_, props, message) => {
    expect(() => only(props)).toThrow(message);
  });
});

describe('a chain from outside the catalogue', () => {
  const client: ClientDefinition = {
    id: 'bitcoind',
    role: 'whole',
    version: () => ({ value: '29.0', source: 'test', asOf: '2026-11-23', status: 'verified' }),
    architectures: ['arm64'],
    networks: ['mainnet'],
    nodeTypes: ['full'],
    memoryWeight: 1,
    processes: ({ version, memoryMiB }) => [
      {
        name: 'bitcoind',
        source: { kind: 'image', image: 'example/bitcoind', version },
        program: ['bitcoind'],
        arguments: ['-datadir=/data', '-proxy=${PROXY}', '-note=%{n} $(n)'],
        files: { 'bitcoin.conf': 'server=${1}\n' },
        ports: [{ name: 'rpc', number: 8332, protocol: 'tcp', audience: 'clients', serves: ['rpc'] }],
        directories: { '/data': 'bitcoind' },
        stop: { signal: 'SIGTERM', graceSeconds: 600 },
        memoryMiB,
      },
    ],
    health: () => ({
      head: { process: 'bitcoind', port: 'rpc', path: '/', method: 'POST', read: '.', yields: 'httpStatus' },
      maximumBehind: 0,
    }),
    disk: () => undefined,
  };
  const bitcoin = {
    chain: {
      id: 'bitcoin',
      networks: [{ id: 'mainnet', kind: 'public', identity: 'main', blockSeconds: 600, forks: [] }],
      retired: {},
      clients: [{ client, consensus: [] }],
      sizing: () => undefined,
    },
    network: 'mainnet',
    client: 'bitcoind',
    resources: { cpu: 2, memoryMiB: 8192 },
    volume: { type: 'gp3', sizeGiB: 1000, iops: 3000, throughputMiBps: 125 },
  };
  const release = only(bitcoin)['helm_release.x'];

  test('runs as it is', () => {
    const { processes, pod, labels, p2p } = valuesOf(release);
    expect(processes[0]).toMatchObject({ image: 'example/bitcoind:29.0', command: ['bitcoind'] });
    expect([pod.architectures, pod.graceSeconds, release.timeout]).toEqual([['arm64'], 600, 3000]);
    expect([labels.group, p2p.expose]).toEqual(['bitcoin-mainnet', 'none']);
  });

  test('keeps its dollars from Terraform, and from Kubernetes', () => {
    const { processes } = valuesOf(release);
    expect(processes[0].arguments).toEqual(['-datadir=/data', '-proxy=$${PROXY}', '-note=%%{n} $$(n)']);
    expect(processes[0].files).toEqual({ 'bitcoin.conf': 'server=$${1}\n' });
  });
});

describe('the chart', () => {
  const schema = new Ajv({ strict: false }).compile(
    JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')),
  );
  const defaults = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'));

  /** As Helm lays values over those of a chart. */
  const over = (below: Json, above: Json): Json => {
    const isMap = (value: Json): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isMap(below) || !isMap(above)) return above === undefined ? below : above;
    return Object.fromEntries(
      [...new Set([...Object.keys(below), ...Object.keys(above)])].map((key) => [key, over(below[key], above[key])]),
    );
  };
  const faults = (release: Json): Json => {
    schema(over(defaults, valuesOf(release)));
    return schema.errors ?? [];
  };

  test.each([
    ['a node that only connects out', {}, EKS],
    ['one whose peers come by its machine', { p2p: 'public', expose: 'host-port' }, ELSEWHERE],
    ['one with an address', { p2p: 'public', address: '192.0.2.1' }, ELSEWHERE],
    ['one that begins from a snapshot', { bootstrap: { from: 'snapshot', snapshotId: 'snap-0123456789abcdef0' } }, EKS],
    [
      'one that begins from an archive',
      { bootstrap: { from: 'url', url: 'https://x.test/a.tar', sha256: 'a'.repeat(64), strip: 1 } },
      EKS,
    ],
    [
      'one that is kept to so many cores',
      { resources: { cpu: 1, cpuLimit: 2, memoryMiB: 4096, memoryRequestMiB: 2048 } },
      EKS,
    ],
    [
      'one that reads a secret',
      {
        chain: optimism,
        client: 'op-reth',
        upstreams: { 'ethereum.rpc': { secret: 'l1-rpc' }, 'ethereum.beacon': { url: 'http://l1.test:5052' } },
      },
      ELSEWHERE,
    ],
  ])('takes the values of %s', (_, props, access) => {
    expect(faults(only(props, access)['helm_release.x'])).toEqual([]);
  });

  test('takes snapshots, a store, and no key that it does not know', () => {
    const secretStore = () => ({ roleArn: 'arn:aws:iam::012345678901:role/x' });
    const change = { secretStore, snapshotClass: 'ebs-retain', serviceMonitors: true };
    const upstreams = { 'ethereum.rpc': { secret: 'L1/rpc' }, 'ethereum.beacon': { secret: 'L1/beacon' } };
    const whole = only(
      { chain: optimism, client: 'op-reth', upstreams, snapshots: { schedule: '0 0 * * *', keep: 3 } },
      EKS,
      change,
    )['helm_release.x'];
    expect(faults(whole)).toEqual([]);
    const more = { values: [`${whole.values[0]}unknown: true\n`] };
    expect(faults(more)).toEqual([expect.objectContaining({ keyword: 'additionalProperties' })]);
  });

  test('lies in the stack, whole', () => {
    const app = Testing.app({ stackTraces: false });
    const stack = new TerraformStack(app, 'test');
    const path = new Cluster(stack, 'cluster', { access: EKS }).chart('chain-node', CHART);
    app.synth();
    const copy = join(app.outdir, 'stacks', 'test', path);
    for (const file of ['Chart.yaml', 'values.schema.json', 'templates/statefulset.yaml', 'files/gate.py'])
      expect(existsSync(join(copy, file))).toBe(true);
  });
});

test('a pod asks nothing of AWS', () => {
  expect(synthesized((stack, platform) => void new ChainNode(stack, 'x', { ...SEPOLIA_POD, platform })).data).toBe(
    undefined,
  );
});
