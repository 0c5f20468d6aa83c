import { refusals } from '../files';
import { development, tell } from './run';

/** The section `kubernetes`, and what a node says of where it runs. */

const at = 'environments/development/overrides.yml';
const EKS = 'kubernetes: { cluster: mev }\n';
const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';

/** In the second line, so that the first says which cluster. */
const pods = (settings: string): string => `chains: { ethereum: { hosting: kubernetes, ${settings} } }\n`;

describe('the cluster', () => {
  tell([
    {
      title: 'none named',
      files: development('kubernetes: { service_monitors: true }\n'),
      lines: [
        `${at}:1:13 kubernetes: names no cluster; give cluster: <name in EKS>, or kubeconfig: <file> and context: <name>`,
      ],
    },
    {
      title: 'named in both ways',
      files: development('kubernetes: { cluster: mev, kubeconfig: ~/.kube/config }\n'),
      lines: [
        `${at}:1:15 kubernetes.cluster: is beside kubeconfig, and a cluster is reached in one way; remove one of the two`,
      ],
    },
    {
      title: 'a kubeconfig without a context',
      files: development('kubernetes: { kubeconfig: ~/.kube/config }\n'),
      lines: [`${at}:1:15 kubernetes.kubeconfig: has no context beside it; name one`],
    },
    {
      title: 'that of another environment too',
      files: { ...development(EKS), 'staging/overrides.yml': EKS },
      lines: [
        'environments/staging/overrides.yml:1:13 kubernetes: is the cluster of development too, and both would own its namespaces and services; give each environment a cluster of its own',
      ],
    },
    {
      title: 'that of another environment, by a kubeconfig',
      files: { 'staging/overrides.yml': ELSEWHERE, 'production/overrides.yml': ELSEWHERE },
      lines: [
        'environments/production/overrides.yml:1:13 kubernetes: is the cluster of staging too, and both would own its namespaces and services; give each environment a cluster of its own',
      ],
    },
    {
      title: 'labels of machines that are none, or say where a disk is',
      files: development(
        'kubernetes: { cluster: mev, node_selector: { -pool: a, pool: "a b", topology.kubernetes.io/zone: eu-central-1b } }\n',
      ),
      lines: [
        `${at}:1:53 kubernetes.node_selector.-pool: is no label; use letters, digits, -, _ and ., as in "node.kubernetes.io/pool"`,
        `${at}:1:62 kubernetes.node_selector.pool: "a b" is no value of a label; use letters, digits, -, _ and .`,
        `${at}:1:98 kubernetes.node_selector.topology.kubernetes.io/zone: is where disks are; set zone of a node, or aws.zones`,
      ],
    },
    {
      title: 'a context alone',
      files: development('kubernetes: { context: kind-mev }\n'),
      lines: [`${at}:1:15 kubernetes.context: is one of a kubeconfig, and none is named; set kubeconfig`],
    },
    {
      title: 'a context of a cluster of EKS',
      files: development('kubernetes: { cluster: mev, context: kind-mev }\n'),
      lines: [`${at}:1:29 kubernetes.context: is one of a kubeconfig, and cluster is one of EKS; remove it`],
    },
    {
      title: 'a key with a typing error, which is not also one that is missing',
      files: development(`kubernetes: { clustr: mev }\n${pods('replicas: 2')}`),
      lines: [
        `${at}:1:15 kubernetes.clustr: is not a known key; use one of cluster, kubeconfig, context, storage_class, node_selector, tools_image, quota, service_monitors; did you mean cluster?`,
      ],
    },
    {
      title: 'names that are none',
      files: development(
        'kubernetes:\n  cluster: mev cluster\n  storage_class: GP3\n  node_selector: { pool: true }\n  tools_image: alpine/k8s\n',
      ),
      lines: [
        `${at}:2:12 kubernetes.cluster: "mev cluster" is not the name of an EKS cluster`,
        `${at}:3:18 kubernetes.storage_class: "GP3" is not a name of lower-case letters, digits, - and .`,
        `${at}:4:26 kubernetes.node_selector.pool: true is not text; quote it if it is meant as text`,
        `${at}:5:16 kubernetes.tools_image: "alpine/k8s" is not an image with its tag`,
      ],
    },
    {
      title: 'an image that moves, in a registry with a port',
      files: development('kubernetes: { cluster: mev, tools_image: "registry.test:5000/k8s:latest" }\n'),
      lines: [`${at}:1:42 kubernetes.tools_image: "latest" moves, and an image stays; give a tag such as 1.34.5`],
    },
    {
      title: 'nodes on Kubernetes without one',
      files: development('chains: { ethereum: { hosting: kubernetes } }\n'),
      lines: [
        `${at}:1:32 chains.ethereum.hosting: ethereum-sepolia-geth: runs on Kubernetes, and the environment names no cluster; set kubernetes.cluster, or kubernetes.kubeconfig and context`,
      ],
    },
    {
      title: 'an unknown hosting',
      files: development('chains: { ethereum: { hosting: pod } }\n'),
      lines: [`${at}:1:32 chains.ethereum.hosting: "pod" is not a hosting; use one of instance, kubernetes`],
    },
  ]);
});

