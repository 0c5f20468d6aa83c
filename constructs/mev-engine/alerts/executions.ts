/** Alerts about what becomes of executions. */
import { type Alert, fires, type Labels, select, silent } from '../../monitoring-stack';
import type { WatchedEngine, WatchedStrategy } from '../watched';
import { aboutStrategy, loudness, ofStrategy, scraped, strategiesOf, told } from './parts';

const EXECUTIONS = 'mev_executions_total';

export const executionAlerts = (engine: WatchedEngine): readonly Alert[] =>
  strategiesOf(engine).flatMap((strategy) => [
    ...(strategy.executionTimeoutSeconds === undefined
      ? []
      : [executionStuck(engine, strategy, strategy.executionTimeoutSeconds)]),
    ...(strategy.failureAlert ? [executionFailed(engine, strategy)] : []),
    revertRateHigh(engine, strategy),
    bundleInclusionLow(engine, strategy),
  ]);

const about = (
  engine: WatchedEngine,
  strategy: WatchedStrategy,
  alert: Omit<Alert, 'team' | 'group' | 'runbook' | 'labels'>,
): Alert => told({ ...alert, labels: aboutStrategy(engine, strategy), group: 'engine', runbook: 'engine' });

/** Ended well or not, it should have ended; what it holds is at the mercy of the market. */
function executionStuck(engine: WatchedEngine, strategy: WatchedStrategy, seconds: number): Alert {
  const metric = 'mev_execution_oldest_seconds';
  const series = scraped(engine, metric, { strategy: strategy.name });
  return about(engine, strategy, {
    name: 'ExecutionStuck',
    severity: loudness([strategy]),
    expr: `max(${select(metric, ofStrategy(engine, strategy))}) > ${seconds}`,
    forSeconds: 30,
    summary: `${strategy.name}: an execution has been under way for {{ $value | humanizeDuration }}; ${seconds} s is the most.`,
    cases: {
      fires: [fires('one does not end', { [series]: `0x5 ${seconds + 1}x20` }, 10, {})],
      silent: [
        silent('it has its time', { [series]: `${seconds}x20` }, 10),
        silent('it ended late', { [series]: `0x5 ${seconds + 1} 0x20` }, 10),
      ],
    },
  });
}

function executionFailed(engine: WatchedEngine, strategy: WatchedStrategy): Alert {
  const chain = strategy.chains[0]?.chain ?? 'ethereum';
  const ended = (status: string) => scraped(engine, EXECUTIONS, { strategy: strategy.name, chain, status });
  const of = { ...ofStrategy(engine, strategy), status: '~reverted|failed' };
  return about(engine, strategy, {
    name: 'ExecutionFailed',
    severity: 'warning',
    expr: `sum by (chain, status) (increase(${select(EXECUTIONS, of)}[10m])) > 0`,
    forSeconds: 0,
    summary: `${strategy.name}: {{ $value | printf "%.0f" }} executions on {{ $labels.chain }} within ten minutes have {{ $labels.status }}.`,
    cases: {
      fires: [
        fires('one reverts', { [ended('reverted')]: '0x10 1x30' }, 15, { chain, status: 'reverted' }),
        fires('one is not sent', { [ended('failed')]: '0x10 1x30' }, 15, { chain, status: 'failed' }),
      ],
      silent: [
        silent('they land', { [ended('landed')]: '0+1x40', [ended('reverted')]: '0x40' }, 15),
        silent('it is long ago', { [ended('reverted')]: '0x10 1x30' }, 25),
      ],
    },
  });
}

interface Share {
  /** What is too many of them. */
  readonly status: string;
  /** Of which; absent: of all. */
  readonly of?: string;
  readonly above: number;
  /** Fewer within the time say nothing of a share. */
  readonly least: number;
  readonly over: string;
}

function share(labels: Labels, { status, of, above, least, over }: Share): string {
  const sum = (matchers: Labels) => `sum(increase(${select(EXECUTIONS, { ...labels, ...matchers })}[${over}]))`;
  const all = sum(of === undefined ? {} : { status: of });
  return `${sum({ status })} / ${all} > ${above} and ${all} >= ${least}`;
}

/** Each revert costs gas. */
function revertRateHigh(engine: WatchedEngine, strategy: WatchedStrategy): Alert {
  const ended = (status: string) => scraped(engine, EXECUTIONS, { strategy: strategy.name, chain: 'ethereum', status });
  return about(engine, strategy, {
    name: 'RevertRateHigh',
    severity: 'warning',
    expr: share(ofStrategy(engine, strategy), { status: 'reverted', above: 0.5, least: 10, over: '30m' }),
    forSeconds: 0,
    summary: `${strategy.name}: {{ $value | humanizePercentage }} of the executions of half an hour were reverted.`,
    cases: {
      fires: [fires('most are', { [ended('reverted')]: '0+2x60', [ended('landed')]: '0+1x60' }, 40, {})],
      silent: [
        silent('half of them are', { [ended('reverted')]: '0+1x60', [ended('landed')]: '0+1x60' }, 40),
        silent('there were few', { [ended('reverted')]: '0x30 5x30', [ended('landed')]: '0x60' }, 40),
      ],
    },
  });
}

/** Nobody takes them: a relay that does not answer, or too low a bid. */
function bundleInclusionLow(engine: WatchedEngine, strategy: WatchedStrategy): Alert {
  const ended = (status: string) => scraped(engine, EXECUTIONS, { strategy: strategy.name, chain: 'ethereum', status });
  return about(engine, strategy, {
    name: 'BundleInclusionLow',
    severity: 'warning',
    expr: share(ofStrategy(engine, strategy), {
      status: 'dropped',
      of: '~landed|reverted|dropped',
      above: 0.8,
      least: 20,
      over: '1h',
    }),
    forSeconds: 0,
    summary: `${strategy.name}: {{ $value | humanizePercentage }} of what was sent within an hour was not included in time.`,
    cases: {
      fires: [fires('hardly one is', { [ended('dropped')]: '0+9x90', [ended('landed')]: '0+1x90' }, 80, {})],
      silent: [
        silent('one in four is', { [ended('dropped')]: '0+3x90', [ended('landed')]: '0+1x90' }, 80),
        silent('there were few', { [ended('dropped')]: '0x30 9x60', [ended('landed')]: '0x90' }, 80),
        silent('nothing was sent', { [ended('dropped')]: '0x90', [ended('failed')]: '0+9x90' }, 80),
      ],
    },
  });
}
