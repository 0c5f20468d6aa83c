import { z } from 'zod';

/** What a plan changes, whoever made it: Terraform, or a comparison of two synthesized outputs. */

export type Action = 'create' | 'update' | 'destroy' | 'replace' | 'forget';

export type Attributes = Readonly<Record<string, unknown>>;

/** Which parts of a value may not be shown, or are not known: `true` for all of it, or the same for its parts. */
export type Mask = boolean | readonly Mask[] | { readonly [part: string]: Mask };

export interface ResourceChange {
  readonly address: string;
  /** Key of what is left of an earlier replacement; that has the address of what came after it. */
  readonly deposed?: string;
  readonly type: string;
  /** The last part of its address. */
  readonly name: string;
  readonly action: Action;
  /** Undefined of what is created. */
  readonly before: Attributes | undefined;
  /** Undefined of what is destroyed. */
  readonly after: Attributes | undefined;
  /** What of `after` is known only once it is there. */
  readonly unknown: Mask;
  readonly sensitive: { readonly before: Mask; readonly after: Mask };
  /** Attributes for which it is replaced, such as `availability_zone`. */
  readonly because: readonly string[];
}

export interface Plan {
  readonly changes: readonly ResourceChange[];
  /** Outputs by name, without those that are sensitive. */
  readonly outputs: { readonly before: Attributes; readonly after: Attributes };
  /** What was changed by others since the last apply. */
  readonly drift: readonly ResourceChange[];
  /** It ended by an error: what is not in it may change as well. */
  readonly errored: boolean;
}

/** A plan that cannot be read: one line for an operator. */
export class PlanError extends Error {}

const mask: z.ZodType<Mask> = z.lazy(() => z.union([z.boolean(), z.array(mask), z.record(z.string(), mask)]));
const attributes = z.record(z.string(), z.unknown()).nullish();

const change = z.object({
  actions: z.array(z.string()),
  before: z.unknown(),
  after: z.unknown(),
  after_unknown: mask.nullish(),
  before_sensitive: mask.nullish(),
  after_sensitive: mask.nullish(),
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).nullish(),
});

const resource = z.object({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  name: z.string(),
  deposed: z.string().nullish(),
  action_reason: z.string().nullish(),
  change: change.extend({ before: attributes, after: attributes }),
});

/** `terraform show -json` of a saved plan (Terraform, JSON output format, format_version 1.x). */
const document = z.object({
  format_version: z.string().regex(/^1\./),
  resource_changes: z.array(resource).nullish(),
  resource_drift: z.array(resource).nullish(),
  output_changes: z.record(z.string(), change).nullish(),
  errored: z.boolean().nullish(),
  variables: z.record(z.string(), z.object({ value: z.unknown() })).nullish(),
  configuration: z
    .object({
      root_module: z
        .object({ variables: z.record(z.string(), z.object({ sensitive: z.boolean().nullish() })).nullish() })
        .nullish(),
    })
    .nullish(),
});

/** By the words of `actions`, joined by a comma. Whatever is not here changes nothing. */
const ACTIONS: Readonly<Record<string, Action>> = {
  create: 'create',
  update: 'update',
  delete: 'destroy',
  'delete,create': 'replace',
  'create,delete': 'replace',
  forget: 'forget',
  'create,forget': 'replace',
};

/** Reads the JSON of a saved plan; throws a {@link PlanError} for anything else. */
export function readPlan(text: string): Plan {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new PlanError('is not JSON; give the output of terraform show -json <saved plan>');
  }
  const { success, data, error } = document.safeParse(given);
  if (!success) {
    const { path = [], message = '' } = error.issues[0] ?? {};
    throw new PlanError(
      `${path.join('.')}: ${message}; give the output of terraform show -json <saved plan>, format 1.x`,
    );
  }
  const shown = Object.entries(data.output_changes ?? {}).filter(
    ([, { before_sensitive: before, after_sensitive: after }]) => before !== true && after !== true,
  );
  const side = (which: 'before' | 'after'): Attributes =>
    Object.fromEntries(shown.flatMap(([name, one]) => (one[which] == null ? [] : [[name, one[which]]])));
  const hide = hider(secretsOf(data));
  const hidden = (change: ResourceChange): ResourceChange => ({
    ...change,
    before: hide(change.before, change.sensitive.before) as Attributes | undefined,
    after: hide(change.after, change.sensitive.after) as Attributes | undefined,
  });
  return {
    changes: changesOf(data.resource_changes ?? []).map(hidden),
    outputs: { before: hide(side('before'), false) as Attributes, after: hide(side('after'), false) as Attributes },
    drift: changesOf(data.resource_drift ?? []).map(hidden),
    errored: data.errored ?? false,
  };
}

