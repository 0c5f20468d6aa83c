import * as fc from 'fast-check';
import { type Path, readDocument, valueAt } from '../../environments/document';
import { formatProblem } from '../../environments/problem';

/** Where `line:column` of a path's key and value are, as one text. */
function place(text: string, path: Path): string {
  const origin = readDocument('f.yml', text).origin(path);
  if (!origin) return 'nowhere';
  expect([origin.key.file, origin.value.file]).toEqual(['f.yml', 'f.yml']);
  return `${origin.key.line}:${origin.key.column} ${origin.value.line}:${origin.value.column}`;
}

const lines = (...all: string[]): string => `${all.join('\n')}\n`;

describe('keys and values stand where the file has them', () => {
  const block = lines(
    '# a comment above', // 1
    'chains:', // 2
    '  ethereum: # beside', // 3
    '    networks:', // 4
    '      # between', // 5
    '      - sepolia', // 6
    '      - local', // 7
    '    "node type":   full', // 8
    "    'p2p' : outbound", // 9
    '', // 10
    '    volume:', // 11
    '      size: "4 TiB" # quoted', // 12
  );
  const flow = lines('a: { b: [x, "y", { c: 1 }], "d e": [[1, 2], [3]] }', 'f: [', '  1,', '  2 ]');
  const blockLists = lines('a:', '- - 1', '  - 2', '- b: 3', '  c:', '  - 4');

  test.each<[string, string, Path, string]>([
    ['a map', block, ['chains'], '2:1 3:3'],
    ['a map inside', block, ['chains', 'ethereum'], '3:3 4:5'],
    ['a list', block, ['chains', 'ethereum', 'networks'], '4:5 6:7'],
    ['an item', block, ['chains', 'ethereum', 'networks', 1], '7:9 7:9'],
    ['a key in double quotes', block, ['chains', 'ethereum', 'node type'], '8:5 8:20'],
    ['a key in single quotes', block, ['chains', 'ethereum', 'p2p'], '9:5 9:13'],
    ['a value in quotes', block, ['chains', 'ethereum', 'volume', 'size'], '12:7 12:13'],
    ['a path that is not there', block, ['chains', 'solana'], 'nowhere'],
    ['a flow map', flow, ['a'], '1:1 1:4'],
    ['a flow list', flow, ['a', 'b'], '1:6 1:9'],
    ['an item of a flow list', flow, ['a', 'b', 1], '1:13 1:13'],
    ['a map in a flow list', flow, ['a', 'b', 2, 'c'], '1:20 1:23'],
    ['a list in a flow list', flow, ['a', 'd e', 1, 0], '1:46 1:46'],
    ['a flow list over several lines', flow, ['f', 1], '4:3 4:3'],
    ['a list in a list', blockLists, ['a', 0, 1], '3:5 3:5'],
    ['a map in a list', blockLists, ['a', 1, 'b'], '4:3 4:6'],
    ['a list that is not indented', blockLists, ['a', 1, 'c', 0], '6:5 6:5'],
    ['a null that is written', 'a: null\n', ['a'], '1:1 1:4'],
    ['a text over several lines', lines('a: |', '  one', '  two', 'b: 1'), ['a'], '1:1 1:4'],
    ['what follows such a text', lines('a: |', '  one', '  two', 'b: 1'), ['b'], '4:1 4:4'],
    ['what follows a document mark', lines('---', 'a: 1'), ['a'], '2:1 2:4'],
    ['a tab between key and value', 'a:\t1\n', ['a'], '1:1 1:4'],
    ['an explicit key', lines('? a', ': 1'), ['a'], '1:3 2:3'],
    ['a key without a value in a flow map', '{ a: 1, b }\n', ['b'], '1:9 1:9'],
    ['line ends of Windows', 'a: 1\r\nb:\r\n  - x\r\n  - y\r\n', ['b', 1], '4:5 4:5'],
    ['letters beyond ASCII', lines('ä: { ö: 1 }'), ['ä', 'ö'], '1:6 1:9'],
  ])('%s', (_, text, path, expected) => {
    expect(readDocument('f.yml', text).problems).toEqual([]);
    expect(place(text, path)).toBe(expected);
  });

  test('a byte order mark, which no editor counts as a column', () => {
    const text = '\uFEFFa: 1\nb: 2\n';
    expect(readDocument('f.yml', text).value).toEqual({ a: 1, b: 2 });
    expect(place(text, ['a'])).toBe('1:1 1:4');
    expect(place(text, ['b'])).toBe('2:1 2:4');
  });

  test('a value is kept as it was written', () => {
    const document = readDocument('f.yml', 'a: 012\nb: "x"\nc: 1e3\nd: [0x10]\n');
    expect(document.value).toEqual({ a: 12, b: 'x', c: 1000, d: [16] });
    const sources = [['a'], ['b'], ['c'], ['d', 0], ['d']].map((path) => document.origin(path)?.source);
    expect(sources).toEqual(['012', 'x', '1e3', '0x10', undefined]);
  });
});

