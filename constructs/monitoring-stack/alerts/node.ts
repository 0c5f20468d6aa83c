/** Alerts about nodes: what they follow, how far, and whether anybody hears of them. */
import { HOST_PORT_NAMESPACE, NODE_NAMESPACE } from '../../chain-node';
import type { Watch } from '../watch';
import { finalityDelayed, forksDue } from './finality';
import { headLag, headStale, reorgRateHigh, slotsBehind, syncStalled } from './head';
import type { Alert } from './model';
import {
  anyOf,
  blocks,
  DAY,
  fires,
  first,
  type Labels,
  labelsOf,
  missing,
  networksOf,
  node,
  OWN,
  ofEach,
  PUBLIC,
  processesOf,
  SOME,
  SOME_LOCAL,
  select,
  silent,
  type WatchedNetwork,
  wasHealthy,
} from './parts';

export const nodeAlerts = (watch: Watch): readonly Alert[] => [
  ...networksOf(watch).flatMap((network) => [
    nodeDown(network),
    nodeUnhealthy(network),
    ...(network.local ? [] : followed(network)),
  ]),
  ...(watch.nodes.some(({ local }) => !local) ? [notSynced()] : []),
];

/** Of networks that others make the blocks of. */
const followed = (network: WatchedNetwork): readonly Alert[] => [
  healthUnknown(network),
  ...noHealthyNode(network),
  ...headStale(network),
  ...headLag(network),
  ...slotsBehind(network),
  ...syncStalled(network),
  ...reorgRateHigh(network),
  ...peersLow(network),
  ...clientRestarting(network),
  ...orderFlowDown(network),
  ...metricsMissing(network),
  ...finalityDelayed(network),
  ...forksDue(network),
];

/** Of every node by its name: one that never said anything is missed as well. */
function nodeDown({ labels, nodes, severity }: WatchedNetwork): Alert {
  const one = first(nodes);
  const others = nodes.slice(1);
  return node({
    name: 'NodeDown',
    labels,
    severity,
    expr: nodes.map((node) => missing('chain_info', labelsOf(node))).join(' or '),
    forSeconds: 300,
    summary: '{{ $labels.node }} is not heard of: nobody knows whether it runs.',
    runbook: 'node-down',
    cases: {
      fires: [
        fires('nothing was ever heard', {}, 6, labelsOf(one), ...others.map(labelsOf)),
        fires(
          'one falls silent',
          {
            ...ofEach([one], 'chain_info', '1x10 _x30'),
            ...ofEach(others, 'chain_info', '1x40'),
          },
          25,
          labelsOf(one),
        ),
      ],
      silent: [silent('all are heard of', ofEach(nodes, 'chain_info', '1x10'), 8)],
    },
  });
}

function nodeUnhealthy({ labels, nodes, severity, blockSeconds }: WatchedNetwork): Alert {
  const forSeconds = blocks(25, blockSeconds, 180);
  const healthy = select('chain_healthy', labelsOf(first(nodes)));
  return node({
    name: 'NodeUnhealthy',
    labels,
    severity,
    expr: `max ${OWN} (${select('chain_healthy', labels)}) == 0 ${wasHealthy(labels)}`,
    forSeconds,
    summary: '{{ $labels.node }} follows its chain no more. It did within the last day.',
    runbook: 'node-unhealthy',
    cases: {
      fires: [fires('it loses the chain', { [healthy]: '1x9 0x30' }, 11 + forSeconds / 60, labelsOf(first(nodes)))],
      silent: [
        silent('it is healthy', { [healthy]: '1x40' }, 30),
        silent('it syncs for the first time', { [healthy]: '0x40' }, 30),
        silent('it may be back before long', { [healthy]: '1x9 0x30' }, 11),
      ],
    },
  });
}

/** Takes over where the last day ends in which a node was healthy. */
function notSynced(): Alert {
  const of = (labels: Labels): string => select('chain_healthy', labels);
  return node({
    name: 'NodeNotSynced',
    severity: 'warning',
    expr: `max ${OWN} (${of(PUBLIC)}) == 0`,
    forSeconds: DAY,
    summary: '{{ $labels.node }} has not followed its chain for a day.',
    runbook: 'node-unhealthy',
    cases: {
      fires: [fires('it syncs for more than a day', { [of(SOME)]: '0x1450' }, 1445, SOME)],
      silent: [
        silent('it syncs for less', { [of(SOME)]: '0x1000 1x100' }, 990),
        silent('it is a development chain', { [of(SOME_LOCAL)]: '0x1450' }, 1445),
      ],
    },
  });
}

