import { clientsOf, type Fork, type Hosting, type NodeProgram, networkOf, type Process } from './catalogue';
import type { MetricsTarget } from './endpoints';
import { besideOf } from './health';

/** A node as monitoring sees it: what its metrics mean, and from when on they are bad. */
export interface WatchedNode {
  readonly id: string;
  readonly chain: string;
  readonly network: string;
  readonly client: string;
  /** Ids of all of its clients. */
  readonly clients: readonly string[];
  readonly group: string;
  readonly hosting: Hosting;
  /** A network of one node, which nobody stands in for and nobody pages about. */
  readonly local: boolean;
  /** Seconds between blocks; absent where it varies. */
  readonly blockSeconds?: number;
  /** Seconds after which its head counts as old, where a client tells its age. */
  readonly headMaximumAgeSeconds?: number;
  /** Slots after which it counts as behind, where a client tells those. */
  readonly headMaximumSlots?: number;
  /** Fewer peers than this are too few. */
  readonly minimumPeers?: number;
  /** Processes that tell nothing of themselves, of which is asked whether they listen. */
  readonly beside: readonly string[];
  /** Names of metrics by meaning, of each process that has any. */
  readonly processes: readonly { readonly name: string; readonly names: Readonly<Record<string, string>> }[];
  readonly metricsTargets: readonly MetricsTarget[];
  /** Name of its machine, where that is its own. */
  readonly host?: string;
  readonly forks: readonly Fork[];
  /** Names of the secrets that it reads, sorted. */
  readonly secrets: readonly string[];
}

export function watchedNode(
  id: string,
  program: NodeProgram,
  {
    group,
    hosting,
    processes,
    metricsTargets,
    host,
    secrets = [],
  }: {
    readonly group: string;
    readonly hosting: Hosting;
    readonly processes: readonly Process[];
    readonly metricsTargets: readonly MetricsTarget[];
    readonly host?: string;
    readonly secrets?: readonly string[];
  },
): WatchedNode {
  const network = networkOf(program.chain, program.network);
  if (!network) throw new Error(`"${program.network}" is not a network of ${program.chain.id}`);
  const clients = clientsOf(program);
  const health = clients.map((client) => client.health(network));
  const age = health.flatMap(({ head }) => ('maximumAgeSeconds' in head ? [head.maximumAgeSeconds] : []))[0];
  const slots = health.flatMap(({ head }) => ('maximumSlots' in head ? [head.maximumSlots] : []))[0];
  const peers = health.flatMap((one) => one.peers?.minimum ?? [])[0];
  return {
    id,
    chain: program.chain.id,
    network: program.network,
    client: program.client,
    clients: clients.map((client) => client.id),
    group,
    hosting,
    local: network.kind === 'local',
    ...(network.blockSeconds === undefined ? {} : { blockSeconds: network.blockSeconds }),
    ...(age === undefined ? {} : { headMaximumAgeSeconds: age }),
    ...(slots === undefined ? {} : { headMaximumSlots: slots }),
    ...(peers === undefined ? {} : { minimumPeers: peers }),
    processes: processes.flatMap(({ name, metrics }) => (metrics ? [{ name, names: metrics.names }] : [])),
    beside: besideOf(processes).map(({ process }) => process),
    metricsTargets,
    ...(host === undefined ? {} : { host }),
    forks: network.forks,
    secrets: [...new Set(secrets)].sort(),
  };
}
