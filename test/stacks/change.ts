import { type Json, resources } from '../project';

/**
 * What a reviewer sees in a plan: created, destroyed, changed in place, or replaced because its group did. Terraform replaces for
 * a trigger that is changed or replaced, and not for one that is created.
 */
export interface Change {
  readonly created: readonly string[];
  readonly destroyed: readonly string[];
  readonly changed: readonly string[];
  /** Replaced by `replace_triggered_by`. */
  readonly replaced: readonly string[];
}

export const none: Change = { created: [], destroyed: [], changed: [], replaced: [] };

/** Attributes that Terraform compares, without those that the resource ignores, and without what is no attribute. */
function compared(body: Json): string {
  const ignored: string[] = ['depends_on', 'lifecycle', ...(body.lifecycle?.ignore_changes ?? [])];
  const rest = Object.entries(body).filter(([key]) => !ignored.includes(key));
  return JSON.stringify(rest);
}

/** Addresses with the hash that cdktf appends left out, so that they can be read. */
const readable = (addresses: readonly string[]): string[] =>
  addresses.map((address) => address.replace(/_[0-9A-F]{8}$/, '')).sort();

type Stacks = Readonly<Record<string, Json>>;

/** By environment, those alone in which something changes. */
export function changesBetween(before: Stacks, after: Stacks): Readonly<Record<string, Change>> {
  const entries = Object.keys(before).map((name): [string, Change] => {
    const [a, b] = [resources(before[name]), resources(after[name])];
    const changed = Object.keys(a).filter((address) => address in b && compared(a[address]) !== compared(b[address]));
    const triggers = (address: string): string[] => b[address].lifecycle?.replace_triggered_by ?? [];
    return [
      name,
      {
        created: readable(Object.keys(b).filter((address) => !(address in a))),
        destroyed: readable(Object.keys(a).filter((address) => !(address in b))),
        changed: readable(changed),
        replaced: readable(
          Object.keys(a).filter(
            (address) => address in b && triggers(address).some((trigger) => changed.includes(trigger)),
          ),
        ),
      },
    ];
  });
  return Object.fromEntries(entries.filter(([, change]) => Object.values(change).some((list) => list.length > 0)));
}
