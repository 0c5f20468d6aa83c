import * as fc from 'fast-check';
import { didYouMean, nearest } from '../../environments/nearest';

const CLIENTS = ['besu', 'erigon', 'geth', 'nethermind', 'reth'];

test.each([
  ['gteh', 'geth'],
  ['get', 'geth'],
  ['gethh', 'geth'],
  ['GETH', 'geth'],
  ['nethermid', 'nethermind'],
])('%s is taken for %s', (given, meant) => {
  expect(nearest(given, CLIENTS)).toBe(meant);
});

test('a dash for an underscore is no edit at all', () => {
  expect(nearest('rpc-timeout', ['rpc_timeouts', 'rpc_timeout'])).toBe('rpc_timeout');
});

test('of two that are equally near, the first by name', () => {
  expect(nearest('xeth', ['reth', 'geth'])).toBe('geth');
});

test.each(['lighthouse', 'prysm', '', 'x'])('"%s" is taken for nothing', (given) => {
  expect(nearest(given, CLIENTS)).toBeUndefined();
  expect(didYouMean(given, CLIENTS)).toBe('');
});

test('the words of the suggestion', () => {
  expect(didYouMean('gteh', CLIENTS)).toBe('; did you mean geth?');
});

test('what is known is nearest to itself, and one edit from it is never far', () => {
  const word = fc.stringMatching(/^[a-z_]{2,12}$/);
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 6 }), fc.nat(), fc.nat(), (known, which, where) => {
      const meant = known[which % known.length] as string;
      expect(nearest(meant, known)).toBe(meant);
      const at = where % meant.length;
      const shorter = meant.slice(0, at) + meant.slice(at + 1);
      expect(nearest(shorter, [meant])).toBe(meant);
    }),
  );
});

test('the order of the known words does not matter', () => {
  const word = fc.stringMatching(/^[a-d]{1,5}$/);
  fc.assert(
    fc.property(word, fc.uniqueArray(word, { maxLength: 8 }), (given, known) => {
      expect(nearest(given, known)).toBe(nearest(given, [...known].reverse()));
    }),
  );
});
