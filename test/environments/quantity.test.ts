import * as fc from 'fast-check';
import {
  type Amount,
  amount,
  bandwidth,
  duration,
  type QuantityKind,
  rate,
  size,
  throughput,
} from '../../environments/quantity';

/** Quantities are exact: nothing is rounded on the way in or out. */

const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

/** Every kind of one unit: its table, restated here, and how its values are made. */
interface Case {
  readonly kind: QuantityKind<{ unit: string; value: bigint | number }>;
  readonly unit: string;
  readonly units: Readonly<Record<string, bigint>>;
  readonly smallest: string;
  readonly largest: bigint;
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const asCase = (kind: unknown, rest: Omit<Case, 'kind'>): Case => ({ kind: kind as Case['kind'], ...rest });
const CASES: readonly (readonly [string, Case])[] = [
  [
    'amount',
    asCase(amount, {
      unit: 'wei',
      units: { wei: 1n, gwei: 10n ** 9n, ETH: 10n ** 18n },
      smallest: 'wei',
      largest: 10n ** 60n,
    }),
  ],
  [
    'duration',
    asCase(duration, {
      unit: 'ms',
      units: { ms: 1n, s: 1000n, m: 60_000n, h: 3_600_000n, d: 86_400_000n },
      smallest: 'ms',
      largest: SAFE,
    }),
  ],
  ['size', asCase(size, { unit: 'GiB', units: { GiB: 1n, TiB: 1024n }, smallest: 'GiB', largest: SAFE })],
  ['throughput', asCase(throughput, { unit: 'MiB/s', units: { 'MiB/s': 1n }, smallest: 'MiB/s', largest: SAFE })],
  ['bandwidth', asCase(bandwidth, { unit: 'Mbps', units: { Mbps: 1n, Gbps: 1000n }, smallest: 'Mbps', largest: SAFE })],
];
const KINDS: readonly (readonly [string, QuantityKind<never>])[] = [
  ...CASES.map(([name, { kind }]) => [name, kind as QuantityKind<never>] as const),
  ['rate', rate as QuantityKind<never>],
];

/** A decimal as people write it, with its digits and how many of them are behind the point. */
const written = fc
  .tuple(
    fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 0n, max: 10n ** 30n })),
    fc.option(fc.stringMatching(/^[0-9]{1,24}$/), { nil: undefined }),
  )
  .map(([front, behind]) => ({
    text: behind === undefined ? String(front) : `${front}.${behind}`,
    digits: BigInt(`${front}${behind ?? ''}`),
    scale: behind?.length ?? 0,
  }));

describe.each(CASES)('%s', (_, { kind, unit, units, smallest, largest }) => {
  const value = unit === 'wei' ? fc.bigInt({ min: 0n, max: 10n ** 30n }) : whole;

  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(value, (number) => {
        const given = { unit, value: number };
        expect(kind.parse(kind.format(given))).toEqual({ ok: true, value: given });
      }),
    );
  });

  test('every multiple of a unit is written in the largest that fits', () => {
    const largestUnit = Object.keys(units).at(-1) as string;
    const many = Number(units[largestUnit]);
    for (const count of [1, 2, 1023]) {
      const given = { unit, value: unit === 'wei' ? BigInt(count) * (units[largestUnit] as bigint) : count * many };
      expect(kind.format(given).replace(' ', '')).toBe(`${count}${largestUnit}`);
    }
    expect(kind.format({ unit, value: unit === 'wei' ? 0n : 0 }).replace(' ', '')).toBe(`0${smallest}`);
  });

  test('a decimal in any unit is read exactly, or refused for its precision or its size', () => {
    fc.assert(
      fc.property(
        written,
        fc.constantFrom(...Object.keys(units)),
        fc.constantFrom('', ' ', '  '),
        (number, name, gap) => {
          const numerator = number.digits * (units[name] as bigint);
          const denominator = 10n ** BigInt(number.scale);
          const exact = numerator / denominator;
          const result = kind.parse(`${number.text}${gap}${name}`);
          if (exact * denominator !== numerator) {
            const reason = `is more precise than one ${smallest}, the smallest unit; use fewer digits`;
            expect(result).toEqual({ ok: false, reason });
          } else if (exact > largest) {
            expect(result).toEqual({ ok: false, reason: 'is too large' });
          } else {
            expect(result).toEqual({ ok: true, value: { unit, value: unit === 'wei' ? exact : Number(exact) } });
          }
        },
      ),
    );
  });

  test('one digit more than can be kept is refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(units)),
        fc.nat({ max: 10 ** 6 }),
        fc.constantFrom('1', '3', '7', '9'),
        (name, front, last) => {
          // A last digit that neither 2 nor 5 divides needs as many decimals of the unit as it stands behind the point.
          const kept = String(units[name]).length;
          const text = `${front}.${'0'.repeat(kept)}${last}${name}`;
          expect(kind.parse(text)).toEqual({
            ok: false,
            reason: `is more precise than one ${smallest}, the smallest unit; use fewer digits`,
          });
        },
      ),
    );
  });
});

