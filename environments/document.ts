import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import type { Problem } from './problem';

/** Where something stands in a file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

/** Writes a path as people read it: `chains.ethereum.clients[1]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** Where a value and its key stand, and the value as it was written. */
export interface Origin {
  readonly key: Position;
  readonly value: Position;
  readonly source?: string;
}

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };
export type PlainMap = { readonly [key: string]: Plain };

export const isPlainMap = (value: Plain | undefined): value is PlainMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The plain value at a path; undefined when there is none. */
export function valueAt(value: Plain, path: Path): Plain | undefined {
  return path.reduce<Plain | undefined>((inner, part) => {
    if (Array.isArray(inner)) return typeof part === 'number' ? (inner[part] as Plain | undefined) : undefined;
    return isPlainMap(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined;
  }, value);
}

/** A YAML file as plain data, with the place of every value. */
export interface Document {
  readonly file: string;
  readonly value: PlainMap;
  readonly problems: readonly Problem[];
  /** Whether it could be read at all; if not, `value` is empty and says nothing. */
  readonly readable: boolean;
  origin(path: Path): Origin | undefined;
}

const keyOf = (path: Path): string => JSON.stringify(path);

/** Line and column of an offset, both from 1. */
function placesIn(text: string): (offset: number) => { readonly line: number; readonly column: number } {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    const within = Math.min(Math.max(offset, 0), text.length);
    const line = starts.findLastIndex((start) => start <= within);
    return { line: line + 1, column: within - (starts[line] ?? 0) + 1 };
  };
}

const shortTag = (tag: string): string => tag.replace('tag:yaml.org,2002:', '!!');

/** The first lines of a library's message, without its excerpt of the file. */
const brief = (message: string): string => {
  const line = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
};

/**
 * Reads one YAML document into plain data. Everything wrong with the file is collected, nothing is thrown. Aliases,
 * tags and several documents are refused: two layers of plain values are the whole language.
 */
export function readDocument(file: string, given: string): Document {
  // No editor counts a byte order mark as a column.
  const text = given.replace(/^\uFEFF/, '');
  const place = placesIn(text);
  const origins = new Map<string, Origin>();
  const problems: Problem[] = [];
  const at = (offset: number): Position => ({ file, ...place(offset) });
  const error = (position: Position, path: Path, message: string): void => {
    problems.push({ severity: 'error', position, path, message });
  };
  const documents = parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' });
  const [document, second] = 'empty' in documents ? [] : documents;
  for (const { pos, message } of document?.errors ?? []) error(at(pos[0]), [], `this is not YAML: ${brief(message)}`);
  for (const { pos, code, message } of document?.warnings ?? []) {
    // A tag is refused where it is met.
    if (code !== 'TAG_RESOLVE_FAILED') error(at(pos[0]), [], brief(message));
  }
  const directive = /^%(YAML|TAG)\b/m.exec(text.split(/^---/m)[0] ?? '');
  if (directive) error(at(directive.index), [], `the directive ${directive[0]} means nothing here; remove it`);
  if (second) error(at(second.range[0]), [], 'a second document begins here; put everything into one');

  const walk = (node: Node | null | undefined, path: Path, key: Position): Plain => {
    const value = node?.range ? at(node.range[0]) : key;
    const source = isScalar(node) && node.source !== undefined ? { source: node.source } : {};
    origins.set(keyOf(path), { key, value, ...source });
    if (isAlias(node)) {
      error(value, path, `*${node.source} is an alias; write the value out`);
      return '';
    }
    if (node?.tag !== undefined) {
      const before = /!\S*\s*$/.exec(text.slice(0, node.range?.[0]));
      error(before ? at(before.index) : value, path, `the tag ${shortTag(node.tag)} means nothing here; remove it`);
      // What a tag makes of a text is not plain data.
      if (isScalar(node)) return node.source ?? '';
    }
    if (isMap(node)) {
      const entries: [string, Plain][] = [];
      for (const pair of node.items) {
        const name = pair.key as Node;
        const position = name.range ? at(name.range[0]) : value;
        if (!isScalar(name) || typeof name.value !== 'string') {
          error(position, path, 'a key must be text; quote it');
          continue;
        }
        if (name.value === '__proto__') {
          error(position, path, 'a key cannot be called __proto__; choose another name');
          continue;
        }
        if (entries.some(([known]) => known === name.value)) {
          const first = origins.get(keyOf([...path, name.value]))?.key;
          error(position, [...path, name.value], `stands twice; the first is in line ${first?.line}, remove one`);
          continue;
        }
        entries.push([name.value, walk(pair.value as Node | null, [...path, name.value], position)]);
      }
      return Object.fromEntries(entries);
    }
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const position = (item as Node).range ? at((item as Node).range?.[0] ?? 0) : value;
        return walk(item as Node, [...path, index], position);
      });
    }
    if (isScalar(node)) return node.value as Plain;
    return null;
  };

  const start: Position = { file, line: 1, column: 1 };
  const value = document?.errors.length ? {} : walk(document?.contents as Node | null, [], start);
  if (value !== null && !isPlainMap(value)) {
    error(start, [], 'must hold keys and values, such as "chains: {}"');
  }
  return {
    file,
    value: isPlainMap(value) ? value : {},
    problems,
    readable: !document?.errors.length,
    origin: (path) => origins.get(keyOf(path)),
  };
}
