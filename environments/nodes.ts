import {
  type BlobCustody,
  type ChainDefinition,
  type ClientDefinition,
  choiceOf,
  clientsOf,
  consensusFor,
  type Fact,
  type InstanceType,
  instanceType,
  type NodeProgram,
  networkOf,
  type Sizing,
  type Storage,
  type VolumeSizing,
  versionOf,
} from '../constructs/chain-node/catalogue';
import type { Path } from './document';
import type { NodeSetting, NodeSpec, Tier } from './environment';
import type { Layers } from './merge';
import { didYouMean } from './nearest';
import type { Problem } from './problem';
import { type Size, size, type Throughput, throughput } from './quantity';
import type { EnvironmentSettings } from './schema/environment';
import type { LockedNode } from './schema/lock';

/** From `chains:` to nodes: networks × clients × replicas, each setting from the most specific place that sets it. */

/** Settings that a chain, a node and a replica share, as the schema has validated them. */
interface Settings {
  readonly consensus?: string;
  readonly node_type?: string;
  readonly storage?: Storage;
  readonly p2p?: 'public' | 'outbound';
  readonly blob_custody?: BlobCustody;
  readonly version?: Readonly<Record<string, string>>;
  readonly extra_args?: Readonly<Record<string, readonly string[]>>;
  readonly instance_type?: string;
  readonly ami?: string;
  readonly volume?: {
    readonly type?: 'gp3' | 'io2';
    readonly size?: Size;
    readonly iops?: number;
    readonly throughput?: Throughput;
  };
  readonly growth_months?: number;
  readonly replicas?: number;
  readonly zone?: string;
}

interface ChainSettings extends Settings {
  readonly enabled?: boolean;
  readonly networks: readonly string[];
  readonly clients: readonly string[];
  readonly nodes?: Readonly<Record<string, Settings>>;
}

/** A node before its checks, with the places that its settings come from. */
export interface PlannedNode {
  readonly spec: NodeSpec;
  readonly clients: readonly ClientDefinition[];
  readonly hardware: InstanceType | undefined;
  readonly growthMonths: number;
  readonly sizing: Fact<Sizing> | undefined;
  /** Where a setting stands, or the place that makes the node exist. */
  path(...setting: string[]): Path;
  /** Whether a file sets it, as against the catalogue. */
  isSet(...setting: string[]): boolean;
}

/** What the planning of nodes needs to know of everything else. */
export interface PlanningContext {
  readonly settings: EnvironmentSettings;
  readonly layers: Layers;
  readonly chains: readonly ChainDefinition[];
  readonly locked: ReadonlyMap<string, LockedNode>;
  report(problem: Problem): void;
}

const DEFAULT_GROWTH_MONTHS = 6;

export function planNodes(context: PlanningContext): PlannedNode[] {
  return context.chains.flatMap((chain) => {
    const settings = context.settings.chains?.[chain.id] as ChainSettings | undefined;
    return settings && settings.enabled !== false ? planChain(chain, settings, context) : [];
  });
}

function planChain(chain: ChainDefinition, settings: ChainSettings, context: PlanningContext): PlannedNode[] {
  const base: Path = ['chains', chain.id];
  const nodesPath: Path = [...base, 'nodes'];
  const removed = (name: string): boolean => context.layers.removed([...nodesPath, name]) !== undefined;
  const names = new Set<string>();
  const planned = settings.networks.flatMap((network, networkIndex) =>
    settings.clients.flatMap((client, clientIndex) => {
      const name = `${network}-${client}`;
      const follows = choiceOf(chain, client)?.client.networks.includes(network) === true;
      const replicas = settings.nodes?.[name]?.replicas ?? settings.replicas ?? 1;
      names.add(name);
      for (let replica = 2; replica <= replicas; replica++) names.add(`${name}-${replica}`);
      if (removed(name)) return [];
      if (!follows) {
        report(
          context,
          [...base, 'clients', clientIndex],
          `${client} does not follow ${network}; set nodes.${name} to null, or list another client`,
        );
        return [];
      }
      return Array.from({ length: replicas }, (_, index) => index + 1)
        .filter((replica) => replica === 1 || !removed(`${name}-${replica}`))
        .map((replica) => planNode({ chain, settings, network, networkIndex, client, clientIndex, replica }, context));
    }),
  );
  reportStrangers(chain, settings, names, context);
  return planned.filter((node) => node !== undefined);
}

