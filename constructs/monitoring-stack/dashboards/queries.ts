/** PromQL that several dashboards ask, and how its answers read. Limits are those of the alerts. */
import { CHAINS, clientsOf, type Fork, type HealthDefinition } from '../../chain-node/catalogue';
import { DISK_CRITICAL_PERCENT, DISK_FULL_DAYS, DISK_FULL_OVER, FORK_DAYS, fewPeers, headLimit } from '../thresholds';
import type { Reading, Step, Variable, Words } from './panels';

/** Limits that an environment sets for itself. */
export interface Limits {
  /** How full a data disk may be, in percent. */
  readonly diskUsedPercent: number;
}

/** A series with further matchers; its name may have matchers of its own. */
export const series = (name: string, matchers: string): string =>
  name.endsWith('}') ? `${name.slice(0, -1)},${matchers}}` : `${name}{${matchers}}`;

/** The nodes that the variables choose. */
export const CHOSEN = 'environment="$environment",chain=~"$chain",network=~"$network"';
/** The one node. */
export const ONE_NODE = 'environment="$environment",node="$node"';

export const ENVIRONMENT: Variable = {
  name: 'environment',
  label: 'Environment',
  query: 'label_values(chain_info, environment)',
};
const chain: Variable = {
  name: 'chain',
  label: 'Chain',
  query: 'label_values(chain_info{environment="$environment"}, chain)',
};
const network: Variable = {
  name: 'network',
  label: 'Network',
  query: 'label_values(chain_info{environment="$environment",chain=~"$chain"}, network)',
  several: true,
};
const node: Variable = { name: 'node', label: 'Node', query: `label_values(chain_info{${CHOSEN}}, node)` };

export const FLEET_VARIABLES: readonly Variable[] = [ENVIRONMENT, { ...chain, several: true }, network];
export const CHAIN_VARIABLES: readonly Variable[] = [ENVIRONMENT, chain, network];
export const NODE_VARIABLES: readonly Variable[] = [...FLEET_VARIABLES, node];
/** Nodes that have a machine of their own. */
export const HOST_VARIABLES: readonly Variable[] = [
  ...FLEET_VARIABLES,
  {
    ...node,
    query: `query_result(chain_info{${CHOSEN}} and on (node) node_uname_info)`,
    regex: '/[{,]node="([^"]+)"/',
  },
];

/** 2 healthy, 1 nobody knows, 0 not healthy: the least of several nodes is the worst. */
export const state = (of: string): string =>
  `((chain_health_known{${of}} == 0) + 1 or on (node) chain_healthy{${of}} * 2)`;

const STATES: Words = {
  0: { text: 'unhealthy', color: 'red' },
  1: { text: 'unknown', color: 'yellow' },
  2: { text: 'healthy', color: 'green' },
};
export const STATE: Reading = {
  unit: 'none',
  words: STATES,
  steps: [{ color: 'red' }, { color: 'yellow', from: 1 }, { color: 'green', from: 2 }],
  none: 'no data',
};

/** Good below, bad from a number on. */
export const upTo = (red: number): readonly Step[] => [{ color: 'green' }, { color: 'red', from: red }];
/** Good below; worth a look from a number on, and bad from another on. */
export const warns = (yellow: number, red: number): readonly Step[] => [
  { color: 'green' },
  { color: 'yellow', from: yellow },
  { color: 'red', from: red },
];
/** Bad below, good from a number on. */
export const atLeast = (green: number, yellow?: number): readonly Step[] => [
  { color: 'red' },
  ...(yellow === undefined ? [] : [{ color: 'yellow', from: yellow } as const]),
  { color: 'green', from: green },
];

/** How many, 0 where there is none. */
export const count = (expr: string): string => `count(${expr}) or vector(0)`;
/** A number of things of which there should be none. */
export const NONE_IS_GOOD: Reading = { unit: 'none', decimals: 0, steps: upTo(1) };
export const NUMBER: Reading = { unit: 'none', decimals: 0 };

/** Nodes that told of themselves within a day and do no more. */
export const silent = (of: string): string =>
  `last_over_time(chain_info{${of}}[1d]) unless on (node) chain_info{${of}}`;

