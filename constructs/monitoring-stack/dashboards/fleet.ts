import { type DashboardDefinition, graph, stat, table, timeline } from './panels';
import {
  CHOSEN,
  count,
  DAYS_UNTIL_FULL,
  daysUntilFull,
  diskUsed,
  diskUsedReading,
  FLEET_VARIABLES,
  firing,
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

const NETWORK = 'by (chain, network)';

/** All chains of an environment, by their health. */
export const fleet = (limits: Limits): DashboardDefinition => ({
  uid: 'chains-fleet',
  title: 'Fleet',
  about: 'Are all chains well, and if not, which one first?',
  past: '6h',
  refresh: '1m',
  variables: FLEET_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'Nodes',
          about: 'Nodes that tell of themselves. Normal: as many as the configuration has.',
          query: count(`chain_info{${CHOSEN}}`),
          ...NUMBER,
        }),
        stat({
          title: 'Unhealthy',
          about: 'Nodes that answer and are not healthy. Normal: 0, but while one syncs for the first time.',
          query: count(`${state(CHOSEN)} == 0`),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Unknown',
          about: 'Nodes that do not answer their own health check. Normal: 0, but for minutes of a restart.',
          query: count(`${state(CHOSEN)} == 1`),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Silent',
          about: 'Nodes that told of themselves within a day and do no more. Normal: 0, but after one is retired.',
          query: count(silent(CHOSEN)),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Alerts',
          about: 'Alerts that fire in the environment. Normal: 0.',
          query: count(firing()),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Oldest head',
          about: 'Age of the oldest head as a part of the age at which its chain alerts. Normal: below 50 %.',
          query: `max(${headOfLimit(CHOSEN)})`,
          ...HEAD_OF_LIMIT,
        }),
        stat({
          title: 'Fullest disk',
          about: 'Used part of the fullest data disk. Normal: below where the alert is.',
          query: `max(${diskUsed(CHOSEN)})`,
          ...diskUsedReading(limits),
        }),
        stat({
          title: 'First disk full',
          about: 'Until the first data disk is full, at the rate of the last days. Normal: more than two weeks.',
          query: `min(${daysUntilFull(CHOSEN)})`,
          ...DAYS_UNTIL_FULL,
        }),
      ],
    },
    {
      title: 'Chains',
      panels: [
        table({
          title: 'Chains and their health',
          about: 'A row for each chain and network, the worst of its nodes in each column. Normal: no red.',
          rows: ['chain', 'network'],
          columns: [
            { name: 'State', expr: `min ${NETWORK} (${state(CHOSEN)})`, ...STATE },
            { name: 'Nodes', expr: `count ${NETWORK} (chain_info{${CHOSEN}})`, ...NUMBER },
            { name: 'Healthy', expr: `sum ${NETWORK} (chain_healthy{${CHOSEN}})`, ...NUMBER },
            {
              name: 'Alerts',
              expr: `count ${NETWORK} (${firing(',chain!="",network!=""')})`,
              ...NONE_IS_GOOD,
              none: '0',
            },
            { name: 'Head', expr: `max ${NETWORK} (chain_head_number{${CHOSEN}})`, ...NUMBER, none: 'not told' },
            { name: 'Oldest head of limit', expr: `max ${NETWORK} (${headOfLimit(CHOSEN)})`, ...HEAD_OF_LIMIT },
            { name: 'Fewest peers', expr: `min ${NETWORK} (chain_peers{${CHOSEN}})`, ...PEERS },
            { name: 'Fullest disk', expr: `max ${NETWORK} (${diskUsed(CHOSEN)})`, ...diskUsedReading(limits) },
            { name: 'First full in', expr: `min ${NETWORK} (${daysUntilFull(CHOSEN)})`, ...DAYS_UNTIL_FULL },
          ],
          sort: { by: 'State' },
          leads: {
            chain: { to: 'chains-chain', with: ['chain'] },
            network: { to: 'chains-chain', with: ['chain', 'network'] },
          },
        }),
        timeline({
          title: 'Health of chains',
          about: 'The worst state of the nodes of each chain and network. Normal: green throughout.',
          queries: [{ expr: `min ${NETWORK} (${state(CHOSEN)})`, legend: '{{chain}} {{network}}' }],
          ...STATE,
          height: 8,
        }),
      ],
    },
    {
      title: 'Nodes',
      panels: [
        graph({
          title: 'Head age of limit',
          about: 'Age of each head as a part of the age at which its chain alerts. Normal: a saw below 50 %.',
          queries: [{ expr: headOfLimit(CHOSEN), legend: '{{node}}' }],
          ...HEAD_OF_LIMIT,
          min: 0,
        }),
        graph({
          title: 'Peers',
          about: 'Peers of each node whose client tells. Normal: steady, far from none.',
          queries: [{ expr: `chain_peers{${CHOSEN}}`, legend: '{{node}}' }],
          ...PEERS,
          min: 0,
        }),
        graph({
          title: 'Disk used',
          about: 'Used part of each data disk. Normal: a slow rise; the first line is where it alerts.',
          queries: [{ expr: diskUsed(CHOSEN), legend: '{{node}}' }],
          ...diskUsedReading(limits),
          min: 0,
        }),
        table({
          title: 'Alerts that fire',
          about: 'What is wrong now, and where. Normal: empty.',
          rows: ['severity', 'alertname', 'team', 'chain', 'network', 'node'],
          columns: [
            {
              name: 'Series',
              expr: `count by (severity, alertname, team, chain, network, node) (${firing()})`,
              ...NUMBER,
            },
          ],
          sort: { by: 'severity' },
          leads: { node: { to: 'chains-node', with: ['node'] } },
          width: 12,
          height: 7,
        }),
      ],
    },
  ],
});
