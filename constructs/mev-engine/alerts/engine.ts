/** Alerts about engines themselves: whether they run, obey, see their chains and look at them. */
import { type Alert, fires, select, silent } from '../../monitoring-stack';
import type { WatchedEngine, WatchedStrategy } from '../watched';
import {
  aboutStrategy,
  answers,
  kill,
  loudness,
  ofEngine,
  ofHost,
  ofStrategy,
  podOf,
  readySeries,
  scraped,
  strategiesOf,
  told,
  wanted,
  wantedSeries,
} from './parts';

/** How old what an engine acts on may be. */
const BEHIND_SECONDS = 60;
/** Fewer blocks are the time between two looks. */
const LEAST_BLOCKS = 3;
/** Blocks in which a strategy looks at least once, and the seconds that it has on a fast chain. */
const STALE_BLOCKS = 20;
const STALE_SECONDS = 120;

export const runningAlerts = (engine: WatchedEngine): readonly Alert[] => [
  engineDown(engine),
  engineNotReady(engine),
  engineRestarting(engine),
  engineIgnoresLimits(engine),
  ...networksOf(engine).map((network) => engineBehind(engine, network)),
  ...strategiesOf(engine).flatMap((strategy) => [engineStale(engine, strategy), strategyHalted(engine, strategy)]),
];

const about = (alert: Omit<Alert, 'team' | 'group' | 'runbook'>): Alert =>
  told({ ...alert, group: 'engine', runbook: 'engine' });

function engineDown(engine: WatchedEngine): Alert {
  const wants = { [wantedSeries(engine)]: '1x30' };
  const up = scraped(engine, 'up');
  return about({
    name: 'EngineDown',
    labels: { engine: engine.name },
    severity: loudness(engine.strategies),
    expr: `${wanted(engine)} unless on () ${answers(engine)}`,
    forSeconds: 300,
    summary: `${engine.name} is to run, and no pod of it answers Prometheus.`,
    cases: {
      fires: [
        fires('it has no pod', wants, 10, {}),
        fires('its pod does not answer', { ...wants, [up]: '1x5 0x30' }, 15, {}),
      ],
      silent: [
        silent('it answers', { ...wants, [up]: '1x30' }, 15),
        silent('it is started', { ...wants, [up]: '0x3 1x30' }, 15),
        silent('it is stopped', { [wantedSeries(engine)]: '1x5 0x30', [up]: '1x5 stale' }, 20),
      ],
    },
  });
}

/** It runs, and a file that it does not understand or a network that does not answer keeps it from its work. */
function engineNotReady(engine: WatchedEngine): Alert {
  const up = { [scraped(engine, 'up')]: '1x30' };
  const ready = readySeries(engine);
  return about({
    name: 'EngineNotReady',
    labels: { engine: engine.name },
    severity: loudness(engine.strategies),
    expr: `max(${ready}) == 0 and on () ${answers(engine)}`,
    forSeconds: 300,
    summary: `${engine.name} runs and is not ready: a file that it does not understand, or a network that does not answer.`,
    cases: {
      fires: [fires('a network is gone', { ...up, [ready]: '1x5 0x30' }, 15, {})],
      silent: [silent('it is ready', { ...up, [ready]: '1x30' }, 15), silent('it is stopped', { [ready]: '0x30' }, 15)],
    },
  });
}

