import { PriorityClassV1 } from '@cdktf/provider-kubernetes/lib/priority-class-v1';
import type { TerraformStack } from 'cdktf';
import { type ChainNode, NODE_NAMESPACE } from '../constructs/chain-node';
import { SecretStoreRole } from '../constructs/cluster-services';
import { KillSwitch, NAMESPACE } from '../constructs/kill-switch';
import {
  BESIDE,
  type EngineSource,
  engineAlerts,
  HOST_ADDRESS,
  HostEngine,
  type LimitsFile,
  MevEngine,
  riskAlerts,
  type WatchedEngine,
  type WatchedRisk,
  wantedRules,
} from '../constructs/mev-engine';
import { type MonitoringStack, QUERY_PORT, renderRules } from '../constructs/monitoring-stack';
import type { Network } from '../constructs/network';
import type { ReleaseStore } from '../constructs/release-store';
import { PREMIUM_HEADER, type RpcGateway } from '../constructs/rpc-gateway';
import type { EngineChainSpec, EngineSpec, Environment, MevSettings } from '../environments/environment';
import { MONITORING_DISK } from '../environments/monitoring';
import type { ClusterFoundation } from './cluster-platform';
import { queriesName } from './monitoring';

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
  /** Where hosts fetch releases from; undefined where no node is on an instance. */
  readonly releases: ReleaseStore | undefined;
}

/** What stops engines, and then the engines. */
export function mevEngines(
  stack: TerraformStack,
  environment: Environment,
  { engines: all, risk, killSwitchSecret }: MevSettings,
  { cluster, region, services, disks, ready = [] }: ClusterFoundation,
  around: Around,
): Engines {
  const { name, monitoring: { runbooks = '', replicas = 1 } = {}, gateway: settings } = environment;
  const onEks = cluster.eksName !== undefined;
  const premium = settings?.rateLimits.premium?.secret;
  const engines = all.filter(({ beside }) => beside === undefined);
  const secrets = [killSwitchSecret, ...engines.flatMap((engine) => secretsOf(engine, premium))];
  const role = onEks
    ? new SecretStoreRole(stack, 'mev-secrets', {
        services,
        consumer: 'mev-engines',
        secrets: [...new Set(secrets)].sort(),
      }).roleArn
    : undefined;
  const { maxConcurrentStrategies: _, ...loss } = risk;
  const onHosts = all.flatMap((engine) => hostEngine(stack, environment, engine, region, loss, around));
  const besideNodes = onHosts.map(({ watched }) => watched.name);
  const watchedRisk: WatchedRisk = {
    namespace: NAMESPACE,
    engines: all.map((engine) => engine.name),
    ...(besideNodes.length > 0 ? { besideNodes } : {}),
    ...risk,
  };
  // Those in pods bring their own with them.
  const rules = renderRules([...riskAlerts(watchedRisk), ...onHosts.flatMap(({ watched }) => engineAlerts(watched))], {
    environment: name,
    runbooks,
  });
  const wanted = all.flatMap(({ name: engine, beside, stopped }) =>
    beside === undefined || stopped ? [] : [{ engine, node: beside }],
  );
  const disk = { ...MONITORING_DISK, sizeGiB: 1 };
  const storageClass = onEks ? disks.of(disk) : environment.kubernetes?.storageClass;
  const killSwitch = new KillSwitch(stack, 'mev-kill-switch', {
    region,
    cluster,
    secret: killSwitchSecret,
    ...(role === undefined ? {} : { secretStoreRoleArn: role }),
    rules: { groups: [...rules.groups, ...wantedRules(wanted)] },
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
    const { signingKey, chains, ...engine } = spec;
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
      chains: chains.map((chain) => sourceOf(chain, around)),
      loss,
      runbooks,
    });
  });
  return { engines: [...built, ...onHosts].map(({ watched }) => watched), risk: watchedRisk };
}

/** An engine beside a node; none where it runs in the cluster. */
function hostEngine(
  stack: TerraformStack,
  { name: environment }: Environment,
  { beside, signingKey: _, ...engine }: EngineSpec,
  region: string,
  loss: LimitsFile['loss'],
  around: Around,
): HostEngine[] {
  if (beside === undefined) return [];
  const node = around.nodes.get(beside)?.instance;
  const { network, releases } = around;
  if (!node || !network || !releases)
    throw new Error(`${engine.name} stands beside ${beside}, which is on no instance`);
  return [
    new HostEngine(stack, `engine-${engine.name}`, {
      environment,
      region,
      ...engine,
      node,
      releases,
      vpcCidr: network.vpcCidr,
      prometheus: `http://${queriesName(network)}:${QUERY_PORT}`,
      chains: engine.chains.map((chain) => besideSource(sourceOf(chain, around), chain, beside)),
      loss,
    }),
  ];
}

/** The node beside it is reached on its host, and by its socket; others as from everywhere in the VPC. */
function besideSource(source: EngineSource, { source: from }: EngineChainSpec, beside: string): EngineSource {
  if (from === 'gateway' || from.node !== beside) return source;
  const near = (url: string): string => url.replace(/\/\/[^/:]+/, `//${HOST_ADDRESS}`);
  return {
    ...source,
    rpc: near(source.rpc),
    ...(source.ws === undefined ? {} : { ws: near(source.ws) }),
    ipc: BESIDE.ipc,
    dataDirectory: BESIDE.data,
  };
}

/** Above nodes: a node gives way to nothing that has no class, and an engine to nothing at all here. */
const ENGINE_PRIORITY = 2_000_000;

const readsGateway = ({ chains }: EngineSpec): boolean => chains.some(({ source }) => source === 'gateway');

const secretsOf = (engine: EngineSpec, premium: string | undefined): readonly string[] => [
  ...Object.values(engine.secrets),
  ...(premium !== undefined && readsGateway(engine) ? [premium] : []),
];

/** Of the first node that it reads; the gateway has its nodes anywhere. */
function zoneOf({ chains }: EngineSpec, { nodes }: Environment): string | undefined {
  const first = chains.flatMap(({ source }) => (source === 'gateway' ? [] : [source.node]))[0];
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
    reach: node.pod || !vpc ? { namespace: node.pod?.namespace.name ?? NODE_NAMESPACE } : { cidr: vpc.vpcCidr },
    ports: portsOf([node.rpcUrl, node.wsUrl]),
  };
}
