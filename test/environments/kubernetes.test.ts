import type { Environment, NodeSpec, PodSpec } from '../../environments/environment';
import { loadFiles } from './files';

/** What a good configuration of nodes in pods comes to, and where each part of it is from. */

const FILE = 'environments/development/overrides.yml';
const EKS = 'kubernetes: { cluster: mev }\n';
const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';

/** One environment, with these lines over the least that loads. */
function loaded(text: string): Environment {
  const alone = { 'development/overrides.yml': text, 'staging/overrides.yml': null, 'production/overrides.yml': null };
  const [environment] = loadFiles(alone).environments;
  if (!environment) throw new Error('no environment');
  return environment;
}

const podsOf = ({ nodes }: Environment): Readonly<Record<string, PodSpec>> =>
  Object.fromEntries(nodes.flatMap((node) => (node.hosting === 'kubernetes' ? [[node.id, node]] : [])));

const pod = (text: string, id = 'ethereum-sepolia-geth'): PodSpec => {
  const found = podsOf(loaded(text))[id];
  if (!found) throw new Error(`${id} is in no pod`);
  return found;
};

const rows = ({ settings }: NodeSpec): Readonly<Record<string, string>> =>
  Object.fromEntries(settings.map(({ name, value, origin }) => [name, `${value} (${origin})`]));

const ethereum = (settings: string): string => `chains: { ethereum: { hosting: kubernetes, ${settings} } }\n`;

describe('the cluster', () => {
  test('is one of EKS', () => {
    expect(loaded(EKS).kubernetes).toEqual({ access: { eks: 'mev' }, serviceMonitors: false });
  });

  test('or what a file of credentials leads to, with all that is said of it', () => {
    const text = `kubernetes:
  kubeconfig: ~/.kube/config
  context: kind-mev
  storage_class: gp3-retain
  node_selector: { pool: chains }
  tools_image: registry.test:5000/tools:1.2
  quota: { cpu: 8, storage: 2 TiB }
  service_monitors: true
`;
    expect(loaded(text).kubernetes).toEqual({
      access: { kubeconfig: '~/.kube/config', context: 'kind-mev' },
      storageClass: 'gp3-retain',
      nodeSelector: { pool: 'chains' },
      toolsImage: 'registry.test:5000/tools:1.2',
      quota: { cpu: 8, storageGiB: 2048 },
      serviceMonitors: true,
    });
  });

  test('is none where none is named', () => {
    expect(loaded('{}\n')).not.toHaveProperty('kubernetes');
  });
});