function healthUnknown({ labels, nodes, severity }: WatchedNetwork): Alert {
  const known = select('chain_health_known', labelsOf(first(nodes)));
  return node({
    name: 'HealthUnknown',
    labels,
    severity,
    expr: `max ${OWN} (${select('chain_health_known', labels)}) == 0`,
    forSeconds: 300,
    summary: '{{ $labels.node }}: a client does not answer, or nobody looks. How it is, is not known.',
    runbook: 'node-unhealthy',
    cases: {
      fires: [fires('a client does not answer', { [known]: '1x9 0x20' }, 16, labelsOf(first(nodes)))],
      silent: [
        silent('it answers', { [known]: '1x30' }, 20),
        silent('it may be started anew', { [known]: '1x9 0x20' }, 12),
      ],
    },
  });
}

/** Of networks with several nodes, where one that is away wakes nobody. */
function noHealthyNode({ labels, nodes, blockSeconds }: WatchedNetwork): readonly Alert[] {
  if (nodes.length < 2) return [];
  const forSeconds = blocks(10, blockSeconds, 120);
  const of = select('chain_healthy', labels);
  const minutes = 11 + forSeconds / 60;
  return [
    node({
      name: 'NoHealthyNode',
      labels,
      severity: 'critical',
      expr:
        `(sum by (chain, network) (${of}) == 0 and on (chain, network) ` +
        `sum by (chain, network) (max_over_time(${of}[1d])) > 0) or ${missing('chain_healthy', labels)}`,
      forSeconds,
      summary: 'No node of {{ $labels.chain }} {{ $labels.network }} is healthy: nobody has its chain.',
      runbook: 'node-unhealthy',
      cases: {
        fires: [
          fires('all lose the chain', ofEach(nodes, 'chain_healthy', '1x9 0x30'), minutes, labels),
          fires('none is heard of', {}, minutes, labels),
        ],
        silent: [
          silent(
            'one is left',
            {
              ...ofEach(nodes, 'chain_healthy', '0x40'),
              ...ofEach([first(nodes)], 'chain_healthy', '1x40'),
            },
            minutes,
          ),
          silent('all sync for the first time', ofEach(nodes, 'chain_healthy', '0x40'), minutes),
        ],
      },
    }),
  ];
}

/** Before they are too few for its health. */
function peersLow({ labels, nodes }: WatchedNetwork): readonly Alert[] {
  const counting = nodes.filter(({ minimumPeers }) => minimumPeers !== undefined);
  const [one] = counting;
  if (!one) return [];
  const below = 3 * Math.max(...counting.map(({ minimumPeers = 0 }) => minimumPeers));
  const peers = select('chain_peers', labelsOf(one));
  return [
    node({
      name: 'PeersLow',
      labels,
      severity: 'warning',
      expr: `max ${OWN} (${select('chain_peers', labels)}) < ${below}`,
      forSeconds: 900,
      summary: `{{ $labels.node }} has {{ $value }} peers, fewer than ${below}.`,
      runbook: 'peers-low',
      cases: {
        fires: [fires('peers leave', { [peers]: `20x9 ${below - 1}x30` }, 27, labelsOf(one))],
        silent: [
          silent('there are enough', { [peers]: `${below}x40` }, 27),
          silent('they come back', { [peers]: `20x9 0x10 20x20` }, 27),
        ],
      },
    }),
  ];
}

/** Of nodes in pods; on a host, its health says so. */
function clientRestarting({ labels, nodes }: WatchedNetwork): readonly Alert[] {
  const inPods = nodes.filter(({ hosting }) => hosting === 'kubernetes');
  const [one] = inPods;
  if (!one) return [];
  const process = first(one.processes).name;
  const of = {
    namespace: NODE_NAMESPACE,
    pod: `${one.id}-node-0`,
    container: process,
  };
  const restarts = select('kube_pod_container_status_restarts_total', of);
  const pods = select('kube_pod_container_status_restarts_total', {
    namespace: anyOf([NODE_NAMESPACE, HOST_PORT_NAMESPACE]),
    pod: anyOf(inPods.map(({ id }) => `${id}-node-0`)),
  });
  return [
    node({
      name: 'ClientRestarting',
      labels,
      severity: 'warning',
      expr: `label_replace(max by (namespace, pod, container) (increase(${pods}[1h])), "node", "$1", "pod", "(.+)-node-0") > 2.5`,
      forSeconds: 60,
      summary:
        '{{ $labels.node }}: {{ $labels.container }} was started anew {{ $value | humanize }} times within an hour.',
      runbook: 'client-restarting',
      cases: {
        fires: [fires('it ends every ten minutes', { [restarts]: stairs(10, 8) }, 70, { ...of, node: one.id })],
        silent: [silent('it was started anew once', { [restarts]: '0x20 1x60' }, 70)],
      },
    }),
  ];
}