/** Shorter ones would be found in what has nothing to do with them. */
const SHORTEST_SECRET = 4;
const SHORTEST_LINE = 8;

/**
 * Takes secrets out of every text of a value, before anything is cut or shown: Terraform forgets that something is sensitive in what a
 * provider makes of it. Also as they stand in a text of JSON. What is known as sensitive stays as it is: nobody shows it, and whether it
 * changes is asked.
 */
function hider(secrets: readonly string[]): (value: unknown, mask: Mask) => unknown {
  const forms = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const hide = (value: unknown, mask: Mask): unknown => {
    if (mask === true) return value;
    if (typeof value === 'string') return forms.reduce((text, secret) => text.replaceAll(secret, '(sensitive)'), value);
    if (Array.isArray(value)) return value.map((one, index) => hide(one, partOf(mask, String(index))));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hide(one, partOf(mask, key))]));
  };
  return secrets.length === 0 ? (value) => value : hide;
}

function secretsOf({
  resource_changes: changes,
  resource_drift: drift,
  output_changes: outputs,
  variables,
  configuration,
}: z.output<typeof document>): readonly string[] {
  const all = [...[...(changes ?? []), ...(drift ?? [])].map((one) => one.change), ...Object.values(outputs ?? {})];
  const declared = configuration?.root_module?.variables ?? {};
  const found = [
    ...all.flatMap((one) => [
      ...textsOf(one.before, one.before_sensitive ?? false),
      ...textsOf(one.after, one.after_sensitive ?? false),
    ]),
    ...Object.entries(variables ?? {}).flatMap(([name, { value }]) =>
      textsOf(value, declared[name]?.sensitive ?? false),
    ),
  ];
  // Of several lines, each by itself as well: texts are shown line by line. A longer one may hold a shorter one.
  const lines = found.flatMap((text) => text.split('\n').filter((line) => line.trim().length >= SHORTEST_LINE));
  return [...new Set([...found, ...lines])]
    .filter((text) => text.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/** Texts and numbers of a value below a mask. */
function textsOf(value: unknown, mask: Mask): readonly string[] {
  if (mask === false || value == null) return [];
  if (typeof value === 'string') return mask === true ? [value] : [];
  if (typeof value === 'number') return mask === true ? [String(value)] : [];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => textsOf(part, partOf(mask, key)));
}

/** The mask of a part of what it is of. */
export const partOf = (mask: Mask, key: string): Mask =>
  typeof mask === 'boolean' ? mask : ((mask as Readonly<Record<string, Mask>>)[key] ?? false);

const changesOf = (resources: readonly z.output<typeof resource>[]): readonly ResourceChange[] =>
  resources.flatMap(({ address, mode, type, name, deposed, action_reason: reason, change: one }) => {
    const action = ACTIONS[one.actions.join(',')];
    if (mode !== 'managed' || action === undefined) return [];
    return [
      {
        address,
        ...(deposed ? { deposed } : {}),
        type,
        name,
        action,
        before: one.before ?? undefined,
        after: one.after ?? undefined,
        unknown: one.after_unknown ?? false,
        sensitive: { before: one.before_sensitive ?? false, after: one.after_sensitive ?? false },
        because: becauseOf(one.replace_paths ?? [], reason ?? undefined),
      },
    ];
  });

function becauseOf(paths: readonly (readonly (string | number)[])[], reason: string | undefined): readonly string[] {
  if (paths.length > 0) return paths.map((path) => path.join('.'));
  if (reason === 'replace_by_triggers') return ['what it is tied to changes'];
  if (reason === 'replace_because_tainted') return ['it was left half made'];
  if (reason === 'replace_by_request') return ['it was asked for'];
  return [];
}