describe('a pod', () => {
  test('on EKS is sized by the catalogue, and stands in the zone of its disk', () => {
    const node = pod(EKS + ethereum('replicas: 1'));
    const { settings: _, chain: __, versions, extraArguments, ...spec } = node;
    expect({ versions, extraArguments }).toEqual({ versions: {}, extraArguments: {} });
    expect(spec).toEqual({
      hosting: 'kubernetes',
      id: 'ethereum-sepolia-geth',
      group: 'ethereum-sepolia',
      network: 'sepolia',
      client: 'geth',
      consensus: 'lighthouse',
      nodeType: 'full',
      blobCustody: 'standard',
      p2p: 'outbound',
      zone: 'eu-central-1a',
      storage: 'ebs',
      // Of an r7g.xlarge, less what a machine needs itself.
      resources: { cpu: 3.6, memoryMiB: 28_672 },
      volume: { type: 'gp3', sizeGiB: 600, iops: 3000, throughputMiBps: 125 },
      expose: 'load-balancer',
      backup: false,
      bootstrap: { from: 'empty' },
    });
  });

  test('says where each part of it is from', () => {
    const text = `${EKS}chains:
  ethereum:
    hosting: kubernetes
    resources: { cpu: 6, memory_request: 20 GiB }
    nodes:
      sepolia-geth:
        volume: { size: 1 TiB }
        p2p: { mode: public }
`;
    expect(rows(pod(text))).toMatchObject({
      hosting: `kubernetes (${FILE}:4)`,
      'resources.cpu': `6 (${FILE}:5)`,
      'resources.memory': '28672 MiB (catalogue)',
      'resources.memory_request': `20480 MiB (${FILE}:5)`,
      'p2p.mode': `public (${FILE}:9)`,
      'p2p.expose': 'load-balancer (default)',
      'volume.type': 'gp3 (catalogue)',
      'volume.iops': '3000 (catalogue)',
      'volume.throughput': '125 MiB/s (catalogue)',
      'volume.size': `1 TiB (${FILE}:8)`,
      zone: 'eu-central-1a (environments/global.yml:3)',
      backup: 'false (default)',
      'bootstrap.from': 'empty (default)',
    });
    const names = Object.keys(rows(pod(text)));
    expect(names.filter((name) => ['instance_type', 'storage', 'ami', 'os_patches'].includes(name))).toEqual([]);
    expect(names).not.toContain('resources.cpu_limit');
  });

  test('elsewhere stands where the cluster puts it, on a disk of its class', () => {
    const node = pod(ELSEWHERE + ethereum('replicas: 1'));
    expect(node).not.toHaveProperty('zone');
    const { 'volume.size': size, ...others } = rows(node);
    expect(size).toBe('600 GiB (catalogue)');
    expect(Object.keys(others).filter((name) => /^(volume|zone)/.test(name))).toEqual([]);
    expect(pod(ELSEWHERE + ethereum('nodes: { sepolia-geth: { zone: eu-central-1b } }')).zone).toBe('eu-central-1b');
  });

  test('of a class that is named says nothing of how fast its disk is', () => {
    const text = `kubernetes: { cluster: mev, storage_class: fast }\n${ethereum('replicas: 1')}`;
    expect(Object.keys(rows(pod(text))).filter((name) => name.startsWith('volume'))).toEqual(['volume.size']);
  });

  test('takes what is said of it before what is said of its chain, and of one replica before both', () => {
    const text = `${EKS}chains:
  ethereum:
    hosting: kubernetes
    replicas: 3
    resources: { cpu: 2, cpu_limit: 8, memory: 8 GiB }
    nodes:
      sepolia-geth: { resources: { cpu: 3, memory: 16 GiB }, zone: eu-central-1b }
      sepolia-geth-3: { resources: { memory: 24 GiB }, hosting: kubernetes }
`;
    expect(Object.entries(podsOf(loaded(text))).map(([id, { resources, zone }]) => [id, resources, zone])).toEqual([
      ['ethereum-sepolia-geth', { cpu: 3, cpuLimit: 8, memoryMiB: 16_384 }, 'eu-central-1b'],
      ['ethereum-sepolia-geth-2', { cpu: 3, cpuLimit: 8, memoryMiB: 16_384 }, 'eu-central-1b'],
      ['ethereum-sepolia-geth-3', { cpu: 3, cpuLimit: 8, memoryMiB: 24_576 }, 'eu-central-1b'],
    ]);
  });

  test('may be one replica, while the others are on instances; each takes what is for it', () => {
    const text = `${EKS}chains: { ethereum: { replicas: 2, instance_type: r7g.2xlarge, resources: { cpu: 2 }, nodes: { sepolia-geth-2: { hosting: kubernetes } } } }\n`;
    const [first, second] = loaded(text).nodes;
    expect(first).toMatchObject({ hosting: 'instance', instanceType: 'r7g.2xlarge' });
    expect(first).not.toHaveProperty('resources');
    expect(second).toMatchObject({ hosting: 'kubernetes', resources: { cpu: 2 }, zone: 'eu-central-1b' });
    expect(second).not.toHaveProperty('instanceType');
  });

  test('needs neither hardware nor a disk of the catalogue when both are given', () => {
    const given =
      'networks: [local], node_type: archive, resources: { cpu: 1.5, memory: 4 GiB }, volume: { size: 50 GiB }';
    expect(pod(EKS + ethereum(given), 'ethereum-local-geth')).toMatchObject({
      resources: { cpu: 1.5, memoryMiB: 4096 },
      volume: { type: 'gp3', sizeGiB: 50, iops: 3000, throughputMiBps: 125 },
    });
  });

  test.each([
    ['a load balancer of EKS', EKS, 'p2p: { mode: public }', { expose: 'load-balancer' }],
    [
      'a load balancer elsewhere',
      ELSEWHERE,
      'p2p: { mode: public, address: 192.0.2.1 }',
      { expose: 'load-balancer', address: '192.0.2.1' },
    ],
    ['the port of its machine', ELSEWHERE, 'p2p: { mode: public, expose: host-port }', { expose: 'host-port' }],
  ])('lets peers in by %s', (_, cluster, p2p, way) => {
    const { expose, address } = pod(cluster + ethereum(p2p));
    expect({ expose, ...(address === undefined ? {} : { address }) }).toEqual(way);
  });

  test('has no address of a load balancer that it does not stand behind', () => {
    const chain = 'p2p: { address: 192.0.2.1, expose: host-port, mode: public }';
    expect(pod(ELSEWHERE + ethereum(chain))).not.toHaveProperty('address');
    expect(pod(ELSEWHERE + ethereum('p2p: { address: 192.0.2.1 }'))).not.toHaveProperty('address');
  });
});