/** What takes order flow tells nothing of itself but where it listens. */
function orderFlowDown({ labels, nodes }: WatchedNetwork): readonly Alert[] {
  const found = nodes.flatMap((of) => of.beside.map((process) => ({ of, process })));
  const [one] = found;
  if (!one) return [];
  const listening = select('chain_process_listening', { ...labelsOf(one.of), process: one.process });
  return [
    node({
      name: 'OrderFlowDown',
      labels,
      severity: 'warning',
      expr: `max by (node, chain, network, client, process) (${select('chain_process_listening', labels)}) == 0`,
      forSeconds: 600,
      summary:
        '{{ $labels.process }} beside {{ $labels.node }} does not listen: engines have no order flow from it; the node itself is not touched.',
      runbook: 'order-flow',
      cases: {
        fires: [
          fires('it is not let in', { [listening]: '1x9 0x30' }, 25, { ...labelsOf(one.of), process: one.process }),
        ],
        silent: [
          silent('it listens', { [listening]: '1x40' }, 25),
          silent('it was started anew', { [listening]: '1x9 0x4 1x30' }, 25),
        ],
      },
    }),
  ];
}

/** A counter that goes up by one each so many minutes. */
const stairs = (minutes: number, times: number): string =>
  Array.from({ length: times }, (_, step) => `${step}x${minutes - 1}`).join(' ');

/** What rules about heads and finality are made of. A count of what may never have happened is not among them. */
const IN_RULES: readonly string[] = ['headBlock', 'finalizedBlock', 'finalizedEpoch', 'clockSlot', 'slotsBehind'];

/** Every metric of a process that a rule is made of, and one where none is: without it, what is said elsewhere is said of nothing. */
function metricsMissing({ labels, nodes }: WatchedNetwork): readonly Alert[] {
  const expected = nodes.flatMap((node) =>
    processesOf(node).flatMap(({ name: process, names }) => {
      const inRules = IN_RULES.flatMap((meaning) => names[meaning] ?? []);
      const metrics = inRules.length > 0 ? inRules : Object.values(names).slice(0, 1);
      return metrics.map((metric) => ({ node, process, metric }));
    }),
  );
  const [one] = expected;
  if (!one) return [];
  const absent = expected.map(
    ({ node, process, metric }) =>
      `label_replace(${missing(metric, labelsOf(node))}, "process", "${process}", "node", ".*")`,
  );
  const healthy = ofEach([one.node], 'chain_healthy', '1x40');
  const exported = Object.fromEntries(
    expected
      .filter(({ node }) => node === one.node)
      .map(({ node, metric }) => [select(metric, labelsOf(node)), '100+5x40']),
  );
  const { [select(one.metric, labelsOf(one.node))]: _, ...others } = exported;
  return [
    node({
      name: 'MetricsMissing',
      labels,
      severity: 'warning',
      expr: `max by (node, chain, network, client, process) (${absent.join(' or ')}) and on (node) max by (node) (${select('chain_healthy', labels)}) == 1`,
      forSeconds: 900,
      summary:
        '{{ $labels.node }} is healthy, and {{ $labels.process }} does not tell what it should: its alerts and dashboards are blind.',
      runbook: 'metrics-missing',
      cases: {
        fires: [
          fires('a process is not scraped', { ...healthy, ...others }, 20, {
            ...labelsOf(one.node),
            process: one.process,
          }),
        ],
        silent: [
          silent('all are scraped', { ...healthy, ...exported }, 20),
          silent('the node is not there yet', ofEach([one.node], 'chain_healthy', '0x40'), 20),
        ],
      },
    }),
  ];
}
