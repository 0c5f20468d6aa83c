import { z } from 'zod';
import type { ChainDefinition, OptionSetting } from '../../constructs/chain-node/catalogue';
import { optionKey, optionsIn } from '../order-flow';
import { list, oneOf, secretName, text } from './leaf';

/** `order_flow` of a chain or a node, shaped by what the catalogue's optional processes may be told. */

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
