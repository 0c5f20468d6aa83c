/** The section `mev`, and the files of strategies. */
import { z } from 'zod';
import { amount } from '../quantity';
import { flag, integer, list, oneOf, positive, quantity, ratio, text } from './leaf';

const ENGINE_SUBTYPES = {
  arbitrage: ['cross-chain', 'dex-aggregation', 'cex-dex'],
  sandwich: ['protection', 'execution'],
  flashloan: ['aave', 'compound', 'balancer'],
  liquidation: ['lending-protocols', 'leveraged-positions'],
  nft: ['rare-sniper', 'floor-sweeper'],
} as const;

const ENGINE_TYPES = Object.keys(ENGINE_SUBTYPES) as (keyof typeof ENGINE_SUBTYPES)[];

/** A type and one of its subtypes, as the tree of engines has them. */
const engineKind = {
  type: oneOf('Type of the engine.', ENGINE_TYPES, { what: 'an engine type' }),
  subtype: text('Subtype of the engine.'),
};

function checkSubtype(
  engine: { type: keyof typeof ENGINE_SUBTYPES; subtype: string },
  context: z.core.$RefinementCtx,
): void {
  const subtypes: readonly string[] = ENGINE_SUBTYPES[engine.type];
  if (subtypes.includes(engine.subtype)) return;
  context.addIssue({
    code: 'custom',
    path: ['subtype'],
    message: `"${engine.subtype}" is not a subtype of ${engine.type}; use one of ${subtypes.join(', ')}`,
  });
}

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
      enabled: flag('Whether engines run.').optional(),
      max_gas_price: quantity('Highest gas price that any engine pays.', amount).optional(),
      min_profit_threshold: quantity('Least profit that an opportunity must promise.', amount).optional(),
      emergency_stop: flag('Whether every engine stands still.').optional(),
      engines: z
        .record(
          z.string(),
          z.strictObject({ ...engineKind, image: text('Image of the engine, pinned.') }).superRefine(checkSubtype),
        )
        .meta({ description: 'Engines by name.' })
        .optional(),
      risk_limits: z
        .strictObject({
          max_position_size: quantity('Largest position of one strategy.', amount).optional(),
          max_daily_loss: quantity('Loss in a day that stops trading.', amount).optional(),
          max_hourly_loss: quantity('Loss in an hour that stops trading.', amount).optional(),
          max_concurrent_strategies: integer('Strategies that may run at once.', { min: 1, max: 1000 }).optional(),
          emergency_stop_loss: quantity('Loss that stops everything until a person lifts it.', amount).optional(),
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
    }),
    execution: z.strictObject({
      engine: text('Name of the engine, as in mev.engines.'),
      timeout: positive('Seconds until an execution is given up.').optional(),
      gas_limit: integer('Gas of one execution.', { min: 21_000, max: 1_000_000_000 }).optional(),
      priority_fee: text('`auto`, or an amount.', {
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
