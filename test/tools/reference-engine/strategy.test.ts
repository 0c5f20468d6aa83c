import type { Block } from '../../../tools/reference-engine/chain';
import { emptyLedger, highestOf, recordBegun, recordEnd } from '../../../tools/reference-engine/ledger';
import { find, type Opportunity, settle } from '../../../tools/reference-engine/strategy';

/** What the strategy finds in a block, and what comes of it. */

const GWEI = 10n ** 9n;

const block = (prices: readonly number[], change: Partial<Block> = {}): Block => ({
  number: 1,
  timestamp: 1_700_000_000,
  baseFee: 10n * GWEI,
  gasUsed: 1_000_000n,
  gasLimit: 4_000_000n,
  transactions: prices.map((price) => ({ price: BigInt(price) * GWEI })),
  ...change,
});
const FEES = { gasPrice: 12n * GWEI, priorityFee: GWEI };
const COST = 42_000n * 12n * GWEI;

test('the spread of the prices that were paid, less two transfers', () => {
  expect(find(block([13, 11, 15, 12]), FEES)).toEqual({
    ...FEES,
    gas: 1_000_000n,
    bought: 11n * GWEI,
    sold: 15n * GWEI,
    cost: COST,
    position: 11_000_000n * GWEI,
    profit: 4_000_000n * GWEI - COST,
    // Half of its target was used: the base fee falls by a sixteenth.
    slippage: { part: (10n * GWEI) / 16n, whole: 15n * GWEI },
  });
});

test('a block that is more than half full lets nothing fall', () => {
  expect(find(block([11, 12], { gasUsed: 3_000_000n }), FEES)?.slippage.part).toBe(0n);
});

test.each([
  ['is empty', block([], { gasUsed: 0n })],
  ['has one price', block([11, 11])],
  ['has one price beside those of the chain itself', block([0, 9, 11])],
  ['was for nothing', block([0, 1], { baseFee: 0n })],
])('no opportunity in a block that %s', (_, given) => {
  expect(find(given, FEES)).toBeUndefined();
});

test.each([
  ['higher, a profit', block([16]), 5_000_000n * GWEI - COST, 0n],
  ['lower, less of it', block([14, 9]), 3_000_000n * GWEI - COST, GWEI],
  ['no more than what it cost, a loss', block([11]), -COST, 4n * GWEI],
  ['that of an empty block, its base fee', block([]), -1_000_000n * GWEI - COST, 5n * GWEI],
])('ended at a price that is %s', (_, next, profit, part) => {
  const opportunity = find(block([11, 15]), FEES) as Opportunity;
  expect(settle(opportunity, next)).toEqual({ profit, slippage: { part, whole: 15n * GWEI } });
});

describe('the ledger', () => {
  const opportunity = find(block([11, 15]), FEES) as Opportunity;
  const begun = (at: number) => {
    const ledger = emptyLedger(['ethereum']);
    const chain = ledger.chains.get('ethereum');
    if (!chain) throw new Error('no chain');
    recordBegun(chain, opportunity, at);
    ledger.open.set('ethereum/mainnet', { chain: 'ethereum', network: 'mainnet', begun: at, opportunity });
    return { ledger, chain };
  };

  test('a loss is a loss, and no smaller profit', () => {
    const { ledger, chain } = begun(100);
    recordEnd(ledger, 'ethereum/mainnet', settle(opportunity, block([11])), 112);
    expect([ledger.profit, ledger.loss, ledger.losses]).toEqual([0n, COST, [{ at: 112, wei: COST }]]);
    expect([chain.executions.dry_run, chain.seconds.count, chain.seconds.sum, ledger.open.size]).toEqual([1, 1, 12, 0]);
  });

  test('what is cancelled is counted, and is neither', () => {
    const { ledger, chain } = begun(100);
    recordEnd(ledger, 'ethereum/mainnet', undefined, 101);
    expect([chain.executions.dry_run, ledger.profit, ledger.loss, ledger.open.size]).toEqual([1, 0n, 0n, 0]);
  });

  test('the highest of a minute is forgotten after it', () => {
    const { chain } = begun(100);
    expect([highestOf(chain.gasPrices, 159), highestOf(chain.gasPrices, 160)]).toEqual([12, 0]);
    expect(highestOf(chain.profitRatios, 100)).toBeCloseTo((4e6 - 504e3) / 11e6);
  });
});