describe('values', () => {
  test.each([
    ['', {}],
    ['# only a comment\n', {}],
    ['---\n', {}],
    ['a:\n', { a: null }],
    ['a: ~\n', { a: null }],
    ['a: yes\nb: on\nc: 2026-11-23\n', { a: 'yes', b: 'on', c: '2026-11-23' }],
    ['a: 30s\nb: 0.01 ETH\nc: 12:30\n', { a: '30s', b: '0.01 ETH', c: '12:30' }],
    ['<<: { a: 1 }\n', { '<<': { a: 1 } }],
    ['constructor: { a: 1 }\n', { constructor: { a: 1 } }],
    ['"1": a\n', { '1': 'a' }],
    ['a: &name 1\n', { a: 1 }],
  ])('%j', (text, value) => {
    const document = readDocument('f.yml', text);
    expect([document.problems, document.value]).toEqual([[], value]);
  });

  test("a key of Object's own is not taken for a value that is there", () => {
    expect(valueAt({}, ['toString'])).toBeUndefined();
    expect(valueAt({}, ['__proto__'])).toBeUndefined();
    expect(valueAt({ a: [1] }, ['a', 'length'])).toBeUndefined();
    expect(valueAt(readDocument('f.yml', 'constructor: { a: 1 }\n').value, ['constructor', 'a'])).toBe(1);
  });

  test('the one key that JavaScript would lose is refused', () => {
    expect(readDocument('f.yml', 'a:\n  __proto__: { a: 1 }\n').problems.map(formatProblem)).toEqual([
      'f.yml:2:3 a: a key cannot be called __proto__; choose another name',
    ]);
  });
});

