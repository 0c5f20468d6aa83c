import { CHAINS } from '../../../constructs/chain-node/catalogue';
import type { LoadOptions } from '../../../environments/load';
import { isServed } from '../../../environments/schema/environment';
import { type Files, refusals } from '../files';

/** What operators get wrong, and every line that they are told: no more, no less, each with its place. */

export const development = (text: string): Files => ({ 'development/overrides.yml': text });
export const lock = (text: string): Files => ({ 'development/nodes.lock.yml': text });

/** Chains as messages list them: one more makes no message wrong. */
export const CHAIN_NAMES = CHAINS.map(({ id }) => id)
  .sort()
  .join(', ');
/** Those that the gateway speaks the language of. */
export const GATEWAY_CHAIN_NAMES = CHAINS.filter(({ networks }) => networks.some(isServed))
  .map(({ id }) => id)
  .sort()
  .join(', ');

interface Mistake {
  readonly title: string;
  readonly files: Files;
  readonly lines: readonly string[];
  readonly options?: LoadOptions;
}

/** `file:line:column`, then the path where there is one, then the message. */
const LINE = /^environments\/[\w./-]+:[1-9]\d*:[1-9]\d* (?:[\w<][^\s:]*: )?(.+)$/;

/** A test for each mistake, and one for how its lines are written. */
export function tell(mistakes: readonly Mistake[]): void {
  test.each(mistakes)('$title', ({ files, lines, options }) => {
    expect(refusals(files, options)).toEqual(lines);
  });

  test('every line has a place, begins in lower case, with a quote or a number, and shows nothing of the program', () => {
    // These are the lines that are told: the tests above compare them whole.
    const told = mistakes.flatMap(({ lines }) => lines);
    const odd = told.filter((line) => {
      const message = LINE.exec(line)?.[1];
      return (
        message === undefined ||
        !/^[a-z"*\d-]/.test(message.replace(/^NaN /, '')) ||
        /undefined|\[object|\[native|\bat .*\.(ts|js):|Error/.test(line)
      );
    });
    expect(odd).toEqual([]);
  });
}