describe('settings of the other hosting', () => {
  const OTHERS = 'is for nodes on instances, and this one is on Kubernetes; remove it';
  tell([
    {
      title: 'of instances, on a pod',
      files: development(
        `${EKS}chains:\n  ethereum:\n    hosting: kubernetes\n    nodes:\n      sepolia-geth:\n        instance_type: r7g.xlarge\n        ami: ami-0123456789abcdef0\n        storage: ebs\n        os_patches: 2026-11-24\n        p2p: { egress_limit: 100 Mbps }\n`,
      ),
      lines: [
        `${at}:7:24 chains.ethereum.nodes.sepolia-geth.instance_type: ethereum-sepolia-geth: ${OTHERS}`,
        `${at}:8:14 chains.ethereum.nodes.sepolia-geth.ami: ethereum-sepolia-geth: ${OTHERS}`,
        `${at}:9:18 chains.ethereum.nodes.sepolia-geth.storage: ethereum-sepolia-geth: ${OTHERS}`,
        `${at}:10:21 chains.ethereum.nodes.sepolia-geth.os_patches: ethereum-sepolia-geth: ${OTHERS}`,
        `${at}:11:30 chains.ethereum.nodes.sepolia-geth.p2p.egress_limit: ethereum-sepolia-geth: ${OTHERS}`,
      ],
    },
    {
      title: 'of pods, on an instance',
      files: development(
        `${EKS}chains:\n  ethereum:\n    nodes:\n      sepolia-geth:\n        resources: { cpu: 2 }\n        p2p: { expose: host-port, address: 192.0.2.1 }\n`,
      ),
      lines: [
        `${at}:6:20 chains.ethereum.nodes.sepolia-geth.resources: ethereum-sepolia-geth: is for nodes on Kubernetes, and this one is on an instance; remove it`,
        `${at}:7:24 chains.ethereum.nodes.sepolia-geth.p2p.expose: ethereum-sepolia-geth: is for nodes on Kubernetes, and this one is on an instance; remove it`,
        `${at}:7:44 chains.ethereum.nodes.sepolia-geth.p2p.address: ethereum-sepolia-geth: is for nodes on Kubernetes, and this one is on an instance; remove it`,
      ],
    },
    {
      title: 'of instances, for a chain that is all pods',
      files: development(
        `${EKS}chains:\n  ethereum:\n    hosting: kubernetes\n    instance_type: r7g.xlarge\n    storage: instance-store\n    p2p: { egress_limit: 100 Mbps }\n`,
      ),
      lines: [
        [5, 20, 'instance_type'],
        [6, 14, 'storage'],
        [7, 26, 'p2p.egress_limit'],
      ].map(
        ([line, column, key]) =>
          `${at}:${line}:${column} chains.ethereum.${key}: is for nodes on instances, and all of this chain are on Kubernetes; remove it`,
      ),
    },
    {
      title: 'of pods, for a chain that has none',
      files: development('chains:\n  ethereum:\n    resources: { cpu: 2 }\n    p2p: { expose: host-port }\n'),
      lines: [
        `${at}:3:16 chains.ethereum.resources: is for nodes on Kubernetes, and all of this chain are on instances; remove it`,
        `${at}:4:20 chains.ethereum.p2p.expose: is for nodes on Kubernetes, and all of this chain are on instances; remove it`,
      ],
    },
    {
      title: 'of one replica that is a pod',
      files: development(
        `${EKS}chains: { ethereum: { replicas: 2, nodes: { sepolia-geth-2: { hosting: kubernetes, ami: ami-0123456789abcdef0 } } } }\n`,
      ),
      lines: [`${at}:2:89 chains.ethereum.nodes.sepolia-geth-2.ami: ethereum-sepolia-geth-2: ${OTHERS}`],
    },
    {
      title: 'what a storage class settles',
      files: development(
        `kubernetes: { cluster: mev, storage_class: gp3-retain }\n${pods('nodes: { sepolia-geth: { volume: { type: gp3, iops: 6000, throughput: 250 MiB/s, size: 1 TiB } } }')}`,
      ),
      lines: [
        `${at}:2:85 chains.ethereum.nodes.sepolia-geth.volume.type: ethereum-sepolia-geth: is settled by the storage class of its claim; remove it`,
        `${at}:2:96 chains.ethereum.nodes.sepolia-geth.volume.iops: ethereum-sepolia-geth: is settled by the storage class of its claim; remove it`,
        `${at}:2:114 chains.ethereum.nodes.sepolia-geth.volume.throughput: ethereum-sepolia-geth: is settled by the storage class of its claim; remove it`,
      ],
    },
    {
      title: 'what the class of a cluster elsewhere settles',
      files: development(`${ELSEWHERE}${pods('nodes: { sepolia-geth: { volume: { iops: 6000 } } }')}`),
      lines: [
        `${at}:2:85 chains.ethereum.nodes.sepolia-geth.volume.iops: ethereum-sepolia-geth: is settled by the storage class of its claim; remove it`,
      ],
    },
  ]);

  test('are no mistake of a chain, which says them for its other nodes', () => {
    const chain =
      'instance_type: r7g.xlarge, ami: ami-0123456789abcdef0, storage: ebs, os_patches: 2026-11-24, resources: { cpu: 2 }, p2p: { egress_limit: 100 Mbps, expose: host-port, address: 192.0.2.1 }, volume: { iops: 6000 }';
    const mixed = `chains: { ethereum: { clients: [geth, reth], ${chain}, nodes: { sepolia-geth: { hosting: kubernetes } } } }\n`;
    expect(refusals(development(EKS + mixed))).toEqual([]);
    expect(refusals(development(ELSEWHERE + mixed))).toEqual([]);
  });
});

