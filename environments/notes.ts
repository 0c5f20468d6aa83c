import { clientsOf, versionOf } from '../constructs/chain-node/catalogue';
import type { Environment } from './environment';

/** Lines for people about the configuration as a whole, which stand at no single place. */

/** One line that lists the pinned versions that nobody has verified at their origin. */
export function pinNotes(environments: readonly Environment[]): string[] {
  const pins = new Set<string>();
  for (const node of environments.flatMap(({ nodes }) => nodes)) {
    for (const client of clientsOf(node)) {
      const pin = client.version(node.network);
      if (client.within !== undefined) continue;
      if (pin.status !== 'verified' && versionOf(node, client) === pin.value) {
        pins.add(`${client.id} ${pin.value} (${pin.status})`);
      }
    }
  }
  if (pins.size === 0) return [];
  return [`pinned by the catalogue, not verified at the origin (docs/versions.md): ${[...pins].sort().join(', ')}`];
}