function report(
  { layers, report: send }: PlanningContext,
  path: Path,
  message: string,
  at: 'key' | 'value' = 'value',
): void {
  send({ severity: 'error', position: at === 'key' ? layers.keyPosition(path) : layers.position(path), path, message });
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

interface Place {
  readonly chain: ChainDefinition;
  readonly settings: ChainSettings;
  readonly network: string;
  readonly networkIndex: number;
  readonly client: string;
  readonly clientIndex: number;
  readonly replica: number;
}

function planNode(place: Place, context: PlanningContext): PlannedNode | undefined {
  const { chain, settings, network, client, replica } = place;
  const name = `${network}-${client}`;
  const id = `${chain.id}-${name}${replica === 1 ? '' : `-${replica}`}`;
  const base: Path = ['chains', chain.id];
  const levels: readonly { readonly path: Path; readonly settings: Settings }[] = [
    ...(replica === 1
      ? []
      : [{ path: [...base, 'nodes', `${name}-${replica}`], settings: settings.nodes?.[`${name}-${replica}`] ?? {} }]),
    { path: [...base, 'nodes', name], settings: settings.nodes?.[name] ?? {} },
    { path: base, settings },
  ];
  const found = (setting: readonly string[]): { readonly path: Path; readonly value: unknown } | undefined => {
    if (setting.length === 0) return undefined;
    for (const level of levels) {
      const value = setting.reduce<unknown>(
        (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
        level.settings,
      );
      if (value !== undefined) return { path: [...level.path, ...setting], value };
    }
    return undefined;
  };
  const get = <T>(...setting: string[]): T | undefined => found(setting)?.value as T | undefined;
  const path = (...setting: string[]): Path =>
    found(setting)?.path ??
    (setting.length > 1 ? found(setting.slice(0, 1))?.path : undefined) ?? [...base, 'networks', place.networkIndex];
  const fail = (message: string, ...setting: string[]): undefined => {
    report(context, path(...setting), `${id}: ${message}`);
    return undefined;
  };

  const choice = choiceOf(chain, client);
  const networkDefinition = networkOf(chain, network);
  if (!choice || !networkDefinition) return undefined;
  const offered = consensusFor(choice, network);
  // A chain's consensus client speaks for the nodes that have one; a node's own must fit.
  const asked = found(['consensus']);
  if (asked && asked.path.length > base.length + 1 && offered.length === 0) {
    return fail('runs alone on this network, without a consensus client; remove the key', 'consensus');
  }
  const consensus = offered.length === 0 ? undefined : (get<string>('consensus') ?? offered[0]?.id);
  if (consensus !== undefined && !offered.some((candidate) => candidate.id === consensus)) {
    return fail(
      `"${consensus}" does not follow ${network}; use one of ${offered.map((one) => one.id).join(', ')}`,
      'consensus',
    );
  }

  const nodeType = get<string>('node_type') ?? 'full';
  const blobCustody = get<BlobCustody>('blob_custody') ?? 'standard';
  const p2p = get<'public' | 'outbound'>('p2p') ?? context.settings.network?.p2p ?? 'outbound';
  const program: NodeProgram = {
    chain,
    network,
    client,
    ...(consensus === undefined ? {} : { consensus }),
    nodeType,
    blobCustody,
    p2p,
    logLevel: context.settings.global?.logging?.level ?? 'info',
    versions: perClient<string>(chain, (...key) => get(...key), 'version'),
    extraArguments: perClient<readonly string[]>(chain, (...key) => get(...key), 'extra_args'),
  };
  const clients = clientsOf(program);
  const sizing = chain.sizing({
    network,
    client,
    ...(consensus === undefined ? {} : { consensus }),
    nodeType,
    blobCustody,
  });
  const storage = get<Storage>('storage') ?? sizing?.value.storage ?? 'ebs';
  const type = get<string>('instance_type') ?? sizing?.value.instanceType;
  if (type === undefined) {
    return fail(`the catalogue has no hardware for a ${nodeType} node of ${network}; set instance_type and volume`);
  }
  const hardware = describeInstance(type, context.settings);
  const volume = storage === 'ebs' ? planVolume(get, sizing?.value.volume) : undefined;
  if (storage === 'ebs' && !volume) return fail('the catalogue has no disk for it; set volume.size');
  const { zone, zoneOrigin } = planZone(place, id, found(['zone']), context);
  const tier: Tier =
    (context.settings.network?.vpc ?? 'default') === 'default' || p2p === 'public' ? 'public' : 'private';

  const origin = (...setting: string[]): string => {
    const set = found(setting);
    if (!set) return 'catalogue';
    const { file, line } = context.layers.position(set.path);
    return `${file}:${line}`;
  };
  const ami = get<string>('ami');
  const growthMonths = get<number>('growth_months') ?? DEFAULT_GROWTH_MONTHS;
  const explained: NodeSetting[] = [
    { name: 'node_type', value: nodeType, origin: origin('node_type') },
    ...(consensus === undefined ? [] : [{ name: 'consensus', value: consensus, origin: origin('consensus') }]),
    ...clients.map((one) => ({
      name: `version.${one.id}`,
      value: versionOf(program, one),
      origin: origin('version', one.id),
    })),
    ...clients.flatMap((one) => {
      const extra = program.extraArguments?.[one.id];
      return extra
        ? [{ name: `extra_args.${one.id}`, value: extra.join(' '), origin: origin('extra_args', one.id) }]
        : [];
    }),
    { name: 'blob_custody', value: blobCustody, origin: origin('blob_custody') },
    { name: 'p2p', value: p2p, origin: found(['p2p']) ? origin('p2p') : networkOrigin(context) },
    { name: 'instance_type', value: type, origin: origin('instance_type') },
    { name: 'storage', value: storage, origin: origin('storage') },
    ...(volume
      ? [
          { name: 'volume.type', value: volume.type, origin: origin('volume', 'type') },
          {
            name: 'volume.size',
            value: size.format({ unit: 'GiB', value: volume.sizeGiB }),
            origin: origin('volume', 'size'),
          },
          { name: 'volume.iops', value: String(volume.iops), origin: origin('volume', 'iops') },
          ...(volume.throughputMiBps === undefined
            ? []
            : [
                {
                  name: 'volume.throughput',
                  value: throughput.format({ unit: 'MiB/s', value: volume.throughputMiBps }),
                  origin: origin('volume', 'throughput'),
                },
              ]),
        ]
      : []),
    { name: 'zone', value: zone, origin: zoneOrigin },
    {
      name: 'growth_months',
      value: String(growthMonths),
      origin: found(['growth_months']) ? origin('growth_months') : 'default',
    },
  ];
  return {
    spec: {
      ...program,
      id,
      group: `${chain.id}-${network}`,
      zone,
      tier,
      instanceType: type,
      architecture: hardware?.architecture ?? 'x86_64',
      memoryGiB: hardware?.memoryGiB ?? 1,
      ...(ami === undefined ? {} : { ami }),
      storage,
      ...(volume ? { volume } : {}),
      settings: explained,
    },
    clients,
    hardware,
    growthMonths,
    sizing,
    path,
    isSet: (...setting) => found(setting) !== undefined,
  };
}

function networkOrigin({ layers }: PlanningContext): string {
  const origin = layers.origin(['network', 'p2p']);
  return origin ? `${origin.value.file}:${origin.value.line}` : 'default';
}

function perClient<T>(
  chain: ChainDefinition,
  get: (...key: string[]) => T | undefined,
  setting: string,
): Record<string, T> {
  const ids = new Set(chain.clients.flatMap(({ client, consensus }) => [client.id, ...consensus.map((one) => one.id)]));
  const values = [...ids].map((client) => [client, get(setting, client)] as const);
  return Object.fromEntries(values.filter((entry): entry is [string, Awaited<T>] => entry[1] !== undefined));
}

/** Each property from the most specific place. A throughput from the catalogue does not outlive a change of type. */
function planVolume(
  get: <T>(...key: string[]) => T | undefined,
  sized: VolumeSizing | undefined,
): VolumeSizing | undefined {
  const type = get<'gp3' | 'io2'>('volume', 'type') ?? sized?.type ?? 'gp3';
  const sizeGiB = get<Size>('volume', 'size')?.value ?? sized?.sizeGiB;
  if (sizeGiB === undefined) return undefined;
  const throughputMiBps =
    get<Throughput>('volume', 'throughput')?.value ?? (type === 'gp3' ? (sized?.throughputMiBps ?? 125) : undefined);
  return {
    type,
    sizeGiB,
    iops: get<number>('volume', 'iops') ?? sized?.iops ?? 3000,
    ...(throughputMiBps === undefined ? {} : { throughputMiBps }),
  };
}

function describeInstance(name: string, settings: EnvironmentSettings): InstanceType | undefined {
  const listed = instanceType(name);
  const described = settings.aws.unlisted_instance?.[name];
  if (listed || !described) return listed;
  return {
    vcpu: described.vcpu,
    memoryGiB: described.memory.value,
    architecture: described.architecture,
    ebsBaselineMbps: described.ebs_bandwidth.value,
    ebsMaximumMbps: described.ebs_bandwidth.value,
    ebsBaselineIops: described.ebs_iops,
    ebsMaximumIops: described.ebs_iops,
    localNvmeGB: described.local_nvme_gb ?? 0,
  };
}

/**
 * A locked node stays where it is. A new one goes to the zone it names, or is spread: by client, network and replica, so
 * that what is appended to a list moves nothing.
 */
function planZone(
  { networkIndex, clientIndex, replica }: Place,
  id: string,
  asked: { readonly path: Path; readonly value: unknown } | undefined,
  { settings, layers, locked }: PlanningContext,
): { readonly zone: string; readonly zoneOrigin: string } {
  const at = (path: Path): string => {
    const { file, line } = layers.position(path);
    return `${file}:${line}`;
  };
  if (asked) return { zone: asked.value as string, zoneOrigin: at(asked.path) };
  const held = locked.get(id);
  if (held) return { zone: held.zone, zoneOrigin: 'lock' };
  const zones = settings.aws.zones;
  const index = (networkIndex + clientIndex + replica - 1) % zones.length;
  return { zone: zones[index] ?? '', zoneOrigin: at(['aws', 'zones', index]) };
}
