/** Alerts about nodes: what they follow, how far, and whether anybody hears of them. */
import { HOST_PORT_NAMESPACE, NODE_NAMESPACE, type WatchedNode } from '../../chain-node';
import { FORK_DAYS, headLimit } from '../thresholds';
import type { Watch } from '../watch';
import type { Alert, AlertCase } from './model';
import {
  anyOf,
  blocks,
  duration,
  fires,
  first,
  type Labels,
  labelsOf,
  metricOf,
  missing,
  networksOf,
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

const DAY = 86_400;
const WEEK = 7 * DAY;

/** Heads are asked for every 30 seconds, and what was found is scraped later: two nodes are compared at different times. */
const SKEW_SECONDS = 120;
/** Slots behind at which a node of Solana calls itself unhealthy (anza-xyz/agave, `--health-check-slot-distance`). */
const UNHEALTHY_SLOTS = 128;
/** Ethereum finalizes two epochs after the newest; more than four is no delay of one node's reports. */
const EPOCHS_TO_FINALITY = 4;
const SLOTS_AN_EPOCH = 32;
/** A rollup's blocks are final when the layer-1 block that has them is: a batch, and two epochs. */
const ROLLUP_FINALITY_SECONDS = 7200;
/** A chain without a pace of its own still has a block in half an hour. */
const QUIET_SECONDS = 1800;
/** Data that a node fetches while its head stands still. */
const FETCHED_BYTES = 1e9;

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
  ...peersLow(network),
  ...clientRestarting(network),
  ...metricsMissing(network),
  ...finalityDelayed(network),
  ...forksDue(network),
];

const node = (alert: Omit<Alert, 'group' | 'team'>): Alert => ({ ...alert, group: 'node', team: 'chains' });

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

/** The largest of what the nodes of a network may be behind, in the measure that they have. */
function limitOf(nodes: readonly WatchedNode[], metric: string): number | undefined {
  const limits = nodes.flatMap((node) => {
    const limit = headLimit(node);
    return limit?.metric === metric ? [limit.above] : [];
  });
  return limits.length > 0 ? Math.max(...limits) : undefined;
}

/** A head that is older than several blocks, or, where its age is not told, one that stands still. */
function headStale(network: WatchedNetwork): readonly Alert[] {
  const { labels, nodes, severity, blockSeconds } = network;
  const limit = limitOf(nodes, 'chain_head_age_seconds');
  const about = first(nodes);
  const alert = { name: 'HeadStale', labels, severity, runbook: 'head-behind' } as const;
  const was = { [select('chain_healthy', labelsOf(about))]: '1x60' };
  if (limit !== undefined) {
    const above = Math.max(limit, 5 * (blockSeconds ?? 0));
    const age = select('chain_head_age_seconds', labelsOf(about));
    const forSeconds = blocks(5, blockSeconds, 60);
    const minutes = 11 + forSeconds / 60;
    return [
      node({
        ...alert,
        expr: `max ${OWN} (${select('chain_head_age_seconds', labels)}) > ${above} ${wasHealthy(labels)}`,
        forSeconds,
        summary: `{{ $labels.node }}: the newest block is {{ $value | humanizeDuration }} old; ${duration(above)} is the most.`,
        cases: {
          fires: [fires('no block comes', { ...was, [age]: `1x9 ${above + 1}+60x20` }, minutes, labelsOf(about))],
          silent: [
            silent('blocks come', { ...was, [age]: `${above}x40` }, minutes),
            silent('one may be late', { ...was, [age]: `1x9 ${above + 1}x40` }, 10),
            silent(
              'it syncs for the first time',
              { [select('chain_healthy', labelsOf(about))]: '0x40', [age]: '900000x40' },
              minutes,
            ),
          ],
        },
      }),
    ];
  }
  const head = metricOf(about, 'headBlock');
  if (head === undefined || limitOf(nodes, 'chain_head_slots_behind') !== undefined) return [];
  const heads = [...new Set(nodes.flatMap((node) => metricOf(node, 'headBlock') ?? []))];
  const quiet = duration(QUIET_SECONDS);
  const series = select(head, labelsOf(about));
  return [
    node({
      ...alert,
      expr: `(${heads.map((metric) => `max ${OWN} (changes(${select(metric, labels)}[${quiet}]))`).join(' or ')}) == 0 ${wasHealthy(labels)}`,
      forSeconds: 300,
      summary: `{{ $labels.node }}: no block has come for ${quiet}.`,
      cases: {
        fires: [fires('no block comes', { ...was, [series]: '100+30x9 400x50' }, 50, labelsOf(about))],
        silent: [silent('blocks come', { ...was, [series]: '100+1x60' }, 50)],
      },
    }),
  ];
}

