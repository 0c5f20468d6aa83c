import { TerraformOutput, TerraformStack, Testing, Token } from 'cdktf';
import { parse } from 'yaml';
import { Cluster } from '../../../constructs/cluster';
import { RpcGateway, type RpcGatewayProps } from '../../../constructs/rpc-gateway';
import { erpcConfig } from '../../../constructs/rpc-gateway/config';
import { type Json, resources } from '../../project';
import { PROPS } from './gateway';

/** A stack with a gateway: itself, and what Terraform reads. */
function defined(change: Partial<RpcGatewayProps> = {}) {
  const stack = new TerraformStack(Testing.app({ stackTraces: false }), 'test');
  const cluster = new Cluster(stack, 'cluster', { access: { eks: 'test' } });
  const gateway = new RpcGateway(stack, 'rpc-gateway', { cluster, region: 'eu-central-1', ...PROPS, ...change });
  new TerraformOutput(stack, 'vpc-urls', { value: gateway.vpcUrls.map(({ url }) => url) });
  const json: Json = JSON.parse(Testing.synth(stack));
  return { gateway, vpcUrls: json.output['vpc-urls'].value, json, all: resources(json) };
}

const { gateway, vpcUrls, json, all } = defined();
const RELEASE = 'helm_release.rpc-gateway';
const NAMESPACE = Object.keys(all).find((address) => address.startsWith('kubernetes_namespace_v1.')) ?? '';
/** What Helm gets, once Terraform has read it. */
const values = (from: Readonly<Record<string, Json>>): Json[] =>
  from[RELEASE].values.map((text: string) => parse(text.replaceAll('$${', '${')));

describe('the RPC gateway', () => {
  test('is one release, in a namespace of its own that may reach nodes', () => {
    expect(Object.keys(all)).toEqual([RELEASE, NAMESPACE]);
    expect(all[RELEASE]).toMatchObject({
      name: 'rpc-gateway',
      namespace: 'rpc-gateway',
      atomic: true,
      cleanup_on_fail: true,
      wait: true,
      timeout: 600,
      max_history: 10,
      depends_on: [NAMESPACE],
    });
    expect(all[RELEASE].chart).toMatch(/^\.\/assets\/cluster_chart-rpc-gateway/);
    expect(all[NAMESPACE].metadata).toMatchObject({
      name: 'rpc-gateway',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'chain-nodes.io/access': 'clients' },
    });
    expect(json).not.toHaveProperty('data');
  });

  test('gives the chart the configuration, and of secrets only their names', () => {
    expect(values(all)).toHaveLength(1);
    const [known] = values(all);
    expect(Object.keys(known).sort()).toEqual([
      'access',
      'config',
      'image',
      'ports',
      'secrets',
      'serviceMonitor',
      'stopGraceSeconds',
      'websockets',
    ]);
    expect(parse(known.config)).toEqual(erpcConfig(PROPS));
    expect(known).toMatchObject({
      image: { tag: '0.1.2' },
      ports: { http: 4000, metrics: 4001 },
      stopGraceSeconds: 40,
      access: { label: 'chain-nodes.io/access', clients: 'clients', monitoring: 'monitoring' },
      serviceMonitor: { enabled: false },
    });
    expect(known.secrets).toContainEqual({
      variable: 'SECRET_MEV_RPC_FIRST',
      name: 'mev-rpc-first',
      key: 'url',
      remote: 'mev/rpc/First',
    });
  });

  test('leaves what eRPC fills in to eRPC', () => {
    expect(all[RELEASE].values[0]).toContain('"$${SECRET_MEV_RPC_FIRST}"');
    expect(all[RELEASE].values[0]).not.toMatch(/(?<!\$)\$\{/);
  });

  test('says where each chain is reached', () => {
    expect(gateway.urls).toEqual([
      {
        chain: 'ethereum',
        network: 'sepolia',
        url: 'http://rpc-gateway.rpc-gateway.svc.cluster.local:4000/main/evm/11155111',
        websocketUrl: 'ws://rpc-gateway.rpc-gateway.svc.cluster.local:4002/main/evm/11155111',
      },
      {
        chain: 'arbitrum',
        network: 'mainnet',
        url: 'http://rpc-gateway.rpc-gateway.svc.cluster.local:4000/main/evm/42161',
        websocketUrl: undefined,
      },
    ]);
    expect(vpcUrls).toEqual([]);
    expect(defined({ namespace: 'rpc' }).gateway.urls[0]?.url).toBe(
      'http://rpc-gateway.rpc.svc.cluster.local:4000/main/evm/11155111',
    );
  });

  test('is scraped where the operator is', () => {
    expect(values(defined({ serviceMonitor: true }).all)[0].serviceMonitor).toEqual({ enabled: true });
  });
});

/** What Terraform fills in. */
const later = (expression: string): string => Token.asString({ resolve: () => expression });

describe('what only Terraform may know', () => {
  const vpc = defined({
    region: later('${data.aws_region.here.name}'),
    secretStoreRoleArn: later('${aws_iam_role.gateway.arn}'),
    vpcAccess: { sourceRanges: [later('${data.aws_vpc.network.cidr_block}'), '10.1.0.0/16'] },
  });

  test('is beside the rest, as it is', () => {
    expect(parse(vpc.all[RELEASE].values[0])).toMatchObject({
      secretStore: { region: '${data.aws_region.here.name}', role: '${aws_iam_role.gateway.arn}' },
      vpcAccess: { enabled: true, sourceRanges: ['${data.aws_vpc.network.cidr_block}', '10.1.0.0/16'] },
    });
  });

  test('the address of the load balancer is read from its service, after the release', () => {
    const services: [string, Json][] = Object.entries(vpc.json.data.kubernetes_service_v1);
    expect(services).toHaveLength(1);
    const [name, service] = services[0] ?? [];
    expect(service).toMatchObject({
      metadata: { name: 'rpc-gateway-vpc', namespace: 'rpc-gateway' },
      depends_on: ['helm_release.rpc-gateway'],
    });
    const host = `data.kubernetes_service_v1.${name}.status[0].load_balancer[0].ingress[0].hostname`;
    expect(vpc.vpcUrls).toEqual([
      `http://\${${host}}:4000/main/evm/11155111`,
      `http://\${${host}}:4000/main/evm/42161`,
    ]);
  });
});
