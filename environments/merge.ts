import {
  type Document,
  isPlainMap,
  type Origin,
  type Path,
  type Plain,
  type PlainMap,
  type Position,
  valueAt,
} from './document';

/**
 * Lays one layer over another: maps merge key by key, scalars and lists replace, null removes. A null below a key that
 * the base does not have removes nothing and leaves nothing.
 */
export function merge(base: PlainMap, over: PlainMap): PlainMap {
  const merged = new Map<string, Plain>(Object.entries(withoutNulls(base)));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    if (value === null) merged.delete(key);
    else if (isPlainMap(value)) merged.set(key, isPlainMap(below) ? merge(below, value) : withoutNulls(value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function withoutNulls(map: PlainMap): PlainMap {
  const kept = Object.entries(map).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([key, value]) => [key, isPlainMap(value) ? withoutNulls(value) : value]));
}

/** The layers of one environment, merged, with the place of everything. */
export interface Layers {
  readonly value: PlainMap;
  /** Where the value at this path was set; undefined when no file sets it. */
  origin(path: Path): Origin | undefined;
  /** Where the value stands, or the nearest thing around it that does. */
  position(path: Path): Position;
  /** Like `position`, but of the key. */
  keyPosition(path: Path): Position;
  /** Where a null removed this path, when the last layer that speaks of it is that null. */
  removed(path: Path): Position | undefined;
  /** Keys directly below this path that a null removed. */
  removedKeys(path: Path): readonly string[];
  /** The file of the last layer: the one that is an environment's own. */
  readonly file: string;
}

/** Merges documents, the first lowest. */
export function layer(documents: readonly Document[]): Layers {
  const top = documents.at(-1);
  if (!top) throw new Error('at least one document is needed');
  // The highest layer that speaks of a path; undefined when one above it put something else than a map around it.
  const speaker = (path: Path): Document | undefined => {
    for (const document of [...documents].reverse()) {
      if (document.origin(path) !== undefined) return document;
      const known = path.findLastIndex((_, index) => document.origin(path.slice(0, index)) !== undefined);
      const below = valueAt(document.value, path.slice(0, Math.max(known, 0)));
      if (!isPlainMap(below)) return undefined;
    }
    return undefined;
  };
  const origin = (path: Path): Origin | undefined => speaker(path)?.origin(path);
  const around = (path: Path): Origin => {
    const found = origin(path);
    if (found && path.length > 0) return found;
    if (path.length > 0) return around(path.slice(0, -1));
    const start = { file: top.file, line: 1, column: 1 };
    return { key: start, value: start };
  };
  const removed = (path: Path): Position | undefined => {
    const last = speaker(path);
    return last && valueAt(last.value, path) === null ? last.origin(path)?.key : undefined;
  };
  return {
    value: documents.reduce<PlainMap>((merged, document) => merge(merged, document.value), {}),
    origin,
    position: (path) => around(path).value,
    keyPosition: (path) => around(path).key,
    removed,
    removedKeys: (path) => {
      const keys = documents.flatMap(({ value }) => Object.keys(valueAt(value, path) ?? {}));
      return [...new Set(keys)].filter((key) => removed([...path, key]) !== undefined);
    },
    file: top.file,
  };
}
