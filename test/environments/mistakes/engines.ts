import { DIGEST, STRATEGY, withEngine } from '../engines';
import { refusals } from '../files';
import { tell } from './run';

/** Engines, strategies and limits that do not fit each other, or what the environment has. */

const FILE = 'environments/strategies/active/usdc.yml';
const OVERRIDES = 'environments/production/overrides.yml';

test('the production that is changed here is right as it stands', () => {
  expect(refusals(withEngine())).toEqual([]);
});

const TWELVE_TYPES = 'global, arbitrage, sandwich, flashloan, liquidation, nft';

describe('a strategy', () => {
  tell([
    {
      title: 'of an engine that there is not',
      files: withEngine({ strategy: [['engine: flashloan_arbitrage', 'engine: flashloan_arbitrag']] }),
      lines: [
        `${FILE}:14:11 execution.engine: in production, "flashloan_arbitrag" is not an engine of mev.engines; use one of flashloan_arbitrage; did you mean flashloan_arbitrage?`,
      ],
    },
    {
      title: 'of another kind than its engine',
      files: withEngine({ strategy: [['subtype: cross-chain', 'subtype: cex-dex']] }),
      lines: [
        `${FILE}:14:11 execution.engine: in production, flashloan_arbitrage is an engine of arbitrage/cross-chain, and the strategy is arbitrage/cex-dex; name another, or correct one of the two`,
      ],
    },
    {
      title: 'that is active, by a tag',
      files: withEngine({ production: [[`engine@${DIGEST}`, 'engine:1.0.0']] }),
      lines: [
        `${FILE}:14:11 execution.engine: in production, flashloan_arbitrage has the image "ghcr.io/acme/engine:1.0.0", and what is active runs an image by its digest; give it as <name>@sha256:<digest>`,
      ],
    },
    {
      title: 'on a chain that nobody follows',
      files: withEngine({ strategy: [['chains: [ethereum]', 'chains: [ethereum, base]']] }),
      lines: [
        `${FILE}:9:22 parameters.chains[1]: in production, nobody follows base mainnet; enable a node of it, or give gateway.fallbacks.base.mainnet a provider, or name others here`,
      ],
    },
    {
      title: 'on a network that the chain has not',
      files: withEngine({ strategy: [['chains: [ethereum]', 'chains: [ethereum]\n  networks: [mainet]']] }),
      lines: [
        `${FILE}:10:14 parameters.networks[0]: in production, "mainet" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local; did you mean mainnet?`,
      ],
    },
    {
      title: 'that asks for a larger position than its type may have',
      files: withEngine({ strategy: [['max_position_size: 10000', 'max_position_size: 400000']] }),
      lines: [
        `${FILE}:11:22 parameters.max_position_size: in production, 400000 USDC, which count as 120 ETH, are more than the 100 ETH of mev.strategy_limits.arbitrage.max_position_size (${OVERRIDES}:30); lower it, or raise that`,
      ],
    },
    {
      title: 'that asks for a larger position than any may have',
      files: withEngine({
        strategy: [
          ['asset: USDC', 'asset: ETH'],
          ['max_position_size: 10000', 'max_position_size: 12.5'],
        ],
        production: [
          ['max_position_size: 1000 ETH', 'max_position_size: 12 ETH'],
          ['      max_position_size: 100 ETH\n', ''],
        ],
      }),
      lines: [
        `${FILE}:11:22 parameters.max_position_size: in production, 12.5 ETH is more than the 12 ETH of mev.risk_limits.max_position_size (${OVERRIDES}:23); lower it, or raise that`,
      ],
    },
    {
      title: 'in an asset that nothing says what it counts as',
      files: withEngine({ production: [['  conversions: { USDC: 0.0003 ETH }\n', '']] }),
      lines: [
        `${FILE}:11:22 parameters.max_position_size: in production, 10000 USDC cannot be compared with the 100 ETH of mev.strategy_limits.arbitrage.max_position_size (${OVERRIDES}:29); say what one USDC counts as in mev.conversions, such as USDC: 0.0003 ETH`,
      ],
    },
    {
      title: 'that lets more slip than its type may',
      files: withEngine({ strategy: [['slippage_tolerance: 0.005', 'slippage_tolerance: 0.03']] }),
      lines: [
        `${FILE}:12:23 parameters.slippage_tolerance: in production, 0.03 is more than the 0.02 of mev.strategy_limits.arbitrage.max_slippage (${OVERRIDES}:31); change it, or that`,
      ],
    },
    {
      title: 'for less profit than its type must make',
      files: withEngine({ strategy: [['min_profit_threshold: 0.001', 'min_profit_threshold: 0.0001']] }),
      lines: [
        `${FILE}:10:25 parameters.min_profit_threshold: in production, 0.0001 is less than the 0.0005 of mev.strategy_limits.arbitrage.min_profit_ratio (${OVERRIDES}:32); change it, or that`,
      ],
    },
    {
      title: 'that pays more for gas than the chain allows',
      files: withEngine({
        strategy: [['  priority_fee: auto\n', '  priority_fee: 51 gwei\n  max_gas_price: 501 gwei\n']],
        production: [
          ['  strategy_limits:', '  chain_limits: { ethereum: { max_priority_fee: 50 gwei } }\n  strategy_limits:'],
        ],
      }),
      lines: [
        `${FILE}:16:17 execution.priority_fee: in production, 51 gwei is more on ethereum than the 50 gwei of mev.chain_limits.ethereum.max_priority_fee (${OVERRIDES}:28); lower it, or raise that`,
        `${FILE}:17:18 execution.max_gas_price: in production, 501 gwei is more on ethereum than the 500 gwei of mev.max_gas_price (${OVERRIDES}:15); lower it, or raise that`,
      ],
    },
    {
      title: 'of sandwich/execution that nobody has answered for',
      files: withEngine({
        strategy: [
          ['type: arbitrage', 'type: sandwich'],
          ['subtype: cross-chain', 'subtype: execution'],
        ],
        production: [
          ['type: arbitrage', 'type: sandwich'],
          ['subtype: cross-chain', 'subtype: execution'],
        ],
      }),
      lines: [
        `${FILE}:4:12 strategy.subtype: in production, sandwich/execution takes from users of the chain, and may be unlawful where you are; read docs/mev.md, and set mev.acknowledge_sandwich_execution to true if it shall run`,
      ],
    },
    {
      title: 'whose file has the name of another',
      files: withEngine({ files: { 'strategies/research/usdc.yml': STRATEGY.replace('name: USDC', 'name: Other') } }),
      lines: [
        'environments/strategies/research/usdc.yml:1:1 environments/strategies/active/usdc.yml has the same name; rename or remove one',
      ],
    },
    {
      title: 'called as another',
      files: withEngine({ files: { 'strategies/research/b.yml': STRATEGY } }),
      lines: [
        'environments/strategies/research/b.yml:2:9 strategy.name: "USDC" is the name of environments/strategies/active/usdc.yml as well; give it another',
      ],
    },
    {
      title: 'whose file has the name of a type',
      files: withEngine({ files: { 'strategies/research/nft.yml': STRATEGY.replace('name: USDC', 'name: Other') } }),
      lines: [
        'environments/strategies/research/nft.yml:1:1 "nft" stops more than one strategy; give the file another name',
      ],
    },
    {
      title: 'whose file has a name that no metric has',
      files: withEngine({ files: { 'strategies/research/A_b.yml': STRATEGY.replace('name: USDC', 'name: Other') } }),
      lines: [
        'environments/strategies/research/A_b.yml:1:1 the name of the file is that of the strategy; use at most 52 lower-case letters, digits and "-"',
      ],
    },
  ]);
});

