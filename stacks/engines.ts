import { PriorityClassV1 } from '@cdktf/provider-kubernetes/lib/priority-class-v1';
import type { TerraformStack } from 'cdktf';
import { type ChainNode, NODE_NAMESPACE } from '../constructs/chain-node';
import { SecretStoreRole } from '../constructs/cluster-services';
import { KillSwitch, NAMESPACE } from '../constructs/kill-switch';
import {
  type EngineFlow,
  type EngineSource,
  MevEngine,
  riskAlerts,
  type WatchedEngine,
  type WatchedRisk,
} from '../constructs/mev-engine';
import { type MonitoringStack, renderRules } from '../constructs/monitoring-stack';
import type { Network } from '../constructs/network';
import { PREMIUM_HEADER, type RpcGateway } from '../constructs/rpc-gateway';
import type { EngineChainSpec, EngineSpec, Environment, MevSettings, OrderFlowSpec } from '../environments/environment';
import { MONITORING_DISK } from '../environments/monitoring';
import type { ClusterFoundation } from './cluster-platform';

/** The engines of an environment, as their rules see them. */
export interface Engines {
  readonly engines: readonly WatchedEngine[];
  readonly risk: WatchedRisk;
}

interface Around {
  readonly nodes: ReadonlyMap<string, ChainNode>;
  readonly gateway: RpcGateway | undefined;
  readonly network: Network | undefined;
  readonly monitoring: MonitoringStack;
}

/** What stops engines, and then the engines. */
export function mevEngines(
  stack: TerraformStack,
  environment: Environment,
  { engines, risk, killSwitchSecret }: MevSettings,
  { cluster, region, services, disks, ready = [] }: ClusterFoundation,
  around: Around,
): Engines {
  const { name, monitoring: { runbooks = '', replicas = 1 } = {}, gateway: settings } = environment;
  const onEks = cluster.eksName !== undefined;
  const premium = settings?.rateLimits.premium?.secret;
  const secrets = [killSwitchSecret, ...engines.flatMap((engine) => secretsOf(engine, premium))];
  const role = onEks
    ? new SecretStoreRole(stack, 'mev-secrets', {
        services,
        consumer: 'mev-engines',
        secrets: [...new Set(secrets)].sort(),
      }).roleArn
    : undefined;
  const { maxConcurrentStrategies: _, ...loss } = risk;
  const watchedRisk: WatchedRisk = { namespace: NAMESPACE, engines: engines.map((engine) => engine.name), ...risk };
  const disk = { ...MONITORING_DISK, sizeGiB: 1 };
  const storageClass = onEks ? disks.of(disk) : environment.kubernetes?.storageClass;
  const killSwitch = new KillSwitch(stack, 'mev-kill-switch', {
    region,
    cluster,
    secret: killSwitchSecret,
    ...(role === undefined ? {} : { secretStoreRoleArn: role }),
    rules: renderRules(riskAlerts(watchedRisk), { environment: name, runbooks }),
    busServers: replicas === 2 ? 3 : 1,
    ...(storageClass === undefined ? {} : { storageClass }),
    after: [...ready, around.monitoring.ready, ...disks.ready(disk)],
  });
  const priorityClass = `${name}-mev-engines`;
  const priority = new PriorityClassV1(stack, 'mev-priority', {
    metadata: { name: priorityClass },
    description: 'Engines: what waits for a machine trades nothing',
    value: ENGINE_PRIORITY,
  });
  const built = engines.map((spec) => {
    const { signingKey, chains, orderFlow, ...engine } = spec;
    const token = premium !== undefined && readsGateway(spec) ? premium : undefined;
    const zone = zoneOf(spec, environment);
    return new MevEngine(stack, `engine-${engine.name}`, {
      environment: name,
      region,
      cluster,
      killSwitch,
      ...engine,
      ...(signingKey === undefined ? {} : { signingKey: { id: signingKey, accountId: services.accountId } }),
      ...(token === undefined ? {} : { gatewayToken: { header: PREMIUM_HEADER, secret: token } }),
      ...(zone === undefined ? {} : { zone }),
      priorityClass,
      after: [priority],
      secrets: { ...engine.secrets, ...Object.fromEntries(secretsOfFlow(orderFlow)) },
      relays: [...new Set([...engine.relays, ...orderFlow.flatMap(({ domain }) => domain ?? [])])],
      chains: chains.map((chain) => sourceOf(chain, around)),
      ...(orderFlow.length > 0 ? { orderFlow: orderFlow.map((flow) => flowOf(flow, around)) } : {}),
      loss,
      runbooks,
    });
  });
  return { engines: built.map(({ watched }) => watched), risk: watchedRisk };
}

