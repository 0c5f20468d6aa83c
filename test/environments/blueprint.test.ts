import { CHAINS } from '../../constructs/chain-node/catalogue';
import { type Plain, type PlainMap, readDocument, valueAt } from '../../environments/document';
import { merge } from '../../environments/merge';
import { environmentSchema } from '../../environments/schema/environment';
import { strategySchema } from '../../environments/schema/mev';
import { type Files, loadFiles, refusals } from './files';

/** The documents of the blueprint load with their own numbers; what is refused of them is refused by name. */

/** "Global Configuration Schema". */
const GLOBAL = `# config/global.yml
global:
  environment: production|staging|development
  security:
    encryption_key_path: /secure/keys/master.key
    api_rate_limits:
      default: 1000/hour
      premium: 10000/hour
  networking:
    rpc_timeout: 30s
    websocket_timeout: 60s
    retry_attempts: 3
  logging:
    level: info|debug|error
    rotation: daily
    retention: 30d

chains:
  ethereum:
    enabled: true
    networks: [mainnet, goerli, sepolia]
    clients: [geth, erigon, besu]
  arbitrum:
    enabled: true
    networks: [mainnet, goerli, sepolia]
    clients: [nitro]
  # ... other chains

mev:
  enabled: true
  max_gas_price: 500 gwei
  min_profit_threshold: 0.01 ETH
  risk_limits:
    max_position_size: 100 ETH
    max_daily_loss: 5 ETH
`;

/** "Environment-Specific Overrides". */
const OVERRIDES = `# environments/production/overrides.yml
global:
  logging:
    level: info
  security:
    api_rate_limits:
      default: 10000/hour

mev:
  risk_limits:
    max_position_size: 1000 ETH
    max_daily_loss: 50 ETH
`;

/** "Strategy Configuration Schema". */
const STRATEGY = `# mev/strategies/arbitrage/cross-chain-usdc.yml
strategy:
  name: "Cross-Chain USDC Arbitrage"
  type: "arbitrage"
  subtype: "cross-chain"
  enabled: true
  risk_level: "medium"
  
parameters:
  asset: "USDC"
  chains: ["ethereum", "arbitrum", "optimism", "base"]
  min_profit_threshold: 0.001  # 0.1%
  max_position_size: 10000     # USDC
  slippage_tolerance: 0.005    # 0.5%
  
execution:
  engine: "flashloan_arbitrage"
  timeout: 12  # seconds
  gas_limit: 500000
  priority_fee: "auto"
  
monitoring:
  alert_threshold: 0.005  # 0.5% profit opportunity
  execution_timeout: 30   # seconds
  failure_alert: true
`;

/** "Risk Management Configuration". */
const RISK = `# mev/config/risk-limits.yml
global_limits:
  max_daily_loss: 50 ETH
  max_hourly_loss: 10 ETH
  max_concurrent_strategies: 5
  emergency_stop_loss: 100 ETH

strategy_limits:
  arbitrage:
    max_position_size: 100 ETH
    max_slippage: 0.02
  sandwich:
    max_position_size: 50 ETH
    min_profit_ratio: 0.005
  liquidation:
    max_position_size: 200 ETH
    safety_margin: 0.1

chain_limits:
  ethereum:
    max_gas_price: 1000 gwei
    max_priority_fee: 50 gwei
  arbitrum:
    max_gas_price: 10 gwei
    max_priority_fee: 2 gwei
`;