describe('refusals, each with its place', () => {
  test.each([
    ['a tab as indentation', 'a:\n\tb: 1\n', '2:1 this is not YAML: tabs are not allowed as indentation'],
    ['a quote that does not end', 'a: 1\nb: "x\n', '3:1 this is not YAML: missing closing "quote'],
    ['a colon too many', 'a: b: c\n', '1:4 this is not YAML: nested mappings are not allowed in compact mappings'],
    [
      'a list that does not end',
      'a: [1, 2\n',
      '2:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'a sign that YAML reserves',
      'a: 1\nb: @x\n',
      '2:4 this is not YAML: plain value cannot start with reserved character @',
    ],
    ['an escape that YAML does not know', 'a: "\\q"\n', '1:5 this is not YAML: invalid escape sequence \\q'],
    ['a second document', 'a: 1\n---\nb: 2\n', '2:1 a second document begins here; put everything into one'],
    ['an alias', 'a: &x 1\nb:\n  c: *x\n', '3:6 b.c: *x is an alias; write the value out'],
    ['an alias of nothing', 'a: [1, *x]\n', '1:8 a[1]: *x is an alias; write the value out'],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', '3:1 a: stands twice; the first is in line 1, remove one'],
    [
      'a key twice, once in quotes',
      'a:\n  b: 1\n  "b": 2\n',
      '3:3 a.b: stands twice; the first is in line 2, remove one',
    ],
    ['a number as a key', 'a:\n  1: b\n', '2:3 a: a key must be text; quote it'],
    ['a word as a key that YAML takes for another', 'true: 1\n', '1:1 a key must be text; quote it'],
    ['a list as a key', '? [a]\n: 1\n', '1:3 a key must be text; quote it'],
    ['no key', ': 1\n', '1:1 a key must be text; quote it'],
    ['a list for a file', '- a\n', '1:1 must hold keys and values, such as "chains: {}"'],
    ['a word for a file', 'a\n', '1:1 must hold keys and values, such as "chains: {}"'],
    ['a tag on a scalar', 'a:\n  b: !x y\n', '2:6 a.b: the tag !x means nothing here; remove it'],
    ['a tag on a map', 'a: !x { b: 1 }\n', '1:4 a: the tag !x means nothing here; remove it'],
    ['a directive', '%FOO bar\n---\na: 1\n', '1:1 unknown directive %FOO'],
  ])('%s', (_, text, expected) => {
    expect(readDocument('f.yml', text).problems.map(formatProblem)).toEqual([`f.yml:${expected}`]);
  });

  // A tag or a directive changes what a value means without a trace in it: `!!str 5` is no number, and in YAML 1.1
  // `no` is false.
  test.each([
    ['a text', 'a: !!str 5\n', '1:4 a: the tag !!str means nothing here; remove it'],
    ['bytes', 'a: !!binary aGk=\n', '1:4 a: the tag !!binary means nothing here; remove it'],
    ['a set', 'a: !!set { x, y }\n', '1:4 a: the tag !!set means nothing here; remove it'],
    ['an ordered map', 'a: !!omap [x: 1]\n', '1:4 a: the tag !!omap means nothing here; remove it'],
    ['a map', '!!map { a: 1 }\n', '1:1 the tag !!map means nothing here; remove it'],
    ['another YAML', '%YAML 1.1\n---\na: no\n', '1:1 the directive %YAML means nothing here; remove it'],
  ])("a tag of YAML's own: %s", (_, text, expected) => {
    expect(readDocument('f.yml', text).problems.map(formatProblem)).toEqual([`f.yml:${expected}`]);
  });

  test('all that is wrong with a file, not only the first', () => {
    const text = 'a: *x\nb: { 1: 2 }\nc: 1\nc: 2\n';
    expect(readDocument('f.yml', text).problems.map(formatProblem)).toEqual([
      'f.yml:1:4 a: *x is an alias; write the value out',
      'f.yml:2:6 b: a key must be text; quote it',
      'f.yml:4:1 c: stands twice; the first is in line 3, remove one',
    ]);
  });

  test('a file that is not YAML has no values, so that nothing is judged by a part of it', () => {
    const document = readDocument('f.yml', 'a: 1\nb: [\n');
    expect([document.value, document.origin(['a'])]).toEqual([{}, undefined]);
  });
});

describe('whatever a file holds, nothing is thrown and every problem has a line of the file', () => {
  const fragments = fc.constantFrom(
    ...[
      'a',
      'b',
      ': ',
      ':',
      '- ',
      '\n',
      '\n  ',
      '\n    ',
      '\r\n',
      '\t',
      ' ',
      '#',
      ' # c',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '"',
      "'",
    ],
    ...[
      '&x ',
      '*x',
      '!t ',
      '!!str ',
      '!!set ',
      '!!omap ',
      '!!binary ',
      '|\n  ',
      '>-\n  ',
      '? ',
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '<<: ',
    ],
    ...['1', '-1', '0x', '.inf', '~', 'null', 'true', '\uFEFF', '\u0000', '\\', '@', '`', '\u{1F600}'],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join('')),
  );

  test('any text', () => {
    let understood = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const { problems, value, origin } = readDocument('f.yml', text);
        const count = text.split('\n').length;
        for (const { position } of problems) {
          expect(position.file).toBe('f.yml');
          expect(position.line).toBeGreaterThanOrEqual(1);
          expect(position.line).toBeLessThanOrEqual(count);
          expect(position.column).toBeGreaterThanOrEqual(1);
        }
        if (problems.length > 0) return;
        for (const key of Object.keys(value)) expect([key, origin([key])]).not.toEqual([key, undefined]);
        if (Object.keys(value).length > 0) understood++;
      }),
      { numRuns: 1000 },
    );
    // Else the texts would be too wild to say anything.
    expect(understood).toBeGreaterThan(0);
  });

  test('plain data in JSON is read as what it is', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const data = fc.dictionary(
      fc.string({ minLength: 1 }),
      fc.oneof(scalar, fc.array(scalar), fc.dictionary(fc.string(), scalar, { noNullPrototype: true })),
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(data, fc.constantFrom(undefined, 2), (value, indent) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__":'));
        const document = readDocument('f.yml', JSON.stringify(value, null, indent));
        expect([document.problems, document.value]).toEqual([[], value]);
      }),
      { numRuns: 300 },
    );
  });
});
