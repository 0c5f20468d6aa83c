/** The section `mev`: engines, limits, and what stops them. */
import { z } from 'zod';
import { amount } from '../quantity';
import { dataSection } from './data';
import { flag, integer, list, oneOf, positive, quantity, ratio, secretName, text } from './leaf';
import { protectedRpc } from './order-flow';
import { researchSection } from './research';
import { image, memory, workloadFields } from './workload';

const ENGINE_SUBTYPES = {
  arbitrage: ['cross-chain', 'dex-aggregation', 'cex-dex'],
  sandwich: ['protection', 'execution'],
  flashloan: ['aave', 'compound', 'balancer'],
  liquidation: ['lending-protocols', 'leveraged-positions'],
  nft: ['rare-sniper', 'floor-sweeper'],
} as const;

export type EngineType = keyof typeof ENGINE_SUBTYPES;
export const ENGINE_TYPES = Object.keys(ENGINE_SUBTYPES) as EngineType[];

/** A type and one of its subtypes, as the tree of engines has them. */
const engineKind = {
  type: oneOf('Type of the engine.', ENGINE_TYPES, { what: 'an engine type' }),
  subtype: text('Subtype of the engine.'),
};

function checkSubtype(engine: { type: EngineType; subtype: string }, context: z.core.$RefinementCtx): void {
  const subtypes: readonly string[] = ENGINE_SUBTYPES[engine.type];
  if (subtypes.includes(engine.subtype)) return;
  context.addIssue({
    code: 'custom',
    path: ['subtype'],
    message: `"${engine.subtype}" is not a subtype of ${engine.type}; use one of ${subtypes.join(', ')}`,
  });
}

const engine = (chains: readonly string[]) =>
  z
    .strictObject({
      ...engineKind,
      image: image(
        'Image of the engine: with a tag that does not move, and in live trading by digest, such as ghcr.io/acme/engine@sha256:….',
      ),
      cpu: integer('Cores, all of them its own. Default: 2.', { min: 1, max: 192 }).optional(),
      memory: memory('Memory, all of it its own. Default: 4 GiB.').optional(),
      placement: oneOf(
        'Where it runs: in the cluster, or as a further process on the instance of a node, with its IPC and its data. Default: cluster.',
        ['cluster', 'node'],
        { what: 'a place to run' },
      ).optional(),
      beside: text(
        'Id of the node that it runs beside, with placement: node. Default: the only node of its first chain.',
      ).optional(),
      ...workloadFields,
      order_flow: list(
        'Order flow that it takes: names of optional processes of the nodes of its networks, and of endpoints in mev.protected_rpc. Default: none.',
        text('One of them.'),
        { mayBeEmpty: true },
      ).optional(),
      wallets: z
        .record(
          z.string(),
          z.strictObject({
            address: text('Its address, in quotes.', {
              pattern: /^0x[0-9a-fA-F]{40}$/,
              expected: 'an address of 20 bytes in quotes',
              example: '0x00000000219ab540356cbb839cbe05303d7705fa',
            }),
            chain: oneOf('Its chain.', chains, { what: 'a chain' }),
            network: text('Its network. Default: mainnet.').optional(),
            min_balance: quantity(
              'Balance below which somebody is told, in the currency of the network: 1 ETH is one of it. Default: none.',
              amount,
            ).optional(),
            max_outflow: quantity(
              'The most that leaves it within an hour, in the currency of the network; more stops the engine. Default: none.',
              amount,
            ).optional(),
          }),
        )
        .meta({ description: 'Wallets that it uses, by a name for people. Default: none is watched.' })
        .optional(),
      signing_key: text(
        'Key in KMS that it may sign with, of the kind ECC_SECG_P256K1: alias or ARN. It is found, never made. Default: none.',
        {
          pattern: /^(alias\/[A-Za-z0-9/_-]{1,249}|arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+)$/,
          expected: 'an alias or an ARN of a key',
          example: 'alias/mev-arbitrage',
        },
      ).optional(),
    })
    .superRefine(checkSubtype);

const limitsByType = z.strictObject({
  max_position_size: quantity('Largest position.', amount).optional(),
  max_slippage: ratio('Largest slippage.').optional(),
  min_profit_ratio: ratio('Least profit, as a part of the position.').optional(),
  safety_margin: ratio('Margin kept to the liquidation price.').optional(),
});

const limitsBy = <T extends z.ZodType>(names: readonly string[], limits: T) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, limits.optional()])));

