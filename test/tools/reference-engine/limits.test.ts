import * as fc from 'fast-check';
import type { Quantity, StrategyLimits } from '../../../constructs/mev-engine/contract';
import {
  compare,
  decimal,
  inUnit,
  inWei,
  lossRefusal,
  type Plan,
  refusal,
} from '../../../tools/reference-engine/limits';

/** Limits are exact: what is at one is within it, what is a wei beyond is not. */

const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;

const amount = fc.bigInt({ min: 0n, max: 10n ** 30n });
const places = fc.integer({ min: 0, max: 20 });
/** A decimal as text, made of its digits and their scale. */
const written = (digits: bigint, scale: number): string => {
  const text = digits.toString().padStart(scale + 1, '0');
  return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
};

describe('decimals', () => {
  test('are compared as the numbers that they are, whatever their scale', () => {
    fc.assert(
      fc.property(amount, places, amount, places, (one, oneScale, other, otherScale) => {
        const [left, right] = [one * 10n ** BigInt(otherScale), other * 10n ** BigInt(oneScale)];
        const expected = left < right ? -1 : left > right ? 1 : 0;
        const [a, b] = [decimal(written(one, oneScale)), decimal(written(other, otherScale))];
        expect(a && b && compare(a, b)).toBe(expected);
      }),
    );
  });

  test.each([
    ['1e-7', '0.0000001'],
    ['2.5e+3', '2500'],
    ['0.30', '0.3'],
    ['007', '7'],
  ])('%s is %s', (one, other) => {
    const [a, b] = [decimal(one), decimal(other)];
    expect(a && b && compare(a, b)).toBe(0);
  });

  test.each(['', '-1', '+1', '1.', '.5', '1,5', '0x10', 'NaN', 'Infinity', '1 ETH'])('"%s" is none', (text) => {
    expect(decimal(text)).toBeUndefined();
  });
});

describe('units', () => {
  test('an amount is the same in each of them', () => {
    fc.assert(
      fc.property(amount, (wei) => {
        for (const [unit, scale] of [['ETH', 18] as const, ['gwei', 9] as const, ['wei', 0] as const]) {
          const read = inWei({ value: written(wei, scale), unit });
          expect(read && compare(read, { digits: wei, scale: 0 })).toBe(0);
        }
      }),
    );
  });

  test('another unit is not guessed', () => {
    expect([inWei({ value: '1', unit: 'USDC' }), inWei({ value: '1', unit: 'eth' })]).toEqual([undefined, undefined]);
  });

  test('of metrics: nothing is 0 in every unit', () => {
    expect([inUnit(15n * 10n ** 17n, 'ETH'), inUnit(-5n, 'gwei'), inUnit(7n, 'wei')]).toEqual([1.5, -5e-9, 7]);
    expect([inUnit(0n, 'USDC'), inUnit(1n, 'USDC')]).toEqual([0, undefined]);
  });
});

const PLAN: Plan = {
  chain: 'ethereum',
  position: ETHER,
  profit: ETHER / 10n,
  slippage: { part: 1n, whole: 100n },
  gasPrice: 20n * GWEI,
  priorityFee: 2n * GWEI,
};
const eth = (value: string): Quantity => ({ value, unit: 'ETH' });
const gas = (at: StrategyLimits['chains'][string]): Partial<StrategyLimits> => ({ chains: { ethereum: at } });

describe('what may be begun', () => {
  const judge = (limits: Partial<StrategyLimits>, plan: Partial<Plan> = {}): string | undefined =>
    refusal({ ...PLAN, ...plan }, { chains: {}, ...limits });

  test.each<[string, Partial<StrategyLimits>, Partial<Plan>]>([
    ['maxPositionSize is 1 ETH', { maxPositionSize: eth('1') }, { position: ETHER + 1n }],
    ['minProfit is 0.1 ETH', { minProfit: eth('0.1') }, { profit: ETHER / 10n - 1n }],
    ['minProfitRatio is 0.1', { minProfitRatio: 0.1 }, { position: ETHER + 1n }],
    ['maxSlippage is 0.01', { maxSlippage: 0.01 }, { slippage: { part: ETHER + 1n, whole: 100n * ETHER } }],
    ['maxGasPrice is 20', gas({ maxGasPrice: '20' }), { gasPrice: 20n * GWEI + 1n }],
    ['maxPriorityFee is 2', gas({ maxPriorityFee: '2' }), { priorityFee: 2n * GWEI + 1n }],
  ])('%s: at it, and a wei beyond', (told, limits, beyond) => {
    expect([judge(limits), judge(limits, beyond)]).toEqual([undefined, told]);
  });

  test.each<[string, Partial<StrategyLimits>]>([
    ['maxPositionSize is 9 USDC, which', { maxPositionSize: { value: '9', unit: 'USDC' } }],
    ['minProfit is 0 USDC, which', { minProfit: { value: '0', unit: 'USDC' } }],
  ])('%s cannot be compared, so that nothing is begun', (told, limits) => {
    expect(judge(limits)).toContain(`${told} this engine cannot compare with: it knows ETH, gwei, wei`);
  });

  test('a limit in another unit of the same coin is compared', () => {
    expect(judge({ maxPositionSize: { value: '1000000000', unit: 'gwei' } })).toBeUndefined();
    expect(judge({ maxPositionSize: { value: '999999999.9', unit: 'gwei' } })).toBe(
      'maxPositionSize is 999999999.9 gwei',
    );
  });

  test('limits of another chain do not count', () => {
    expect(judge({ chains: { base: { maxGasPrice: '1' } } })).toBeUndefined();
  });

  test('a strategy without limits is not limited, but begins nothing without profit', () => {
    expect([refusal(PLAN, undefined), refusal({ ...PLAN, profit: 0n }, undefined)]).toEqual([
      undefined,
      'it promises no profit',
    ]);
  });
});

describe('losses', () => {
  const NOW = 10_000_000;
  const ago = (hours: number, wei: bigint) => ({ at: NOW - hours * 3600, wei });

  test.each([
    ['nothing', [], undefined],
    ['a wei less than the limit of the hour', [ago(0.5, ETHER - 1n)], undefined],
    ['the limit of the hour, in two parts', [ago(0.1, ETHER / 2n), ago(0.9, ETHER / 2n)], 'maxHourlyLoss is 1 ETH'],
    ['the same, longer ago', [ago(1.1, ETHER)], undefined],
    ['the limit of the day', [ago(2, 2n * ETHER), ago(23, ETHER)], 'maxDailyLoss is 3 ETH'],
    ['the limit of a week', [ago(30, 4n * ETHER)], 'emergencyStopLoss is 4000000000 gwei'],
    ['more than that, before', [ago(169, 9n * ETHER)], undefined],
  ])('%s', (_, losses, expected) => {
    const limits = {
      maxHourlyLoss: eth('1'),
      maxDailyLoss: eth('3'),
      emergencyStopLoss: { value: '4000000000', unit: 'gwei' },
    };
    expect(lossRefusal(losses, limits, NOW)).toBe(expected);
  });

  test('a limit that cannot be counted stops before the first loss', () => {
    expect(lossRefusal([], { maxDailyLoss: { value: '1', unit: 'USD' } }, NOW)).toMatch(
      /^maxDailyLoss is 1 USD, which/,
    );
  });
});