/** How far a node is behind the best of its network, where several tell their head. */
function headLag({ labels, nodes, blockSeconds }: WatchedNetwork): readonly Alert[] {
  const telling = nodes.filter(({ headMaximumAgeSeconds }) => headMaximumAgeSeconds !== undefined);
  const [one, other] = telling;
  if (!one || !other) return [];
  const of = select('chain_head_number', labels);
  const best = `max by (chain, network) (${of}) - on (chain, network) group_right () max ${OWN} (${of})`;
  const above = Math.max(3, Math.ceil(SKEW_SECONDS / (blockSeconds ?? 1)));
  const forSeconds = blocks(10, blockSeconds, 180);
  const minutes = 31 + forSeconds / 60;
  const each = Math.ceil(60 / (blockSeconds ?? 1));
  const start = 1_000_000;
  const was = ofEach(telling, 'chain_healthy', '1x90');
  const head = (of: WatchedNode): string => select('chain_head_number', labelsOf(of));
  return [
    node({
      name: 'HeadLag',
      labels,
      severity: 'warning',
      expr:
        blockSeconds === undefined
          ? // Blocks come at no fixed pace, so that the best node's own of late counts.
            `(${best}) > on (chain, network) group_left () (${SKEW_SECONDS} * max by (chain, network) (deriv(${of}[15m]))) ${wasHealthy(labels)}`
          : `(${best}) > ${above} ${wasHealthy(labels)}`,
      forSeconds,
      summary: `{{ $labels.node }} is {{ $value }} blocks behind the best node of {{ $labels.chain }} {{ $labels.network }}, more than ${SKEW_SECONDS} seconds.`,
      runbook: 'head-behind',
      cases: {
        fires: [
          fires(
            'it stands still while the other goes on',
            {
              ...was,
              [head(one)]: `${start}+${each}x90`,
              [head(other)]: `${start}+${each}x20 ${start + 20 * each}x70`,
            },
            minutes,
            labelsOf(other),
          ),
        ],
        silent: [
          silent(
            'it is as far, but for the time of the look',
            { ...was, [head(one)]: `${start}+${each}x90`, [head(other)]: `${start - each}+${each}x90` },
            minutes,
          ),
        ],
      },
    }),
  ];
}

function slotsBehind(network: WatchedNetwork): readonly Alert[] {
  const { labels, nodes, severity } = network;
  const limit = limitOf(nodes, 'chain_head_slots_behind');
  const telling = nodes.flatMap((node) => {
    const metric = headLimit(node)?.metric === 'chain_head_slots_behind' ? 'chain_head_slots_behind' : undefined;
    const own = metric ?? metricOf(node, 'slotsBehind');
    return own === undefined ? [] : [{ node, metric: own }];
  });
  const [one] = telling;
  if (!one) return [];
  const above = limit ?? UNHEALTHY_SLOTS;
  const metrics = [...new Set(telling.map(({ metric }) => metric))];
  const slots = select(one.metric, labelsOf(one.node));
  const was = { [select('chain_healthy', labelsOf(one.node))]: '1x60' };
  return [
    node({
      name: 'SlotsBehind',
      labels,
      severity,
      expr: `(${metrics.map((metric) => `max ${OWN} (${select(metric, labels)})`).join(' or ')}) > ${above} ${wasHealthy(labels)}`,
      forSeconds: 120,
      summary: `{{ $labels.node }} is {{ $value }} slots behind; ${above} is the most.`,
      runbook: 'head-behind',
      cases: {
        fires: [fires('it falls behind', { ...was, [slots]: `0x9 ${above + 1}+10x20` }, 13, labelsOf(one.node))],
        silent: [silent('it keeps up', { ...was, [slots]: `${above}x30` }, 20)],
      },
    }),
  ];
}

