/** What rules and their cases are put together from: selectors, durations, the networks of a watch, series and their labels. */
import type { WatchedNode } from '../../chain-node';
import { JOBS } from '../scrape';
import type { Watch } from '../watch';
import { RECORDED } from './metrics';
import type { Alert, AlertCase, Severity } from './model';

export const DAY = 86_400;

export type Labels = Readonly<Record<string, string>>;

/** Scrape job of the exporters on instances, one target a host, with the labels of its node. */
export const HOST_JOB = JOBS.hosts;

/** What tells one node from another. Who answers for it, a pod or a port, comes and goes. */
export const OWN = 'by (node, chain, network, client)';

/** Id of the networks of one node that makes its own blocks. Nobody is told at night about them. */
const LOCAL = 'local';
/** Series of nodes that somebody relies on. */
export const PUBLIC: Labels = { network: `!${LOCAL}` };

const UNITS = [
  [DAY, 'd'],
  [3600, 'h'],
  [60, 'm'],
  [1, 's'],
] as const;

/** Seconds as Prometheus writes them: `5m`, `90s`. */
export function duration(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds % size === 0) ?? [1, 's'];
  return `${seconds / size}${unit}`;
}

/** As long as so many blocks take, and no shorter than `least` seconds; in whole minutes. */
export const blocks = (count: number, blockSeconds: number | undefined, least: number): number =>
  Math.ceil(Math.max(least, count * (blockSeconds ?? 0)) / 60) * 60;

const OPERATORS: Readonly<Record<string, string>> = { '': '=', '!': '!=', '~': '=~', '!~': '!~' };

/** A metric with these matchers beside its own: `=` by default, `!` not that value, `~` a pattern, `!~` not that pattern. */
export function select(metric: string, matchers: Labels): string {
  const [, name = metric, own] = /^(\w+)(?:\{(.*)\})?$/.exec(metric) ?? [];
  const text = Object.entries(matchers).map(([label, value]) => {
    const [, operator = '', rest = ''] = /^(!~|!|~)?(.*)$/s.exec(value) ?? [];
    return `${label}${OPERATORS[operator]}${JSON.stringify(rest)}`;
  });
  return `${name}{${[...(own ? [own] : []), ...text].join(',')}}`;
}

/** A pattern that is any of these names, which are those of nodes and namespaces: letters, digits and dashes. */
export const anyOf = (names: readonly string[]): string => `~${names.join('|')}`;

/** The nodes of one network, and what they have in common. */
export interface WatchedNetwork {
  readonly chain: string;
  readonly network: string;
  readonly local: boolean;
  readonly nodes: readonly WatchedNode[];
  readonly blockSeconds?: number;
  readonly labels: { readonly chain: string; readonly network: string };
  /** How loud it is that one node is away: nobody is woken while another does its work. */
  readonly severity: Severity;
}

/** In the order of their names, whatever that of the nodes is. */
export function networksOf({ nodes }: Watch): readonly WatchedNetwork[] {
  const keys = [...new Set(nodes.map(({ chain, network }) => `${chain} ${network}`))].sort();
  return keys.flatMap((key) => {
    const members = nodes
      .filter((node) => key === `${node.chain} ${node.network}`)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const [first] = members;
    if (!first) return [];
    const { chain, network, local, blockSeconds } = first;
    // Rules for all nodes leave out local ones by the name of their network.
    if (local !== (network === LOCAL))
      throw new Error(`${chain} ${network}: a network that is local is called ${LOCAL}, and no other is`);
    return {
      chain,
      network,
      local,
      nodes: members,
      ...(blockSeconds === undefined ? {} : { blockSeconds }),
      labels: { chain, network },
      severity: local ? 'info' : members.length === 1 ? 'critical' : 'warning',
    };
  });
}

/** Labels of everything that a node exports. */
export const labelsOf = ({ id, chain, network, client }: WatchedNode): Labels & { readonly node: string } => ({
  node: id,
  chain,
  network,
  client,
});

/** A made-up node, for cases of rules that are about all nodes. */
export const SOME: Labels & { readonly node: string } = {
  node: 'bsc-mainnet-geth',
  chain: 'bsc',
  network: 'mainnet',
  client: 'geth',
};
export const SOME_LOCAL: Labels = { ...SOME, node: 'ethereum-local-geth', chain: 'ethereum', network: LOCAL };

/** Names of the metrics of each process by meaning, those beside the catalogue's included. */
export const processesOf = ({ processes }: WatchedNode): WatchedNode['processes'] =>
  processes.map(({ name, names }) => {
    const recorded = RECORDED.filter(({ process }) => process === name).map(
      ({ meaning, metric }) => [meaning, metric] as const,
    );
    return { name, names: { ...Object.fromEntries(recorded), ...names } };
  });

/** The metric of a node by its meaning, of the first process that has it. */
export const metricOf = (node: WatchedNode, meaning: string): string | undefined =>
  processesOf(node).flatMap(({ names }) => names[meaning] ?? [])[0];

/** A rule over all nodes, or their machines, by their own labels. */
export const each = (expr: string): string => `max ${OWN} (${expr})`;

/** What nobody exports with these labels, as a series with these labels: the value is 1. */
export const missing = (metric: string, labels: Labels): string => `absent(${select(metric, labels)})`;

/** Whether the node was healthy within a day: not so while it syncs for the first time. */
export const wasHealthy = (labels: Labels): string =>
  `and on (node) max by (node) (max_over_time(${select('chain_healthy', labels)}[1d])) == 1`;

/** Series by name, with their values. */
export type Series = Readonly<Record<string, string>>;

const listed = (series: Series): AlertCase['series'] =>
  Object.entries(series).map(([series, values]) => ({ series, values }));

export const fires = (
  name: string,
  series: Series,
  atMinutes: number,
  ...alerts: [Labels, ...Labels[]]
): AlertCase => ({ name, series: listed(series), atMinutes, fires: alerts });

export const silent = (name: string, series: Series, atMinutes: number): AlertCase => ({
  name,
  series: listed(series),
  atMinutes,
  fires: [],
});

/** One series of each of these nodes. */
export const ofEach = (nodes: readonly WatchedNode[], metric: string, values: string): Series =>
  Object.fromEntries(nodes.map((node) => [select(metric, labelsOf(node)), values]));

/** The first of those that there is at least one of. */
export function first<T>(all: readonly T[]): T {
  const [one] = all;
  if (one === undefined) throw new Error('there is none');
  return one;
}

/** Of a node's data, which is the business of those who run chains. */
export const disk = (alert: Omit<Alert, 'group' | 'team'>): Alert => ({ ...alert, group: 'host', team: 'chains' });

/** An alert of the group of nodes. */
export const node = (alert: Omit<Alert, 'group' | 'team'>): Alert => ({ ...alert, group: 'node', team: 'chains' });

/** An alert of the group of what nodes stand on. */
export const platform = (alert: Omit<Alert, 'group' | 'team'>): Alert => ({
  ...alert,
  group: 'platform',
  team: 'platform',
});
