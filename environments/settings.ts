import {
  type BlobCustody,
  type ChainDefinition,
  clientsIn,
  type Hosting,
  type Storage,
} from '../constructs/chain-node/catalogue';
import type { Path } from './document';
import type { Layers } from './merge';
import type { Bandwidth, Size, Throughput } from './quantity';

/** Where a node's settings stand: for one replica, for the node, or for its chain. The most specific wins. */

/** Settings that a chain, a node and a replica share, as the schema has validated them. */
export interface Settings {
  readonly consensus?: string;
  readonly node_type?: string;
  readonly storage?: Storage;
  readonly l1?: L1Settings;
  readonly optional_processes?: readonly string[];
  readonly order_flow?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  readonly hosting?: Hosting;
  readonly resources?: {
    readonly cpu?: number;
    readonly cpu_limit?: number;
    readonly memory?: Size;
    readonly memory_request?: Size;
  };
  readonly p2p?: {
    readonly mode?: 'public' | 'outbound';
    readonly egress_limit?: Bandwidth;
    readonly expose?: 'host-port' | 'load-balancer';
    readonly address?: string;
  };
  readonly backup?: boolean;
  readonly bootstrap?: BootstrapSettings;
  readonly os_patches?: string;
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

/** The layer-1 node that a node reads: an id, or secrets that hold URLs. */
export type L1Settings = string | { readonly rpc_secret: string; readonly beacon_secret?: string | undefined };

export interface BootstrapSettings {
  readonly from: string;
  readonly initialization_rate?: Throughput;
  readonly url?: string;
  readonly sha256?: string;
  readonly directory?: string;
  readonly strip?: number;
}

export interface ChainSettings extends Settings {
  readonly enabled?: boolean;
  readonly networks: readonly string[];
  readonly clients: readonly string[];
  readonly nodes?: Readonly<Record<string, Settings>>;
}

/** Which node of a chain is meant, and where in the lists that make it. */
export interface Place {
  readonly chain: ChainDefinition;
  readonly settings: ChainSettings;
  readonly network: string;
  readonly networkIndex: number;
  readonly client: string;
  readonly clientIndex: number;
  readonly replica: number;
  /** All of the node's replicas, in order. */
  readonly replicas: readonly number[];
}

/** `<network>-<client>`, and with a number for replicas from the second on. */
export const nodeName = ({ network, client, replica }: Pick<Place, 'network' | 'client' | 'replica'>): string =>
  `${network}-${client}${replica === 1 ? '' : `-${replica}`}`;

/** The key of one replica alone, the first included: `<network>-<client>-<n>`. */
export const replicaName = ({ network, client, replica }: Pick<Place, 'network' | 'client' | 'replica'>): string =>
  `${network}-${client}-${replica}`;

/** Finds the settings of one node. A setting is a path below the node, such as `volume`, `size`. */
export interface Lookup {
  get<T>(...setting: string[]): T | undefined;
  /** Values that a setting has by client. */
  byClient<T>(setting: string): Readonly<Record<string, T>>;
  isSet(...setting: string[]): boolean;
  /** Whether the node itself or a replica sets it, and not only its chain. */
  isOwn(...setting: string[]): boolean;
  /** Where a setting stands, or else the place that makes the node exist. */
  path(...setting: string[]): Path;
  /** File and line of a setting, or what stands in for it. */
  origin(setting: readonly string[], otherwise: string): string;
}

export function lookup(place: Place, layers: Layers): Lookup {
  const { chain, settings, network, client } = place;
  const base: Path = ['chains', chain.id];
  const names = [replicaName(place), nodeName({ network, client, replica: 1 })];
  const levels: readonly { readonly path: Path; readonly settings: Settings }[] = [
    ...names.map((name) => ({ path: [...base, 'nodes', name], settings: settings.nodes?.[name] ?? {} })),
    { path: base, settings },
  ];
  const find = (setting: readonly string[]): { readonly path: Path; readonly value: unknown } | undefined => {
    for (const level of setting.length === 0 ? [] : levels) {
      const value = setting.reduce<unknown>(
        (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
        level.settings,
      );
      if (value !== undefined) return { path: [...level.path, ...setting], value };
    }
    return undefined;
  };
  return {
    get: <T>(...setting: string[]) => find(setting)?.value as T | undefined,
    byClient: <T>(setting: string) => {
      const values = clientIds(chain).map((id) => [id, find([setting, id])?.value] as const);
      return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, T>;
    },
    isSet: (...setting) => find(setting) !== undefined,
    isOwn: (...setting) => (find(setting)?.path.length ?? 0) > base.length + setting.length,
    path: (...setting) =>
      (find(setting) ?? find(setting.slice(0, 1)))?.path ?? [...base, 'networks', place.networkIndex],
    origin: (setting, otherwise) => {
      const found = find(setting);
      return found ? lineOf(layers, found.path) : otherwise;
    },
  };
}

/** `file:line` of a path. */
export function lineOf(layers: Layers, path: Path): string {
  const { file, line } = layers.position(path);
  return `${file}:${line}`;
}

const clientIds = (chain: ChainDefinition): readonly string[] => clientsIn(chain).map(({ id }) => id);
