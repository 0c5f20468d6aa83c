/** PromQL that several dashboards of engines ask. Metrics and labels are those of the engines' contract: a test holds them to it. */
import type { Reading, Variable } from './panels';
import { ENVIRONMENT } from './queries';

/** What the variables choose. Engines do not bear the environment: an environment's Prometheus has its own alone. */
export const OF_ENGINE = 'engine=~"$engine"';
export const OF_STRATEGY = `${OF_ENGINE},strategy=~"$strategy"`;
/** Of one unit: amounts of several do not add up. */
export const OF_MONEY = `${OF_STRATEGY},unit="$unit"`;
export const OF_MARKET = `${OF_STRATEGY},chain=~"$chain"`;
/** Nodes of the chains. */
export const OF_NODES = 'environment="$environment",chain=~"$chain"';

const several = (name: string, label: string, query: string): Variable => ({ name, label, query, several: true });

const engine = several('engine', 'Engine', 'label_values(mev_engine_info, engine)');
const strategy = several('strategy', 'Strategy', `label_values(mev_strategy_trading{${OF_ENGINE}}, strategy)`);
const chain = several('chain', 'Chain', `label_values(mev_head_number{${OF_ENGINE}}, chain)`);
const unit: Variable = { name: 'unit', label: 'Unit', query: `label_values(mev_loss_total{${OF_STRATEGY}}, unit)` };

/** Money has no chain: what one strategy gains on several adds up. */
export const MONEY_VARIABLES: readonly Variable[] = [ENVIRONMENT, engine, strategy, unit];
export const MARKET_VARIABLES: readonly Variable[] = [ENVIRONMENT, engine, strategy, chain];

/** The range that is set, and the time between two points. */
export const RANGE = '$__range';
export const EACH = '$__interval';

const aggregated = (how: string, by: string, expr: string): string => `${how}${by === '' ? '' : ` ${by} `}(${expr})`;

/** How much counters rose; those of pods that are gone included. */
export const rise = (metric: string, of: string, over: string, by = ''): string =>
  aggregated('sum', by, `increase(${metric}{${of}}[${over}])`);

export const most = (metric: string, of: string, by = ''): string => aggregated('max', by, `${metric}{${of}}`);

/** A part of what there was; nothing where there was none. */
export const share = (part: string, whole: string): string => `${part} / (${whole} > 0)`;

/** Profit less loss. */
export const net = (of: string, over: string, by = ''): string =>
  `(${rise('mev_profit_total', of, over, by)} - ${rise('mev_loss_total', of, over, by)})`;

const OPPORTUNITIES = 'mev_opportunities_total';
export const opportunities = (over: string, by = '', of = OF_MARKET): string => rise(OPPORTUNITIES, of, over, by);
/** Of all opportunities, those with this result. */
export const resulted = (result: string, over: string, by = ''): string =>
  share(opportunities(over, by, `${OF_MARKET},result="${result}"`), opportunities(over, by));
/** Of those that were tried for, those that went to somebody faster. */
export const lostToOthers = (over: string, by = ''): string =>
  share(
    opportunities(over, by, `${OF_MARKET},result="lost"`),
    opportunities(over, by, `${OF_MARKET},result=~"taken|lost"`),
  );

export const executions = (over: string, by = '', of = OF_MARKET): string => rise('mev_executions_total', of, over, by);
/** Of the executions that were sent, those that did not land. */
export const wasted = (over: string, by = ''): string =>
  share(
    executions(over, by, `${OF_MARKET},status=~"reverted|dropped"`),
    executions(over, by, `${OF_MARKET},status=~"landed|reverted|dropped"`),
  );

export const PART: Reading = { unit: 'percentunit', decimals: 1 };
/** Promises and slippage are parts of a percent. */
export const RATIO: Reading = { unit: 'percentunit', decimals: 3 };
/** In whatever unit: coins have more digits than dollars. */
export const MONEY: Reading = { unit: 'none', decimals: 4 };
export const SECONDS: Reading = { unit: 's', decimals: 1 };
/** Grafana knows no such unit. */
export const GWEI: Reading = { unit: 'short', decimals: 2 };
