import type { Quantity, StrategyLimits } from '../constructs/mev-engine/contract';
import type { Path } from './document';
import { amountOf, countsAs, digitsOf, inEth, inGwei, least } from './limits';
import type { Layers } from './merge';
import type { Problem } from './problem';
import { type Amount, amount } from './quantity';
import type { EnvironmentSettings } from './schema/environment';
import type { EngineType } from './schema/mev';
import { lineOf } from './settings';
import type { Strategy } from './strategies';

/** What bounds one strategy in an environment: of each limit the tightest that applies. What asks for more is an error. */

export type MevSection = NonNullable<EnvironmentSettings['mev']>;

interface OfType {
  readonly max_position_size?: Amount;
  readonly max_slippage?: number;
  readonly min_profit_ratio?: number;
  readonly safety_margin?: number;
}
interface OfChain {
  readonly max_gas_price?: Amount;
  readonly max_priority_fee?: Amount;
}

/** A limit of the environment, and where it stands. */
interface Bound<T> {
  readonly value: T;
  readonly path: Path;
}
const bound = <T>(path: Path, value: T | undefined): Bound<T> | undefined =>
  value === undefined ? undefined : { path, value };

export interface LimitsContext {
  readonly environment: string;
  readonly mev: MevSection;
  readonly layers: Layers;
  /** Chains whose transactions have no price of gas. */
  readonly gasless: ReadonlySet<string>;
  report(problem: Problem): void;
}

/** Reports what asks for more than it may, at its place in the strategy's file. */
export function limitsOf(strategy: Strategy, context: LimitsContext): StrategyLimits {
  const { mev, layers } = context;
  const { parameters, strategy: about } = strategy.settings;
  const ofType = ((mev.strategy_limits ?? {}) as Partial<Record<EngineType, OfType>>)[about.type] ?? {};
  const typed = <K extends keyof OfType>(key: K): Bound<NonNullable<OfType[K]>> | undefined =>
    bound(['mev', 'strategy_limits', about.type, key], ofType[key] as NonNullable<OfType[K]> | undefined);
  const fail = (path: Path, message: string): void =>
    context.report({
      severity: 'error',
      position: strategy.layers.position(path),
      path,
      message: `in ${context.environment}, ${message}`,
    });
  const told = ({ path }: Bound<unknown>): string => `${path.join('.')} (${lineOf(layers, path)})`;
  const ratioOf = (
    key: 'slippage_tolerance' | 'min_profit_threshold' | 'safety_margin',
    limit: Bound<number> | undefined,
    worse: (own: number, most: number) => boolean,
    than: string,
  ): number | undefined => {
    const own = parameters[key];
    if (own !== undefined && limit && worse(own, limit.value))
      fail(['parameters', key], `${own} is ${than} the ${limit.value} of ${told(limit)}; change it, or that`);
    return own ?? limit?.value;
  };
  const position = positionOf(strategy, typed('max_position_size'), context, fail, told);
  const slippage = ratioOf('slippage_tolerance', typed('max_slippage'), (own, most) => own > most, 'more than');
  const profit = ratioOf('min_profit_threshold', typed('min_profit_ratio'), (own, most) => own < most, 'less than');
  const margin = ratioOf('safety_margin', typed('safety_margin'), (own, most) => own < most, 'less than');
  return {
    ...(position ? { maxPositionSize: position } : {}),
    ...(mev.min_profit_threshold ? { minProfit: inEth(mev.min_profit_threshold) } : {}),
    ...(profit === undefined ? {} : { minProfitRatio: profit }),
    ...(slippage === undefined ? {} : { maxSlippage: slippage }),
    ...(margin === undefined ? {} : { safetyMargin: margin }),
    chains: Object.fromEntries(
      [...parameters.chains].sort().map((chain) => [chain, gasOf(strategy, chain, context, fail, told)]),
    ),
  };
}

type Fail = (path: Path, message: string) => void;
type Told = (bound: Bound<unknown>) => string;

function positionOf(
  { settings: { parameters } }: Strategy,
  ofType: Bound<Amount> | undefined,
  { mev }: LimitsContext,
  fail: Fail,
  told: Told,
): Quantity | undefined {
  const { asset, max_position_size: own } = parameters;
  const limit = least([ofType, bound(['mev', 'risk_limits', 'max_position_size'], mev.risk_limits?.max_position_size)]);
  if (own === undefined) return limit && inEth(limit.value);
  const mine = { value: digitsOf(own), unit: asset };
  if (!limit) return mine;
  const path = ['parameters', 'max_position_size'];
  const one = countsAs(asset, mev.conversions ?? {});
  const most = amount.format(limit.value);
  if (!one) {
    fail(
      path,
      `${mine.value} ${asset} cannot be compared with the ${most} of ${told(limit)}; say what one ${asset} counts as in mev.conversions, such as ${asset}: 0.0003 ETH`,
    );
    return mine;
  }
  const asked = amountOf(own, one);
  if (asked.value > limit.value.value) {
    const counted = asset === 'ETH' ? '' : `, which count as ${inEth(asked).value} ETH,`;
    const verb = counted === '' ? 'is' : 'are';
    fail(
      path,
      `${mine.value} ${asset}${counted} ${verb} more than the ${most} of ${told(limit)}; lower it, or raise that`,
    );
  }
  return mine;
}

/** What a strategy pays on a chain at most. */
function gasOf(
  { settings: { execution } }: Strategy,
  chain: string,
  { mev, gasless }: LimitsContext,
  fail: Fail,
  told: Told,
): StrategyLimits['chains'][string] {
  const { max_gas_price: price, priority_fee: feeText = 'auto' } = execution;
  const parsed = feeText === 'auto' ? undefined : amount.parse(feeText);
  const fee = parsed?.ok ? parsed.value : undefined;
  if (gasless.has(chain)) {
    const refuse = (key: string): void =>
      fail(
        ['execution', key],
        `transactions of ${chain} have no price of gas; remove it, or trade there by a strategy of its own`,
      );
    if (price) refuse('max_gas_price');
    if (fee) refuse('priority_fee');
    return {};
  }
  const ofChain = ((mev.chain_limits ?? {}) as Readonly<Record<string, OfChain | undefined>>)[chain] ?? {};
  const mostPrice = least([
    bound(['mev', 'chain_limits', chain, 'max_gas_price'], ofChain.max_gas_price),
    bound(['mev', 'max_gas_price'], mev.max_gas_price),
  ]);
  // A fee is a part of the price.
  const mostFee = least([
    bound(['mev', 'chain_limits', chain, 'max_priority_fee'], ofChain.max_priority_fee),
    mostPrice,
  ]);
  const within = (own: Amount | undefined, most: Bound<Amount> | undefined, key: string): Amount | undefined => {
    if (own && most && own.value > most.value.value)
      fail(
        ['execution', key],
        `${amount.format(own)} is more on ${chain} than the ${amount.format(most.value)} of ${told(most)}; lower it, or raise that`,
      );
    return own ?? most?.value;
  };
  const paid = within(price, mostPrice, 'max_gas_price');
  const tipped = within(fee, mostFee, 'priority_fee');
  return {
    ...(paid ? { maxGasPrice: inGwei(paid) } : {}),
    ...(tipped ? { maxPriorityFee: inGwei(tipped) } : {}),
  };
}
