import { z } from 'zod';
import { didYouMean } from '../nearest';
import type { Parsed, QuantityKind } from '../quantity';

/**
 * The leaves of the schema. zod carries structure, strictness and types; what a leaf accepts, and the words in which it
 * refuses, stand here, because they are read by operators.
 */

/** What goes into the JSON Schema for editors. */
interface Editor {
  readonly description: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Writes what was given the way the operator wrote it. */
export function show(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given);
  if (Array.isArray(given)) return 'a list';
  if (given === null) return 'null';
  return typeof given === 'object' ? 'a map of keys' : String(given);
}

export const MISSING = 'is missing';

function leaf<T>(editor: Editor, expected: string, parse: (given: unknown) => Parsed<T>): z.ZodType<T> {
  return z
    .unknown()
    .meta({ ...editor })
    .transform((given, context): T => {
      if (given === undefined) {
        context.addIssue({ code: 'custom', message: `${MISSING}; give ${expected}` });
        return z.NEVER;
      }
      const result = parse(given);
      if (result.ok) return result.value;
      context.addIssue({ code: 'custom', message: result.reason });
      return z.NEVER;
    });
}

const no = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });
const yes = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** Text, of a given shape where one is told. */
export function text(
  description: string,
  shape?: { readonly pattern: RegExp; readonly expected: string; readonly example?: string },
): z.ZodType<string> {
  const expected = shape?.expected ?? 'text';
  const editor = {
    description,
    type: 'string',
    ...(shape ? { pattern: shape.pattern.source } : {}),
    ...(shape?.example === undefined ? {} : { examples: [shape.example] }),
  };
  return leaf(editor, expected, (given) => {
    if (typeof given !== 'string') {
      const hint = typeof given === 'number' || typeof given === 'boolean' ? '; quote it if it is meant as text' : '';
      return no(`${show(given)} is not ${expected}${hint}`);
    }
    if (given === '') return no(`is empty; give ${expected}`);
    return !shape || shape.pattern.test(given) ? yes(given) : no(`${show(given)} is not ${expected}`);
  });
}

export const flag = (description: string): z.ZodType<boolean> =>
  leaf({ description, type: 'boolean' }, 'true or false', (given) =>
    typeof given === 'boolean' ? yes(given) : no(`${show(given)} is not true or false`),
  );

/** A whole number within bounds. */
export function integer(
  description: string,
  bounds: { readonly min: number; readonly max: number },
): z.ZodType<number> {
  const expected = `a whole number from ${bounds.min} to ${bounds.max}`;
  const editor = { description, type: 'integer', minimum: bounds.min, maximum: bounds.max };
  return leaf(editor, expected, (given) =>
    typeof given === 'number' && Number.isSafeInteger(given) && given >= bounds.min && given <= bounds.max
      ? yes(given)
      : no(`${show(given)} is not ${expected}`),
  );
}

/** A positive number, such as an amount of an asset that the file names elsewhere. */
export const positive = (description: string): z.ZodType<number> =>
  leaf({ description, type: 'number', minimum: 0 }, 'a number above 0', (given) =>
    typeof given === 'number' && Number.isFinite(given) && given > 0
      ? yes(given)
      : no(`${show(given)} is not a number above 0`),
  );

/** A part of one: 0.02 is 2 %. */
export const ratio = (description: string): z.ZodType<number> =>
  leaf({ description, type: 'number', minimum: 0, maximum: 1 }, 'a ratio from 0 to 1', (given) =>
    typeof given === 'number' && given >= 0 && given <= 1
      ? yes(given)
      : no(`${show(given)} is not a ratio from 0 to 1, such as 0.02 for 2 %`),
  );

/** What to do instead of a word that no longer works. */
const advice = (retired: Readonly<Record<string, string>> | undefined, word: string): string | undefined =>
  retired && Object.hasOwn(retired, word) ? retired[word] : undefined;

