import { type Attributes, type Mask, partOf, type ResourceChange } from './plan';

/** Every attribute that changes, before and after, without what is sensitive. */

const LONGEST = 160;
const MOST_LINES = 40;

interface Value {
  readonly given: unknown;
  readonly sensitive: Mask;
  readonly unknown: Mask;
}

/** Whether any part of it is. */
const any = (mask: Mask): boolean => (typeof mask === 'boolean' ? mask : Object.values(mask).some(any));

const isBranch = (value: unknown): value is Attributes => typeof value === 'object' && value !== null;

/** Lines of one change, each with `+`, `-` or a blank before it. */
export function detailsOf(change: ResourceChange): readonly string[] {
  const { before, after, sensitive, unknown } = change;
  return differences(
    '',
    { given: before, sensitive: sensitive.before, unknown: false },
    { given: after, sensitive: sensitive.after, unknown },
  );
}

function differences(path: string, was: Value, is: Value): readonly string[] {
  // A value that is sensitive on one side is not shown on the other either.
  if (was.sensitive === true || is.sensitive === true) return same(was, is) ? [] : [`  ${path}: changes (sensitive)`];
  if (is.unknown === true) return [`  ${path}: ${shown(was)} → (known after apply)`];
  if (same(was, is) && !any(is.unknown)) return [];
  if (isBranch(was.given) || isBranch(is.given)) {
    const keys = [
      ...new Set([was.given, is.given, is.unknown].flatMap((one) => (isBranch(one) ? Object.keys(one) : []))),
    ];
    return keys.flatMap((key) =>
      differences(path === '' ? key : `${path}.${key}`, childOf(was, key), childOf(is, key)),
    );
  }
  const [old, now] = [was.given, is.given];
  if (typeof old === 'string' && typeof now === 'string' && (old.includes('\n') || now.includes('\n')))
    return [`  ${path}:`, ...lines(old, now).map((line) => `    ${line}`)];
  if (old == null) return [`+ ${path}: ${shown(is)}`];
  return now == null ? [`- ${path}: ${shown(was)}`] : [`  ${path}: ${shown(was)} → ${shown(is)}`];
}

const childOf = ({ given, sensitive, unknown }: Value, key: string): Value => ({
  given: isBranch(given) ? (given as Readonly<Record<string, unknown>>)[key] : undefined,
  sensitive: partOf(sensitive, key),
  unknown: partOf(unknown, key),
});

const same = (one: Value, other: Value): boolean => JSON.stringify(one.given) === JSON.stringify(other.given);

function shown({ given, sensitive }: Value): string {
  if (any(sensitive)) return '(sensitive)';
  const text = given === undefined ? '(nothing)' : JSON.stringify(given);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}

/** Lines that are only in one of two texts, in their order. */
function lines(old: string, now: string): readonly string[] {
  const [was, is] = [old.split('\n'), now.split('\n')];
  const [start, end] = [firstDifference(was, is), firstDifference([...was].reverse(), [...is].reverse())];
  // What is the same at both ends is left out; in between, lines that both have.
  const [left, right] = [middle(was, start, end), middle(is, start, end)];
  const [inLeft, inRight] = [new Set(left), new Set(right)];
  const changed = [
    ...left.filter((line) => !inRight.has(line)).map((line) => `- ${cut(line)}`),
    ...right.filter((line) => !inLeft.has(line)).map((line) => `+ ${cut(line)}`),
  ];
  if (changed.length === 0) return ['(the same lines in another order)'];
  return changed.length <= MOST_LINES
    ? changed
    : [...changed.slice(0, MOST_LINES), `… and ${changed.length - MOST_LINES} lines more`];
}

const firstDifference = (one: readonly string[], other: readonly string[]): number => {
  const index = one.findIndex((line, at) => line !== other[at]);
  return index < 0 ? one.length : index;
};

const middle = (all: readonly string[], start: number, end: number): readonly string[] =>
  all.slice(start, Math.max(start, all.length - end));

const cut = (line: string): string => (line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`);
