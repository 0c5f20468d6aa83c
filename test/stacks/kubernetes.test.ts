import { parse } from 'yaml';
import { type Edits, type Json, load, resources, synthesize } from '../project';

/** What an environment stands on when its nodes are in pods: of EKS, or of a cluster that is anywhere. */

/** An environment of these lines, with nothing locked. */
const as = (environment: string, text: string): Edits => ({
  [`${environment}/overrides.yml`]: () => `global: { environment: ${environment} }\n${text}`,
  [`${environment}/nodes.lock.yml`]: () => 'nodes: {}\n',
});

const ELSEWHERE = 'kubernetes: { kubeconfig: ~/.kube/config, context: kind-mev }\n';
const EKS = 'kubernetes: { cluster: mev }\n';
const POD = 'chains: { ethereum: { hosting: kubernetes } }\n';

const WHOLE = `${EKS}aws: { account_id: "012345678901", kms_key: alias/chain-data }
network: { p2p: { mode: public } }
backup: { schedule: rate(1 day), keep: 3 }
chains:
  ethereum: { hosting: kubernetes, replicas: 2 }
  arbitrum:
    networks: [sepolia]
    clients: [nitro]
    hosting: kubernetes
    l1: { rpc_secret: L1/rpc, beacon_secret: l1/beacon }
gateway:
  premium_secret: rpc/token
  vpc_access: true
  fallbacks: { ethereum: { sepolia: [{ name: provider, secret: rpc/provider }] } }
`;

// Of two syntheses, because an environment takes a second and more.
const {
  development: elsewhere,
  staging: whole,
  production: instances,
} = synthesize(load({ ...as('development', ELSEWHERE + POD), ...as('staging', WHOLE) }));
const { development: outbound, staging: empty } = synthesize(
  load({
    ...as('development', EKS + POD),
    ...as('staging', `${ELSEWHERE}chains: null\n`),
    ...as('production', 'chains: null\n'),
  }),
);

/** Types of resources, of data, and the providers. */
const kinds = (stack: Json) => ({
  resources: Object.keys(stack.resource ?? {}).sort(),
  data: Object.keys(stack.data ?? {}).sort(),
  providers: Object.keys(stack.provider).sort(),
  required: Object.keys(stack.terraform.required_providers).sort(),
});

/** Addresses without the hash that cdktf appends. */
const addresses = (stack: Json, type: string): string[] =>
  Object.keys(resources(stack))
    .filter((address) => address.startsWith(`${type}.`))
    .map((address) => address.slice(type.length + 1).replace(/_[0-9A-F]{8}$/, ''))
    .sort();

const ofNode = (stack: Json, type: string, name: string): Json =>
  Object.entries<Json>(stack.resource[type]).find(([key]) => key.replace(/_[0-9A-F]{8}$/, '') === name)?.[1];

const values = (stack: Json, release: string): Json => parse(ofNode(stack, 'helm_release', release).values[0]);

describe('pods of a cluster that is anywhere', () => {
  test('take nothing of AWS', () => {
    expect(kinds(elsewhere)).toEqual({
      resources: [
        'helm_release',
        'kubernetes_namespace_v1',
        'kubernetes_pod_disruption_budget_v1',
        'kubernetes_priority_class_v1',
      ],
      data: [],
      providers: ['helm', 'kubernetes'],
      required: ['helm', 'kubernetes'],
    });
    expect(elsewhere.terraform.required_version).toBe('>= 1.10.0');
  });

  test('are reached by the file of credentials', () => {
    const connection = { config_path: '~/.kube/config', config_context: 'kind-mev' };
    expect(elsewhere.provider).toEqual({ kubernetes: [connection], helm: [{ kubernetes: connection }] });
  });

  test('use no services, and the class of the cluster', () => {
    expect(addresses(elsewhere, 'helm_release')).toEqual(['ethereum-sepolia-geth']);
    const { data, pod, snapshots } = values(elsewhere, 'ethereum-sepolia-geth');
    expect(data).not.toHaveProperty('storageClass');
    expect(pod).not.toHaveProperty('zone');
    expect(snapshots).toBeUndefined();
  });

  test('stand in namespaces that are there before the first and after the last of them', () => {
    for (const stack of [elsewhere, empty])
      expect(addresses(stack, 'kubernetes_namespace_v1')).toEqual([
        'cluster_blockchain',
        'cluster_blockchain-host-ports',
        'cluster_mev-data',
        'cluster_mev-research',
      ]);
    expect(addresses(empty, 'helm_release')).toEqual([]);
  });
});

