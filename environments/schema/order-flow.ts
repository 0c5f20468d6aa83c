import { z } from 'zod';
import type { ChainDefinition, OptionSetting } from '../../constructs/chain-node/catalogue';
import { optionKey, optionsIn } from '../order-flow';
import { list, oneOf, secretName, text } from './leaf';
import { DOMAIN } from './workload';

/** `order_flow` of a chain or a node, shaped by what the catalogue's optional processes may be told, and endpoints that engines name. */

/** One value that may be said of an optional process. */
function optionSetting(name: string, setting: OptionSetting): z.ZodType<string | string[]> {
  const { kind, purpose } = setting;
  if (kind === 'secret') return secretName(`${purpose}.${'optional' in setting ? ' Default: none.' : ''}`);
  if (kind === 'text') return text(`${purpose}. Default: none.`, setting);
  const { choices, most } = setting;
  const all = [...new Set(Object.values(choices).flat())];
  const one = oneOf('One of them.', all, { what: `offered to ${name}` });
  return list(`${purpose}; at most ${most}.`, one).superRefine((given, context) => {
    if (given.length <= most) return;
    context.addIssue({ code: 'custom', path: [most], message: `is one too many; give at most ${most}` });
  });
}

/** What may be said of the optional processes of a chain. */
export function orderFlow(chain: ChainDefinition) {
  const sections = [...optionsIn(chain)].flatMap(([name, { settings }]) => {
    if (!settings) return [];
    const keys = Object.entries(settings).map(([key, one]) => [key, optionSetting(name, one).optional()] as const);
    const section = z.strictObject(Object.fromEntries(keys)).meta({ description: `How ${name} runs.` });
    return [[optionKey(name), section.optional()] as const];
  });
  if (sections.length === 0) return {};
  return {
    order_flow: z
      .strictObject(Object.fromEntries(sections))
      .meta({ description: 'How optional processes that bring order flow run, where optional_processes lists them.' })
      .optional(),
  };
}

/** An endpoint that takes transactions past the public mempool. */
export const protectedRpc = (chains: readonly string[]) =>
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