describe('what stands under mev', () => {
  const two = STRATEGY.replace('name: USDC', 'name: Two');
  tell([
    {
      title: 'a loss of an hour above that of a day',
      files: withEngine({ production: [['max_hourly_loss: 10 ETH', 'max_hourly_loss: 51 ETH']] }),
      lines: [
        `${OVERRIDES}:25:22 mev.risk_limits.max_hourly_loss: is more than the 50 ETH of mev.risk_limits.max_daily_loss (${OVERRIDES}:24), which is of a whole day; lower it, or raise that`,
      ],
    },
    {
      title: 'an emergency below the loss of a day',
      files: withEngine({ production: [['emergency_stop_loss: 100 ETH', 'emergency_stop_loss: 49 ETH']] }),
      lines: [
        `${OVERRIDES}:27:26 mev.risk_limits.emergency_stop_loss: is less than the 50 ETH of mev.risk_limits.max_daily_loss (${OVERRIDES}:24), and would stop before it; raise it, or lower that`,
      ],
    },
    {
      title: 'more strategies than may run',
      files: withEngine({
        production: [['max_concurrent_strategies: 5', 'max_concurrent_strategies: 1']],
        files: { 'strategies/active/two.yml': two },
      }),
      lines: [
        `${OVERRIDES}:26:32 mev.risk_limits.max_concurrent_strategies: 1 is less than the 2 strategies that are enabled in the stages of production (active); disable some, or raise it`,
      ],
    },
    {
      title: 'a stop of what is mistyped',
      files: withEngine({ production: [['  enabled: true', '  enabled: true\n  emergency_stop: [usd]']] }),
      lines: [
        `${OVERRIDES}:13:20 mev.emergency_stop[0]: "usd" is neither global, nor a type of engines, nor the name of a strategy's file; use one of ${TWELVE_TYPES}, usdc; did you mean usdc?`,
      ],
    },
    {
      title: 'a stop of nothing',
      files: withEngine({ production: [['  enabled: true', '  enabled: true\n  emergency_stop: []']] }),
      lines: [`${OVERRIDES}:13:19 mev.emergency_stop: is an empty list; list what stands still, or write false`],
    },
    {
      title: 'a stop that is a word',
      files: withEngine({ production: [['  enabled: true', '  enabled: true\n  emergency_stop: usdc']] }),
      lines: [
        `${OVERRIDES}:13:19 mev.emergency_stop: "usdc" is not true, false, or a list of global, types of engines and names of strategies`,
      ],
    },
    {
      title: 'no cluster',
      files: withEngine({
        production: [
          ['kubernetes: { cluster: mev }\n', ''],
          [
            `monitoring:
  grafana_admin_secret: grafana
  receivers: { webhook: { secret: hook } }
  runbooks: https://example.com/runbooks
  retention: 30d
`,
            '',
          ],
        ],
      }),
      lines: [
        `${OVERRIDES}:6:12 mev.enabled: engines run on Kubernetes, and the environment names no cluster; set kubernetes, or set mev.enabled to false here`,
      ],
    },
    {
      title: 'nothing that stops',
      files: withEngine({
        production: [
          ['  kill_switch_secret: kill-switch\n', ''],
          ['kubernetes: { cluster: mev }', 'kubernetes: { cluster: mev, service_monitors: false }'],
          ['  retention: 30d', '  retention: 7d'],
        ],
      }),
      lines: [
        `${OVERRIDES}:1:47 kubernetes.service_monitors: false, and what stops an engine reads its metrics; remove it`,
        `${OVERRIDES}:6:14 monitoring.retention: is too short for emergency_stop_loss, which counts over seven days; keep at least 8d`,
        `${OVERRIDES}:12:12 mev.enabled: nothing authorizes Alertmanager to stop an engine; set mev.kill_switch_secret to the name of a secret with a long random token`,
      ],
    },
    {
      title: 'an asset that counts as itself, and one that counts as nothing',
      files: withEngine({ production: [['{ USDC: 0.0003 ETH }', '{ USDC: 0 ETH, WETH: 1 ETH }']] }),
      lines: [
        `${OVERRIDES}:14:24 mev.conversions.USDC: counts as nothing, and no limit would hold; give more than 0`,
        `${OVERRIDES}:14:37 mev.conversions.WETH: counts as itself; remove it`,
      ],
    },
    {
      title: 'a price of gas where there is none',
      files: withEngine({
        production: [
          ['  strategy_limits:', '  chain_limits: { solana: { max_gas_price: 1 gwei } }\n  strategy_limits:'],
        ],
      }),
      lines: [`${OVERRIDES}:28:27 mev.chain_limits.solana: transactions of solana have no price of gas; remove it`],
    },
    {
      title: 'engines of one name in the cluster, and one with the name of a strategy',
      files: withEngine({
        production: [
          [
            '  risk_limits:',
            `    flashloan-arbitrage: { type: nft, subtype: rare-sniper, image: "a:1" }
    usdc: { type: nft, subtype: rare-sniper, image: "a:1" }
    Sniper: { type: nft, subtype: rare-sniper, image: "a:1" }
  risk_limits:`,
          ],
        ],
      }),
      lines: [
        `${OVERRIDES}:22:26 mev.engines.flashloan-arbitrage: is called flashloan-arbitrage in the cluster, and so is flashloan_arbitrage; rename one`,
        `${OVERRIDES}:23:11 mev.engines.usdc: "usdc" is the name of a strategy or of a scope that stops others; rename it`,
        `${OVERRIDES}:24:13 mev.engines.Sniper: is not the name of an engine; use at most 39 lower-case letters, digits, "_" and "-", a letter first`,
      ],
    },
    {
      title: 'engines that are called as what stands beside them, or as what belongs to another',
      files: withEngine({
        production: [
          [
            '  risk_limits:',
            `    mev-stop: { type: nft, subtype: rare-sniper, image: "a:1" }
    argo_events: { type: nft, subtype: rare-sniper, image: "a:1" }
    sniper_proxy: { type: nft, subtype: rare-sniper, image: "a:1" }
  risk_limits:`,
          ],
        ],
      }),
      lines: [
        `${OVERRIDES}:22:15 mev.engines.mev-stop: "mev-stop" is what something beside engines is called in the cluster; rename it`,
        `${OVERRIDES}:23:18 mev.engines.argo_events: "argo-events" is what something beside engines is called in the cluster; rename it`,
        `${OVERRIDES}:24:19 mev.engines.sniper_proxy: "sniper-proxy" is what something beside engines is called in the cluster; rename it`,
      ],
    },
    {
      title: 'what only EKS has, on a cluster that is anywhere',
      files: withEngine({
        production: [
          ['kubernetes: { cluster: mev }', 'kubernetes: { kubeconfig: ~/.kube/config, context: kind }'],
          ['    clients: [geth]', '    clients: [geth]\n    hosting: kubernetes'],
          ['kill_switch_secret: kill-switch', 'kill_switch_secret: prod/kill'],
          ['  risk_limits:', '      signing_key: alias/mev\n      secrets: { relay: Prod }\n  risk_limits:'],
        ],
      }),
      lines: [
        `${OVERRIDES}:14:23 mev.kill_switch_secret: is not the name of a secret in the cluster, where it must be, with the token as token; use lower-case letters, digits, - and .`,
        `${OVERRIDES}:23:20 mev.engines.flashloan_arbitrage.signing_key: a cluster that is not on EKS has no role that may sign; remove it`,
        `${OVERRIDES}:24:25 mev.engines.flashloan_arbitrage.secrets.relay: is not the name of a secret in the cluster, where it must be, with the file as relay; use lower-case letters, digits, - and .`,
      ],
    },
    {
      title: 'images that move, or are none',
      files: withEngine({
        production: [
          [
            '  risk_limits:',
            `    a: { type: nft, subtype: rare-sniper, image: "a:latest" }
    b: { type: nft, subtype: rare-sniper, image: "b" }
    c: { type: nft, subtype: rare-sniper, image: "C C" }
  risk_limits:`,
          ],
        ],
      }),
      lines: [
        `${OVERRIDES}:22:50 mev.engines.a.image: "a:latest" moves: what runs tomorrow would not be what was reviewed today; use such as ghcr.io/acme/engine:1.4.0`,
        `${OVERRIDES}:23:50 mev.engines.b.image: "b" has neither tag nor digest; use such as ghcr.io/acme/engine:1.4.0`,
        `${OVERRIDES}:24:50 mev.engines.c.image: "C C" is not the name of an image; use such as ghcr.io/acme/engine:1.4.0`,
      ],
    },
    {
      title: 'ways out and files that are none',
      files: withEngine({
        production: [
          [
            '  risk_limits:',
            `      relays: ["https://relay.example"]
      egress: [0.0.0.0/0]
      secrets: { ../key: key }
      signing_key: mev
  risk_limits:`,
          ],
        ],
      }),
      lines: [
        `${OVERRIDES}:22:16 mev.engines.flashloan_arbitrage.relays[0]: "https://relay.example" is not a domain such as relay.flashbots.net`,
        `${OVERRIDES}:23:16 mev.engines.flashloan_arbitrage.egress[0]: "0.0.0.0/0" is not a range of at most 65536 addresses such as 203.0.113.0/24`,
        `${OVERRIDES}:25:20 mev.engines.flashloan_arbitrage.signing_key: "mev" is not an alias or an ARN of a key`,
      ],
    },
    {
      title: 'a file that is that of streams',
      files: withEngine({
        production: [['  risk_limits:', '      secrets: { streams-password: key }\n  risk_limits:']],
      }),
      lines: [
        `${OVERRIDES}:22:36 mev.engines.flashloan_arbitrage.secrets.streams-password: is the file with the password of streams; give it another name`,
      ],
    },
    {
      title: 'a file that is a path',
      files: withEngine({ production: [['  risk_limits:', '      secrets: { ../key: key }\n  risk_limits:']] }),
      lines: [
        `${OVERRIDES}:22:26 mev.engines.flashloan_arbitrage.secrets.../key: is not the name of a file; use lower-case letters, digits, ".", "_" and "-"`,
      ],
    },
  ]);
});