function engineRestarting(engine: WatchedEngine): Alert {
  if (engine.beside !== undefined) return restartingOnHost(engine);
  const { namespace, name } = engine;
  const metric = 'kube_pod_container_status_restarts_total';
  const of = (pod: string) => select(metric, { namespace, pod, container: 'engine' });
  const often = '0x19 1x9 2x9 3x9 4x9 5x30';
  return about({
    name: 'EngineRestarting',
    labels: { engine: name },
    severity: 'warning',
    // Not the pods of an engine whose name begins with this one's.
    expr: `max by (container) (increase(${select(metric, { namespace, pod: `~${name}-[a-z0-9]+-[a-z0-9]{5}` })}[1h])) > 2.5`,
    forSeconds: 60,
    summary: `${name}: {{ $labels.container }} was started anew {{ $value | printf "%.0f" }} times within an hour.`,
    cases: {
      fires: [fires('it ends every ten minutes', { [of(podOf(engine))]: often }, 65, { container: 'engine' })],
      silent: [
        silent('it was started anew once', { [of(podOf(engine))]: '0x20 1x60' }, 65),
        silent('it is another', { [of(`${name}-b-7d9c5b8f6d-x2x4z`)]: often }, 65),
      ],
    },
  });
}

function restartingOnHost(engine: WatchedEngine): Alert {
  const { name } = engine;
  const metric = 'mev_host_restarts_total';
  const series = select(metric, ofHost(engine));
  const often = '0x19 1x9 2x9 3x9 4x9 5x30';
  return about({
    name: 'EngineRestarting',
    labels: { engine: name },
    severity: 'warning',
    expr: `max(increase(${series}[1h])) > 2.5`,
    forSeconds: 60,
    summary: `${name} was started anew {{ $value | printf "%.0f" }} times within an hour.`,
    cases: {
      fires: [fires('it ends every ten minutes', { [series]: often }, 65, {})],
      silent: [
        silent('it was started anew once', { [series]: '0x20 1x60' }, 65),
        silent('it is another', { [select(metric, ofHost({ ...engine, name: `${name}-b` }))]: often }, 65),
        silent(
          'it is a host that it has left',
          { [select(metric, ofHost({ ...engine, beside: 'before' }))]: often },
          65,
        ),
      ],
    },
  });
}

/** Limits that it does not know it cannot keep. Each pod by itself: two run while one follows the other. */
function engineIgnoresLimits(engine: WatchedEngine): Alert {
  const info = 'mev_limits_info';
  const up = { [scraped(engine, 'up')]: '1x1500' };
  const with_ = (sha256: string) => scraped(engine, info, { sha256 });
  const { limitsSha256: sha256 } = engine;
  const other = with_('0'.repeat(64));
  return kill(engine.name, {
    name: 'EngineIgnoresLimits',
    group: 'engine',
    labels: { engine: engine.name },
    expr: `max(${select('up', ofEngine(engine))} == 1 unless on (pod) ${select(info, { ...ofEngine(engine), sha256 })})`,
    forSeconds: 300,
    summary: `${engine.name} runs with other limits than it was given, or does not tell with which. It is stopped.`,
    runbook: 'risk',
    cases: {
      fires: [
        fires('it does not tell', up, 10, {}),
        fires('it keeps to older ones', { ...up, [other]: '1x30' }, 10, {}),
        // Beside a node there is one.
        ...(engine.beside === undefined
          ? [
              fires(
                'one of two pods does',
                {
                  ...up,
                  [with_(sha256)]: '1x30',
                  [select('up', { ...ofEngine(engine), pod: `${engine.name}-other` })]: '1x30',
                },
                10,
                {},
              ),
            ]
          : []),
        fires('it knew them a day later', { ...up, [with_(sha256)]: '_x10 1x1500' }, 1440, {}),
      ],
      silent: [
        silent('it knows them', { ...up, [with_(sha256)]: '1x30' }, 15),
        silent('they change', { ...up, [other]: '1x3 stale', [with_(sha256)]: '_x3 1x30' }, 15),
        silent('it does not run', {}, 15),
      ],
    },
  });
}

type Network = WatchedStrategy['chains'][number];

/** Each once, in the order of their names. */
function networksOf({ strategies }: WatchedEngine): readonly Network[] {
  const found = new Map(
    strategies.flatMap(({ chains }) => chains.map((one) => [`${one.chain} ${one.network}`, one] as const)),
  );
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, network]) => network);
}

