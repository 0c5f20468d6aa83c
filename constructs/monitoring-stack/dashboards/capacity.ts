import { type DashboardDefinition, graph, stat, table } from './panels';
import {
  CHOSEN,
  count,
  DAYS_UNTIL_FULL,
  daysUntilAlert,
  daysUntilFull,
  diskGrowth,
  diskUsed,
  diskUsedReading,
  FLEET_VARIABLES,
  type Limits,
  NONE_IS_GOOD,
  warns,
} from './queries';

const BY = 'by (node, chain, network)';
const MONTH = 30 * 86_400;
/** What pods ask for of what machines of the cluster have to give. */
const asked = (resource: string, by = ''): string => {
  const of = by === '' ? '' : ` by (${by}) `;
  return `sum${of}(kube_pod_container_resource_requests{resource="${resource}",node!=""}) / sum${of}(kube_node_status_allocatable{resource="${resource}"})`;
};
const CLAIMS = 'by (namespace, persistentvolumeclaim)';
const claimUsed = `(1 - max ${CLAIMS} (kubelet_volume_stats_available_bytes) / max ${CLAIMS} (kubelet_volume_stats_capacity_bytes))`;
const ASKED = { unit: 'percentunit', decimals: 0, steps: warns(0.8, 0.95), none: 'no cluster' } as const;

/** How long what there is will do. */
export const capacity = (limits: Limits): DashboardDefinition => ({
  uid: 'chains-capacity',
  title: 'Capacity',
  about: 'Which disk must grow next, and when is the cluster full?',
  past: '30d',
  refresh: '15m',
  variables: FLEET_VARIABLES,
  sections: [
    {
      panels: [
        stat({
          title: 'First disk full',
          about: 'Until the first data disk is full, at the rate of the last days. Normal: more than two weeks.',
          query: `min(${daysUntilFull(CHOSEN)})`,
          ...DAYS_UNTIL_FULL,
        }),
        stat({
          title: 'First disk alert',
          about: 'Until the first data disk that is not too full yet is. Normal: more than two weeks.',
          query: `min(${daysUntilAlert(CHOSEN, limits)} > 0)`,
          ...DAYS_UNTIL_FULL,
        }),
        stat({
          title: 'Too full',
          about: 'Data disks that are fuller than the alert allows. Normal: 0.',
          query: count(`${diskUsed(CHOSEN)} > ${limits.diskUsedPercent / 100}`),
          ...NONE_IS_GOOD,
        }),
        stat({
          title: 'Data disks',
          about: 'Room of all data disks together. Normal: as the configuration has it.',
          query: `sum(chain_disk_size_bytes{${CHOSEN}})`,
          unit: 'bytes',
        }),
        stat({
          title: 'Data',
          about: 'What is on them. Normal: grows by what the chains write.',
          query: `sum(chain_disk_size_bytes{${CHOSEN}} - chain_disk_available_bytes{${CHOSEN}})`,
          unit: 'bytes',
        }),
        stat({
          title: 'In a month',
          about:
            'What they grow by in 30 days, at the rate of the last days. Normal: what the catalogue says of the clients.',
          query: `sum(${diskGrowth(CHOSEN)}) * ${MONTH}`,
          unit: 'bytes',
        }),
        stat({
          title: 'Cores asked for',
          about:
            'Part of the cluster’s cores that pods ask for. Normal: below 80 %; above, a node of a chain may find no place.',
          query: asked('cpu'),
          ...ASKED,
        }),
        stat({
          title: 'Memory asked for',
          about: 'Part of the cluster’s memory that pods ask for. Normal: below 80 %.',
          query: asked('memory'),
          ...ASKED,
        }),
      ],
    },
    {
      title: 'Data disks',
      panels: [
        table({
          title: 'Days until full',
          about:
            'Every data disk, the one that is full first on top. Normal: more than two weeks each; disks that shrink have no days.',
          rows: ['node', 'chain', 'network'],
          columns: [
            { name: 'Full in', expr: `min ${BY} (${daysUntilFull(CHOSEN)})`, ...DAYS_UNTIL_FULL },
            { name: 'Alert in', expr: `min ${BY} (${daysUntilAlert(CHOSEN, limits)})`, ...DAYS_UNTIL_FULL },
            { name: 'Used', expr: `max ${BY} (${diskUsed(CHOSEN)})`, ...diskUsedReading(limits) },
            { name: 'Size', expr: `max ${BY} (chain_disk_size_bytes{${CHOSEN}})`, unit: 'bytes' },
            { name: 'Free', expr: `min ${BY} (chain_disk_available_bytes{${CHOSEN}})`, unit: 'bytes' },
            { name: 'In a day', expr: `max ${BY} (${diskGrowth(CHOSEN)}) * 86400`, unit: 'bytes' },
            { name: 'In a month', expr: `max ${BY} (${diskGrowth(CHOSEN)}) * ${MONTH}`, unit: 'bytes' },
          ],
          sort: { by: 'Full in' },
          leads: { node: { to: 'chains-node', with: ['node'] }, chain: { to: 'chains-chain', with: ['chain'] } },
        }),
        graph({
          title: 'Used',
          about: 'Used part of each data disk. Normal: a straight slow rise; the first line is where it alerts.',
          queries: [{ expr: diskUsed(CHOSEN), legend: '{{node}}' }],
          ...diskUsedReading(limits),
          min: 0,
        }),
        graph({
          title: 'Data',
          about: 'What is on each data disk. Normal: nodes of one client grow alike.',
          queries: [
            {
              expr: `chain_disk_size_bytes{${CHOSEN}} - chain_disk_available_bytes{${CHOSEN}}`,
              legend: '{{node}}',
            },
          ],
          unit: 'bytes',
          min: 0,
        }),
      ],
    },
    {
      title: 'Cluster',
      panels: [
        graph({
          title: 'Cores asked for by machine',
          about: 'Part of each machine’s cores that its pods ask for. Normal: below all of it; level over days.',
          queries: [{ expr: asked('cpu', 'node'), legend: '{{node}}' }],
          ...ASKED,
          min: 0,
        }),
        graph({
          title: 'Memory asked for by machine',
          about: 'Part of each machine’s memory that its pods ask for. Normal: below all of it; level over days.',
          queries: [{ expr: asked('memory', 'node'), legend: '{{node}}' }],
          ...ASKED,
          min: 0,
        }),
        graph({
          title: 'Claims',
          about:
            'Used part of every volume in the cluster, those of logs and metrics too. Normal: below where data disks alert.',
          queries: [{ expr: claimUsed, legend: '{{namespace}} {{persistentvolumeclaim}}' }],
          ...diskUsedReading(limits),
          min: 0,
          width: 24,
        }),
      ],
    },
  ],
});
