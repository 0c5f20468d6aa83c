import { PriorityClassV1 } from '@cdktf/provider-kubernetes/lib/priority-class-v1';
import type { TerraformStack } from 'cdktf';
import type { ChainNode } from '../constructs/chain-node';
import { SecretStoreRole } from '../constructs/cluster-services';
import { type DataStores, LOGINS, PODS } from '../constructs/data-stores';
import { KillSwitch, NAMESPACE } from '../constructs/kill-switch';
import {
  BESIDE,
  type EngineFlow,
  type EngineSource,
  type EngineStreams,
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
import type { EngineChainSpec, EngineSpec, Environment, MevSettings, OrderFlowSpec } from '../environments/environment';
import { MONITORING_DISK } from '../environments/monitoring';
import type { ClusterFoundation } from './cluster-platform';
import { queriesName } from './monitoring';
import { portsOf, reachOf, type Sources, sourceOf, zoneOf } from './sources';

/** The engines of an environment, as their rules see them. */
export interface Engines {
  readonly engines: readonly WatchedEngine[];
  readonly risk: WatchedRisk;
}

interface Around {
  /** Where executions are kept; undefined where they are not. */
  readonly data: DataStores | undefined;
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
  { cluster, region, services, disks, toolsImage, ready = [] }: ClusterFoundation,
  around: Around,
): Engines {
  const { name, monitoring: { runbooks = '', replicas = 1 } = {}, gateway: settings } = environment;
  const onEks = cluster.eksName !== undefined;
  const premium = settings?.rateLimits.premium?.secret;
  const engines = all.filter(({ beside }) => beside === undefined);
  const streams = streamsOf(environment, around.data);
  const secrets = [
    killSwitchSecret,
    ...engines.flatMap((engine) => secretsOf(engine, premium)),
    ...(streams ? [streams.secret] : []),
  ];
  const role = onEks
    ? new SecretStoreRole(stack, 'mev-secrets', {
        services,
        consumer: 'mev-engines',
        secrets: [...new Set(secrets)].sort(),
      }).roleArn
    : undefined;
  const { maxConcurrentStrategies: _, ...loss } = risk;
  const onHosts = all.flatMap((engine) => hostEngine(stack, environment, engine, region, loss, around));
  const besideNodes = onHosts.flatMap(({ watched: { name: engine, beside: node } }) =>
    node === undefined ? [] : [{ engine, node }],
  );
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
    const { signingKey, chains, orderFlow, ...engine } = spec;
    const token = premium !== undefined && readsGateway(spec) ? premium : undefined;
    const zone = zoneOf(chains, environment, orderFlow);
    return new MevEngine(stack, `engine-${engine.name}`, {
      environment: name,
      region,
      cluster,
      killSwitch,
      ...engine,
      ...(signingKey === undefined ? {} : { signingKey: { id: signingKey, accountId: services.accountId } }),
      ...(token === undefined ? {} : { gatewayToken: { header: PREMIUM_HEADER, secret: token } }),
      ...(zone === undefined ? {} : { zone }),
      ...(streams ? { streams } : {}),
      ...(toolsImage === undefined ? {} : { toolsImage }),
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

/** Stream of executions. */
const EXECUTIONS = 'executions';

/** Where engines publish what they did, where that is kept. */
const streamsOf = ({ data: settings }: Environment, data: DataStores | undefined): EngineStreams | undefined =>
  settings && data?.streams.includes(EXECUTIONS)
    ? {
        url: data.natsUrl,
        user: LOGINS.streams.user,
        secret: settings.secret,
        property: LOGINS.streams.property,
        namespace: data.namespace.name,
        pods: PODS.streams.labels,
        port: PODS.streams.port,
        executions: EXECUTIONS,
      }
    : undefined;

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

/** What the engine is told of it; and, beside a node, the one port that it needs. */
function flowOf(
  { node: id, authorization, domain: _, secret: __, ...about }: OrderFlowSpec,
  { nodes, network: vpc }: Sources,
): EngineFlow {
  const sent = authorization ? { authorization: { header: authorization.header, file: authorization.file } } : {};
  if (id === undefined) return { ...about, ...sent };
  const node = nodes.get(id);
  const url = node?.orderFlow[about.kind];
  if (node === undefined || url === undefined) throw new Error(`${id} has no ${about.kind}`);
  return { ...about, ...sent, url, at: { reach: reachOf(node, vpc), ports: portsOf([url]) } };
}