/** Behind the best of our own nodes. Silent of a network whose nodes do not tell their head, as those of Solana. */
function engineBehind(engine: WatchedEngine, { chain, network, blockSeconds }: Network): Alert {
  const labels = { chain, network };
  const best = select('chain_head_number', labels);
  const above =
    blockSeconds === undefined
      ? // Blocks come at no fixed pace, so that the chain's own of late counts.
        `on () clamp_min(${BEHIND_SECONDS} * max(deriv(${best}[15m])), ${LEAST_BLOCKS})`
      : Math.max(LEAST_BLOCKS, Math.ceil(BEHIND_SECONDS / blockSeconds));
  const pace = Math.ceil(60 / (blockSeconds ?? 1));
  const start = 1_000_000;
  const node = { [select('chain_head_number', { ...labels, node: 'one', client: 'some' })]: `${start}+${pace}x60` };
  const head = scraped(engine, 'mev_head_number', labels);
  return about({
    name: 'EngineBehind',
    labels: { engine: engine.name, chain, network },
    severity: loudness(engine.strategies),
    expr: `max(${best}) - on () max(${select('mev_head_number', { ...ofEngine(engine), ...labels })}) > ${above}`,
    forSeconds: 60,
    summary: `${engine.name} is {{ $value }} blocks behind the nodes of ${chain} ${network}, more than ${BEHIND_SECONDS} seconds.`,
    cases: {
      fires: [fires('it stands still', { ...node, [head]: `${start}+${pace}x20 ${start + 20 * pace}x40` }, 40, {})],
      silent: [
        silent('it keeps up', { ...node, [head]: `${start - Math.floor(pace / 2)}+${pace}x60` }, 40),
        silent('no node tells', { [head]: `${start}x60` }, 40),
      ],
    },
  });
}

const staleSeconds = ({ chains }: WatchedStrategy): number =>
  Math.max(STALE_SECONDS, ...chains.map(({ blockSeconds = 0 }) => STALE_BLOCKS * blockSeconds));

function engineStale(engine: WatchedEngine, strategy: WatchedStrategy): Alert {
  const metric = 'mev_strategy_heartbeat_timestamp_seconds';
  const above = staleSeconds(strategy);
  const series = scraped(engine, metric, { strategy: strategy.name });
  const minutes = 5 + Math.ceil(above / 60);
  return about({
    name: 'EngineStale',
    labels: aboutStrategy(engine, strategy),
    severity: loudness([strategy]),
    expr: `time() - max(${select(metric, ofStrategy(engine, strategy))}) > ${above}`,
    forSeconds: 60,
    summary: `${strategy.name} looked at a block {{ $value | humanizeDuration }} ago; ${above} s is the most.`,
    cases: {
      fires: [fires('it hangs', { [series]: '0+60x5 300x60' }, minutes + 2, {})],
      silent: [
        silent('it looks', { [series]: '0+60x60' }, minutes + 2),
        silent('it may rest for so long', { [series]: '0+60x5 300x60' }, minutes),
        silent('it does not run', {}, minutes + 2),
      ],
    },
  });
}

function strategyHalted(engine: WatchedEngine, strategy: WatchedStrategy): Alert {
  const metric = 'mev_strategy_trading';
  const series = scraped(engine, metric, { strategy: strategy.name });
  return about({
    name: 'StrategyHalted',
    labels: aboutStrategy(engine, strategy),
    severity: 'warning',
    expr: `max(${select(metric, ofStrategy(engine, strategy))}) == 0`,
    forSeconds: 900,
    summary: `${strategy.name} runs and has not traded for a quarter of an hour: a limit or a stop keeps it from that.`,
    cases: {
      fires: [fires('a limit holds it', { [series]: '1x5 0x40' }, 30, {})],
      silent: [
        silent('it trades', { [series]: '1x40' }, 30),
        silent('it trades again', { [series]: '1x5 0x10 1x40' }, 30),
      ],
    },
  });
}
