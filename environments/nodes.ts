import {
  type BlobCustody,
  type ChainDefinition,
  type ClientDefinition,
  choiceOf,
  clientsOf,
  consensusFor,
  type Hosting,
  type InstanceType,
  type NodeProgram,
  processesOf,
  versionOf,
} from '../constructs/chain-node/catalogue';
import type { Path } from './document';
import type { NodeSetting, NodeSpec } from './environment';
import { OF_PODS, planInstance } from './instance-placement';
import { connectToL1 } from './l1';
import type { Layers } from './merge';
import { didYouMean } from './nearest';
import { describeOptions, planOptions, reportIdleOptions, reportSharedValues } from './order-flow';
import { otherwiseAt, type Planning, row, type WithoutSettings } from './planning';
import { OF_INSTANCES, planPod } from './pod-placement';
import type { Problem } from './problem';
import type { EnvironmentSettings } from './schema/environment';
import type { LockedNode } from './schema/lock';
import { type ChainSettings, type Lookup, lookup, nodeName, type Place } from './settings';

/** From `chains:` to nodes: networks × clients × replicas, each setting from the most specific place that sets it. */

/** A node before its checks, with the places that its settings come from. */
export interface PlannedNode {
  readonly spec: NodeSpec;
  readonly clients: readonly ClientDefinition[];
  readonly hardware: InstanceType | undefined;
  readonly growthMonths: number;
  /** The value of a setting, where a file sets it. */
  get<T>(...setting: string[]): T | undefined;
  /** Where a setting stands, or the place that makes the node exist. */
  path(...setting: string[]): Path;
  /** Whether a file sets it, as against the catalogue. */
  isSet(...setting: string[]): boolean;
  /** Whether the node itself sets it, and not only its chain. */
  isOwn(...setting: string[]): boolean;
  /** File and line of a setting, or what stands in for it. */
  origin(setting: readonly string[], otherwise: string): string;
}

/** What the planning of nodes needs to know of everything else. */
export interface PlanningContext {
  readonly settings: EnvironmentSettings;
  readonly layers: Layers;
  readonly chains: readonly ChainDefinition[];
  readonly locked: ReadonlyMap<string, LockedNode>;
  report(problem: Problem): void;
  /** Chains are missing that had mistakes: a layer-1 node may be among them. */
  readonly partial?: boolean;
}

const DEFAULT_GROWTH_MONTHS = 6;

export function planNodes(context: PlanningContext): PlannedNode[] {
  let whole = true;
  const report = (problem: Problem): void => {
    whole = false;
    context.report(problem);
  };
  const planned = context.chains.flatMap((chain) => {
    const settings = context.settings.chains?.[chain.id] as ChainSettings | undefined;
    return settings && settings.enabled !== false ? planChain(chain, settings, { ...context, report }) : [];
  });
  // A layer-1 node that could not be planned is not one that is missing.
  return whole && !context.partial ? connectToL1(planned, context) : planned;
}

function planChain(chain: ChainDefinition, settings: ChainSettings, context: PlanningContext): PlannedNode[] {
  const base: Path = ['chains', chain.id];
  const nodesPath: Path = [...base, 'nodes'];
  const removed = (name: string): boolean => context.layers.removed([...nodesPath, name]) !== undefined;
  const names = new Set<string>();
  const planned = settings.networks.flatMap((network, networkIndex) =>
    settings.clients.flatMap((client, clientIndex) => {
      const name = `${network}-${client}`;
      const definition = choiceOf(chain, client)?.client;
      const follows = definition?.networks.includes(network) === true;
      const instead = definition?.instead?.[network];
      const replicas = settings.nodes?.[name]?.replicas ?? settings.replicas ?? 1;
      names.add(name);
      for (let replica = 1; replicas > 1 && replica <= replicas; replica++) names.add(`${name}-${replica}`);
      if (removed(name)) return [];
      if (!follows) {
        report(
          context,
          [...base, 'clients', clientIndex],
          `${client} does not follow ${network}${instead === undefined ? '' : ` (${instead})`}; set nodes.${name} to null, or list another client`,
        );
        return [];
      }
      const kept = Array.from({ length: replicas }, (_, index) => index + 1).filter(
        (replica) => !removed(`${name}-${replica}`),
      );
      const place = { chain, settings, network, networkIndex, client, clientIndex, replicas: kept };
      return kept.map((replica) => planNode({ ...place, replica }, context));
    }),
  );
  reportStrangers(chain, settings, names, context);
  const nodes = planned.filter((node) => node !== undefined);
  if (nodes.length === planned.length) {
    reportIdle(chain, nodes, context);
    reportIdleOptions(chain, nodes, context);
    reportSharedValues(chain, nodes, context);
  }
  return nodes;
}

