import { type Bootstrap, type InstanceType, type NodeProgram, networkOf } from '../constructs/chain-node/catalogue';
import type { Path } from './document';
import type { NodeSetting, NodeSpec } from './environment';
import type { Layers } from './merge';
import type { PlanningContext } from './nodes';
import { type BootstrapSettings, type Lookup, lineOf, type Place, replicaName } from './settings';

/** What the planning of a node is made of, wherever it will run. */

/** What is known of a node before it is known where it runs. */
export interface Planning {
  readonly place: Place;
  readonly context: PlanningContext;
  readonly own: Lookup;
  readonly program: NodeProgram;
  readonly id: string;
  /** Reports what is wrong with a setting of the node. */
  fail(message: string, ...setting: string[]): undefined;
}

/** A node with where it runs. */
export interface Placed {
  readonly node: WithoutSettings<NodeSpec>;
  /** The machine that is its own; undefined where it is not known, or shared. */
  readonly hardware: InstanceType | undefined;
  /** What a person reads of where it runs. */
  readonly rows: readonly NodeSetting[];
}

/** Of each kind of node. */
export type WithoutSettings<Spec extends NodeSpec> = Spec extends NodeSpec ? Omit<Spec, 'settings'> : never;

/** A line that a person reads of a setting, where it has a value: with file and line, or with what stands in for it. */
export const row = (own: Lookup, setting: string, value: string | undefined, otherwise = 'catalogue'): NodeSetting[] =>
  value === undefined ? [] : [{ name: setting, value, origin: own.origin(setting.split('.'), otherwise) }];

/** What stands in for a node's own setting: that of the environment, where it has one. */
export const otherwiseAt = (layers: Layers, path: Path): string =>
  layers.origin(path) ? lineOf(layers, path) : 'default';

/** Refuses settings of the node itself that mean nothing where it runs; those of its chain are for its other nodes. */
export const refuseOwn = (
  { own, fail }: Planning,
  settings: readonly (readonly string[])[],
  reason: string,
): readonly undefined[] =>
  settings.filter((setting) => own.isOwn(...setting)).map((setting) => fail(reason, ...setting));

/**
 * Where it is not said: the highest replica of several, where a disk of its own has snapshots, because others serve meanwhile. What is
 * said of a chain or of all replicas together is meant for the highest as well. `without` says why its disk has none.
 */
export function planBackup({ place, own, context, fail }: Planning, without: string | undefined): boolean {
  const { chain, network, replica, replicas } = place;
  const said = own.get<boolean>('backup');
  const highest = replica === replicas.at(-1);
  const scheduled = context.settings.backup !== undefined;
  if (said === undefined) {
    const isLocal = networkOf(chain, network)?.kind === 'local';
    return scheduled && !isLocal && without === undefined && highest && replicas.length > 1;
  }
  if (!said) return false;
  if (!highest) {
    if (own.path('backup').includes(replicaName({ network, client: place.client, replica }))) {
      fail(`is not the highest of ${replicas.length} replicas, of which one is backed up; remove backup`, 'backup');
    }
    return false;
  }
  if (!scheduled) fail('backups have no schedule; set backup.schedule for the environment, or remove this', 'backup');
  if (without !== undefined) fail(without, 'backup');
  return scheduled && without === undefined;
}

/** As the constructs have it; what belongs together was checked with the schema. */
export function planBootstrap({ own }: Planning): Bootstrap {
  const settings = own.get<BootstrapSettings>('bootstrap');
  if (!settings || settings.from === 'empty') return { from: 'empty' };
  const { from, initialization_rate: rate, url = '', sha256, directory, strip } = settings;
  if (from === 'url') {
    return {
      from,
      url,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(directory === undefined ? {} : { directory }),
      ...(strip === undefined ? {} : { strip }),
    };
  }
  const speed = rate ? { initializationRateMiBps: rate.value } : {};
  return from === 'latest-backup' ? { from, ...speed } : { from: 'snapshot', snapshotId: from, ...speed };
}

/**
 * A new node goes to the zone it names, a locked one stays where it is, and others are spread: by client, network and
 * replica, so that what is appended to a list moves nothing.
 */
export function planZone({ place, id, own, context }: Planning): { readonly zone: string; readonly origin: string } {
  const { networkIndex, clientIndex, replica } = place;
  const { settings, layers, locked } = context;
  const asked = own.get<string>('zone');
  if (asked !== undefined) return { zone: asked, origin: own.origin(['zone'], '') };
  const held = locked.get(id)?.zone;
  if (held !== undefined) return { zone: held, origin: 'lock' };
  const { zones } = settings.aws;
  const index = (networkIndex + clientIndex + replica - 1) % zones.length;
  return { zone: zones[index] ?? '', origin: lineOf(layers, ['aws', 'zones', index]) };
}
