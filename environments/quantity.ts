/**
 * Quantities as people write them in YAML ("500 gwei", "30s", "1000/hour", "4 TiB", "700 MiB/s"), parsed once into
 * exact values. Code behind the loader never sees a unit string. A value that cannot be kept exactly is refused.
 */

/** An amount of a chain's native currency, in its smallest unit of 10^-18 (wei). */
export interface Amount {
  readonly unit: 'wei';
  readonly value: bigint;
}
/** A length of time, in whole milliseconds. */
export interface Duration {
  readonly unit: 'ms';
  readonly value: number;
}
/** So many events in a stretch of time. */
export interface Rate {
  readonly unit: 'rate';
  readonly count: number;
  readonly perSeconds: number;
}
/** A size of memory or disk, in whole GiB, the unit that EBS knows. */
export interface Size {
  readonly unit: 'GiB';
  readonly value: number;
}
/** A throughput, in whole MiB/s, the unit that EBS knows. */
export interface Throughput {
  readonly unit: 'MiB/s';
  readonly value: number;
}
/** A bandwidth, in whole Mbps (10^6 bits a second), the unit of EC2's tables. */
export interface Bandwidth {
  readonly unit: 'Mbps';
  readonly value: number;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** One kind of quantity: how it is recognised, read and written. */
export interface QuantityKind<T> {
  /** What an operator may write, for error messages. */
  readonly expected: string;
  /** A regular expression that accepts every valid spelling; exported to the JSON Schema for editors. */
  readonly pattern: string;
  parse(text: string): Parsed<T>;
  /** Writes the value in a spelling that `parse` reads back to the same value. */
  format(value: T): string;
}

interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const NUMBER = '(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?';

/** Reads "12.50" as 1250 with scale 2: no floating point on the way. */
function decimal(text: string): Decimal {
  const [whole = '0', fraction = ''] = text.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

/** Multiplies exactly; undefined when the result is not a whole number. */
function times(number: Decimal, factor: bigint): bigint | undefined {
  const product = number.digits * factor;
  const divisor = 10n ** BigInt(number.scale);
  return product % divisor === 0n ? product / divisor : undefined;
}

interface UnitTable<T> {
  readonly expected: string;
  /** Unit name to its size in the smallest unit; the largest first, as `format` tries them in this order. */
  readonly units: Readonly<Record<string, bigint>>;
  /** Name of the smallest unit, for messages. */
  readonly smallest: string;
  readonly separator: ' ' | '';
  wrap(value: bigint): T;
  unwrap(value: T): bigint;
}

const escaped = (text: string): string => text.replace(/[/.]/g, '\\$&');

function fromUnits<T>(table: UnitTable<T>): QuantityKind<T> {
  const names = Object.keys(table.units);
  const pattern = `^(${NUMBER})\\s*(${names.map(escaped).join('|')})$`;
  const shape = new RegExp(pattern);
  return {
    expected: table.expected,
    pattern,
    parse(text) {
      const match = shape.exec(text);
      if (!match) return { ok: false, reason: `is not ${table.expected}` };
      const value = times(decimal(match[1] as string), table.units[match[2] as string] as bigint);
      if (value === undefined) {
        return { ok: false, reason: `is more precise than one ${table.smallest}, the smallest unit; use fewer digits` };
      }
      if (value > BigInt(Number.MAX_SAFE_INTEGER) && typeof (table.wrap(0n) as { value: unknown }).value === 'number') {
        return { ok: false, reason: 'is too large' };
      }
      return { ok: true, value: table.wrap(value) };
    },
    format(value) {
      const whole = table.unwrap(value);
      const unit = names.find((name) => whole !== 0n && whole % (table.units[name] as bigint) === 0n) ?? table.smallest;
      return `${whole / (table.units[unit] as bigint)}${table.separator}${unit}`;
    },
  };
}

export const amount: QuantityKind<Amount> = fromUnits({
  expected: 'an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
  units: { ETH: 10n ** 18n, gwei: 10n ** 9n, wei: 1n },
  smallest: 'wei',
  separator: ' ',
  wrap: (value) => ({ unit: 'wei', value }),
  unwrap: ({ value }) => value,
});

export const duration: QuantityKind<Duration> = fromUnits({
  expected: 'a duration with its unit, such as "30s", "500ms", "5m", "12h" or "30d"',
  units: { d: 86_400_000n, h: 3_600_000n, m: 60_000n, s: 1000n, ms: 1n },
  smallest: 'ms',
  separator: '',
  wrap: (value) => ({ unit: 'ms', value: Number(value) }),
  unwrap: ({ value }) => BigInt(value),
});

export const size: QuantityKind<Size> = fromUnits({
  expected: 'a size in GiB or TiB, such as "512 GiB" or "4 TiB"',
  units: { TiB: 1024n, GiB: 1n },
  smallest: 'GiB',
  separator: ' ',
  wrap: (value) => ({ unit: 'GiB', value: Number(value) }),
  unwrap: ({ value }) => BigInt(value),
});

export const throughput: QuantityKind<Throughput> = fromUnits({
  expected: 'a throughput in MiB/s, such as "250 MiB/s"',
  units: { 'MiB/s': 1n },
  smallest: 'MiB/s',
  separator: ' ',
  wrap: (value) => ({ unit: 'MiB/s', value: Number(value) }),
  unwrap: ({ value }) => BigInt(value),
});

export const bandwidth: QuantityKind<Bandwidth> = fromUnits({
  expected: 'a bandwidth in Mbps or Gbps, such as "2500 Mbps"',
  units: { Gbps: 1000n, Mbps: 1n },
  smallest: 'Mbps',
  separator: ' ',
  wrap: (value) => ({ unit: 'Mbps', value: Number(value) }),
  unwrap: ({ value }) => BigInt(value),
});

const RATE_SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;
type RatePeriod = keyof typeof RATE_SECONDS;
const RATE = `^([1-9][0-9]*)/(${Object.keys(RATE_SECONDS).join('|')})$`;

export const rate: QuantityKind<Rate> = {
  expected: 'a rate such as "1000/hour" (per second, minute, hour or day)',
  pattern: RATE,
  parse(text) {
    const match = new RegExp(RATE).exec(text);
    if (!match) return { ok: false, reason: `is not ${this.expected}` };
    const count = Number(match[1]);
    if (!Number.isSafeInteger(count)) return { ok: false, reason: 'is too large' };
    return { ok: true, value: { unit: 'rate', count, perSeconds: RATE_SECONDS[match[2] as RatePeriod] } };
  },
  format({ count, perSeconds }) {
    return `${count}/${periodOf(perSeconds)}`;
  },
};

/** The period that a rate is per, as it was written. */
export const periodOf = (perSeconds: number): RatePeriod =>
  (Object.keys(RATE_SECONDS) as RatePeriod[]).find((period) => RATE_SECONDS[period] === perSeconds) ?? 'second';