/** Above nodes: a node gives way to nothing that has no class, and an engine to nothing at all here. */
const ENGINE_PRIORITY = 2_000_000;

const readsGateway = ({ chains }: EngineSpec): boolean => chains.some(({ source }) => source === 'gateway');

const secretsOf = (engine: EngineSpec, premium: string | undefined): readonly string[] => [
  ...Object.values(engine.secrets),
  ...secretsOfFlow(engine.orderFlow).map(([, secret]) => secret),
  ...(premium !== undefined && readsGateway(engine) ? [premium] : []),
];

/** Secrets of order flow, by the files that they become. */
const secretsOfFlow = (orderFlow: readonly OrderFlowSpec[]): readonly (readonly [file: string, secret: string])[] =>
  orderFlow.flatMap(({ file, secret, authorization }) => [
    ...(file !== undefined && secret !== undefined ? [[file, secret] as const] : []),
    ...(authorization ? [[authorization.file, authorization.secret] as const] : []),
  ]);

/** Of the first node that it reads, or else takes order flow from; the gateway has its nodes anywhere. */
function zoneOf({ chains, orderFlow }: EngineSpec, { nodes }: Environment): string | undefined {
  const [first] = [
    ...chains.flatMap(({ source }) => (source === 'gateway' ? [] : [source.node])),
    ...orderFlow.flatMap(({ node }) => node ?? []),
  ];
  return nodes.find(({ id }) => id === first)?.zone;
}

const portsOf = (urls: readonly (string | undefined)[]): readonly number[] =>
  urls.flatMap((url) => /:(\d+)(?:\/|$)/.exec(url ?? '')?.[1] ?? []).map(Number);

function sourceOf(
  { chain, network, chainId, blockSeconds, source, nodes: health }: EngineChainSpec,
  { nodes, gateway, network: vpc }: Around,
): EngineSource {
  const about = {
    chain,
    network,
    ...(chainId === undefined ? {} : { chainId }),
    ...(blockSeconds === undefined ? {} : { blockSeconds }),
  };
  if (source === 'gateway') {
    const served = gateway?.urls.find((one) => one.chain === chain && one.network === network);
    if (!gateway || !served) throw new Error(`the gateway does not serve ${chain} ${network}`);
    return {
      ...about,
      rpc: served.url,
      ...(served.websocketUrl === undefined ? {} : { ws: served.websocketUrl }),
      nodes: health,
      gateway: gateway.namespace,
      reach: { namespace: gateway.namespace },
      ports: portsOf([served.url, served.websocketUrl]),
    };
  }
  const node = nodes.get(source.node);
  if (node?.rpcUrl === undefined) throw new Error(`${source.node} cannot be read`);
  return {
    ...about,
    rpc: node.rpcUrl,
    ...(node.wsUrl === undefined ? {} : { ws: node.wsUrl }),
    // It reads this one, whatever the others are.
    nodes: [source.node],
    reach: reachOf(node, vpc),
    ports: portsOf([node.rpcUrl, node.wsUrl]),
  };
}

const reachOf = ({ pod }: ChainNode, vpc: Network | undefined): EngineSource['reach'] =>
  pod || !vpc ? { namespace: pod?.namespace.name ?? NODE_NAMESPACE } : { cidr: vpc.vpcCidr };

/** What the engine is told of it; and, beside a node, the one port that it needs. */
function flowOf(
  { node: id, authorization, domain: _, secret: __, ...about }: OrderFlowSpec,
  { nodes, network: vpc }: Around,
): EngineFlow {
  const sent = authorization ? { authorization: { header: authorization.header, file: authorization.file } } : {};
  if (id === undefined) return { ...about, ...sent };
  const node = nodes.get(id);
  const url = node?.orderFlow[about.kind];
  if (node === undefined || url === undefined) throw new Error(`${id} has no ${about.kind}`);
  return { ...about, ...sent, url, at: { reach: reachOf(node, vpc), ports: portsOf([url]) } };
}