/** Alerts that fire, but for those that always do. They bear the environment, unless Prometheus adds it only to what leaves it. */
export const firing = (of = ''): string =>
  `ALERTS{alertstate="firing",alertname!~"Watchdog|InfoInhibitor",environment=~"$environment|"${of}}`;

/** A client on a network, as the catalogue has them. */
interface Choice {
  readonly chain: string;
  readonly network: string;
  readonly client: string;
  readonly blockSeconds?: number;
  readonly health: readonly HealthDefinition[];
}

const choices: readonly Choice[] = CHAINS.flatMap((chain) =>
  chain.networks.flatMap((network) =>
    chain.clients
      .filter(({ client }) => client.networks.includes(network.id))
      .map(({ client: { id: client } }) => ({
        chain: chain.id,
        network: network.id,
        client,
        ...(network.blockSeconds === undefined ? {} : { blockSeconds: network.blockSeconds }),
        health: clientsOf({ chain, network: network.id, client }).map((one) => one.health(network)),
      })),
  ),
);

/** What the alert goes by, where a client tells. */
function limitOf({ health, blockSeconds }: Choice): { readonly metric: string; readonly above: number } | undefined {
  const age = health.flatMap(({ head }) => ('maximumAgeSeconds' in head ? [head.maximumAgeSeconds] : []))[0];
  const slots = health.flatMap(({ head }) => ('maximumSlots' in head ? [head.maximumSlots] : []))[0];
  return headLimit({
    ...(blockSeconds === undefined ? {} : { blockSeconds }),
    ...(age === undefined ? {} : { headMaximumAgeSeconds: age }),
    ...(slots === undefined ? {} : { headMaximumSlots: slots }),
  });
}

const groups = <T>(all: readonly T[], key: (one: T) => string): readonly (readonly T[])[] => {
  const found = new Map<string, T[]>();
  for (const one of all) found.set(key(one), [...(found.get(key(one)) ?? []), one]);
  return [...found.values()];
};

const oneOf = (values: readonly string[]): string => {
  const each = [...new Set(values)];
  return each.length === 1 ? `="${each[0]}"` : `=~"${each.join('|')}"`;
};

/** Each limit by itself, of the chain and those of its networks and clients that have it. */
const headLimits: readonly { readonly measured: (of: string) => string }[] = groups(
  choices,
  ({ chain }) => chain,
).flatMap((ofChain) => {
  const byLimit = groups(ofChain, (choice) => JSON.stringify(limitOf(choice) ?? null));
  return byLimit.flatMap((same) => {
    const [first] = same;
    const limit = first && limitOf(first);
    if (!limit) return [];
    const others = ofChain.filter((choice) => !same.includes(choice));
    const shared = same.some(({ network }) => others.some((other) => other.network === network));
    const matchers = [
      `chain="${first.chain}"`,
      ...(others.length > 0 ? [`network${oneOf(same.map(({ network }) => network))}`] : []),
      ...(shared ? [`client${oneOf(same.map(({ client }) => client))}`] : []),
    ].join(',');
    return [{ measured: (of) => `${limit.metric}{${matchers},${of}} / ${limit.above}` }];
  });
});

/** How old a head is as a part of the age at which it counts as stale; so that chains of all block times compare. */
export const headOfLimit = (of: string): string =>
  `(${headLimits.map(({ measured }) => measured(of)).join('\n  or ')})`;

/** From the alert's limit on it is stale. */
export const HEAD_OF_LIMIT: Reading = { unit: 'percentunit', decimals: 0, steps: warns(0.5, 1), none: 'not told' };

/** What the health of the chain that asks for most asks for. */
const MINIMUM_PEERS = Math.max(...choices.flatMap(({ health }) => health.flatMap(({ peers }) => peers?.minimum ?? [])));

export const PEERS: Reading = {
  unit: 'none',
  decimals: 0,
  steps: atLeast(fewPeers(MINIMUM_PEERS), MINIMUM_PEERS),
  none: 'not told',
};