describe('what makers rule out', () => {
  const REASON =
    'avalanchego cannot run on EBS on mainnet: its makers say that network disks cause missed blocks; use storage: instance-store (https://build.avax.network/docs/nodes/system-requirements); a claim is a network disk, so that it takes hosting: instance';
  tell([
    {
      title: 'a claim for avalanche mainnet',
      files: development(
        `${EKS}chains: { avalanche: { networks: [mainnet, fuji], clients: [avalanchego], hosting: kubernetes } }\n`,
      ),
      lines: [`${at}:2:84 chains.avalanche.hosting: avalanche-mainnet-avalanchego: ${REASON}`],
    },
    {
      title: 'solana in a container',
      files: development(`${EKS}chains: { solana: { networks: [devnet], clients: [agave], hosting: kubernetes } }\n`),
      lines: [
        `${at}:2:68 chains.solana.hosting: "kubernetes" cannot be used: cannot run in a container on a live network, where its makers do not support it; use instance (docs.anza.xyz/operations/requirements, 2025-11-17)`,
      ],
    },
  ]);
});

describe('resources', () => {
  tell([
    {
      title: 'a limit below what is kept',
      files: development(`${EKS}${pods('resources: { cpu: 4, cpu_limit: 2 }')}`),
      lines: [
        `${at}:2:76 chains.ethereum.resources.cpu_limit: ethereum-sepolia-geth: 2 cores are fewer than the 4 that are kept for it; raise it, or lower resources.cpu`,
      ],
    },
    {
      title: 'a limit below what the catalogue keeps',
      files: development(`${EKS}${pods('resources: { cpu_limit: 2 }')}`),
      lines: [
        `${at}:2:68 chains.ethereum.resources.cpu_limit: ethereum-sepolia-geth: 2 cores are fewer than the 3.6 that are kept for it; raise it, or lower resources.cpu`,
      ],
    },
    {
      title: 'more memory kept than may be used',
      files: development(`${EKS}${pods('resources: { memory: 16 GiB, memory_request: 20 GiB }')}`),
      lines: [
        `${at}:2:89 chains.ethereum.resources.memory_request: ethereum-sepolia-geth: 20480 MiB are more than the 16384 MiB that it may use; lower it, or raise resources.memory`,
      ],
    },
    {
      title: 'too little memory to divide',
      files: development(`${EKS}${pods('resources: { memory: 1 GiB, memory_request: 0 GiB }')}`),
      lines: [
        `${at}:2:65 chains.ethereum.resources.memory: ethereum-sepolia-geth: 1024 MiB are too little; a node needs at least 2048 MiB`,
        `${at}:2:88 chains.ethereum.resources.memory_request: ethereum-sepolia-geth: is 0, and a node needs some; remove it where all of memory is kept`,
      ],
    },
    {
      title: 'no cores, a unit of Kubernetes, an unknown key',
      files: development(`${EKS}${pods('resources: { cpu: 0, memory: 16Gi, cpus: 2 }')}`),
      lines: [
        `${at}:2:62 chains.ethereum.resources.cpu: 0 is not a number above 0`,
        `${at}:2:73 chains.ethereum.resources.memory: "16Gi" is not a size in GiB or TiB, such as "512 GiB" or "4 TiB"`,
        `${at}:2:79 chains.ethereum.resources.cpus: is not a known key; use one of cpu, cpu_limit, memory, memory_request; did you mean cpu?`,
      ],
    },
    {
      title: 'more than the quota of the cluster',
      files: development(
        `kubernetes: { cluster: mev, quota: { cpu: 4, memory: 8 GiB, storage: 1 TiB } }\n${pods('replicas: 2, resources: { cpu: 2, memory: 4 GiB }')}`,
      ),
      // Each has helpers beside its processes.
      lines: [
        `${at}:1:43 kubernetes.quota.cpu: 4 cores are too few for the 2 nodes in pods, which ask for 4.12; raise it`,
        `${at}:1:54 kubernetes.quota.memory: 8192 MiB are too few for the 2 nodes in pods, which ask for 8576; raise it`,
        `${at}:1:70 kubernetes.quota.storage: 1024 GiB are too few for the 2 nodes in pods, which ask for 1200; raise it`,
      ],
    },
    {
      title: 'what the catalogue does not know',
      files: development(`${EKS}${pods('networks: [local], node_type: archive')}`),
      lines: [
        `${at}:2:55 chains.ethereum.networks[0]: ethereum-local-geth: the catalogue has no hardware for node type archive on local; choose another node_type, or set resources.cpu and resources.memory`,
      ],
    },
    {
      title: 'nor the disk of',
      files: development(
        `${EKS}${pods('networks: [local], node_type: archive, resources: { cpu: 2, memory: 4 GiB }')}`,
      ),
      lines: [
        `${at}:2:55 chains.ethereum.networks[0]: ethereum-local-geth: the catalogue has no disk for it; set volume.size`,
      ],
    },
    {
      title: 'a disk that is too small, or faster than there are',
      files: development(`${EKS}${pods('volume: { size: 100 GiB, iops: 90000 }')}`),
      lines: [
        `${at}:2:60 chains.ethereum.volume.size: ethereum-sepolia-geth: 100 GiB is too small: geth and lighthouse need 469 GiB today and 16 GiB a month on sepolia, 565 GiB with 6 months of growth`,
        `${at}:2:75 chains.ethereum.volume.iops: ethereum-sepolia-geth: 90000 is outside what gp3 offers, 3000 to 80000`,
      ],
    },
  ]);
});
