import { EXECUTION_STATUSES } from '../../constructs/mev-engine/contract';
import type { Fraction, Loss } from './limits';
import { emptyHistogram, type Histogram, observe } from './metrics';
import type { Opportunity, Outcome } from './strategy';

/** What one strategy has found, begun and ended: everything that its metrics tell. Times in seconds since 1970. */

export const RESULTS = ['taken', 'skipped', 'lost'] as const;
export const STATUSES = EXECUTION_STATUSES;

/** An execution that has not ended. */
export interface Execution {
  readonly chain: string;
  readonly network: string;
  readonly begun: number;
  readonly opportunity: Opportunity;
}

/** Values, and when they were. */
type Recent = { readonly at: number; readonly value: number }[];

export interface ChainLedger {
  readonly opportunities: Record<(typeof RESULTS)[number], number>;
  readonly executions: Record<(typeof STATUSES)[number], number>;
  seconds: Histogram;
  readonly profitRatios: Recent;
  readonly gasPrices: Recent;
  readonly priorityFees: Recent;
  readonly slippages: Recent;
}

export interface Ledger {
  /** When the strategy last looked at a block; 0 before. */
  heartbeat: number;
  /** In wei. */
  profit: bigint;
  loss: bigint;
  readonly losses: Loss[];
  readonly chains: ReadonlyMap<string, ChainLedger>;
  /** By network: one at a time. */
  readonly open: Map<string, Execution>;
}

const emptyChain = (): ChainLedger => ({
  opportunities: { taken: 0, skipped: 0, lost: 0 },
  executions: { landed: 0, reverted: 0, dropped: 0, failed: 0, dry_run: 0 },
  seconds: emptyHistogram,
  profitRatios: [],
  gasPrices: [],
  priorityFees: [],
  slippages: [],
});

export const emptyLedger = (chains: readonly string[]): Ledger => ({
  heartbeat: 0,
  profit: 0n,
  loss: 0n,
  losses: [],
  chains: new Map(chains.map((chain) => [chain, emptyChain()])),
  open: new Map(),
});

const RECENT_SECONDS = 60;

/** The highest value of the last minute; 0 where there was none. */
export const highestOf = (recent: Recent, now: number): number =>
  Math.max(0, ...recent.filter(({ at }) => at > now - RECENT_SECONDS).map(({ value }) => value));

function remember(recent: Recent, value: number, now: number): void {
  recent.push({ at: now, value });
  while ((recent[0]?.at ?? now) <= now - RECENT_SECONDS) recent.shift();
}

// A ratio or a price of gas for a panel: floating point is close enough.
const toNumber = ({ part, whole }: Fraction): number => Number(part) / Number(whole);
const toGwei = (wei: bigint): number => Number(wei) / 1e9;

export function recordSkipped(ledger: ChainLedger, opportunity: Opportunity, now: number): void {
  promise(ledger, opportunity, now);
  ledger.opportunities.skipped += 1;
}

export function recordBegun(ledger: ChainLedger, opportunity: Opportunity, now: number): void {
  promise(ledger, opportunity, now);
  ledger.opportunities.taken += 1;
  remember(ledger.gasPrices, toGwei(opportunity.gasPrice), now);
  remember(ledger.priorityFees, toGwei(opportunity.priorityFee), now);
}

const promise = (ledger: ChainLedger, { profit, position }: Opportunity, now: number): void =>
  remember(ledger.profitRatios, toNumber({ part: profit, whole: position }), now);

/** Ends the execution that is open on a network, and answers with it; one that is cancelled has no outcome. */
export function recordEnd(
  ledger: Ledger,
  network: string,
  outcome: Outcome | undefined,
  now: number,
): Execution | undefined {
  const execution = ledger.open.get(network);
  const chain = ledger.chains.get(execution?.chain ?? '');
  if (!execution || !chain) return undefined;
  ledger.open.delete(network);
  chain.executions.dry_run += 1;
  chain.seconds = observe(chain.seconds, now - execution.begun);
  if (!outcome) return execution;
  remember(chain.slippages, toNumber(outcome.slippage), now);
  if (outcome.profit >= 0n) {
    ledger.profit += outcome.profit;
  } else {
    ledger.loss -= outcome.profit;
    ledger.losses.push({ at: now, wei: -outcome.profit });
  }
  return execution;
}