export const diskUsed = (of: string): string =>
  `(1 - chain_disk_available_bytes{${of}} / chain_disk_size_bytes{${of}})`;

export const diskUsedReading = ({ diskUsedPercent }: Limits): Reading => ({
  unit: 'percentunit',
  decimals: 0,
  steps: warns(diskUsedPercent / 100, Math.max(DISK_CRITICAL_PERCENT, diskUsedPercent) / 100),
  none: 'not told',
});

/** Bytes that a disk fills by in a second. */
export const diskGrowth = (of: string): string => `(-deriv(chain_disk_available_bytes{${of}}[${DISK_FULL_OVER}]))`;

const DAY = 86_400;

/** Days until there is no more room, of disks that fill. */
export const daysUntilFull = (of: string): string =>
  `(chain_disk_available_bytes{${of}} / (${diskGrowth(of)} > 0) / ${DAY})`;

/** Days until the alert on a disk that is too full, of disks that fill and are not there yet. */
export const daysUntilAlert = (of: string, { diskUsedPercent }: Limits): string =>
  `(clamp_min(chain_disk_available_bytes{${of}} - ${(100 - diskUsedPercent) / 100} * chain_disk_size_bytes{${of}}, 0) / (${diskGrowth(of)} > 0) / ${DAY})`;

export const DAYS_UNTIL_FULL: Reading = {
  unit: 'd',
  decimals: 0,
  steps: atLeast(DISK_FULL_DAYS.warning, DISK_FULL_DAYS.critical),
  none: 'does not fill',
};

type Dated = Fork & { readonly chain: string; readonly network: string };

const forks: readonly Dated[] = CHAINS.flatMap((chain) =>
  chain.networks.flatMap((network) => network.forks.map((fork) => ({ ...fork, chain: chain.id, network: network.id }))),
);

const leastOf = ({ least }: Fork): string =>
  Object.entries(least)
    .map(([client, version]) => `${client} ${version}`)
    .join(', ');

const labelled = (expr: string, labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels).reduce(
    (inner, [label, value]) => `label_replace(${inner}, "${label}", ${JSON.stringify(value)}, "", "")`,
    expr,
  );

/** Forks of the catalogue as series, in words that Prometheus has: nobody exports them. */
const forkSeries = (of: readonly Dated[], value: (fork: Dated) => number): string =>
  groups(of, ({ chain, network }) => `${chain} ${network}`)
    .flatMap((ofNetwork) => {
      const [first] = ofNetwork;
      if (!first) return [];
      const each = ofNetwork.map((fork) =>
        labelled(`vector(${value(fork)})`, { fork: fork.name, least: leastOf(fork) }),
      );
      return labelled(each.length === 1 ? (each[0] as string) : `(${each.join(' or ')})`, {
        chain: first.chain,
        network: first.network,
      });
    })
    .join('\n  or ');

const secondsOf = ({ at = '', name }: Dated): number => {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) throw new Error(`the fork ${name} is at "${at}", which is no date`);
  return ms / 1000;
};

/** Of the chains and networks that the environment runs and the variables choose. */
const ofThose = (expr: string): string => `((${expr}) and on (chain, network) chain_info{${CHOSEN}})`;

const dated = forks.filter(({ at }) => at !== undefined);
const undated = forks.filter(({ at }) => at === undefined);

/** Unix seconds of each fork that has a date, by when it is: as `>= time()`. */
export const forkTimes = (when: string): string => `(${ofThose(forkSeries(dated, secondsOf))} ${when})`;
/** Days until each; less than 0 where it has been. */
export const forkDays = (when: string): string => `((${forkTimes(when)} - time()) / ${DAY})`;
/** Those that are still to come. */
export const AHEAD = '>= time()';
/** Forks that have been announced without a date; none at all where the catalogue knows none. */
export const UNDATED_FORKS = ofThose(undated.length === 0 ? 'vector(0) < 0' : forkSeries(undated, () => 1));

export const FORK_READING: Reading = {
  unit: 'd',
  decimals: 0,
  steps: atLeast(FORK_DAYS.warning, FORK_DAYS.critical),
  none: 'none ahead',
};
