import fc from 'fast-check';
import { parse } from 'yaml';
import { helmValues } from '../../../constructs/cluster';

/** What is written is what is read again, whatever texts hold. */

/** Terraform undoes its templates before Helm reads them. */
const read = (values: object): unknown => parse(helmValues(values).replaceAll('$${', '${').replaceAll('%%{', '%{'));

const odd = fc.constantFrom(
  '\n',
  '\n\n',
  ' ',
  '\t',
  '- ',
  ': ',
  '#',
  '"',
  "'",
  '|',
  '>',
  '\\',
  '{{ x }}',
  'no',
  '1e3',
  '~',
  '\u0007',
  '\u0085',
  '\u2028',
  '😀',
  '',
);
const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(odd, fc.string()), { maxLength: 6 }).map((parts) => parts.join('')),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    texts,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** Names that are none of a map, and -0, which JSON does not know either. */
const known = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('values come back as they were', () => {
  fc.assert(
    fc.property(fc.dictionary(texts, values.value, { maxKeys: 5, noNullPrototype: true }), (given) => {
      fc.pre(!JSON.stringify(given).includes('__proto__') && !/[$%]\{/.test(JSON.stringify(given)));
      expect(read(given)).toEqual(known(given));
    }),
    { numRuns: 500 },
  );
});

test('are written for people: blocks for texts of several lines, quotes for what Terraform or YAML could take for something else', () => {
  const text = {
    size: '20',
    flag: 'no',
    on: true,
    none: null,
    empty: {},
    list: [],
    script: 'a: 1\n\n  b\n',
    keep: 'x\n\n',
    cut: 'x\ny',
    'a b': [{ a: 1, b: ['c'] }, ['d', []]],
  };
  expect(helmValues(text)).toBe(`size: "20"
flag: "no"
"on": true
none: null
empty: {}
list: []
script: |
  a: 1

    b
keep: |+
  x

cut: |-
  x
  y
"a b":
  - a: 1
    b:
      - "c"
  - - "d"
    - []
`);
});

test('leave what Helm and Alertmanager fill in to them, and to Terraform what is its own', () => {
  expect(helmValues({ text: 'away ${x}, {{ .y }}, %{z}' })).toBe('text: "away $${x}, {{ .y }}, %%{z}"\n');
});