describe('backups', () => {
  const backups = (cluster: string, settings: string): Readonly<Record<string, boolean>> =>
    Object.fromEntries(
      loaded(`${cluster}backup: { schedule: rate(1 day) }\n${ethereum(settings)}`).nodes.map(({ id, backup }) => [
        id.replace('ethereum-sepolia-', ''),
        backup,
      ]),
    );

  test('are taken of the highest of several replicas', () => {
    expect(backups(EKS, 'replicas: 2')).toEqual({ geth: false, 'geth-2': true });
  });

  test('are taken where they are asked for, and not where they are refused', () => {
    expect(backups(EKS, 'backup: true')).toEqual({ geth: true });
    expect(backups(EKS, 'replicas: 2, backup: false')).toEqual({ geth: false, 'geth-2': false });
  });

  test('are taken of nothing elsewhere than on EKS', () => {
    expect(backups(ELSEWHERE, 'replicas: 2')).toEqual({ geth: false, 'geth-2': false });
  });
});

describe('the gateway', () => {
  const LIMITS = 'default: 10/second, premium: 100/minute';
  const gateway = (text: string) => loaded(`global: { security: { api_rate_limits: { ${LIMITS} } } }\n${text}`).gateway;
  const CHAINS = `chains:
  ethereum:
    networks: [sepolia, hoodi, local]
    clients: [geth, reth]
    blob_custody: semi
    nodes: { hoodi-reth: null, local-reth: null, sepolia-geth: { hosting: kubernetes } }
  solana: { networks: [testnet], clients: [agave], p2p: { mode: public } }
`;

  test('on EKS is over all nodes that it speaks to, wherever they run', () => {
    expect(gateway(`${EKS}gateway: {}\n${CHAINS}`)).toEqual({
      chains: [
        {
          chain: 'ethereum',
          network: 'sepolia',
          chainId: 11_155_111,
          nodes: ['ethereum-sepolia-geth', 'ethereum-sepolia-reth'],
          fallbacks: [],
        },
        { chain: 'ethereum', network: 'hoodi', chainId: 560_048, nodes: ['ethereum-hoodi-geth'], fallbacks: [] },
      ],
      rpcTimeoutMs: 30_000,
      websocketTimeoutMs: 60_000,
      retryAttempts: 3,
      rateLimits: { default: { count: 10, per: 'second' } },
      vpcAccess: false,
    });
  });

  test('elsewhere is over pods and providers', () => {
    const fallbacks =
      '{ ethereum: { mainnet: [{ name: a, secret: rpc-a }, { name: b, secret: rpc-b }] }, base: { sepolia: [{ name: a, secret: rpc-base }] } }';
    const served = gateway(`${ELSEWHERE}gateway: { fallbacks: ${fallbacks} }\n${CHAINS}`)?.chains;
    expect(served?.map(({ chain, network, nodes, fallbacks: ways }) => [chain, network, nodes, ways])).toEqual([
      ['base', 'sepolia', [], [{ name: 'a', secret: 'rpc-base' }]],
      [
        'ethereum',
        'mainnet',
        [],
        [
          { name: 'a', secret: 'rpc-a' },
          { name: 'b', secret: 'rpc-b' },
        ],
      ],
      ['ethereum', 'sepolia', ['ethereum-sepolia-geth'], []],
    ]);
  });

  test('waits, tries and limits as it is told', () => {
    const text = `global:
  security: { api_rate_limits: { default: 1000/hour, premium: 50/second } }
  networking: { rpc_timeout: 5s, retry_attempts: 0 }
${EKS}gateway: { premium_secret: rpc/token, vpc_access: true }
`;
    expect(loaded(text).gateway).toMatchObject({
      rpcTimeoutMs: 5000,
      retryAttempts: 0,
      rateLimits: {
        default: { count: 1000, per: 'hour' },
        premium: { count: 50, per: 'second', secret: 'rpc/token' },
      },
      vpcAccess: true,
    });
  });

  test('is none where none is asked for', () => {
    expect(loaded(EKS)).not.toHaveProperty('gateway');
  });
});
