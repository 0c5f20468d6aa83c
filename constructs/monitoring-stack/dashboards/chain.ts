import { type DashboardDefinition, graph, stat, table, timeline } from './panels';
import {
  AHEAD,
  CHAIN_VARIABLES,
  CHOSEN,
  count,
  DAYS_UNTIL_FULL,
  daysUntilFull,
  diskUsed,
  diskUsedReading,
  FORK_READING,
  firing,
  forkDays,
  HEAD_OF_LIMIT,
  headOfLimit,
  type Limits,
  NONE_IS_GOOD,
  NUMBER,
  PEERS,
  STATE,
  silent,
  state,
} from './queries';

const NODE = 'by (node, client, network)';
/** Blocks that each node is behind the first of its network. */
const BEHIND = `(max by (chain, network) (chain_head_number{${CHOSEN}}) - on (chain, network) group_right () chain_head_number{${CHOSEN}})`;

/** One chain: its nodes beside each other. */
export const chain = (limits: Limits): DashboardDefinition => ({
  uid: 'chains-chain',
  title: 'Chain',
  about: 'Which node of this chain falls behind the others?',
  past: '6h',
  refresh: '1m',
  variables: CHAIN_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'Nodes',
          about: 'Nodes of the chain that tell of themselves. Normal: as many as the configuration has.',
          query: count(`chain_info{${CHOSEN}}`),
          ...NUMBER,
        }),
        stat({
          title: 'Not healthy',
          about: 'Nodes that are unhealthy or do not answer. Normal: 0.',
          query: count(`${state(CHOSEN)} < 2`),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Silent',
          about: 'Nodes that told of themselves within a day and do no more. Normal: 0.',
          query: count(silent(CHOSEN)),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Alerts',
          about: 'Alerts that fire about this chain. Normal: 0.',
          query: count(firing(',chain=~"$chain",network=~"$network"')),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Oldest head',
          about: 'Age of the oldest head as a part of the age at which the chain alerts. Normal: below 50 %.',
          query: `max(${headOfLimit(CHOSEN)})`,
          ...HEAD_OF_LIMIT,
        }),
        stat({
          title: 'Blocks apart',
          about:
            'Blocks between the first and the last node of a network. Normal: a few, many where blocks take less than a second.',
          query: `max(${BEHIND})`,
          unit: 'short',
          decimals: 0,
          none: 'not told',
        }),
        stat({
          title: 'Fewest peers',
          about: 'Peers of the node that has the fewest. Normal: far from none.',
          query: `min(chain_peers{${CHOSEN}})`,
          ...PEERS,
        }),
        stat({
          title: 'Next fork',
          about: 'Until the next fork of the chain that has a date. Normal: weeks, or every client new enough.',
          query: `min(${forkDays(AHEAD)})`,
          ...FORK_READING,
        }),
      ],
    },
    {
      title: 'Nodes',
      panels: [
        table({
          title: 'Nodes',
          about: 'Every node of the chain, as it is now. Normal: all healthy, a few blocks apart.',
          rows: ['node', 'client', 'network'],
          columns: [
            { name: 'State', expr: `min ${NODE} (${state(CHOSEN)})`, ...STATE },
            { name: 'Head', expr: `max ${NODE} (chain_head_number{${CHOSEN}})`, ...NUMBER, none: 'not told' },
            { name: 'Blocks behind', expr: `max ${NODE} (${BEHIND})`, ...NUMBER, none: 'not told' },
            {
              name: 'Head age',
              expr: `max ${NODE} (chain_head_age_seconds{${CHOSEN}})`,
              unit: 's',
              decimals: 0,
              none: 'not told',
            },
            { name: 'Of limit', expr: `max ${NODE} (${headOfLimit(CHOSEN)})`, ...HEAD_OF_LIMIT },
            { name: 'Peers', expr: `min ${NODE} (chain_peers{${CHOSEN}})`, ...PEERS },
            { name: 'Disk used', expr: `max ${NODE} (${diskUsed(CHOSEN)})`, ...diskUsedReading(limits) },
            { name: 'Full in', expr: `min ${NODE} (${daysUntilFull(CHOSEN)})`, ...DAYS_UNTIL_FULL },
          ],
          sort: { by: 'State' },
          leads: { node: { to: 'chains-node', with: ['node'] } },
          height: 7,
        }),
        timeline({
          title: 'Health of nodes',
          about: 'State of each node. Normal: green throughout, and never two of a network away at once.',
          queries: [{ expr: `min by (node) (${state(CHOSEN)})`, legend: '{{node}}' }],
          ...STATE,
        }),
      ],
    },
    {
      title: 'Heads',
      panels: [
        graph({
          title: 'Head age of limit',
          about: 'Age of each head as a part of the age at which it alerts. Normal: a saw below 50 %.',
          queries: [{ expr: headOfLimit(CHOSEN), legend: '{{node}}' }],
          ...HEAD_OF_LIMIT,
          min: 0,
        }),
        graph({
          title: 'Blocks behind the first node',
          about:
            'How far each node is behind the best of its network. Normal: near 0; a rise is one that falls behind.',
          queries: [{ expr: BEHIND, legend: '{{node}}' }],
          unit: 'short',
          decimals: 0,
          min: 0,
        }),
        graph({
          title: 'Blocks a minute',
          about: 'How fast heads advance. Normal: steady, the same for all; 0 is a chain or a node that stands.',
          queries: [{ expr: `deriv(chain_head_number{${CHOSEN}}[5m]) * 60`, legend: '{{node}}' }],
          unit: 'short',
          min: 0,
        }),
        graph({
          title: 'Slots behind',
          about: 'Slots behind the cluster, of clients that tell. Normal: near 0.',
          queries: [{ expr: `chain_head_slots_behind{${CHOSEN}}`, legend: '{{node}}' }],
          unit: 'short',
          decimals: 0,
          min: 0,
        }),
      ],
    },
    {
      title: 'Peers and disks',
      panels: [
        graph({
          title: 'Peers',
          about: 'Peers of each node. Normal: steady, far from none.',
          queries: [{ expr: `chain_peers{${CHOSEN}}`, legend: '{{node}}' }],
          ...PEERS,
          min: 0,
        }),
        graph({
          title: 'Disk used',
          about: 'Used part of each data disk. Normal: a slow rise, alike for nodes of one client.',
          queries: [{ expr: diskUsed(CHOSEN), legend: '{{node}}' }],
          ...diskUsedReading(limits),
          min: 0,
        }),
      ],
    },
  ],
});