describe('wallets', () => {
  const wallets = (yaml: string) =>
    withEngine({
      production: [
        [
          `      image: ghcr.io/acme/engine@${DIGEST}\n`,
          `      image: ghcr.io/acme/engine@${DIGEST}\n      wallets:\n${yaml}`,
        ],
      ],
    });
  const A = `"0x${'a'.repeat(40)}"`;
  const at = `${OVERRIDES}:23`;
  tell([
    {
      title: 'an address without quotes is a number',
      files: wallets(`        hot: { address: 0x${'a'.repeat(40)}, chain: ethereum, min_balance: 1 ETH }\n`),
      lines: [
        `${at}:25 mev.engines.flashloan_arbitrage.wallets.hot.address: 9.743344248872686e+47 is not an address of 20 bytes in quotes; quote it if it is meant as text`,
      ],
    },
    {
      title: 'on a network that the chain has not',
      files: wallets(`        hot: { address: ${A}, chain: ethereum, network: mainet, min_balance: 1 ETH }\n`),
      lines: [
        `${at}:97 mev.engines.flashloan_arbitrage.wallets.hot.network: "mainet" is not a network of ethereum; use one of mainnet, sepolia, hoodi, local; did you mean mainnet?`,
      ],
    },
    {
      title: 'of a chain without such addresses',
      files: wallets(`        hot: { address: ${A}, chain: solana, min_balance: 1 ETH }\n`),
      lines: [
        `${at}:78 mev.engines.flashloan_arbitrage.wallets.hot.chain: wallets of solana are not watched; remove it`,
      ],
    },
    {
      title: 'that are watched for nothing',
      files: wallets(`        hot: { address: ${A}, chain: ethereum }\n`),
      lines: [
        `${at}:14 mev.engines.flashloan_arbitrage.wallets.hot: is watched for nothing; give min_balance, max_outflow or both`,
      ],
    },
    {
      title: 'twice',
      files: wallets(
        `        hot: { address: ${A}, chain: ethereum, min_balance: 1 ETH }\n        same: { address: ${A.toUpperCase().replace('X', 'x')}, chain: ethereum, network: mainnet, max_outflow: 1 ETH }\n`,
      ),
      lines: [
        `${OVERRIDES}:24:26 mev.engines.flashloan_arbitrage.wallets.same.address: is that of hot on ethereum mainnet as well; remove one`,
      ],
    },
  ]);
});

describe('names that meet others in the cluster', () => {
  const image = `      image: ghcr.io/acme/engine@${DIGEST}\n`;
  tell([
    {
      title: 'an engine that is called as research is',
      files: withEngine({
        production: [
          [
            '    flashloan_arbitrage:',
            '    report: { type: arbitrage, subtype: cross-chain, image: "a:1" }\n    flashloan_arbitrage:',
          ],
        ],
      }),
      lines: [
        `${OVERRIDES}:18:13 mev.engines.report: "report" is what something beside engines is called in the cluster; rename it`,
      ],
    },
    {
      title: 'files of secrets',
      files: withEngine({
        production: [[image, `${image}      secrets: { relay.key: a, relay_key: b, gateway-token: c }\n`]],
      }),
      lines: [
        `${OVERRIDES}:22:43 mev.engines.flashloan_arbitrage.secrets.relay_key: is called in the cluster as relay.key is; rename one`,
        `${OVERRIDES}:22:61 mev.engines.flashloan_arbitrage.secrets.gateway-token: is the file with the token of the gateway; give it another name`,
      ],
    },
  ]);
});
