import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
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
    if (Array.isArray(inner)) return inner[part as number] as Plain | undefined;
    return isPlainMap(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined;
  }, value);
}

/** A YAML file as plain data, with the place of every value. */
export interface Document {
  readonly file: string;
  readonly value: PlainMap;
  readonly problems: readonly Problem[];
  origin(path: Path): Origin | undefined;
}

const keyOf = (path: Path): string => JSON.stringify(path);

/** The first lines of a library's message, without its excerpt of the file. */
const brief = (message: string): string => {
  const line = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
};

/**
 * Reads one YAML document into plain data. Everything wrong with the file is collected, nothing is thrown. Aliases,
 * tags and several documents are refused: two layers of plain values are the whole language.
 */
export function readDocument(file: string, text: string): Document {
  const lines = new LineCounter();
  const origins = new Map<string, Origin>();
  const problems: Problem[] = [];
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const error = (position: Position, path: Path, message: string): void => {
    problems.push({ severity: 'error', position, path, message });
  };
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent' });
  const [document, second] = 'empty' in documents ? [] : documents;
  for (const { pos, message } of document?.errors ?? []) error(at(pos[0]), [], `this is not YAML: ${brief(message)}`);
  for (const { pos, message } of document?.warnings ?? []) error(at(pos[0]), [], brief(message));
  if (second) error(at(second.range[0]), [], 'a second document begins here; put everything into one');

  const walk = (node: Node | null | undefined, path: Path, key: Position): Plain => {
    const value = node?.range ? at(node.range[0]) : key;
    const source = isScalar(node) && node.source !== undefined ? { source: node.source } : {};
    origins.set(keyOf(path), { key, value, ...source });
    if (isAlias(node)) {
      error(value, path, `*${node.source} is an alias; write the value out`);
      return null;
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
    if (isScalar(node)) {
      if (node.tag?.startsWith('!')) {
        error(value, path, `the tag ${node.tag} means nothing here; remove it`);
      }
      return node.value as Plain;
    }
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
    origin: (path) => origins.get(keyOf(path)),
  };
}
