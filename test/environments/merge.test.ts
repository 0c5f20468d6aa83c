import * as fc from 'fast-check';
import { stringify } from 'yaml';
import {
  type Document,
  isPlainMap,
  type Path,
  type Plain,
  type PlainMap,
  type Position,
  readDocument,
} from '../../environments/document';
import { layer, merge } from '../../environments/merge';

// Few keys, so that layers meet; names of Object's own, because a key is an operator's to choose.
const key = fc.constantFrom('a', 'b', 'c', 'constructor', 'toString');
const scalar = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.boolean(), fc.constantFrom('', 'x', 'y z'));
const list = fc.array(scalar, { maxLength: 3 });

const mapOf = (leaf: fc.Arbitrary<Plain>): fc.Arbitrary<PlainMap> =>
  fc.letrec<{ map: PlainMap; value: Plain }>((tie) => ({
    map: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    value: fc.oneof({ maxDepth: 3, depthSize: 'large' }, leaf, tie('map')),
  })).map;

const withNulls = mapOf(fc.oneof(scalar, list, fc.constant(null)));
const withoutNulls = mapOf(fc.oneof(scalar, list));

/** Every path of a map, with or without those that end at another map. */
function paths(map: PlainMap, which: 'all' | 'leaves' = 'all', above: Path = []): Path[] {
  return Object.entries(map).flatMap(([name, value]) => {
    const path: Path = [...above, name];
    const inner = isPlainMap(value) ? paths(value, which, path) : [];
    return which === 'leaves' && isPlainMap(value) ? inner : [path, ...inner];
  });
}

/** What stands at a path: only what a map or a list itself holds. */
const at = (value: Plain | undefined, [part, ...rest]: Path): Plain | undefined => {
  if (part === undefined) return value;
  const holds = Array.isArray(value) ? typeof part === 'number' : isPlainMap(value) && Object.hasOwn(value, part);
  return holds ? at((value as Record<string | number, Plain>)[part], rest) : undefined;
};

const hasNull = (map: PlainMap): boolean => paths(map).some((path) => at(map, path) === null);

/** The same content with the keys of every map the other way round. */
const reversed = (value: Plain): Plain =>
  isPlainMap(value)
    ? Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, inner]) => [name, reversed(inner)]),
      )
    : value;