function report(
  { layers, report: send }: PlanningContext,
  path: Path,
  message: string,
  at: 'key' | 'value' = 'value',
): void {
  send({ severity: 'error', position: at === 'key' ? layers.keyPosition(path) : layers.position(path), path, message });
}

/** Settings of a chain that none of its nodes can have, because all run the other way. In global.yml they may be for another environment. */
function reportIdle(chain: ChainDefinition, nodes: readonly PlannedNode[], context: PlanningContext): void {
  const idle = [
    {
      hosting: 'kubernetes',
      settings: OF_INSTANCES,
      reason: 'is for nodes on instances, and all of this chain are on Kubernetes',
    },
    {
      hosting: 'instance',
      settings: OF_PODS,
      reason: 'is for nodes on Kubernetes, and all of this chain are on instances',
    },
  ].filter(({ hosting }) => nodes.length > 0 && nodes.every(({ spec }) => spec.hosting === hosting));
  for (const { settings, reason } of idle)
    for (const setting of settings) {
      const path: Path = ['chains', chain.id, ...setting];
      const origin = context.layers.origin(path);
      if (origin?.key.file === context.layers.file) report(context, path, `${reason}; remove it`);
    }
}

/** Settings, or a null, for a node that does not exist. In global.yml they may be for another environment. */
function reportStrangers(
  chain: ChainDefinition,
  settings: ChainSettings,
  names: ReadonlySet<string>,
  context: PlanningContext,
): void {
  const base: Path = ['chains', chain.id, 'nodes'];
  const possible = new Set(
    chain.networks.flatMap((network) => chain.clients.map(({ client }) => `${network.id}-${client.id}`)),
  );
  const given = new Set([...Object.keys(settings.nodes ?? {}), ...context.layers.removedKeys(base)]);
  for (const name of given) {
    if (names.has(name)) {
      const of = replicaOf(name, names);
      if (of !== undefined && settings.nodes?.[name]?.replicas !== undefined) {
        report(context, [...base, name, 'replicas'], `is for all replicas together; set it for ${of}`, 'key');
      }
      continue;
    }
    const path: Path = [...base, name];
    const position = context.layers.removed(path) ?? context.layers.keyPosition(path);
    if (possible.has(name) && position.file !== context.layers.file) continue;
    const of = replicaOf(name, names);
    const advice =
      of === undefined
        ? `; there are ${[...names].join(', ') || 'none'}${didYouMean(name, [...names])}`
        : `; ${of} has fewer replicas, raise them`;
    context.report({ severity: 'error', position, path, message: `is not a node of this environment${advice}` });
  }
}

/** The node that a name is a replica of, if it is one: `mainnet-geth` of `mainnet-geth-2`. */
function replicaOf(name: string, names: ReadonlySet<string>): string | undefined {
  const of = /^(.*)-\d+$/.exec(name)?.[1];
  return of !== undefined && names.has(of) ? of : undefined;
}