describe('pods of EKS', () => {
  test('that only connect out take neither VPC nor bucket nor alarms', () => {
    expect(kinds(outbound)).toEqual({
      resources: [
        'helm_release',
        'kubernetes_namespace_v1',
        'kubernetes_pod_disruption_budget_v1',
        'kubernetes_priority_class_v1',
        'kubernetes_storage_class_v1',
      ],
      data: ['aws_eks_cluster'],
      providers: ['aws', 'helm', 'kubernetes'],
      required: ['aws', 'helm', 'kubernetes'],
    });
    expect(addresses(outbound, 'kubernetes_namespace_v1')).toEqual([
      'cluster_blockchain',
      'cluster_mev-data',
      'cluster_mev-research',
    ]);
  });

  test('are reached with a token that is made when it is needed, and is in no plan', () => {
    const exec = {
      api_version: 'client.authentication.k8s.io/v1beta1',
      command: 'aws',
      args: ['eks', 'get-token', '--cluster-name', 'mev', '--region', 'eu-central-1'],
    };
    const connection = {
      host: '${data.aws_eks_cluster.cluster-access.endpoint}',
      cluster_ca_certificate: '${base64decode(data.aws_eks_cluster.cluster-access.certificate_authority[0].data)}',
    };
    expect(whole.data.aws_eks_cluster['cluster-access'].name).toBe('mev');
    expect(whole.provider.kubernetes).toEqual([{ ...connection, exec: [exec] }]);
    expect(whole.provider.helm).toEqual([{ kubernetes: { ...connection, exec } }]);
    expect(JSON.stringify(whole)).not.toMatch(/eks_cluster_auth|"token":/);
  });

  test('may be changed in one account alone', () => {
    expect(whole.provider.aws[0].allowed_account_ids).toEqual(['012345678901']);
  });

  test('have disks of classes with the key of the environment', () => {
    expect(addresses(whole, 'kubernetes_storage_class_v1')).toEqual([
      'disk-classes_gp3-12000-250',
      'disk-classes_gp3-3000-125',
    ]);
    const { parameters } = ofNode(whole, 'kubernetes_storage_class_v1', 'disk-classes_gp3-3000-125');
    expect(parameters.kmsKeyId).toBe('${data.aws_kms_key.disk-key.arn}');
    expect(values(whole, 'ethereum-sepolia-geth').data.storageClass).toBe('staging-chain-data-gp3-3000-125');
  });

  test('install what they use, and wait for it', () => {
    const releases = addresses(whole, 'helm_release').filter((name) => name.startsWith('cluster-services_'));
    expect(releases).toEqual(
      [
        'aws-load-balancer-controller',
        'cert-manager',
        'ebs-snapshot-class',
        'external-secrets',
        'snapshot-controller',
      ].map((name) => `cluster-services_${name}`),
    );
    const awaited = (name: string): string[] =>
      ofNode(whole, 'helm_release', name).depends_on.map((address: string) => address.replace(/_[0-9A-F]{8}$/, ''));
    const services = ['external-secrets', 'aws-load-balancer-controller', 'ebs-snapshot-class'].map(
      (name) => `helm_release.cluster-services_${name}`,
    );
    const ground = [
      'kubernetes_namespace_v1.cluster_blockchain',
      'kubernetes_storage_class_v1.disk-classes_gp3-3000-125',
      'kubernetes_priority_class_v1.priority',
    ];
    expect(awaited('ethereum-sepolia-geth')).toEqual([...ground, ...services]);
    expect(awaited('ethereum-sepolia-geth-2')).toEqual([...ground, ...services, 'helm_release.ethereum-sepolia-geth']);
  });

  test('are reached by peers at an address and in a subnet of their own', () => {
    expect(addresses(whole, 'aws_eip')).toEqual(['ethereum-sepolia-geth-2_address', 'ethereum-sepolia-geth_address']);
    const { '//': _, ...eip } = ofNode(whole, 'aws_eip', 'ethereum-sepolia-geth_address');
    expect(eip).toEqual({
      domain: 'vpc',
      tags: { Name: 'staging-ethereum-sepolia-geth', Node: 'ethereum-sepolia-geth' },
    });
    const subnets = Object.values<Json>(whole.data.aws_subnet);
    expect(subnets.map((subnet) => [subnet.availability_zone, subnet.tags])).toEqual([
      ['eu-central-1a', { Tier: 'public' }],
      ['eu-central-1b', { Tier: 'public' }],
    ]);
    // A zone for names is for who stands on an instance.
    expect(kinds(whole).resources.filter((type) => type.startsWith('aws_'))).toEqual([
      'aws_eip',
      'aws_eks_pod_identity_association',
      'aws_iam_role',
      'aws_iam_role_policy',
    ]);
    const { expose, annotations } = values(whole, 'ethereum-sepolia-geth-2').p2p;
    expect(expose).toBe('load-balancer');
    expect(annotations).toMatchObject({
      'service.beta.kubernetes.io/aws-load-balancer-eip-allocations': expect.stringMatching(
        /^\$\{aws_eip\.ethereum-sepolia-geth-2_address_[0-9A-F]{8}\.allocation_id\}$/,
      ),
      'service.beta.kubernetes.io/aws-load-balancer-subnets': expect.stringMatching(
        /^\$\{data\.aws_subnet\.network_subnet-eu-central-1b-public_[0-9A-F]{8}\.id\}$/,
      ),
    });
  });

  test('read the secrets of their layer 1 by a role that reads no others', () => {
    const { policy } = ofNode(whole, 'aws_iam_role_policy', 'arbitrum-sepolia-nitro_secrets_policy');
    const read = [...policy.matchAll(/:secret:([^"]+)"/g)].map(([, secret]) => secret);
    expect(read).toEqual(['L1/rpc-??????', 'l1/beacon-??????']);
    const { secrets, secretStore, processes } = values(whole, 'arbitrum-sepolia-nitro');
    expect(secrets).toEqual({
      'arbitrum-sepolia-nitro-ethereum-rpc': 'L1/rpc',
      'arbitrum-sepolia-nitro-ethereum-beacon': 'l1/beacon',
    });
    expect(secretStore).toEqual({
      region: 'eu-central-1',
      role: expect.stringMatching(/^\$\{aws_iam_role\.arbitrum-sepolia-nitro_secrets_[0-9A-F]{8}\.arn\}$/),
    });
    expect(processes[0].environment).toEqual(
      expect.arrayContaining([
        { name: 'ETHEREUM_RPC', secret: 'arbitrum-sepolia-nitro-ethereum-rpc' },
        { name: 'NITRO_PARENT__CHAIN_CONNECTION_URL', value: '$(ETHEREUM_RPC)' },
      ]),
    );
    expect(addresses(whole, 'aws_iam_role')).not.toContain('ethereum-sepolia-geth_secrets');
  });

  test('are snapshot as the environment says, the highest replica alone', () => {
    expect(values(whole, 'ethereum-sepolia-geth-2').snapshots).toEqual({
      schedule: '0 0 * * *',
      keep: 3,
      class: 'ebs-retain',
    });
    expect(values(whole, 'ethereum-sepolia-geth').snapshots).toBeUndefined();
  });
});

describe('the gateway', () => {
  const release = ofNode(whole, 'helm_release', 'rpc-gateway');

  test('asks every node at its own name, and then providers', () => {
    const [{ upstreams }] = parse(values(whole, 'rpc-gateway').config).projects;
    const endpoints = upstreams.map(({ id, endpoint, tags }: Json) => [id, endpoint, tags[0]]);
    const at = (id: string): string => `http://${id}.blockchain.svc.cluster.local`;
    expect(endpoints).toEqual([
      ['arbitrum-sepolia-nitro', `${at('arbitrum-sepolia-nitro')}:8547`, 'tier:own'],
      ['ethereum-sepolia-geth', `${at('ethereum-sepolia-geth')}:8545`, 'tier:own'],
      ['ethereum-sepolia-geth-2', `${at('ethereum-sepolia-geth-2')}:8545`, 'tier:own'],
      ['ethereum-sepolia-provider', '$${SECRET_RPC_PROVIDER}', 'tier:fallback'],
    ]);
  });

  test('passes websockets on to nodes by their own health, and ends a silence as global.yml has it', () => {
    const { config } = values(whole, 'rpc-gateway').websockets;
    const servers = [...config.matchAll(/server (\S+) (\S+) .* port (\d+) /g)].map(([, ...server]) => server);
    const at = (id: string, port: number) => [id, `${id}.blockchain.svc.cluster.local:${port}`, '8099'];
    expect(servers).toEqual([
      at('arbitrum-sepolia-nitro', 8548),
      at('ethereum-sepolia-geth', 8546),
      at('ethereum-sepolia-geth-2', 8546),
    ]);
    expect(config).toContain('timeout tunnel 60000ms');
  });

  test('waits for the last node of every group', () => {
    expect(release.depends_on).toEqual(
      expect.arrayContaining(['helm_release.arbitrum-sepolia-nitro', 'helm_release.ethereum-sepolia-geth-2']),
    );
  });

  test('reads the secrets of its providers and its token, and no others', () => {
    const { policy } = ofNode(whole, 'aws_iam_role_policy', 'gateway-secrets_policy');
    const read = [...policy.matchAll(/:secret:([^"]+)"/g)].map(([, secret]) => secret);
    expect(read).toEqual(['rpc/provider-??????', 'rpc/token-??????']);
  });

  test('is told by chain and network, in the cluster and in the VPC', () => {
    const host = 'http://rpc-gateway.rpc-gateway.svc.cluster.local:4000/main/evm';
    const { cluster, vpc, websockets } = whole.output.rpc.value;
    expect(cluster).toEqual({ 'arbitrum-sepolia': `${host}/421614`, 'ethereum-sepolia': `${host}/11155111` });
    expect(Object.keys(vpc)).toEqual(Object.keys(cluster));
    const web = 'ws://rpc-gateway.rpc-gateway.svc.cluster.local:4002/main/evm';
    expect(websockets.cluster).toEqual({ 'arbitrum-sepolia': `${web}/421614`, 'ethereum-sepolia': `${web}/11155111` });
    expect(Object.keys(websockets.vpc)).toEqual(Object.keys(cluster));
    expect(elsewhere.output).not.toHaveProperty('rpc');
  });
});

test('instances alone take nothing of Kubernetes', () => {
  const { resources: types, providers, required } = kinds(instances);
  expect([providers, required]).toEqual([['aws'], ['aws']]);
  expect(types.filter((type) => /^(kubernetes|helm)/.test(type))).toEqual([]);
});

test('what an output tells of a pod is what reaches it from inside the cluster', () => {
  const at = 'ethereum-sepolia-geth.blockchain.svc.cluster.local';
  expect(elsewhere.output.nodes.value['ethereum-sepolia-geth']).toEqual({
    group: 'ethereum-sepolia',
    programs: { geth: expect.stringMatching(/^v1\./), lighthouse: expect.stringMatching(/^v8\./) },
    namespace: 'blockchain',
    rpc: `http://${at}:8545`,
    ws: `ws://${at}:8546`,
    health: `http://${at}:8099/`,
    metrics: [
      'http://ethereum-sepolia-geth-node.blockchain.svc.cluster.local:6060/debug/metrics/prometheus',
      'http://ethereum-sepolia-geth-node.blockchain.svc.cluster.local:5054/metrics',
    ],
  });
});

test('whatever depends on another names it plainly, as Terraform wants it there', () => {
  const all = [elsewhere, whole, instances, outbound].flatMap((stack) => Object.values<Json>(resources(stack)));
  const awaited = all.flatMap((body) => body.depends_on ?? []);
  expect(awaited.length).toBeGreaterThan(50);
  expect(awaited.filter((address: string) => !/^[a-z_0-9]+\.[\w-]+$/.test(address))).toEqual([]);
});
