import { besideNode, LEAST_MEMORY_GIB } from '../constructs/chain-node/catalogue';
import { BESIDE } from '../constructs/mev-engine/contract';
import type { Path } from './document';
import type { InstanceSpec, NodeSpec } from './environment';
import { didYouMean } from './nearest';
import { describeInstance } from './node-hardware';
import type { EnvironmentSettings } from './schema/environment';
import type { MevSection } from './strategy-limits';

/** Engines beside a node: which one, and whether there is room. */

type EngineSettings = NonNullable<MevSection['engines']>[string];

export interface PlacementContext {
  readonly settings: EnvironmentSettings;
  readonly nodes: readonly NodeSpec[];
  /** Nodes are missing that had mistakes. */
  readonly partial: boolean;
  fail(path: Path, message: string): void;
  warn(path: Path, message: string): void;
}

/** What does not go together, wherever the engine would stand. */
export function checkPlacement(key: string, engine: EngineSettings, { settings, fail }: PlacementContext): void {
  const at = (name: string): Path => ['mev', 'engines', key, name];
  if (engine.placement !== 'node') {
    if (engine.beside !== undefined)
      fail(at('beside'), `${key} runs in the cluster, beside no node; set placement to node, or remove it`);
    return;
  }
  if (engine.reads === 'gateway')
    fail(at('reads'), `${key} runs beside a node and reads nodes alone; remove it, or set placement to cluster`);
  if (engine.order_flow && engine.order_flow.length > 0)
    fail(
      at('order_flow'),
      `is opened for engines in the cluster, and ${key} runs beside a node; name domains and ranges under relays and egress, or set placement to cluster`,
    );
  if (engine.node_selector)
    fail(at('node_selector'), `is for machines of the cluster, and ${key} runs on the instance of a node; remove it`);
  if (engine.signing_key !== undefined)
    fail(
      at('signing_key'),
      `an instance has one role for everything on it, so that no key could be for ${key} alone; sign with a key in secrets, or set placement to cluster`,
    );
  if (settings.kubernetes && settings.kubernetes.cluster === undefined)
    fail(
      at('placement'),
      'only a cluster on EKS reaches instances, and what stops an engine is in the cluster; set it to cluster',
    );
}

/** What an engine in the cluster has, and one beside a node has not. */
export function warnPlacement(key: string, engine: EngineSettings, { settings, warn }: PlacementContext): void {
  const data = settings.mev?.data;
  if (engine.placement === 'node' && data?.enabled && data.streams.executions)
    warn(
      ['mev', 'engines', key, 'placement'],
      `${key} publishes no executions from there: reports and stores know nothing of it`,
    );
}

interface Read {
  readonly chain: string;
  readonly network: string;
}

/** The node that an engine stands beside, of those that it reads in the order of its strategies; undefined, and a report, where there is none. */
export function placeBeside(
  key: string,
  engine: EngineSettings,
  reads: readonly Read[],
  context: PlacementContext,
): InstanceSpec | undefined {
  const { nodes, partial, fail } = context;
  const given: Path = ['mev', 'engines', key, engine.beside === undefined ? 'placement' : 'beside'];
  const follows = (node: NodeSpec): boolean =>
    reads.some(({ chain, network }) => node.chain.id === chain && node.network === network);
  const onInstance = (node: NodeSpec): node is InstanceSpec => node.hosting === 'instance';
  const refuse = (message: string): undefined => {
    if (!partial) fail(given, message);
    return undefined;
  };
  const choice = nodes.filter(follows).filter(onInstance);
  const names = choice.map(({ id }) => id);
  const use = names.length === 0 ? 'there is none on an instance' : `use one of ${names.join(', ')}`;
  if (engine.beside !== undefined) {
    const node = nodes.find(({ id }) => id === engine.beside);
    if (!node)
      return refuse(`"${engine.beside}" is not a node of this environment; ${use}${didYouMean(engine.beside, names)}`);
    if (!onInstance(node)) return refuse(`${node.id} runs in a pod, and there is no instance to stand on; ${use}`);
    if (!follows(node)) return refuse(`${node.id} follows no chain that ${key} reads; ${use}`);
    return suits(node, key, engine, given, context) ? node : undefined;
  }
  const [first] = reads;
  const ofFirst = choice.filter(({ chain, network }) => chain.id === first?.chain && network === first.network);
  const [only, ...more] = ofFirst;
  if (!only)
    return refuse(
      `no node on an instance follows ${first?.chain} ${first?.network}, which ${key} reads; enable one, or set placement to cluster`,
    );
  if (more.length > 0)
    return refuse(
      `several nodes on instances follow ${first?.chain} ${first?.network}; set beside to one of ${ofFirst.map(({ id }) => id).join(', ')}`,
    );
  return suits(only, key, engine, given, context) ? only : undefined;
}

/** Cores and memory where nothing is said. */
export const DEFAULT_CPU = 2;
export const DEFAULT_MEMORY_GIB = 4;

/** Whether it can be read as an engine beside it reads, and both have room. The node keeps the larger half of its machine. */
function suits(
  node: InstanceSpec,
  key: string,
  engine: EngineSettings,
  at: Path,
  { settings, fail, warn }: PlacementContext,
): boolean {
  const problems: (readonly [Path, string])[] = [];
  if (!besideNode(node))
    problems.push([
      at,
      `${node.client} has no IPC that the catalogue knows, so that ${key} has nothing of standing beside ${node.id}; set placement to cluster`,
    ]);
  const hardware = describeInstance(node.instanceType, settings);
  const own = (name: string): Path => [
    'mev',
    'engines',
    key,
    (engine as Record<string, unknown>)[name] === undefined ? 'placement' : name,
  ];
  const cpu = engine.cpu ?? DEFAULT_CPU;
  if (hardware && cpu * 2 > hardware.vcpu)
    problems.push([
      own('cpu'),
      `${cpu} cores are more than half of the ${hardware.vcpu} of ${node.instanceType}, on which ${node.id} runs; take fewer, or give the node a larger instance_type`,
    ]);
  const memoryGiB = (engine.memory?.value ?? DEFAULT_MEMORY_GIB) + BESIDE.overheadMiB / 1024;
  const left = node.memoryGiB - memoryGiB;
  if (memoryGiB * 2 > node.memoryGiB || left < LEAST_MEMORY_GIB)
    problems.push([
      own('memory'),
      `${memoryGiB} GiB, its proxy included, are more than half of the ${node.memoryGiB} GiB of ${node.instanceType}, on which ${node.id} runs; take less, or give the node a larger instance_type`,
    ]);
  else if (memoryGiB * 8 > node.memoryGiB)
    warn(
      own('memory'),
      `${memoryGiB} GiB, its proxy included, of the ${node.memoryGiB} GiB of ${node.instanceType} are taken from ${node.id}, which may be too little for it`,
    );
  for (const [path, message] of problems) fail(path, message);
  return problems.length === 0;
}
