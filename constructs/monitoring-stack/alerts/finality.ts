import { FORK_DAYS } from '../thresholds';
import type { Alert, AlertCase } from './model';
import {
  DAY,
  duration,
  fires,
  labelsOf,
  metricOf,
  node,
  OWN,
  ofEach,
  processesOf,
  select,
  silent,
  type WatchedNetwork,
} from './parts';

const WEEK = 7 * DAY;

/** Ethereum finalizes two epochs after the newest; more than four is no delay of one node's reports. */
const EPOCHS_TO_FINALITY = 4;

const SLOTS_AN_EPOCH = 32;

/** A rollup's blocks are final when the layer-1 block that has them is: a batch, and two epochs. */
const ROLLUP_FINALITY_SECONDS = 7200;

/** As consensus clients of Ethereum tell it in epochs, and nodes of rollups in blocks. */
export function finalityDelayed({ labels, network, nodes }: WatchedNetwork): readonly Alert[] {
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
export function forksDue({ labels, nodes }: WatchedNetwork): readonly Alert[] {
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
        summary: `${labels.chain} ${labels.network} forks in {{ $value | humanizeDuration }}: ${name}. It takes ${needed.map(([client, version]) => `${client} ${version}`).join(', ')}.`,
        runbook: 'fork-due',
        cases: {
          fires: [on('less than two weeks before', week, [labels])],
          silent: [on('a month before', week - 3, []), on('when it has been', week + 1, [])],
        },
      }),
    ];
  });
}
