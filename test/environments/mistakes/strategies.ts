import { type Files, refusals } from '../files';
import { CHAIN_NAMES, tell } from './run';

/** Files of strategies. */

const STRATEGY = `strategy:
  name: USDC
  type: arbitrage
  subtype: cross-chain
  enabled: true
  risk_level: medium
parameters:
  asset: USDC
  chains: [ethereum, base]
execution:
  engine: flashloan_arbitrage
`;

/** A strategy file in which `to` stands in place of `from`. */
function strategy(from: string, to: string): Files {
  if (STRATEGY.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once`);
  return { 'strategies/testing/usdc.yml': STRATEGY.replace(from, to) };
}

tell([
  {
    title: 'a strategy on an unknown chain',
    files: strategy('  chains: [ethereum, base]', '  chains: [ethereum, bse]'),
    lines: [
      `environments/strategies/testing/usdc.yml:9:22 parameters.chains[1]: "bse" is not a chain; use one of ${CHAIN_NAMES}; did you mean base?`,
    ],
  },
  {
    title: 'a strategy without its asset',
    files: strategy('  asset: USDC\n', ''),
    lines: ['environments/strategies/testing/usdc.yml:7:1 parameters.asset: is missing; give text'],
  },
  {
    title: 'a strategy without its execution',
    files: strategy('execution:\n  engine: flashloan_arbitrage\n', ''),
    lines: ['environments/strategies/testing/usdc.yml:1:1 execution: is missing; give a map of keys'],
  },
  {
    title: 'a strategy with an unknown key',
    files: strategy('  asset: USDC', '  aset: USDC'),
    lines: [
      'environments/strategies/testing/usdc.yml:7:1 parameters.asset: is missing; give text',
      'environments/strategies/testing/usdc.yml:8:3 parameters.aset: is not a known key; use one of asset, chains, networks, min_profit_threshold, max_position_size, slippage_tolerance, safety_margin; did you mean asset?',
    ],
  },
  {
    title: 'a strategy with a subtype of another type',
    files: strategy('  subtype: cross-chain', '  subtype: aave'),
    lines: [
      'environments/strategies/testing/usdc.yml:4:12 strategy.subtype: "aave" is not a subtype of arbitrage; use one of cross-chain, dex-aggregation, cex-dex',
    ],
  },
  {
    title: 'a strategy with an unknown risk',
    files: strategy('  risk_level: medium', '  risk_level: extreme'),
    lines: [
      'environments/strategies/testing/usdc.yml:6:15 strategy.risk_level: "extreme" is not a risk level; use one of low, medium, high',
    ],
  },
  {
    title: 'a strategy with a percentage',
    files: strategy('  asset: USDC', '  asset: USDC\n  slippage_tolerance: 5'),
    lines: [
      'environments/strategies/testing/usdc.yml:9:23 parameters.slippage_tolerance: 5 is not a ratio from 0 to 1, such as 0.02 for 2 %',
    ],
  },
  {
    title: 'a strategy with a unit where there is none',
    files: strategy('  asset: USDC', '  asset: USDC\n  max_position_size: 10000 USDC'),
    lines: [
      'environments/strategies/testing/usdc.yml:9:22 parameters.max_position_size: "10000 USDC" is not a number above 0',
    ],
  },
  {
    title: 'a strategy with an unknown fee',
    files: strategy('  engine: flashloan_arbitrage', '  engine: flashloan_arbitrage\n  priority_fee: high'),
    lines: [
      'environments/strategies/testing/usdc.yml:12:17 execution.priority_fee: "high" is not "auto" or an amount such as "2 gwei"',
    ],
  },
  {
    title: 'a strategy with too little gas',
    files: strategy('  engine: flashloan_arbitrage', '  engine: flashloan_arbitrage\n  gas_limit: 20000'),
    lines: [
      'environments/strategies/testing/usdc.yml:12:14 execution.gas_limit: 20000 is not a whole number from 21000 to 1000000000',
    ],
  },
  {
    title: 'a strategy with an empty section',
    files: strategy('  engine: flashloan_arbitrage\n', ''),
    lines: [
      'environments/strategies/testing/usdc.yml:10:1 execution: is removed by this null and cannot be missing; give a map of keys',
    ],
  },
  {
    title: 'a stage with a typing error',
    files: { 'strategies/activ/a.yml': '{}' },
    lines: [
      'environments/strategies/activ:1:1 is not a stage; use one of active, testing, research, archived; did you mean active?',
    ],
  },
  {
    title: 'a stage that there is not',
    files: { 'strategies/paused/a.yml': '{}' },
    lines: ['environments/strategies/paused:1:1 is not a stage; use one of active, testing, research, archived'],
  },
]);

test('the example of a strategy is right as it stands', () => {
  expect(refusals({ 'strategies/testing/usdc.yml': STRATEGY })).toEqual([]);
});