describe('merge', () => {
  test('an empty layer changes nothing, above or below', () => {
    fc.assert(
      fc.property(withoutNulls, (map) => {
        expect(merge(map, {})).toEqual(map);
        expect(merge({}, map)).toEqual(map);
      }),
    );
  });

  test('a layer laid over itself, or twice over another, is as if laid once', () => {
    fc.assert(
      fc.property(withNulls, withNulls, (base, over) => {
        expect(merge(merge(base, over), over)).toEqual(merge(base, over));
      }),
    );
  });

  test('a scalar or a list of the override stands in the result as it is', () => {
    fc.assert(
      fc.property(withNulls, withNulls, (base, over) => {
        const merged = merge(base, over);
        for (const path of paths(over, 'leaves')) {
          const value = at(over, path) as Plain;
          expect([path, at(merged, path)]).toEqual([path, value === null ? undefined : value]);
        }
      }),
    );
  });

  test('what the override does not speak of stays', () => {
    fc.assert(
      fc.property(withNulls, withNulls, (base, over) => {
        const merged = merge(base, over);
        for (const path of paths(base, 'leaves')) {
          const spokenOf = path.some((_, index) => {
            const inOver = at(over, path.slice(0, index + 1));
            return inOver !== undefined && (index === path.length - 1 || !isPlainMap(inOver));
          });
          if (spokenOf) continue;
          expect([path, at(merged, path)]).toEqual([path, at(base, path) ?? undefined]);
        }
      }),
    );
  });

  test('nothing stands in the result that neither layer has', () => {
    fc.assert(
      fc.property(withNulls, withNulls, (base, over) => {
        for (const path of paths(merge(base, over))) {
          expect([path, at(base, path) ?? at(over, path)]).not.toEqual([path, undefined]);
        }
      }),
    );
  });

  test('no null is left', () => {
    fc.assert(
      fc.property(withNulls, withNulls, (base, over) => {
        expect(hasNull(merge(base, over))).toBe(false);
      }),
    );
  });

  test('the order of keys does not matter', () => {
    fc.assert(
      fc.property(withNulls, withNulls, (base, over) => {
        expect(merge(reversed(base) as PlainMap, reversed(over) as PlainMap)).toEqual(merge(base, over));
      }),
    );
  });

  test('neither layer is changed', () => {
    fc.assert(
      fc.property(withNulls, withNulls, (base, over) => {
        const before = structuredClone([base, over]);
        merge(base, over);
        expect([base, over]).toEqual(before);
      }),
    );
  });

  test.each<[string, PlainMap, PlainMap, PlainMap]>([
    ['maps merge at every depth', { a: { b: { c: 1, d: 2 } } }, { a: { b: { c: 3 } } }, { a: { b: { c: 3, d: 2 } } }],
    ['lists replace whole', { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
    ['an empty list replaces too', { a: [1] }, { a: [] }, { a: [] }],
    ['an empty map leaves what is below', { a: { b: 1 } }, { a: {} }, { a: { b: 1 } }],
    ['a scalar replaces a map', { a: { b: 1 } }, { a: 2 }, { a: 2 }],
    ['a map replaces a scalar', { a: 2 }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['a map replaces a list', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['null removes a scalar', { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ['null removes a map', { a: { b: 1 }, c: 1 }, { a: null }, { c: 1 }],
    ['null removes far below', { a: { b: { c: 1, d: 2 } } }, { a: { b: { c: null } } }, { a: { b: { d: 2 } } }],
    ['null of what is not there leaves nothing', { a: 1 }, { b: { c: null }, d: null }, { a: 1, b: {} }],
    ['null in the base leaves nothing', { a: null, b: { c: null } }, {}, { b: {} }],
    ['a null that removed the last key leaves an empty map', { a: { b: 1 } }, { a: { b: null } }, { a: {} }],
  ])('%s', (_, base, over, result) => {
    expect(merge(base, over)).toEqual(result);
  });
});

describe('three layers', () => {
  /** Keys that are maps in every layer, and keys that are leaves in every layer, as a schema makes them. */
  const shaped = fc.letrec<{ map: PlainMap }>((tie) => ({
    map: fc.record(
      {
        leaf: fc.oneof(scalar, list),
        other: fc.oneof(scalar, list),
        inside: fc.oneof({ maxDepth: 3 }, fc.constant<PlainMap>({}), tie('map')),
        beside: fc.oneof({ maxDepth: 3 }, fc.constant<PlainMap>({}), tie('map')),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  })).map;

  test('may be grouped either way where no null removes and no leaf meets a map', () => {
    fc.assert(
      fc.property(shaped, shaped, shaped, (low, middle, high) => {
        expect(merge(merge(low, middle), high)).toEqual(merge(low, merge(middle, high)));
      }),
    );
  });

  test('may not where a null removes: merged first with what is above, it has nothing left to remove', () => {
    const [low, middle, high] = [{ a: 1 }, { a: null }, {}];
    expect(merge(merge(low, middle), high)).toEqual({});
    expect(merge(low, merge(middle, high))).toEqual({ a: 1 });
  });

  test('may not where a leaf stands between maps: merged first with the map above, it no longer hides the one below', () => {
    const [low, middle, high] = [{ a: { b: 1 } }, { a: 2 }, { a: { c: 3 } }];
    expect(merge(merge(low, middle), high)).toEqual({ a: { c: 3 } });
    expect(merge(low, merge(middle, high))).toEqual({ a: { b: 1, c: 3 } });
  });

  test('are laid from the lowest up', () => {
    fc.assert(
      fc.property(withNulls, withNulls, withNulls, (low, middle, high) => {
        expect(layer([read('low', low), read('middle', middle), read('high', high)]).value).toEqual(
          merge(merge(merge({}, low), middle), high),
        );
      }),
    );
  });
});

const read = (file: string, map: PlainMap): Document => readDocument(file, stringify(map));

/** The rest of the line that a position points to. */
function lineAt(texts: Readonly<Record<string, string>>, { file, line, column }: Position): string {
  return (texts[file] ?? '').split('\n')[line - 1]?.slice(column - 1) ?? '';
}

describe('layer knows where everything stands', () => {
  /** Two layers whose scalars are all different, so that a place tells which was meant. */
  const twoFiles = fc.tuple(withNulls, withNulls).map(([low, high]) => {
    let count = 0;
    const numbered = (value: Plain): Plain => {
      if (isPlainMap(value))
        return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, numbered(inner)]));
      if (Array.isArray(value)) return value.map(numbered);
      return value === null ? null : `value-${++count}`;
    };
    const texts = { 'low.yml': stringify(numbered(low)), 'high.yml': stringify(numbered(high)) };
    const documents = Object.entries(texts).map(([file, text]) => readDocument(file, text));
    return { texts, documents, layers: layer(documents) };
  });

  /** Whether a layer has the path, or something other than a map at this part of it. */
  const speaks = (value: PlainMap, path: Path, index: number): boolean => {
    const inner = at(value, path.slice(0, index + 1));
    return inner !== undefined && (index === path.length - 1 || !isPlainMap(inner));
  };

  const itemsOf = (value: Plain | undefined, path: Path): Path[] =>
    Array.isArray(value) ? [path, ...value.map((_, index): Path => [...path, index])] : [path];

  test('a value and its key are where the file that set it has them', () => {
    fc.assert(
      fc.property(twoFiles, ({ texts, layers }) => {
        for (const path of paths(layers.value, 'leaves')) {
          expect(lineAt(texts, layers.keyPosition(path))).toMatch(new RegExp(`^${String(path.at(-1))}:`));
          for (const item of itemsOf(at(layers.value, path), path)) {
            const value = at(layers.value, item);
            if (typeof value !== 'string') continue;
            expect(lineAt(texts, layers.position(item))).toBe(value);
            expect(layers.origin(item)).toEqual({
              key: layers.keyPosition(item),
              value: layers.position(item),
              source: value,
            });
          }
        }
      }),
    );
  });

  test('a removed path is not in the result, and its place is that of the null', () => {
    fc.assert(
      fc.property(twoFiles, ({ texts, documents, layers }) => {
        for (const path of documents.flatMap(({ value }) => paths(value))) {
          const removed = layers.removed(path);
          // The highest layer that speaks of the path, be it by a null or a scalar around it.
          const last = documents.findLast(({ value }) => path.some((_, index) => speaks(value, path, index)));
          const nullFile = last && at(last.value, path) === null ? last.file : undefined;
          expect([path, removed?.file]).toEqual([path, nullFile]);
          if (!removed) continue;
          expect(at(layers.value, path)).toBeUndefined();
          expect(lineAt(texts, removed)).toBe(`${String(path.at(-1))}: null`);
          expect(layers.removedKeys(path.slice(0, -1))).toContain(path.at(-1));
        }
      }),
    );
  });

  test('removed keys are those that a null removed, each once', () => {
    fc.assert(
      fc.property(twoFiles, ({ documents, layers }) => {
        const everywhere = [[], ...documents.flatMap(({ value }) => paths(value))];
        for (const path of everywhere) {
          const keys = layers.removedKeys(path);
          expect(new Set(keys).size).toBe(keys.length);
          for (const name of keys) expect(layers.removed([...path, name])).toBeDefined();
        }
      }),
    );
  });

  const low = readDocument('low.yml', 'a:\n  b: 1\n  c: 2\nlist: [1, 2, 3]\n');
  const over = (text: string) => layer([low, readDocument('high.yml', text)]);

  test('the value of each layer', () => {
    const layers = over('a:\n  c: 3\n');
    expect(layers.position(['a', 'b'])).toEqual({ file: 'low.yml', line: 2, column: 6 });
    expect(layers.position(['a', 'c'])).toEqual({ file: 'high.yml', line: 2, column: 6 });
    expect(layers.keyPosition(['a', 'c'])).toEqual({ file: 'high.yml', line: 2, column: 3 });
    expect(layers.position(['list', 1])).toEqual({ file: 'low.yml', line: 4, column: 11 });
    expect(layers.file).toBe('high.yml');
  });

  test('a path that is set nowhere: what is around it, and at last the start of the upper file', () => {
    const layers = over('a:\n  c: 3\n');
    expect(layers.origin(['a', 'x'])).toBeUndefined();
    expect(layers.position(['a', 'x', 'y'])).toEqual({ file: 'high.yml', line: 2, column: 3 });
    expect(layers.keyPosition(['a', 'x', 'y'])).toEqual({ file: 'high.yml', line: 1, column: 1 });
    expect(layers.position(['x'])).toEqual({ file: 'high.yml', line: 1, column: 1 });
    expect(layers.position([])).toEqual({ file: 'high.yml', line: 1, column: 1 });
  });

  test('a path that a null removed, or that came back', () => {
    expect(over('a: { b: null }\n').removed(['a', 'b'])).toEqual({ file: 'high.yml', line: 1, column: 6 });
    expect(over('a: { b: null }\n').removedKeys(['a'])).toEqual(['b']);
    const back = layer([readDocument('low.yml', 'a: { b: null }\n'), readDocument('high.yml', 'a: { b: 1 }\n')]);
    expect(back.removed(['a', 'b'])).toBeUndefined();
    expect(back.removedKeys(['a'])).toEqual([]);
  });

  // The lower file still has a value there, but it is not the one that counts.
  test.each([
    ['removed', 'a: null\n', ['a', 'b']],
    ['replaced', 'a: 5\n', ['a', 'b']],
  ] as const)('what stood below a key that the upper file %s points to that key', (_, text, path) => {
    expect(over(text).value).not.toHaveProperty('a.b');
    expect(over(text).keyPosition(path)).toEqual({ file: 'high.yml', line: 1, column: 1 });
    expect(over(text).position(path)).toEqual({ file: 'high.yml', line: 1, column: 4 });
  });

  test('a list that the upper file shortened', () => {
    expect(over('list: [9]\n').position(['list', 0])).toEqual({ file: 'high.yml', line: 1, column: 8 });
    expect(over('list: [9]\n').value).toEqual({ a: { b: 1, c: 2 }, list: [9] });
  });

  test('nothing to lay', () => {
    expect(() => layer([])).toThrow('at least one document is needed');
  });
});
