import type { Files } from './files';

/** A production with one engine and one strategy, which loads; tests change one thing of it. */

export const DIGEST = `sha256:${'a'.repeat(64)}`;

export const STRATEGY = `strategy:
  name: USDC
  type: arbitrage
  subtype: cross-chain
  enabled: true
  risk_level: medium
parameters:
  asset: USDC
  chains: [ethereum]
  min_profit_threshold: 0.001
  max_position_size: 10000
  slippage_tolerance: 0.005
execution:
  engine: flashloan_arbitrage
  timeout: 12
  priority_fee: auto
`;

export const PRODUCTION = `kubernetes: { cluster: mev }
monitoring:
  grafana_admin_secret: grafana
  receivers: { webhook: { secret: hook } }
  runbooks: https://example.com/runbooks
  retention: 30d
chains:
  ethereum:
    networks: [mainnet]
    clients: [geth]
mev:
  enabled: true
  kill_switch_secret: kill-switch
  conversions: { USDC: 0.0003 ETH }
  max_gas_price: 500 gwei
  min_profit_threshold: 0.01 ETH
  engines:
    flashloan_arbitrage:
      type: arbitrage
      subtype: cross-chain
      image: ghcr.io/acme/engine@${DIGEST}
  risk_limits:
    max_position_size: 1000 ETH
    max_daily_loss: 50 ETH
    max_hourly_loss: 10 ETH
    max_concurrent_strategies: 5
    emergency_stop_loss: 100 ETH
  strategy_limits:
    arbitrage:
      max_position_size: 100 ETH
      max_slippage: 0.02
      min_profit_ratio: 0.0005
`;

function swapped(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((now, [from, to]) => {
    if (now.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once`);
    return now.replace(from, to);
  }, text);
}

interface Changes {
  readonly production?: readonly (readonly [string, string])[];
  readonly strategy?: readonly (readonly [string, string])[];
  /** Further files. */
  readonly files?: Files;
}

/** The files of that production, with texts in them swapped. */
export const withEngine = ({ production = [], strategy = [], files = {} }: Changes = {}): Files => ({
  'development/overrides.yml': null,
  'staging/overrides.yml': null,
  'production/overrides.yml': swapped(PRODUCTION, production),
  'strategies/active/usdc.yml': swapped(STRATEGY, strategy),
  ...files,
});
