import { CHAINS, exampleSettings, processesByClient } from '../../chain-node/catalogue';
import { series } from './queries';

/** What the clients of the catalogue tell of themselves, by what it means. A client that is added there is shown with no other edit. */

/** Any memory will do to learn names. */
const SOME_MEMORY_MIB = 16_384;

/** Names by meaning, of each process that has any. */
function processNames(): readonly Readonly<Record<string, string>>[] {
  const clients = new Set<string>();
  const found: Readonly<Record<string, string>>[] = [];
  for (const chain of CHAINS) {
    for (const { client, consensus } of chain.clients) {
      for (const beside of consensus.length > 0 ? consensus : [undefined]) {
        const ids = [client.id, ...(beside ? [beside.id] : [])];
        // Each program once: what it tells does not depend on what stands beside it, nor on the network.
        if (ids.every((id) => clients.has(`${chain.id} ${id}`))) continue;
        const network = client.networks.find((id) => beside?.networks.includes(id) ?? true);
        if (network === undefined) continue;
        const asked = [client, beside].flatMap((one) => Object.entries(one?.optional ?? {}));
        const program = {
          chain,
          network,
          client: client.id,
          options: asked.map(([name]) => name),
          optionSettings: Object.fromEntries(asked.map(([name, one]) => [name, exampleSettings(one, network)])),
          ...(beside ? { consensus: beside.id } : {}),
        };
        for (const { client: part, processes } of processesByClient(program, SOME_MEMORY_MIB)) {
          if (clients.has(`${chain.id} ${part.id}`)) continue;
          clients.add(`${chain.id} ${part.id}`);
          found.push(...processes.flatMap(({ metrics }) => (metrics ? [metrics.names] : [])));
        }
      }
    }
  }
  return found;
}

const PROCESSES = processNames();

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

/** Every name with its matchers, in order. */
export const CLIENT_METRICS = sorted(PROCESSES.flatMap((names) => Object.values(names)));

/** Labels that tell these series of one node from each other. */
export const CLIENT_LABELS = [
  '__name__',
  ...sorted(CLIENT_METRICS.flatMap((name) => [...name.matchAll(/(\w+)="/g)].map(([, label]) => label as string))),
];

/** All of them, as the node has them. */
export const everything = (of: string): string => CLIENT_METRICS.map((name) => series(name, of)).join('\n  or ');

/** Names of one meaning, or of several that mean the same. Throws when no client has it: a panel would be empty for ever. */
export function namesOf(...meanings: readonly string[]): readonly string[] {
  const names = sorted(PROCESSES.flatMap((by) => meanings.flatMap((meaning) => by[meaning] ?? [])));
  if (names.length === 0) throw new Error(`no client has a metric of the meaning ${meanings.join(', ')}`);
  return names;
}

/** Each name that means it, as the node has it; names stay. */
export const told = (of: string, ...meanings: readonly string[]): string =>
  namesOf(...meanings)
    .map((name) => series(name, of))
    .join('\n  or ');

/** By how much the first of two meanings is ahead of the second, for each process that has both. */
export const ahead = (of: string, first: string, second: string): readonly string[] =>
  sorted(
    PROCESSES.flatMap((by) => {
      const [one, other] = [by[first], by[second]];
      return one === undefined || other === undefined ? [] : [`${series(one, of)} - ${series(other, of)}`];
    }),
  );

/** How often a second, together, of whatever name the node's client has. */
export const rates = (of: string, ...meanings: readonly string[]): string =>
  namesOf(...meanings)
    .map((name) => `sum by (node) (rate(${series(name, of)}[$__rate_interval]))`)
    .join('\n  or ');
