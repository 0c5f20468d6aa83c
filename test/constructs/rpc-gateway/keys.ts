/** eRPC's configuration as its source has it, recorded by tools/ci/erpc-check. */
export interface Keys {
  readonly version: string;
  readonly root: string;
  /** Keys of each struct, each with its kind: `[]` before a list's, `{}` before a map's. */
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What a text with a type of its own may be. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  int: (value) => Number.isSafeInteger(value),
  uint: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  number: (value) => typeof value === 'number',
  duration: (value) => typeof value === 'string' && /^[0-9]+(ms|s|m|h)$/.test(value),
  period: (value) => ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'].includes(String(value)),
};

/** What of a configuration eRPC does not know, or knows as something else; a line each. */
export function unknownKeys(config: unknown, { root, types, words }: Keys): string[] {
  const walk = (value: unknown, kind: string, path: string): string[] => {
    if (kind.startsWith('[]')) {
      if (!Array.isArray(value)) return [`${path}: not a list`];
      return value.flatMap((element, index) => walk(element, kind.slice(2), `${path}[${index}]`));
    }
    if (kind.startsWith('{}')) {
      if (!isMap(value)) return [`${path}: not a map`];
      return Object.entries(value).flatMap(([key, element]) => walk(element, kind.slice(2), `${path}.${key}`));
    }
    const keys = types[kind];
    if (!keys) {
      const fits = words[kind]?.includes(String(value)) ?? KINDS[kind]?.(value);
      if (fits === undefined) throw new Error(`${path}: the kind ${kind} is not known`);
      return fits ? [] : [`${path}: not ${kind}`];
    }
    if (!isMap(value)) return [`${path}: not ${kind}`];
    return Object.entries(value).flatMap(([key, element]) => {
      const at = path === '' ? key : `${path}.${key}`;
      const next = keys[key];
      return next === undefined ? [`${at}: eRPC has no such key`] : walk(element, next, at);
    });
  };
  return walk(config, root, '');
}
