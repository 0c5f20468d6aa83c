/** The section `mev`: engines, limits, and what stops them. */
import { z } from 'zod';
import { amount, size } from '../quantity';
import { machineLabels } from './cluster';
import { flag, integer, isMoving, list, oneOf, positive, quantity, ratio, secretName, text } from './leaf';

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

/** The name of an image, with the tag or digest behind it. */
const IMAGE = /^[a-z0-9][a-z0-9./:_-]*?(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

const image = text(
  'Image of the engine: with a tag that does not move, and in live trading by digest, such as ghcr.io/acme/engine@sha256:….',
).superRefine((given, context) => {
  const [whole, tag, digest] = IMAGE.exec(given) ?? [];
  const refuse = (why: string): void =>
    context.addIssue({ code: 'custom', message: `"${given}" ${why}; use such as ghcr.io/acme/engine:1.4.0` });
  if (whole === undefined) refuse('is not the name of an image');
  else if (digest !== undefined) return;
  else if (tag === undefined) refuse('has neither tag nor digest');
  else if (isMoving(tag)) refuse('moves: what runs tomorrow would not be what was reviewed today');
});

const DOMAIN = {
  pattern: /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  expected: 'a domain such as relay.flashbots.net',
  example: 'relay.flashbots.net',
};

/** An endpoint that takes transactions past the public mempool. */
const protectedRpc = (chains: readonly string[]) =>
  z
    .strictObject({
      chain: oneOf('Chain that it is of.', chains, { what: 'a chain' }),
      network: text('Network that it is of.'),
      url: text('Its address, where that is no secret.', {
        pattern: /^https:\/\/([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(\/[\w./~%-]*)?(\?[\w./~%=&:,-]*)?$/,
        expected: 'an https address at port 443 with a domain, such as https://rpc.flashbots.net/fast',
        example: 'https://rpc.flashbots.net/fast',
      }).optional(),
      secret: secretName('Name of the secret that holds its address, where a token is in it.').optional(),
      domain: text('Domain of an address that is a secret: the proxy lets it through.', DOMAIN).optional(),
    })
    .superRefine(({ url, secret, domain }, context) => {
      const fault = (key: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [key], message, params: { key: true } });
      if (url !== undefined && secret !== undefined)
        return fault('secret', 'stands beside url; where the address is a secret, give it with domain alone');
      // It is not repeated.
      if (url !== undefined && /[\w-]{24,}/.test(url.replace(/^https:\/\/[^/?]*/, '')))
        return context.addIssue({
          code: 'custom',
          path: ['url'],
          message: 'seems to have a token in it; put the address into a secret, and give secret and domain',
        });
      if (url !== undefined && domain !== undefined) return fault('domain', 'is in url already; remove it');
      if (url === undefined && secret === undefined)
        context.addIssue({ code: 'custom', message: 'has no address; give url, or secret and domain' });
      if (secret !== undefined && domain === undefined)
        fault('secret', 'holds an address that nobody here sees; give its domain as well');
    });

const engine = z
  .strictObject({
    ...engineKind,
    image,
    cpu: integer('Cores, all of them its own. Default: 2.', { min: 1, max: 192 }).optional(),
    memory: quantity('Memory, all of it its own. Default: 4 GiB.', size)
      .superRefine(({ value }, context) => {
        if (value < 1) context.addIssue({ code: 'custom', message: '0 GiB is no memory; give at least 1 GiB' });
      })
      .optional(),
    reads: oneOf(
      'Where it reads its chains: the gateway, or one node of each, in whose zone it then runs. Default: the gateway where there is one.',
      ['gateway', 'node'],
      { what: 'a place to read' },
    ).optional(),
    node_selector: machineLabels(
      'Labels of machines that it may run on, such as those that pin cores. Default: any machine.',
    ).optional(),
    signing_key: text(
      'Key in KMS that it may sign with, of the kind ECC_SECG_P256K1: alias or ARN. It is found, never made. Default: none.',
      {
        pattern: /^(alias\/[A-Za-z0-9/_-]{1,249}|arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+)$/,
        expected: 'an alias or an ARN of a key',
        example: 'alias/mev-arbitrage',
      },
    ).optional(),
    secrets: z
      .record(z.string(), secretName('Name of the secret that becomes the file.'))
      .meta({ description: 'Files in /etc/mev/secrets by name, and the secrets that are in them. Default: none.' })
      .optional(),
    relays: list(
      'Domains that it may reach, at port 443, by the proxy of HTTPS_PROXY. Default: none.',
      text('A domain.', DOMAIN),
      { mayBeEmpty: true },
    ).optional(),
    order_flow: list(
      'Order flow that it takes: names of optional processes of the nodes of its networks, and of endpoints in mev.protected_rpc. Default: none.',
      text('One of them.'),
      { mayBeEmpty: true },
    ).optional(),
    egress: list(
      'Ranges of IPv4 addresses that it may reach, at port 443, past the proxy. Default: none.',
      text('A range.', {
        pattern: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\/(?:1[6-9]|2\d|3[0-2])$/,
        expected: 'a range of at most 65536 addresses such as 203.0.113.0/24',
        example: '203.0.113.0/24',
      }),
      { mayBeEmpty: true },
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
      engines: z.record(z.string(), engine).meta({ description: 'Engines by name.' }).optional(),
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
