/** Alerts about the heads of nodes: how far they are, and whether they move. */
import type { WatchedNode } from '../../chain-node';
import { headLimit } from '../thresholds';
import type { Alert } from './model';
import {
  blocks,
  duration,
  fires,
  first,
  labelsOf,
  metricOf,
  node,
  OWN,
  ofEach,
  select,
  silent,
  type WatchedNetwork,
  wasHealthy,
} from './parts';

/** Heads are asked for every 30 seconds, and what was found is scraped later: two nodes are compared at different times. */
const SKEW_SECONDS = 120;

/** Slots behind at which a node of Solana calls itself unhealthy (anza-xyz/agave, `--health-check-slot-distance`). */
const UNHEALTHY_SLOTS = 128;

/** A chain without a pace of its own still has a block in half an hour. */
const QUIET_SECONDS = 1800;

/** Data that a node fetches while its head stands still. */
const FETCHED_BYTES = 1e9;

/** Of the blocks of an hour, those that may be replaced by others at the head: our choice, nobody publishes what is usual. */
const REORG_RATIO = 0.02;

/** The largest of what the nodes of a network may be behind, in the measure that they have. */
function limitOf(nodes: readonly WatchedNode[], metric: string): number | undefined {
  const limits = nodes.flatMap((node) => {
    const limit = headLimit(node);
    return limit?.metric === metric ? [limit.above] : [];
  });
  return limits.length > 0 ? Math.max(...limits) : undefined;
}

/** A head that is older than several blocks, or, where its age is not told, one that stands still. */
export function headStale(network: WatchedNetwork): readonly Alert[] {
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
export function headLag({ labels, nodes, blockSeconds }: WatchedNetwork): readonly Alert[] {
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

export function slotsBehind(network: WatchedNetwork): readonly Alert[] {
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
export function syncStalled(network: WatchedNetwork): readonly Alert[] {
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

/** Blocks at the head that were replaced: by a node that hears others late, or by a chain in trouble. None while it syncs. */
export function reorgRateHigh({ labels, nodes, blockSeconds }: WatchedNetwork): readonly Alert[] {
  const counting = nodes.flatMap((node) => {
    const metric = metricOf(node, 'reorgs');
    return metric === undefined ? [] : [{ node, metric }];
  });
  const [one] = counting;
  if (!one || !blockSeconds) return [];
  const above = Math.ceil((3600 / blockSeconds) * REORG_RATIO);
  const metrics = [...new Set(counting.map(({ metric }) => metric))];
  const rates = metrics.map((metric) => `max ${OWN} (increase(${select(metric, labels)}[1h]))`);
  const reorgs = select(one.metric, labelsOf(one.node));
  const healthy = (value: '0' | '1') => ofEach([one.node], 'chain_healthy', `${value}x150`);
  return [
    node({
      name: 'ReorgRateHigh',
      labels,
      severity: 'warning',
      expr: `(${rates.join(' or ')}) > ${above} and on (node) max by (node) (${select('chain_healthy', labels)}) == 1`,
      forSeconds: 600,
      summary: `{{ $labels.node }} has replaced its newest blocks {{ $value | humanize }} times within an hour; ${above} is the most.`,
      runbook: 'head-behind',
      cases: {
        fires: [
          fires('its head changes often', { ...healthy('1'), [reorgs]: `0+${above}x150` }, 90, labelsOf(one.node)),
        ],
        silent: [
          silent('now and then', { ...healthy('1'), [reorgs]: `0x60 ${Math.floor(above / 2)}x90` }, 90),
          silent('it syncs', { ...healthy('0'), [reorgs]: `0+${above}x150` }, 90),
        ],
      },
    }),
  ];
}
