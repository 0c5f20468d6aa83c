import type { LimitsFile, Quantity, StrategyLimits } from '../../constructs/mev-engine/contract';

/** What may be begun, compared without floating point: a limit of 0.1 is 0.1. Nothing in here reads files or the chain. */

/** `digits` × 10^-`scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** A part of a whole that is more than 0. */
export interface Fraction {
  readonly part: bigint;
  readonly whole: bigint;
}

/** What an execution would do; amounts in wei. */
export interface Plan {
  readonly chain: string;
  readonly position: bigint;
  readonly profit: bigint;
  readonly slippage: Fraction;
  readonly gasPrice: bigint;
  readonly priorityFee: bigint;
}

/** A loss, and when it was made, in seconds. */
export interface Loss {
  readonly at: number;
  readonly wei: bigint;
}

/** Decimal places between a unit and wei. `ETH` is one of a chain's own coin, whichever that is, as in the configuration. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ETH', 18],
  ['gwei', 9],
  ['wei', 0],
]);

const HOUR = 3600;
const DAY = 24 * HOUR;

const SHAPE = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/;

/** Reads "12.50", and what JavaScript makes of small numbers, such as "1e-7"; undefined where it is neither. */
export function decimal(text: string): Decimal | undefined {
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  return scaled(BigInt(whole + fraction), fraction.length - Number(exponent));
}

const scaled = (digits: bigint, scale: number): Decimal =>
  scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };

/** Less than 0, 0, or more than 0, as the first is less than the second, equal or more. */
export function compare(one: Decimal, other: Decimal): number {
  const [left, right] = [one.digits * 10n ** BigInt(other.scale), other.digits * 10n ** BigInt(one.scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** In wei; undefined in a unit that is not counted in wei. */
export function inWei({ value, unit }: Quantity): Decimal | undefined {
  const [places, amount] = [UNITS.get(unit), decimal(value)];
  return places === undefined || amount === undefined ? undefined : scaled(amount.digits, amount.scale - places);
}

/** So many wei in a unit, for metrics; undefined in a unit that is not counted in wei, but that nothing is 0 in all of them. */
export function inUnit(wei: bigint, unit: string): number | undefined {
  if (wei === 0n) return 0;
  const places = UNITS.get(unit);
  return places === undefined ? undefined : Number(`${wei}e-${places}`);
}

/** So many wei in a unit, exactly, as a decimal number; undefined in a unit that is not counted in wei. */
export function decimalText(wei: bigint, unit: string): string | undefined {
  const places = UNITS.get(unit);
  if (places === undefined) return undefined;
  const digits = wei.toString().padStart(places + 1, '0');
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${digits.slice(0, digits.length - places)}${places > 0 && fraction !== '' ? `.${fraction}` : ''}`;
}

const whole = (digits: bigint): Decimal => ({ digits, scale: 0 });

/** Compares a part of a whole with a limit. */
const compareFraction = ({ part, whole: all }: Fraction, limit: Decimal): number =>
  compare(whole(part), { digits: limit.digits * all, scale: limit.scale });

/** Why this must not be begun; undefined where no limit says so. */
export function refusal(plan: Plan, limits: StrategyLimits | undefined): string | undefined {
  const at = limits?.chains[plan.chain];
  const profitRatio = { part: plan.profit, whole: plan.position };
  return (
    (plan.profit > 0n ? undefined : 'it promises no profit') ??
    judged('maxPositionSize', limits?.maxPositionSize, inWei, (most) => compare(whole(plan.position), most) > 0) ??
    judged('minProfit', limits?.minProfit, inWei, (least) => compare(whole(plan.profit), least) < 0) ??
    judged('minProfitRatio', limits?.minProfitRatio, ofNumber, (least) => compareFraction(profitRatio, least) < 0) ??
    judged('maxSlippage', limits?.maxSlippage, ofNumber, (most) => compareFraction(plan.slippage, most) > 0) ??
    judged('maxGasPrice', at?.maxGasPrice, ofGwei, (most) => compare(whole(plan.gasPrice), most) > 0) ??
    judged('maxPriorityFee', at?.maxPriorityFee, ofGwei, (most) => compare(whole(plan.priorityFee), most) > 0)
    // safetyMargin keeps from a liquidation price. What borrows nothing has none, so that it holds always.
  );
}

const ofNumber = (value: number): Decimal | undefined => decimal(String(value));
const ofGwei = (value: string): Decimal | undefined => inWei({ value, unit: 'gwei' });

/** A limit that cannot be compared is broken: what is not known to be within it is not. */
function judged<T extends Quantity | string | number>(
  name: string,
  limit: T | undefined,
  read: (limit: T) => Decimal | undefined,
  breaks: (limit: Decimal) => boolean,
): string | undefined {
  if (limit === undefined) return undefined;
  const bound = read(limit);
  if (bound === undefined) return `${name} is ${told(limit)}, which this engine cannot compare with: ${KNOWN}`;
  return breaks(bound) ? `${name} is ${told(limit)}` : undefined;
}

const told = (limit: Quantity | string | number): string =>
  typeof limit === 'object' ? `${limit.value} ${limit.unit}` : String(limit);

const KNOWN = `it knows ${[...UNITS.keys()].join(', ')}`;

/** The stretch of time that each limit on losses is of. */
const LOSS_SECONDS = [
  ['maxHourlyLoss', HOUR],
  ['maxDailyLoss', DAY],
  ['emergencyStopLoss', 7 * DAY],
] as const;

/** How long a loss is kept in mind. */
export const LONGEST_LOSS_SECONDS = 7 * DAY;

/** Why nothing may be begun any more, at these losses of its own; undefined where no limit is reached. */
export function lossRefusal(losses: readonly Loss[], limits: LimitsFile['loss'], now: number): string | undefined {
  for (const [name, seconds] of LOSS_SECONDS) {
    const lost = losses.reduce((sum, { at, wei }) => (at > now - seconds ? sum + wei : sum), 0n);
    const reached = judged(name, limits[name], inWei, (most) => compare(whole(lost), most) >= 0);
    if (reached !== undefined) return reached;
  }
  return undefined;
}
