import { development, tell } from './run';

/** The section `mev`. */

tell([
  // values of the wrong type or shape
  {
    title: 'a list for the map of engines',
    files: development('mev: { engines: [arbitrage] }\n'),
    lines: ['environments/development/overrides.yml:1:17 mev.engines: a list is not a map of keys'],
  },
  {
    title: 'an amount without a unit',
    files: development('mev: { max_gas_price: 500 }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 mev.max_gas_price: 500 is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'a percentage for a ratio',
    files: development('mev: { strategy_limits: { arbitrage: { max_slippage: 2% } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:54 mev.strategy_limits.arbitrage.max_slippage: "2%" is not a ratio from 0 to 1, such as 0.02 for 2 %',
    ],
  },
  {
    title: 'a ratio above one',
    files: development('mev: { strategy_limits: { arbitrage: { max_slippage: 2 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:54 mev.strategy_limits.arbitrage.max_slippage: 2 is not a ratio from 0 to 1, such as 0.02 for 2 %',
    ],
  },

  // unknown keys, at every level
  {
    title: 'an unknown key in mev',
    files: development('mev: { risk_limit: {} }\n'),
    lines: [
      'environments/development/overrides.yml:1:8 mev.risk_limit: is not a known key; use one of enabled, max_gas_price, min_profit_threshold, emergency_stop, acknowledge_sandwich_execution, kill_switch_secret, conversions, engines, protected_rpc, risk_limits, strategy_limits, chain_limits, data, research; did you mean risk_limits?',
    ],
  },
  {
    title: 'an unknown key in the risk limits',
    files: development('mev: { risk_limits: { max_positon_size: 1 ETH } }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 mev.risk_limits.max_positon_size: is not a known key; use one of max_position_size, max_daily_loss, max_hourly_loss, max_concurrent_strategies, emergency_stop_loss; did you mean max_position_size?',
    ],
  },
  {
    title: 'an unknown key in the limits of a type',
    files: development('mev: { strategy_limits: { sandwich: { max_slipage: 0.1 } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.strategy_limits.sandwich.max_slipage: is not a known key; use one of max_position_size, max_slippage, min_profit_ratio, safety_margin; did you mean max_slippage?',
    ],
  },
  {
    title: 'an unknown key in the limits of a chain',
    files: development('mev: { chain_limits: { base: { gas_price: 1 gwei } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:32 mev.chain_limits.base.gas_price: is not a known key; use one of max_gas_price, max_priority_fee; did you mean max_gas_price?',
    ],
  },
  {
    title: 'an unknown key in an engine',
    files: development(
      'mev: { engines: { a: { type: arbitrage, subtype: cross-chain, image: "a:1", replicas: 2 } } }\n',
    ),
    lines: [
      'environments/development/overrides.yml:1:77 mev.engines.a.replicas: is not a known key; use one of type, subtype, image, cpu, memory, placement, beside, reads, node_selector, secrets, relays, egress, order_flow, wallets, signing_key',
    ],
  },

  // quantities
  {
    title: 'a unit with a capital',
    files: development('mev: { max_gas_price: 500 Gwei }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 mev.max_gas_price: "500 Gwei" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'an amount in quotes without a unit',
    files: development('mev: { max_gas_price: "500" }\n'),
    lines: [
      'environments/development/overrides.yml:1:23 mev.max_gas_price: "500" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'more digits than a wei has',
    files: development('mev: { min_profit_threshold: 0.0000000000000000001 ETH }\n'),
    lines: [
      'environments/development/overrides.yml:1:30 mev.min_profit_threshold: "0.0000000000000000001 ETH" is more precise than one wei, the smallest unit; use fewer digits',
    ],
  },
  {
    title: 'a negative amount',
    files: development('mev: { risk_limits: { max_daily_loss: -5 ETH } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "-5 ETH" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'a leading zero',
    files: development('mev: { risk_limits: { max_daily_loss: 05 ETH } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "05 ETH" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'a comma between thousands',
    files: development('mev: { risk_limits: { max_daily_loss: "1,000 ETH" } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "1,000 ETH" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'an exponent',
    files: development('mev: { risk_limits: { max_daily_loss: 1e3 ETH } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "1e3 ETH" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },
  {
    title: 'another asset for an amount',
    files: development('mev: { risk_limits: { max_daily_loss: 1000 USDC } }\n'),
    lines: [
      'environments/development/overrides.yml:1:39 mev.risk_limits.max_daily_loss: "1000 USDC" is not an amount with its unit, such as "0.01 ETH", "500 gwei" or "1 wei"',
    ],
  },

  // what is refused, reserved or does not fit
  {
    title: 'a subtype of another type',
    files: development('mev: { engines: { a: { type: arbitrage, subtype: aave, image: "a:1" } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:50 mev.engines.a.subtype: "aave" is not a subtype of arbitrage; use one of cross-chain, dex-aggregation, cex-dex',
    ],
  },
  {
    title: 'an unknown type of engine',
    files: development('mev: { engines: { a: { type: arbitrag, subtype: cross-chain, image: "a:1" } } }\n'),
    lines: [
      'environments/development/overrides.yml:1:30 mev.engines.a.type: "arbitrag" is not an engine type; use one of arbitrage, sandwich, flashloan, liquidation, nft; did you mean arbitrage?',
    ],
  },
]);
