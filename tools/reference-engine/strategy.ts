import type { Block, Fees } from './chain';
import type { Fraction, Plan } from './limits';

/**
 * A strategy that nobody would trade, made of what stands in every block: it supposes that it had bought the gas of a block at the
 * lowest price that was paid in it, and sells it in the next block that it sees at the highest price that is paid there.
 *
 * - opportunity: a block in which the highest price that was paid for gas exceeds the lowest. What paid less than the base fee, as
 *   the chain's own transactions do, does not count;
 * - position: gas used × lowest price;
 * - profit: gas used × (highest − lowest) − two transfers at the gas price of the moment;
 * - slippage: what the base fee falls by with the next block, by Ethereum's rule, as a part of the highest price;
 * - end: the same at the highest price of the next block, or at its base fee where it is empty: a profit or a loss.
 */

const TRANSFER_GAS = 21_000n;

export interface Opportunity extends Fees, Pick<Plan, 'position' | 'profit' | 'slippage'> {
  readonly gas: bigint;
  /** Price of a unit of gas at which it was bought, and at which it is to be sold. */
  readonly bought: bigint;
  readonly sold: bigint;
  readonly cost: bigint;
}

/** What an execution came to, in wei; less than 0 where it lost. */
export interface Outcome {
  readonly profit: bigint;
  readonly slippage: Fraction;
}

const highest = (prices: readonly bigint[]): bigint => prices.reduce((one, other) => (other > one ? other : one), 0n);
const lowest = (prices: readonly bigint[], above: bigint): bigint =>
  prices.reduce((one, other) => (other < one ? other : one), above);

const pricesOf = ({ baseFee, transactions }: Block): readonly bigint[] =>
  transactions.map(({ price }) => price).filter((price) => price >= baseFee);

export function find(block: Block, fees: Fees): Opportunity | undefined {
  const prices = pricesOf(block);
  const sold = highest(prices);
  const bought = lowest(prices, sold);
  const gas = block.gasUsed;
  // What cost nothing is no position, and no part of one is a profit.
  if (sold === bought || bought === 0n || gas === 0n) return undefined;
  const cost = 2n * TRANSFER_GAS * fees.gasPrice;
  return {
    ...fees,
    gas,
    bought,
    sold,
    cost,
    position: gas * bought,
    profit: gas * (sold - bought) - cost,
    slippage: { part: nextFall(block), whole: sold },
  };
}

/** What would have been offered in a block of the past: the lowest price that was taken in it, or its base fee where it is empty. */
export function feesIn(block: Block): Fees {
  const gasPrice = lowest(pricesOf(block), highest(pricesOf(block))) || block.baseFee;
  return { gasPrice, priorityFee: gasPrice - block.baseFee };
}

/** What the base fee falls by with the next block: an eighth of it at most, when a block is empty. */
function nextFall({ baseFee, gasUsed, gasLimit }: Block): bigint {
  const target = gasLimit / 2n;
  return gasUsed < target ? (baseFee * (target - gasUsed)) / (target * 8n) : 0n;
}

/** Ends an execution with a later block. */
export function settle({ gas, bought, sold, cost }: Opportunity, next: Block): Outcome {
  const prices = pricesOf(next);
  const price = prices.length > 0 ? highest(prices) : next.baseFee;
  return {
    profit: gas * (price - bought) - cost,
    slippage: { part: price < sold ? sold - price : 0n, whole: sold },
  };
}