/** Neither its head nor its data moves: a node that fetches what it begins with has a head that stands still for hours. */
function syncStalled(network: WatchedNetwork): readonly Alert[] {
  const { labels, nodes, blockSeconds } = network;
  const telling = nodes.flatMap((node) => {
    const metric = node.headMaximumAgeSeconds === undefined ? metricOf(node, 'headBlock') : 'chain_head_number';
    return metric === undefined ? [] : [{ node, metric }];
  });
  const [one] = telling;
  if (!one) return [];
  const window = blocks(100, blockSeconds, QUIET_SECONDS);
  const over = duration(window);
  const metrics = [...new Set(telling.map(({ metric }) => metric))];
  const still = metrics.map((metric) => `max ${OWN} (changes(${select(metric, labels)}[${over}]))`).join(' or ');
  const begun = metrics.map((metric) => `max by (node) (${select(metric, labels)})`).join(' or ');
  const room = select('chain_disk_available_bytes', labels);
  const of = labelsOf(one.node);
  const unhealthy = { [select('chain_healthy', of)]: '0x100' };
  const head = select(one.metric, of);
  const disk = select('chain_disk_available_bytes', of);
  const minutes = 20 + window / 60 + 15;
  return [
    node({
      name: 'SyncStalled',
      labels,
      severity: 'warning',
      expr:
        `(${still}) == 0 and on (node) max by (node) (${select('chain_healthy', labels)}) == 0 and on (node) (${begun}) > 0 ` +
        `unless on (node) max by (node) (max_over_time(${room}[${over}]) - min_over_time(${room}[${over}])) > ${FETCHED_BYTES}`,
      forSeconds: 600,
      summary: `{{ $labels.node }} is not at the head, and has not moved for ${over}.`,
      runbook: 'head-behind',
      cases: {
        fires: [
          fires(
            'it gets no further',
            { ...unhealthy, [head]: '100+10x20 300x80', [disk]: '500000000000x100' },
            minutes,
            of,
          ),
        ],
        silent: [
          silent('it catches up', { ...unhealthy, [head]: '100+10x100', [disk]: '500000000000x100' }, minutes),
          silent('it fetches data', { ...unhealthy, [head]: '100x100', [disk]: '500000000000-100000000x100' }, minutes),
          silent('it has not begun', { ...unhealthy, [head]: '0x100', [disk]: '500000000000x100' }, minutes),
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

/** A counter that goes up by one each so many minutes. */
const stairs = (minutes: number, times: number): string =>
  Array.from({ length: times }, (_, step) => `${step}x${minutes - 1}`).join(' ');

/** One metric of each process: without it, what is said about that process elsewhere is said of nothing. */
function metricsMissing({ labels, nodes }: WatchedNetwork): readonly Alert[] {
  const expected = nodes.flatMap((node) =>
    node.processes.flatMap(({ name, names }) => {
      const [metric] = Object.values(names);
      return metric === undefined ? [] : [{ node, process: name, metric }];
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
        '{{ $labels.node }} is healthy, and {{ $labels.process }} tells nothing of itself: its alerts and dashboards are blind.',
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

/** As consensus clients of Ethereum tell it in epochs, and nodes of rollups in blocks. */
function finalityDelayed({ labels, network, nodes }: WatchedNetwork): readonly Alert[] {
  const alert = {
    name: 'FinalityDelayed',
    labels,
    severity: network === 'mainnet' ? 'critical' : 'warning',
    runbook: 'finality-delayed',
  } as const;
  const beacons = nodes.flatMap((node) =>
    processesOf(node).flatMap(({ names: { clockSlot, finalizedEpoch } }) =>
      clockSlot === undefined || finalizedEpoch === undefined ? [] : [{ node, clockSlot, finalizedEpoch }],
    ),
  );
  const [beacon] = beacons;
  if (beacon) {
    const { clockSlot, finalizedEpoch } = beacon;
    const pairs = beacons.map(
      ({ clockSlot, finalizedEpoch }) =>
        `floor(max ${OWN} (${select(clockSlot, labels)}) / ${SLOTS_AN_EPOCH}) - max ${OWN} (${select(finalizedEpoch, labels)})`,
    );
    const clock = { [select(clockSlot, labelsOf(beacon.node))]: '3200+5x60' };
    const final = select(finalizedEpoch, labelsOf(beacon.node));
    const at = (healthy: '0' | '1') => ofEach([beacon.node], 'chain_healthy', `${healthy}x60`);
    return [
      node({
        ...alert,
        // What lags or syncs has an old final epoch of its own.
        expr: `(${[...new Set(pairs)].join(' or ')}) > ${EPOCHS_TO_FINALITY} and on (node) max by (node) (${select('chain_healthy', labels)}) == 1`,
        forSeconds: 300,
        summary: '{{ $labels.node }}: the newest final epoch is {{ $value }} epochs old; two are usual.',
        cases: {
          fires: [
            fires('nothing becomes final', { ...clock, ...at('1'), [final]: '98x60' }, 55, labelsOf(beacon.node)),
          ],
          silent: [
            silent(
              'two epochs behind',
              { ...clock, ...at('1'), [final]: Array.from({ length: 10 }, (_, epoch) => `${98 + epoch}x5`).join(' ') },
              55,
            ),
            silent('it lags or syncs', { ...clock, ...at('0'), [final]: '98x60' }, 55),
          ],
        },
      }),
    ];
  }
  const rollups = nodes.flatMap((node) => {
    const metric = metricOf(node, 'finalizedBlock');
    return metric === undefined ? [] : [{ node, metric }];
  });
  const [rollup] = rollups;
  if (!rollup) return [];
  const over = duration(ROLLUP_FINALITY_SECONDS);
  const still = rollups.map(({ metric }) => `max ${OWN} (changes(${select(metric, labels)}[${over}]))`);
  const healthy = ofEach([rollup.node], 'chain_healthy', '1x200');
  const final = select(rollup.metric, labelsOf(rollup.node));
  return [
    node({
      ...alert,
      expr: `(${[...new Set(still)].join(' or ')}) == 0 and on (node) max by (node) (${select('chain_healthy', labels)}) == 1`,
      forSeconds: 600,
      summary: `{{ $labels.node }}: no block has become final for ${over}, though it is at the head.`,
      cases: {
        fires: [
          fires('nothing becomes final', { ...healthy, [final]: '100+30x20 700x180' }, 160, labelsOf(rollup.node)),
        ],
        silent: [silent('blocks become final', { ...healthy, [final]: '100+30x200' }, 160)],
      },
    }),
  ];
}

/** Forks that have a date, and that a client which runs here must be new enough for. One that is past stays silent. */
function forksDue({ labels, nodes }: WatchedNetwork): readonly Alert[] {
  const clients = new Set(nodes.flatMap((node) => node.clients));
  const known = new Map(nodes.flatMap(({ forks }) => forks.map((fork) => [`${fork.name} ${fork.at}`, fork] as const)));
  return [...known.values()].flatMap(({ name, at, least }) => {
    const needed = Object.entries(least).filter(([client]) => clients.has(client));
    if (at === undefined || needed.length === 0) return [];
    const seconds = Date.parse(at) / 1000;
    if (!Number.isInteger(seconds)) throw new Error(`the fork ${name} is at "${at}", which is no date`);
    const week = Math.floor((seconds - 1) / WEEK);
    const on = (name: string, weeks: number, alerts: AlertCase['fires']): AlertCase => ({
      name,
      series: [],
      atMinutes: (weeks * WEEK) / 60,
      stepMinutes: WEEK / 60,
      fires: alerts,
    });
    return [
      node({
        name: 'ForkDue',
        labels: { ...labels, fork: name },
        severity: 'warning',
        expr: `(vector(${seconds}) - time() < ${FORK_DAYS.warning * DAY}) > 0`,
        forSeconds: 0,
        summary: `{{ $labels.chain }} {{ $labels.network }} forks in {{ $value | humanizeDuration }}: ${name}. It takes ${needed.map(([client, version]) => `${client} ${version}`).join(', ')}.`,
        runbook: 'fork-due',
        cases: {
          fires: [on('less than two weeks before', week, [labels])],
          silent: [on('a month before', week - 3, []), on('when it has been', week + 1, [])],
        },
      }),
    ];
  });
}
