import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flagName } from '../../../../constructs/chain-node/catalogue';
import { NODES } from './everything';

/**
 * Every flag that is rendered stands in a list that was read from the program's own source or documentation, so that a
 * typing error in a flag fails here and not on a host. One table a program, in `flags/`.
 */
interface FlagTable {
  /** `<chain>/<process>` that it is for. */
  readonly of: readonly string[];
  /** Where the flags were read, at which version and of which day. */
  readonly version: string;
  readonly source: string;
  readonly asOf: string;
  /** Every flag of the program; null where no list can be had, and `why`. */
  readonly flags: readonly string[] | null;
  readonly why?: string;
  /** Flags that are newer than the list, each with where it was read. */
  readonly later?: Readonly<Record<string, string>>;
  /** Keys of the configuration files that are rendered, as `a.b.c`. */
  readonly keys?: readonly string[];
}

const FOLDER = join(__dirname, 'flags');
const TABLES: ReadonlyMap<string, FlagTable> = new Map(
  readdirSync(FOLDER).map((file) => [file, JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))]),
);

const tablesFor = (process: string): readonly FlagTable[] =>
  [...TABLES.values()].filter(({ of }) => of.includes(process));

const knows = ({ flags, later = {} }: FlagTable, flag: string): boolean =>
  flags === null || flags.includes(flag) || Object.hasOwn(later, flag);

test('each program has one table', () => {
  const running = new Set(
    NODES.flatMap(({ program, processes }) => processes.map(({ name }) => `${program.chain.id}/${name}`)),
  );
  const wrong = [...running].flatMap((process) => {
    const found = tablesFor(process).length;
    return found === 1 ? [] : [`${process}: ${found} tables`];
  });
  expect(wrong).toEqual([]);
});

test('each table is of a program that runs', () => {
  const running = new Set(
    NODES.flatMap(({ program, processes }) => processes.map(({ name }) => `${program.chain.id}/${name}`)),
  );
  const idle = [...TABLES].flatMap(([file, { of }]) =>
    of.filter((process) => !running.has(process)).map((process) => `${file}: ${process}`),
  );
  expect(idle).toEqual([]);
});

test('every flag that is rendered is one that the program knows', () => {
  const unknown = NODES.flatMap(({ program, processes }) =>
    processes.flatMap(({ name, arguments: given }) => {
      const process = `${program.chain.id}/${name}`;
      return given
        .map(flagName)
        .filter((flag) => flag !== undefined && !tablesFor(process).some((table) => knows(table, flag)))
        .map((flag) => `${process} ${flag}`);
    }),
  );
  expect([...new Set(unknown)]).toEqual([]);
});

test('a flag with a typing error is not', () => {
  const [geth] = tablesFor('ethereum/geth');
  expect(geth && knows(geth, '--http.addr')).toBe(true);
  expect(geth && knows(geth, '--http.adr')).toBe(false);
});

test('a table says where, at which version and when its flags were read, and is sorted', () => {
  const wrong = [...TABLES].flatMap(([file, { version, source, asOf, flags, why, later = {} }]) => [
    ...(version && source.length > 10 && /^\d{4}-\d{2}-\d{2}$/.test(asOf) ? [] : [`${file}: no source`]),
    ...(flags === null && !why ? [`${file}: neither flags nor a reason`] : []),
    ...(flags === null || flags.length > 5 ? [] : [`${file}: ${flags?.length} flags are not all`]),
    ...(JSON.stringify(flags) === JSON.stringify([...new Set(flags)].sort()) || flags === null
      ? []
      : [`${file}: not sorted`]),
    ...Object.entries(later).flatMap(([flag, where]) =>
      where.length > 10 ? [] : [`${file}: ${flag} is from nowhere`],
    ),
  ]);
  expect(wrong).toEqual([]);
});
