import type { Plan, ResourceChange } from './plan';

/** Which node or engine a change is of. Addresses begin with what they are of: `<node>`, `<node>_role_…`, `engine-<name>`. */

/** What the output `nodes` tells of one. */
export interface NodeOutput {
  readonly group: string;
  readonly instance?: string;
  /** Version by program. */
  readonly programs: Readonly<Record<string, string>>;
}

/** What the output `engines` tells of one. */
export interface EngineOutput {
  readonly image: string;
  readonly stopped: boolean;
  /** Mode by strategy. */
  readonly strategies: Readonly<Record<string, string>>;
}

export interface Sides<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** By name, sorted; with what is there before, after, or both. */
export type Named<T> = ReadonlyMap<string, Sides<T>>;

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

function named<T>({ outputs }: Plan, output: string): Named<T> {
  const [before, after] = [record(outputs.before[output]), record(outputs.after[output])];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return new Map(names.map((name) => [name, { before: before[name] as T, after: after[name] as T }]));
}

export const nodesOf = (plan: Plan): Named<NodeOutput> => named(plan, 'nodes');
export const enginesOf = (plan: Plan): Named<EngineOutput> => named(plan, 'engines');

const PREFIX = 'engine-';

/** The name of what a resource is of, or is itself, without what stands behind the first underscore. */
const owner = ({ name }: ResourceChange): string => name.split('_')[0] ?? name;

/** Undefined where it is of no node. */
export function nodeOf(change: ResourceChange, nodes: Named<unknown>): string | undefined {
  const name = owner(change);
  // Without outputs, as before a first apply, disks and instances tell.
  const is = nodes.has(name) || change.type === 'aws_instance' || change.type === 'aws_ebs_volume';
  return is ? name : undefined;
}

/** Undefined where it is of no engine. */
export function engineOf(change: ResourceChange): string | undefined {
  const name = owner(change);
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
}

/** Changes by what they are of; without those that are of nothing. */
export function byOwner(
  changes: readonly ResourceChange[],
  of: (change: ResourceChange) => string | undefined,
): ReadonlyMap<string, readonly ResourceChange[]> {
  const found = new Map<string, ResourceChange[]>();
  for (const change of changes) {
    const key = of(change);
    if (key !== undefined) found.set(key, [...(found.get(key) ?? []), change]);
  }
  return found;
}