/** One of some words; words that used to work are refused with what to do instead. */
export function oneOf<const Word extends string>(
  description: string,
  words: readonly Word[],
  options: { readonly what: string; readonly retired?: Readonly<Record<string, string>> },
): z.ZodType<Word> {
  const choice = words.length === 1 ? `use ${words[0]}` : `use one of ${words.join(', ')}`;
  return leaf({ description, type: 'string', enum: words }, `${options.what}: ${words.join(', ')}`, (given) => {
    if (words.some((word) => word === given)) return yes(given as Word);
    if (typeof given !== 'string') return no(`${show(given)} is not ${options.what}; ${choice}`);
    const retired = advice(options.retired, given);
    if (retired !== undefined) return no(`${show(given)} cannot be used: ${retired}`);
    return no(`${show(given)} is not ${options.what}; ${choice}${didYouMean(given, words)}`);
  });
}

/** The name of a secret. What is given is never repeated: it may be the secret itself. */
export const secretName = (description: string): z.ZodType<string> =>
  leaf({ description, type: 'string', pattern: '^[A-Za-z0-9/_+=.@-]{1,512}$' }, 'the name of a secret', (given) =>
    typeof given === 'string' && /^[A-Za-z0-9/_+=.@-]{1,512}$/.test(given)
      ? yes(given)
      : no('is not the name of a secret; put the value into Secrets Manager and give its name here, such as l1/rpc'),
  );

/** A quantity with its unit. */
export const quantity = <T>(description: string, kind: QuantityKind<T>): z.ZodType<T> =>
  leaf({ description, type: 'string', pattern: kind.pattern }, kind.expected, (given) => {
    if (typeof given !== 'string') return no(`${show(given)} is not ${kind.expected}`);
    const result = kind.parse(given);
    return result.ok ? result : no(`${show(given)} ${result.reason}`);
  });

/** A twelve-digit account id. YAML reads digits without quotes as a number, and such a number may have lost a zero. */
export const accountId = (description: string): z.ZodType<string> =>
  leaf(
    { description, type: 'string', pattern: '^[0-9]{12}$', examples: ['012345678901'] },
    'twelve digits in quotes',
    (given) => {
      if (typeof given === 'number') {
        return no('is not quoted, so YAML reads it as a number and a leading zero is lost; write it as "012345678901"');
      }
      return typeof given === 'string' && /^[0-9]{12}$/.test(given)
        ? yes(given)
        : no(`${show(given)} is not an account id; give twelve digits in quotes`);
    },
  );

/** A key that is no longer, or not here, where it belongs; the message names its successor. */
export const refused = (message: string): z.ZodType<undefined> =>
  z
    .unknown()
    .meta({ description: `Refused: ${message}.`, deprecated: true })
    .transform((given, context): undefined => {
      if (given !== undefined)
        context.addIssue({ code: 'custom', message: `is refused: ${message}`, params: { key: true } });
      return undefined;
    })
    .optional();

/** A list in which nothing stands twice and, unless allowed, something stands. */
export function list<T>(
  description: string,
  item: z.ZodType<T>,
  options: { readonly mayBeEmpty?: boolean; readonly empty?: string } = {},
): z.ZodType<T[]> {
  return z
    .array(item)
    .meta({ description })
    .superRefine((values, context) => {
      values.forEach((value, index) => {
        if (values.indexOf(value) === index) return;
        context.addIssue({ code: 'custom', message: `${show(value)} stands twice; remove one`, path: [index] });
      });
      if (values.length === 0 && !options.mayBeEmpty) {
        context.addIssue({ code: 'custom', message: options.empty ?? 'is empty; list at least one' });
      }
    });
}

/** Tags that move: what runs tomorrow would not be what was reviewed today. */
const MOVING_TAGS: readonly string[] = ['latest', 'stable', 'unstable', 'main', 'master', 'develop', 'edge', 'nightly'];

export const isMoving = (name: string): boolean => name.split(/[-._]/).some((word) => MOVING_TAGS.includes(word));
