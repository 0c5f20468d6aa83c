import type { Quantity } from '../../constructs/mev-engine/contract';
import { type Engine, idleReason } from './engine';
import { type ChainLedger, highestOf, type Ledger, RESULTS, STATUSES } from './ledger';
import { inUnit } from './limits';
import type { Sample } from './metrics';

/** What the engine knows, as samples of the contract's metrics. */

const VERSION = '1';
/** Of what no limit has a unit for. */
const UNIT = 'ETH';

export function samplesOf(engine: Engine, now: number): readonly Sample[] {
  const trading = idleReason(engine, now) === undefined ? 1 : 0;
  return [
    { name: 'mev_engine_info', labels: { version: VERSION }, value: 1 },
    { name: 'mev_limits_info', labels: { sha256: engine.files.limitsSha256 }, value: 1 },
    ...engine.files.engine.chains.flatMap((network) => networkSamples(engine, network)),
    ...[...engine.ledgers].flatMap(([strategy, ledger]) => [
      { name: 'mev_strategy_trading', labels: { strategy }, value: trading },
      ...strategySamples(strategy, ledger, now),
      ...moneySamples(engine, strategy, ledger),
      ...[...ledger.chains].flatMap(([chain, own]) => chainSamples({ strategy, chain }, own, now)),
    ]),
  ];
}

function networkSamples(
  { networks }: Engine,
  { chain, network }: { readonly chain: string; readonly network: string },
): Sample[] {
  const { head = 0, balances = new Map() } = networks.get(`${chain}/${network}`) ?? {};
  const labels = { chain, network };
  return [
    { name: 'mev_head_number', labels, value: head },
    // Not before it is known: what fell to 0 would look as if it was taken.
    ...[...balances].flatMap(([wallet, balance]) =>
      inUnits('mev_wallet_balance', { ...labels, wallet }, balance, [UNIT]),
    ),
  ];
}

function strategySamples(strategy: string, { heartbeat, open }: Ledger, now: number): Sample[] {
  const oldest = Math.min(now, ...[...open.values()].map(({ begun }) => begun));
  return [
    { name: 'mev_strategy_heartbeat_timestamp_seconds', labels: { strategy }, value: heartbeat },
    { name: 'mev_execution_oldest_seconds', labels: { strategy }, value: now - oldest },
  ];
}

/** Money in the unit of the limit that judges it. */
function moneySamples({ files: { limits } }: Engine, strategy: string, { profit, loss, open }: Ledger): Sample[] {
  const { maxPositionSize, minProfit } = limits.strategies[strategy] ?? {};
  const { maxHourlyLoss, maxDailyLoss, emergencyStopLoss } = limits.loss;
  const losses = unitsOf(maxHourlyLoss, maxDailyLoss, emergencyStopLoss);
  const largest = [...open.values()].reduce(
    (most, { opportunity: { position } }) => (position > most ? position : most),
    0n,
  );
  return [
    ...inUnits('mev_profit_total', { strategy }, profit, minProfit ? [minProfit.unit] : losses),
    ...inUnits('mev_loss_total', { strategy }, loss, losses),
    ...inUnits('mev_position_size', { strategy }, largest, unitsOf(maxPositionSize)),
  ];
}

function unitsOf(...limits: readonly (Quantity | undefined)[]): readonly string[] {
  const units = new Set(limits.flatMap((limit) => limit?.unit ?? []));
  return units.size > 0 ? [...units] : [UNIT];
}

/** In a unit that it cannot be counted in, a series is left out, which stops the engine: anything else would be made up. */
const inUnits = (
  name: string,
  labels: Readonly<Record<string, string>>,
  wei: bigint,
  units: readonly string[],
): Sample[] =>
  units.flatMap((unit) => {
    const value = inUnit(wei, unit);
    return value === undefined ? [] : [{ name, labels: { ...labels, unit }, value }];
  });

function chainSamples(labels: Readonly<Record<string, string>>, own: ChainLedger, now: number): Sample[] {
  const gauges = [
    ['mev_opportunity_profit_ratio', own.profitRatios],
    ['mev_gas_price_gwei', own.gasPrices],
    ['mev_priority_fee_gwei', own.priorityFees],
    ['mev_slippage_ratio', own.slippages],
  ] as const;
  return [
    ...RESULTS.map((result) => ({
      name: 'mev_opportunities_total',
      labels: { ...labels, result },
      value: own.opportunities[result],
    })),
    ...STATUSES.map((status) => ({
      name: 'mev_executions_total',
      labels: { ...labels, status },
      value: own.executions[status],
    })),
    { name: 'mev_execution_seconds', labels, value: own.seconds },
    ...gauges.map(([name, recent]) => ({ name, labels, value: highestOf(recent, now) })),
  ];
}