function swap(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once`);
  return text.replace(from, to);
}

/** A choice of words stands in the blueprint where a file has one of them. */
const chosen = swap(swap(GLOBAL, '  environment: production|staging|development\n', ''), 'info|debug|error', 'info');

const AWS = '\naws: { region: eu-central-1, zones: [eu-central-1a, eu-central-1b] }\n';

/** The risk document below `mev`, where its sections stand here. */
const riskUnderMev = `\nmev:\n${swap(RISK, 'global_limits', 'risk_limits')
  .split('\n')
  .map((line) => (line === '' ? '' : `  ${line}`))
  .join('\n')}`;

/** The edits that the messages ask for: what is dead goes, and each layer-2 node is told its layer 1. */
const corrected = swap(
  swap(
    swap(
      swap(chosen, '    encryption_key_path: /secure/keys/master.key\n', ''),
      'networks: [mainnet, goerli, sepolia]\n    clients: [geth, erigon, besu]',
      'networks: [mainnet, sepolia]\n    clients: [geth, erigon, besu]\n    blob_custody: semi',
    ),
    '[mainnet, goerli, sepolia]\n    clients: [nitro]',
    '[mainnet, sepolia]\n    clients: [nitro]\n    nodes: { mainnet-nitro: { l1: ethereum-mainnet-geth }, sepolia-nitro: { l1: ethereum-sepolia-geth } }',
  ),
  '\nchains:\n',
  `${AWS}\nchains:\n`,
);

/** What engines ask for beside them: where they run, what watches and stops them, an image, what a dollar counts as. */
const engines = (cluster: string): string => `
kubernetes: { cluster: ${cluster} }
monitoring: { grafana_admin_secret: grafana, receivers: { webhook: { secret: hook } }, runbooks: https://example.com }
gateway:
  fallbacks:
    optimism: { mainnet: [{ name: a, secret: optimism }] }
    base: { mainnet: [{ name: a, secret: base }] }
`;
const withEngines = (text: string): string =>
  swap(
    text,
    '  max_gas_price: 500 gwei\n',
    `  max_gas_price: 500 gwei
  kill_switch_secret: kill-switch
  conversions: { USDC: 0.0003 ETH }
  engines:
    flashloan_arbitrage: { type: arbitrage, subtype: cross-chain, image: "a/b@sha256:${'a'.repeat(64)}" }
`,
  );

/** Production alone reads the overrides and the limits; the two other environments only the global file. */
const files = (global: string, risk: string): Files => ({
  'global.yml': global,
  'production/overrides.yml': OVERRIDES,
  'staging/overrides.yml': risk,
  'strategies/active/cross-chain-usdc.yml': STRATEGY,
});

/** With what engines ask for. */
const whole = (risk: string): Files => ({
  ...files(withEngines(corrected), `${risk}${engines('staging')}`),
  'production/overrides.yml': `${OVERRIDES}${engines('production')}`,
});

const read = (text: string): PlainMap => {
  const { value, problems } = readDocument('text.yml', text);
  expect(problems).toEqual([]);
  return value;
};

const wei = (value: bigint) => ({ unit: 'wei', value });
const ETH = 10n ** 18n;
const GWEI = 10n ** 9n;

test('of the documents as they stand exactly this is refused', () => {
  expect(refusals(files(chosen + AWS, RISK))).toEqual([
    'environments/global.yml:4:5 global.security.encryption_key_path: is refused: keys are not files; name a KMS key in aws.kms_key',
    'environments/global.yml:20:25 chains.ethereum.networks[1]: "goerli" cannot be used: goerli was shut down in 2024; use sepolia (ethereum/go-ethereum#30289)',
    'environments/global.yml:24:25 chains.arbitrum.networks[1]: "goerli" cannot be used: goerli was shut down in 2024; use sepolia (OffchainLabs/arbitrum-docs, public-chains.mdx)',
    'environments/global.yml:29:12 mev.enabled: engines run on Kubernetes, and the environment names no cluster; set kubernetes, or set mev.enabled to false here',
    'environments/staging/overrides.yml:2:1 global_limits: is refused: limits stand in mev.risk_limits',
    'environments/staging/overrides.yml:8:1 strategy_limits: is refused: limits of a type stand in mev.strategy_limits',
    'environments/staging/overrides.yml:19:1 chain_limits: is refused: limits of a chain stand in mev.chain_limits',
    'environments/strategies/active/cross-chain-usdc.yml:17:11 execution.engine: in production, "flashloan_arbitrage" is not an engine of mev.engines; there is none; add it to mev.engines',
    'environments/strategies/active/cross-chain-usdc.yml:17:11 execution.engine: in staging, "flashloan_arbitrage" is not an engine of mev.engines; there is none; add it to mev.engines',
  ]);
});

test('what the blueprint does not have is asked for: a region and its zones', () => {
  const lines = refusals(files(swap(corrected, AWS, ''), '{}\n'));
  expect(lines).toEqual(
    ['development', 'production', 'staging'].flatMap((name) => [
      `environments/${name}/overrides.yml:1:1 aws.zones: is missing; give a list`,
      `environments/${name}/overrides.yml:1:1 aws.region: is missing; give a region such as eu-central-1`,
    ]),
  );
});

test('corrected, they load: every client that they name, on both networks', () => {
  const { environments } = loadFiles(whole(riskUnderMev));
  const nodes = [
    'arbitrum-mainnet-nitro',
    'arbitrum-sepolia-nitro',
    'ethereum-mainnet-besu',
    'ethereum-mainnet-erigon',
    'ethereum-mainnet-geth',
    'ethereum-sepolia-besu',
    'ethereum-sepolia-erigon',
    'ethereum-sepolia-geth',
  ];
  expect(environments.map(({ name, nodes: all }) => [name, all.map(({ id }) => id)])).toEqual([
    ['development', nodes],
    ['staging', nodes],
    ['production', nodes],
  ]);
});

test('what they do not say of layer 1 is asked for', () => {
  const unsaid = swap(
    corrected,
    '    nodes: { mainnet-nitro: { l1: ethereum-mainnet-geth }, sepolia-nitro: { l1: ethereum-sepolia-geth } }\n',
    '',
  );
  expect(refusals({ ...whole(riskUnderMev), 'global.yml': withEngines(unsaid) })).toEqual([
    'environments/global.yml:26:16 chains.arbitrum.networks[0]: arbitrum-mainnet-nitro: several nodes follow ethereum mainnet; set l1 to one of ethereum-mainnet-geth, ethereum-mainnet-erigon, ethereum-mainnet-besu',
    'environments/global.yml:26:25 chains.arbitrum.networks[1]: arbitrum-sepolia-nitro: several nodes follow ethereum sepolia; set l1 to one of ethereum-sepolia-geth, ethereum-sepolia-erigon, ethereum-sepolia-besu',
  ]);
});

describe('what asks for more than another allows', () => {
  const load = () => loadFiles(whole(riskUnderMev));

  test('is told where a limit never acts, and changes nothing', () => {
    expect(
      load()
        .warnings.map(({ message }) => message)
        .filter((message) => message.includes('never acts')),
    ).toEqual([
      '200 ETH never acts: the 100 ETH of mev.risk_limits.max_position_size (environments/global.yml:40) is tighter; lower it, or remove it',
      '1000 gwei never acts: the 500 gwei of mev.max_gas_price (environments/global.yml:33) is tighter; lower it, or remove it',
    ]);
  });

  test('of each limit the tightest holds: staging has the limits of risk, production those of the global file', () => {
    const limits = Object.fromEntries(
      load().environments.flatMap(({ name, mev }) =>
        (mev?.engines ?? []).flatMap(({ strategies }) => strategies.map((one) => [name, [one.mode, one.limits]])),
      ),
    );
    const own = {
      maxPositionSize: { value: '10000', unit: 'USDC' },
      minProfit: { value: '0.01', unit: 'ETH' },
      minProfitRatio: 0.001,
      maxSlippage: 0.005,
    };
    const loose = { maxGasPrice: '500', maxPriorityFee: '500' };
    expect(limits).toEqual({
      staging: [
        'dry-run',
        {
          ...own,
          chains: {
            arbitrum: { maxGasPrice: '10', maxPriorityFee: '2' },
            base: loose,
            ethereum: { maxGasPrice: '500', maxPriorityFee: '50' },
            optimism: loose,
          },
        },
      ],
      production: ['live', { ...own, chains: { arbitrum: loose, base: loose, ethereum: loose, optimism: loose } }],
    });
  });
});

describe('their own numbers, exactly', () => {
  const parse = (layers: readonly string[]) =>
    environmentSchema(CHAINS).parse(layers.map(read).reduce((below, above) => merge(below, above), {}));

  test('the global file with the overrides of production', () => {
    const { global, mev } = parse([corrected, OVERRIDES]);
    expect(global).toEqual({
      security: {
        api_rate_limits: {
          default: { unit: 'rate', count: 10_000, perSeconds: 3600 },
          premium: { unit: 'rate', count: 10_000, perSeconds: 3600 },
        },
      },
      networking: {
        rpc_timeout: { unit: 'ms', value: 30_000 },
        websocket_timeout: { unit: 'ms', value: 60_000 },
        retry_attempts: 3,
      },
      logging: { level: 'info', rotation: 'daily', retention: { unit: 'ms', value: 2_592_000_000 } },
    });
    expect(mev).toEqual({
      enabled: true,
      max_gas_price: wei(500n * GWEI),
      min_profit_threshold: wei(ETH / 100n),
      risk_limits: { max_position_size: wei(1000n * ETH), max_daily_loss: wei(50n * ETH) },
    });
  });

  test('the risk document below mev', () => {
    expect(parse([corrected, riskUnderMev]).mev).toEqual({
      enabled: true,
      max_gas_price: wei(500n * GWEI),
      min_profit_threshold: wei(ETH / 100n),
      risk_limits: {
        max_position_size: wei(100n * ETH),
        max_daily_loss: wei(50n * ETH),
        max_hourly_loss: wei(10n * ETH),
        max_concurrent_strategies: 5,
        emergency_stop_loss: wei(100n * ETH),
      },
      strategy_limits: {
        arbitrage: { max_position_size: wei(100n * ETH), max_slippage: 0.02 },
        sandwich: { max_position_size: wei(50n * ETH), min_profit_ratio: 0.005 },
        liquidation: { max_position_size: wei(200n * ETH), safety_margin: 0.1 },
      },
      chain_limits: {
        ethereum: { max_gas_price: wei(1000n * GWEI), max_priority_fee: wei(50n * GWEI) },
        arbitrum: { max_gas_price: wei(10n * GWEI), max_priority_fee: wei(2n * GWEI) },
      },
    });
  });

  test('the strategy', () => {
    const names = CHAINS.map(({ id }) => id);
    const parsed = strategySchema(names).parse(read(STRATEGY));
    expect(parsed).toEqual(read(STRATEGY));
    const parameters: Plain | undefined = valueAt(read(STRATEGY), ['parameters']);
    expect(parameters).toEqual({
      asset: 'USDC',
      chains: ['ethereum', 'arbitrum', 'optimism', 'base'],
      min_profit_threshold: 0.001,
      max_position_size: 10_000,
      slippage_tolerance: 0.005,
    });
  });
});
