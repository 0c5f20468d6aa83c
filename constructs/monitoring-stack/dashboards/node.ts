import { ahead, CLIENT_LABELS, everything, rates, told } from './client-metrics';
import { type DashboardDefinition, graph, stat, table, timeline } from './panels';
import {
  count,
  DAYS_UNTIL_FULL,
  daysUntilFull,
  diskUsed,
  diskUsedReading,
  firing,
  HEAD_OF_LIMIT,
  headOfLimit,
  type Limits,
  NODE_VARIABLES,
  NONE_IS_GOOD,
  NUMBER,
  ONE_NODE,
  PEERS,
  STATE,
  state,
} from './queries';

/** Containers of the node's pod, where it has one. */
const CONTAINERS = 'pod="${node}-node-0",container!=""';

/** On an instance the scrape configuration names a process, in a pod its container does. */
const PROCESS = '{{process}}{{container}}';

/** One node, whatever it runs and wherever: an instance or a pod. */
export const node = (limits: Limits): DashboardDefinition => ({
  uid: 'chains-node',
  title: 'Node',
  about: 'What is wrong with this node: its head, its peers, its client, its disk, its machine?',
  past: '6h',
  refresh: '1m',
  variables: NODE_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'State',
          about: 'What its health check says. Normal: healthy; unknown means that it does not answer.',
          query: `max(${state(ONE_NODE)})`,
          ...STATE,
        }),
        stat({
          title: 'Head',
          about: 'Number of its newest block or slot. Normal: that of a block explorer.',
          query: `max(chain_head_number{${ONE_NODE}})`,
          ...NUMBER,
          none: 'not told',
        }),
        stat({
          title: 'Head age',
          about: 'Age of its newest block. Normal: a few block times.',
          query: `max(chain_head_age_seconds{${ONE_NODE}})`,
          unit: 's',
          decimals: 0,
          none: 'not told',
        }),
        stat({
          title: 'Of limit',
          about: 'That age, or the slots behind, as a part of where it alerts. Normal: below 50 %.',
          query: `max(${headOfLimit(ONE_NODE)})`,
          ...HEAD_OF_LIMIT,
        }),
        stat({
          title: 'Peers',
          about: 'Peers by its health check. Normal: far from none.',
          query: `min(chain_peers{${ONE_NODE}})`,
          ...PEERS,
        }),
        stat({
          title: 'Disk used',
          about: 'Used part of its data disk. Normal: below where the alert is.',
          query: `max(${diskUsed(ONE_NODE)})`,
          ...diskUsedReading(limits),
        }),
        stat({
          title: 'Disk full in',
          about: 'At the rate of the last days. Normal: more than two weeks.',
          query: `min(${daysUntilFull(ONE_NODE)})`,
          ...DAYS_UNTIL_FULL,
        }),
        stat({
          title: 'Alerts',
          about: 'Alerts that fire about it. Normal: 0.',
          query: count(firing(',node="$node"')),
          ...NONE_IS_GOOD,
        }),
      ],
    },
    {
      title: 'Health',
      panels: [
        timeline({
          title: 'State',
          about: 'What its health check said. Normal: green throughout, with a short gap for an upgrade.',
          queries: [{ expr: `max by (node) (${state(ONE_NODE)})`, legend: '{{node}}' }],
          ...STATE,
          height: 4,
        }),
        graph({
          title: 'Head age of limit',
          about: 'Age of its head as a part of where it alerts. Normal: a saw below 50 %.',
          queries: [{ expr: headOfLimit(ONE_NODE), legend: '{{node}}' }],
          ...HEAD_OF_LIMIT,
          min: 0,
        }),
        graph({
          title: 'Disk used',
          about: 'Used part of its data disk. Normal: a slow rise, with steps down where it prunes.',
          queries: [{ expr: diskUsed(ONE_NODE), legend: '{{node}}' }],
          ...diskUsedReading(limits),
          min: 0,
        }),
      ],
    },
    {
      title: 'What its clients tell',
      panels: [
        graph({
          title: 'Heads',
          about: 'Blocks by how sure they are. Normal: executed beside known; safe and final follow in steps.',
          queries: [
            { expr: told(ONE_NODE, 'headBlock'), legend: `executed ${PROCESS}` },
            { expr: told(ONE_NODE, 'headHeader'), legend: `known ${PROCESS}` },
            { expr: told(ONE_NODE, 'safeBlock'), legend: `safe ${PROCESS}` },
            { expr: told(ONE_NODE, 'finalized', 'finalizedBlock'), legend: `final ${PROCESS}` },
          ],
          unit: 'none',
          decimals: 0,
        }),
        graph({
          title: 'Slots behind the clock',
          about: 'What the clock says less what the client has. Normal: 0 or 1; it syncs while it is more.',
          queries: [
            { expr: ahead(ONE_NODE, 'clockSlot', 'headSlot').join('\n  or '), legend: 'by the clock' },
            { expr: told(ONE_NODE, 'slotsBehind'), legend: 'by the client' },
          ],
          unit: 'short',
          decimals: 0,
          min: 0,
        }),
        graph({
          title: 'Peers of each client',
          about: 'Peers as each client counts them. Normal: steady, far from none.',
          queries: [{ expr: `sum by (process, container) (${told(ONE_NODE, 'peers')})`, legend: PROCESS }],
          ...PEERS,
          min: 0,
        }),
        graph({
          title: 'RPC requests',
          about: 'Requests that its client answers, and those that fail. Normal: errors far below requests.',
          queries: [
            { expr: rates(ONE_NODE, 'rpcRequests'), legend: 'requests' },
            { expr: rates(ONE_NODE, 'rpcErrors'), legend: 'errors' },
          ],
          unit: 'reqps',
          min: 0,
        }),
        graph({
          title: 'Pending transactions',
          about: 'Transactions that wait in its pool. Normal: thousands on a main network; 0 hears of none.',
          queries: [{ expr: told(ONE_NODE, 'txpoolPending'), legend: 'pending' }],
          unit: 'short',
          decimals: 0,
          min: 0,
        }),
        table({
          title: 'All that its clients tell',
          about: 'Every metric of the catalogue that this node has, as it is now. Normal: at least a head and peers.',
          rows: CLIENT_LABELS,
          columns: [
            { name: 'Value', expr: `max by (${CLIENT_LABELS.join(', ')}) (${everything(ONE_NODE)})`, unit: 'short' },
          ],
          sort: { by: '__name__' },
          width: 12,
          height: 7,
        }),
      ],
    },
    {
      title: 'What it runs on',
      panels: [
        graph({
          title: 'Busy cores',
          about: 'Cores that its machine, or each container of its pod, uses. Normal: below what it has.',
          queries: [
            {
              expr: 'sum by (node) (rate(node_cpu_seconds_total{node="$node",mode!~"idle|iowait|steal"}[$__rate_interval]))',
              legend: 'machine',
            },
            {
              expr: `sum by (container) (rate(container_cpu_usage_seconds_total{${CONTAINERS}}[$__rate_interval]))`,
              legend: '{{container}}',
            },
          ],
          unit: 'short',
          min: 0,
        }),
        graph({
          title: 'Memory',
          about:
            'Memory in use on its machine, or by each container of its pod. Normal: level; at the limit a client is ended.',
          queries: [
            {
              expr: 'node_memory_MemTotal_bytes{node="$node"} - node_memory_MemAvailable_bytes{node="$node"}',
              legend: 'machine',
            },
            { expr: 'node_memory_MemTotal_bytes{node="$node"}', legend: 'machine has' },
            {
              expr: `sum by (container) (container_memory_working_set_bytes{${CONTAINERS}})`,
              legend: '{{container}}',
            },
            {
              expr: 'sum by (container) (kube_pod_container_resource_limits{pod="${node}-node-0",resource="memory"})',
              legend: '{{container}} may have',
            },
          ],
          unit: 'bytes',
          min: 0,
        }),
      ],
    },
  ],
});