function planNode(place: Place, context: PlanningContext): PlannedNode | undefined {
  const { chain, network, client } = place;
  const { settings, layers } = context;
  const id = `${chain.id}-${nodeName(place)}`;
  const own = lookup(place, layers);
  const fail = (message: string, ...setting: string[]): undefined => {
    report(context, own.path(...setting), `${id}: ${message}`);
    return undefined;
  };
  const choice = choiceOf(chain, client);
  if (!choice) return undefined;
  const offered = consensusFor(choice, network);
  // What a chain says of consensus clients is for the nodes that have one; what a node says must fit.
  if (offered.length === 0 && own.isOwn('consensus')) {
    return fail('runs alone on this network, without a consensus client; remove the key', 'consensus');
  }
  const consensus = offered.length === 0 ? undefined : (own.get<string>('consensus') ?? offered[0]?.id);
  if (consensus !== undefined && !offered.some((candidate) => candidate.id === consensus)) {
    const names = offered.map((candidate) => candidate.id).join(', ');
    return fail(`"${consensus}" does not run beside ${client} on ${network}; use one of ${names}`, 'consensus');
  }
  const beside = consensus === undefined ? {} : { consensus };
  const nodeType = own.get<string>('node_type') ?? 'full';
  const blobCustody = own.get<BlobCustody>('blob_custody') ?? 'standard';
  const p2p = own.get<'public' | 'outbound'>('p2p', 'mode') ?? settings.network?.p2p?.mode ?? 'outbound';
  const level = settings.global?.logging?.level;
  const said: NodeProgram = {
    chain,
    network,
    client,
    ...beside,
    nodeType,
    blobCustody,
    p2p,
    ...(level === undefined ? {} : { logLevel: level }),
    versions: own.byClient<string>('version'),
    extraArguments: own.byClient<readonly string[]>('extra_args'),
  };
  const inPod = own.get<Hosting>('hosting') === 'kubernetes';
  const elsewhere = inPod && settings.kubernetes !== undefined && settings.kubernetes.cluster === undefined;
  const planned = planOptions({ program: said, own, context, elsewhere, fail });
  if (!planned) return undefined;
  const asked: NodeProgram = { ...said, ...planned.program };
  // What lets nobody in needs no address that others could reach.
  const program: NodeProgram = letsPeersIn(asked) ? asked : { ...asked, p2p: 'outbound' };
  if (program.p2p !== p2p && own.isOwn('p2p', 'mode')) {
    return fail(`has no port for peers on ${network}; remove the key`, 'p2p', 'mode');
  }
  const planning: Planning = { place, context, own, program, id, fail };
  const placed =
    (own.get<Hosting>('hosting') ?? 'instance') === 'instance' ? planInstance(planning) : planPod(planning);
  if (!placed) return undefined;
  const { node, hardware, rows } = placed;
  const growthMonths = own.get<number>('growth_months') ?? DEFAULT_GROWTH_MONTHS;
  return {
    spec: { ...node, ...planned.spec, settings: describeNode(node, own, rows, growthMonths, layers) },
    clients: clientsOf(program),
    hardware,
    growthMonths,
    get: own.get,
    path: own.path,
    isSet: own.isSet,
    isOwn: own.isOwn,
    origin: own.origin,
  };
}

/** Any will do to learn of names and ports. */
const SOME_MEMORY_MIB = 16_384;

const letsPeersIn = (program: NodeProgram): boolean =>
  processesOf(program, SOME_MEMORY_MIB).some(({ ports }) => ports.some(({ audience }) => audience === 'internet'));

/** A node's settings as a person reads them, each with the file and line, or the part of the catalogue, that says so. */
function describeNode(
  node: WithoutSettings<NodeSpec>,
  own: Lookup,
  placed: readonly NodeSetting[],
  growthMonths: number,
  layers: Layers,
): NodeSetting[] {
  const clients = clientsOf(node);
  return [
    ...row(own, 'node_type', node.nodeType),
    ...row(own, 'consensus', node.consensus),
    ...clients
      .filter(({ within }) => within === undefined)
      .flatMap((client) => row(own, `version.${client.id}`, versionOf(node, client))),
    ...row(own, 'optional_processes', node.options?.join(', ')),
    ...describeOptions(node, own),
    ...clients.flatMap((client) => row(own, `extra_args.${client.id}`, node.extraArguments?.[client.id]?.join(' '))),
    ...row(own, 'blob_custody', clients.some((client) => client.blobCustody) ? node.blobCustody : undefined, 'default'),
    ...row(own, 'p2p.mode', letsPeersIn(node) ? node.p2p : undefined, otherwiseAt(layers, ['network', 'p2p', 'mode'])),
    ...placed,
    ...row(own, 'backup', String(node.backup), 'default'),
    ...row(
      own,
      'bootstrap.from',
      node.bootstrap.from === 'snapshot' ? node.bootstrap.snapshotId : node.bootstrap.from,
      'default',
    ),
    ...row(own, 'growth_months', String(growthMonths), 'default'),
  ];
}
