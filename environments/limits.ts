import type { Quantity } from '../constructs/mev-engine/contract';
import type { Amount } from './quantity';

/** Amounts of assets and their limits, exactly. Amounts of different units meet only by a declared conversion. */

const WEI_PER_ETH = 10n ** 18n;
const WEI_PER_GWEI = 10n ** 9n;

/** A whole number of parts as a decimal: 1500000000 of 10^9 is "1.5". */
function decimal(parts: bigint, perWhole: bigint): string {
  const [whole, rest] = [parts / perWhole, parts % perWhole];
  if (rest === 0n) return String(whole);
  const digits = String(perWhole).length - 1;
  return `${whole}.${String(rest).padStart(digits, '0').replace(/0+$/, '')}`;
}

export const inEth = ({ value }: Amount): Quantity => ({ value: decimal(value, WEI_PER_ETH), unit: 'ETH' });
export const inGwei = ({ value }: Amount): string => decimal(value, WEI_PER_GWEI);

/** Assets that amounts are in as they stand. */
const NATIVE: readonly string[] = ['ETH', 'WETH'];

/** What one of an asset counts as; undefined where nothing says. */
export const countsAs = (asset: string, conversions: Readonly<Record<string, Amount>>): Amount | undefined =>
  NATIVE.includes(asset) ? { unit: 'wei', value: WEI_PER_ETH } : conversions[asset];

/** A number of YAML as digits: "10000", "0.5", "1e21" alike. */
export function digitsOf(number: number): string {
  const [mantissa = '0', exponent] = String(number).split('e');
  if (exponent === undefined) return mantissa;
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  return shift < 0 ? `0.${'0'.repeat(-shift - 1)}${whole}${fraction}` : `${whole}${fraction.padEnd(shift, '0')}`;
}

/** So many of an asset as an amount, rounded up to the next wei. */
export function amountOf(number: number, one: Amount): Amount {
  const [whole = '0', fraction = ''] = digitsOf(number).split('.');
  const perWhole = 10n ** BigInt(fraction.length);
  return { unit: 'wei', value: (BigInt(whole + fraction) * one.value + perWhole - 1n) / perWhole };
}

/** The least of those that are given. */
export function least<T extends { readonly value: Amount }>(bounds: readonly (T | undefined)[]): T | undefined {
  return bounds.reduce<T | undefined>(
    (tightest, bound) => (bound && (!tightest || bound.value.value < tightest.value.value) ? bound : tightest),
    undefined,
  );
}