test('numbers that a double would round are kept', () => {
  const wei = (text: string): bigint | undefined => {
    const result = amount.parse(text);
    return result.ok ? (result.value as Amount).value : undefined;
  };
  expect(wei('0.1 ETH')).toBe(100_000_000_000_000_000n);
  expect(wei('1.000000000000000001 ETH')).toBe(1_000_000_000_000_000_001n);
  expect(wei('9007199254740993 wei')).toBe(9_007_199_254_740_993n);
  expect(wei('123456789.123456789 gwei')).toBe(123_456_789_123_456_789n);
});

test('the largest duration that is exact, and one above it', () => {
  expect(duration.parse('9007199254740991ms')).toEqual({ ok: true, value: { unit: 'ms', value: 9007199254740991 } });
  expect(duration.parse('9007199254740992ms')).toEqual({ ok: false, reason: 'is too large' });
});

describe('rate', () => {
  const periods = { second: 1, minute: 60, hour: 3600, day: 86_400 };

  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.constantFrom(...Object.values(periods)),
        (count, perSeconds) => {
          const given = { unit: 'rate', count, perSeconds } as const;
          expect(rate.parse(rate.format(given))).toEqual({ ok: true, value: given });
        },
      ),
    );
  });

  test.each(Object.entries(periods))('per %s is per %d seconds', (name, perSeconds) => {
    expect(rate.parse(`7/${name}`)).toEqual({ ok: true, value: { unit: 'rate', count: 7, perSeconds } });
  });

  test('a count that a number cannot hold is refused', () => {
    expect(rate.parse('9007199254740992/day')).toEqual({ ok: false, reason: 'is too large' });
  });
});

describe('the pattern for editors', () => {
  /** Spellings that are right, nearly right, and wrong. */
  const spelling = (units: readonly string[]): fc.Arbitrary<string> =>
    fc.oneof(
      fc
        .tuple(
          fc.oneof(
            fc.stringMatching(/^[1-9][0-9]{0,3}$/),
            fc.stringMatching(/^[0-9]{1,4}(\.[0-9]{0,3})?$/),
            fc.constantFrom('', '-1', '1e3', '.5', '+1', '1_000', '0x1'),
          ),
          fc.constantFrom('', '', ' ', '\t', '\n'),
          fc.oneof(
            fc.constantFrom(...units),
            fc.constantFrom('', 'eth', 'GWEI', 'wei', 'GB', 'week', 'MiB.s', '/week', '/Hour', 's', 'm'),
          ),
          fc.constantFrom('', '', '', ' ', '\n', 'x'),
        )
        .map((parts) => parts.join('')),
      fc.string(),
    );

  test.each(KINDS)('of %s accepts exactly what is read', (name, kind) => {
    const units = CASES.find(([known]) => known === name)?.[1].units;
    // As a JSON Schema validator compiles it.
    const pattern = new RegExp(kind.pattern, 'u');
    const accepted: string[] = [];
    fc.assert(
      fc.property(spelling(units ? Object.keys(units) : ['/second', '/hour', '/day']), (text) => {
        const result = kind.parse(text);
        const readable = result.ok || result.reason !== `is not ${kind.expected}`;
        expect([text, pattern.test(text)]).toEqual([text, readable]);
        if (readable) accepted.push(text);
      }),
      { numRuns: 1000, seed: 1 },
    );
    // Without this, a pattern that refuses everything would pass.
    expect(accepted.length).toBeGreaterThan(20);
  });

  test.each(KINDS)('of %s accepts the examples of its own message', (_, kind) => {
    const examples = [...kind.expected.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect([example, kind.parse(example).ok]).toEqual([example, true]);
  });

  test.each([
    [
      'amount',
      amount,
      ['1', 'ETH', '1 eth', '-1 ETH', '01 ETH', '1. ETH', '.5 ETH', '1e3 wei', '1,000 wei', ' 1 wei', '1 wei '],
    ],
    ['duration', duration, ['30', '30 sec', '1w', '1h30m', '-5s']],
    ['size', size, ['4', '4 TB', '4 tib', '500 MiB']],
    ['throughput', throughput, ['250', '250 MB/s', '250 MiB', '250 MiBps']],
    ['bandwidth', bandwidth, ['2500', '2500 mbps', '1 Tbps']],
    ['rate', rate, ['1000', '0/hour', '1.5/hour', '1000/week', '1000 / hour', '/hour']],
  ] as readonly [string, QuantityKind<unknown>, string[]][])('%s refuses what is nearly right', (_, kind, texts) => {
    const refusal = { ok: false, reason: `is not ${kind.expected}` };
    expect(texts.map((text) => [text, kind.parse(text)])).toEqual(texts.map((text) => [text, refusal]));
  });
});
