/** What one strategy may not do. A breach stops its engine; so does not knowing. */
import { type Alert, fires, type Labels, missing, type Series, select, silent } from '../../monitoring-stack';
import type { WatchedEngine, WatchedStrategy } from '../watched';
import {
  aboutStrategy,
  answers,
  called,
  decimal,
  kill,
  ofStrategy,
  readySeries,
  scraped,
  strategiesOf,
  VALUE,
  wantedSeries,
} from './parts';

export const limitAlerts = (engine: WatchedEngine): readonly Alert[] =>
  strategiesOf(engine).flatMap((strategy) => [
    ...limitsOf(strategy).map((limit) => overLimit(engine, strategy, limit)),
    riskMetricsMissing(engine, strategy),
  ]);

/** A limit, and the metric that it is judged by. */
interface Limit {
  readonly alert: string;
  readonly metric: string;
  /** Labels of the metric, beside those of its strategy, that the limit is about. */
  readonly labels: Labels;
  /** As PromQL reads it. */
  readonly above: string;
  /** What is too large, and what it is counted in. */
  readonly what: string;
  readonly unit: string;
}

function limitsOf({ limits, chains }: WatchedStrategy): readonly Limit[] {
  const { maxPositionSize, maxSlippage } = limits;
  const byChain = Object.entries(limits.chains).sort(([a], [b]) => (a < b ? -1 : 1));
  const ofGas = (
    alert: string,
    metric: string,
    key: 'maxGasPrice' | 'maxPriorityFee',
    what: string,
  ): readonly Limit[] =>
    byChain.flatMap(([chain, { [key]: above }]) =>
      above === undefined
        ? []
        : [{ alert, metric, labels: { chain }, above: decimal(above), what: `${what} on ${chain}`, unit: ' gwei' }],
    );
  return [
    ...(maxPositionSize === undefined
      ? []
      : [
          {
            alert: 'PositionOverLimit',
            metric: 'mev_position_size',
            labels: { unit: maxPositionSize.unit },
            above: decimal(maxPositionSize.value),
            what: 'a position',
            unit: ` ${maxPositionSize.unit}`,
          },
        ]),
    ...ofGas('GasPriceOverLimit', 'mev_gas_price_gwei', 'maxGasPrice', 'a gas price'),
    ...ofGas('PriorityFeeOverLimit', 'mev_priority_fee_gwei', 'maxPriorityFee', 'a priority fee'),
    ...(maxSlippage === undefined
      ? []
      : [...new Set(chains.map(({ chain }) => chain))].sort().map((chain) => ({
          alert: 'SlippageOverLimit',
          metric: 'mev_slippage_ratio',
          labels: { chain },
          above: `${maxSlippage}`,
          what: `slippage on ${chain}`,
          unit: '',
        }))),
  ];
}

function overLimit(engine: WatchedEngine, strategy: WatchedStrategy, limit: Limit): Alert {
  const { alert: name, metric, labels, above, what, unit } = limit;
  const series = scraped(engine, metric, { strategy: strategy.name, ...labels });
  const over = `${Number(above) * 2 + 1}`;
  const for5 = { [series]: `0x4 ${over}x5 0x1500` };
  return kill(strategy.name, {
    name,
    group: 'risk-breaches',
    // The unit tells no two rules apart.
    labels: { ...aboutStrategy(engine, strategy), ...(labels.chain === undefined ? {} : { chain: labels.chain }) },
    expr: `max(${select(metric, { ...ofStrategy(engine, strategy), ...labels })}) > ${above}`,
    forSeconds: 0,
    summary: `${strategy.name} has ${what} of ${VALUE}${unit}; ${above}${unit} is the most. ${engine.name} is stopped.`,
    runbook: 'risk',
    cases: {
      fires: [
        fires('it is over', { [series]: `0x4 ${over}x20` }, 5, {}),
        fires('it was, within a day', for5, 1440, {}),
      ],
      silent: [
        silent('it is at its limit', { [series]: `${above}x20` }, 5),
        silent('it was, more than a day ago', for5, 1500),
      ],
    },
  });
}

interface Judged {
  readonly metric: string;
  readonly labels: Labels;
  /** Further labels that it bears, for cases. */
  readonly borne?: Labels;
}

/** Losses and profits in whichever unit: which one it must be is known where the losses of all are. */
const judgedBy = (strategy: WatchedStrategy): readonly [Judged, ...Judged[]] => [
  { metric: 'mev_strategy_trading', labels: {} },
  { metric: 'mev_loss_total', labels: {}, borne: { unit: 'ETH' } },
  { metric: 'mev_profit_total', labels: {}, borne: { unit: 'ETH' } },
  ...limitsOf(strategy),
];

/** It runs, by its own word or by that of Kubernetes, and does not tell what it is judged by. */
function riskMetricsMissing(engine: WatchedEngine, strategy: WatchedStrategy): Alert {
  const [one, ...others] = judgedBy(strategy);
  const of = ofStrategy(engine, strategy);
  const absent = [one, ...others].map(({ metric, labels }) =>
    called(missing(metric, { ...of, ...labels }), 'metric', metric),
  );
  const told = ({ metric, labels, borne = {} }: Judged): Series => ({
    [scraped(engine, metric, { strategy: strategy.name, ...labels, ...borne })]: '1x30',
  });
  const allTold = (judged: readonly Judged[]): Series => Object.assign({}, ...judged.map(told));
  const named = ({ metric, labels: { chain } }: Judged): Labels => ({
    metric,
    ...(chain === undefined ? {} : { chain }),
  });
  const up = { [scraped(engine, 'up')]: '1x30' };
  const ready = { [readySeries(engine)]: '1x30' };
  return kill(strategy.name, {
    name: 'RiskMetricsMissing',
    group: 'risk-breaches',
    labels: aboutStrategy(engine, strategy),
    expr:
      `max by (metric, chain) (${absent.join(' or ')}) ` +
      `and on () (${answers(engine)} or max(${readySeries(engine)}) > 0)`,
    forSeconds: 120,
    summary: `${strategy.name} does not tell {{ $labels.metric }}, by which it is judged. ${engine.name} is stopped.`,
    runbook: 'risk',
    cases: {
      fires: [
        fires('one is not told', { ...up, ...allTold(others) }, 5, named(one)),
        fires('nothing is scraped of a pod that is ready', ready, 5, named(one), ...others.map(named)),
      ],
      silent: [
        silent('all are told', { ...up, ...ready, ...allTold([one, ...others]) }, 10),
        silent('it was started a minute ago', { [scraped(engine, 'up')]: '_x9 1x20' }, 10),
        silent('it is stopped', { [wantedSeries(engine)]: '0x30', [readySeries(engine)]: '0x30' }, 10),
      ],
    },
  });
}