export const mevSection = (chains: readonly string[]) =>
  z
    .strictObject({
      enabled: flag('Whether engines run. Default: false.').optional(),
      max_gas_price: quantity('Highest gas price that any engine pays.', amount).optional(),
      min_profit_threshold: quantity('Least profit that an opportunity must promise.', amount).optional(),
      emergency_stop: z
        .union([flag('Whether every engine stands still.'), z.array(text('A scope.'))], {
          error: 'true, false, or a list of global, types of engines and names of strategies',
        })
        .meta({
          description:
            'What stands still, by commit: true, or a list of global, types and names of strategies. Default: false.',
        })
        .optional(),
      acknowledge_sandwich_execution: flag(
        'Whether strategies of sandwich/execution may run; see docs/mev.md. Default: false.',
      ).optional(),
      kill_switch_secret: secretName(
        'Name of the secret that holds the token with which Alertmanager stops engines. Needed where engines run.',
      ).optional(),
      conversions: z
        .record(z.string(), quantity('What one of it counts as.', amount))
        .meta({
          description:
            'What one of an asset counts as where its amounts meet limits, such as USDC: 0.0003 ETH. Choose it too high rather than too low.',
        })
        .optional(),
      engines: z.record(z.string(), engine(chains)).meta({ description: 'Engines by name.' }).optional(),
      protected_rpc: z
        .record(z.string(), protectedRpc(chains))
        .meta({ description: 'Endpoints that take transactions past the public mempool, by name.' })
        .optional(),
      risk_limits: z
        .strictObject({
          max_position_size: quantity('Largest position of one strategy.', amount).optional(),
          max_daily_loss: quantity('Loss in a day that stops all engines.', amount).optional(),
          max_hourly_loss: quantity('Loss in an hour that stops all engines.', amount).optional(),
          max_concurrent_strategies: integer('Strategies that may run at once.', { min: 1, max: 1000 }).optional(),
          emergency_stop_loss: quantity('Loss in seven days that stops all engines.', amount).optional(),
        })
        .optional(),
      strategy_limits: limitsBy(ENGINE_TYPES, limitsByType).meta({ description: 'Limits by engine type.' }).optional(),
      chain_limits: limitsBy(
        chains,
        z.strictObject({
          max_gas_price: quantity('Highest gas price on the chain.', amount).optional(),
          max_priority_fee: quantity('Highest priority fee on the chain.', amount).optional(),
        }),
      )
        .meta({ description: 'Limits by chain.' })
        .optional(),
      data: dataSection(chains),
      research: researchSection(chains),
    })
    .optional();

/** A strategy file: `strategies/<stage>/<name>.yml`. */
export const strategySchema = (chains: readonly string[]) =>
  z.strictObject({
    strategy: z
      .strictObject({
        name: text('Name for people.'),
        ...engineKind,
        enabled: flag('Whether it runs in the environments of its stage.'),
        risk_level: oneOf('Its risk.', ['low', 'medium', 'high'], { what: 'a risk level' }),
      })
      .superRefine(checkSubtype),
    parameters: z.strictObject({
      asset: text('Asset that amounts of this file are in.'),
      chains: list('Chains that it trades on.', oneOf('A chain.', chains, { what: 'a chain' })),
      networks: list('Networks that it trades on. Default: mainnet.', text('A network.')).optional(),
      min_profit_threshold: ratio('Least profit, as a part of the position.').optional(),
      max_position_size: positive('Largest position, in the asset.').optional(),
      slippage_tolerance: ratio('Largest slippage.').optional(),
      safety_margin: ratio('Margin kept to the liquidation price.').optional(),
    }),
    execution: z.strictObject({
      engine: text('Name of the engine, as in mev.engines.'),
      timeout: positive('Seconds until an execution is given up.').optional(),
      gas_limit: integer('Gas of one execution.', { min: 21_000, max: 1_000_000_000 }).optional(),
      max_gas_price: quantity('Highest gas price that it pays.', amount).optional(),
      priority_fee: text('`auto`, or an amount, which is then the most that it pays.', {
        pattern: new RegExp(`^auto$|${amount.pattern}`),
        expected: '"auto" or an amount such as "2 gwei"',
      })
        .superRefine((given, context) => {
          const fee = given === 'auto' ? undefined : amount.parse(given);
          if (fee?.ok === false) context.addIssue({ code: 'custom', message: `"${given}" ${fee.reason}` });
        })
        .optional(),
    }),
    monitoring: z
      .strictObject({
        alert_threshold: ratio('Profit from which an opportunity is announced.').optional(),
        execution_timeout: positive('Seconds from which an execution counts as stuck.').optional(),
        failure_alert: flag('Whether a failed execution alerts.').optional(),
      })
      .optional(),
  });

export type StrategySettings = z.output<ReturnType<typeof strategySchema>>;
