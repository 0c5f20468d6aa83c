/** The number of single-character edits (insert, delete, replace, swap neighbours) between two words. */
function distance(a: string, b: string): number {
  const row = (length: number): number[] => Array.from({ length }, (_, i) => i);
  let beforeLast = row(b.length + 1);
  let last = row(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** The known word that someone most likely meant, or undefined when none is close. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const normal = (word: string): string => word.toLowerCase().replaceAll('-', '_');
  const ranked = known
    .map((word) => ({ word, edits: distance(normal(given), normal(word)) }))
    .filter(({ word, edits }) => edits <= Math.max(1, Math.floor(Math.max(given.length, word.length) / 3)))
    .sort((a, b) => a.edits - b.edits || (a.word < b.word ? -1 : 1));
  return ranked[0]?.word;
}

/** "; did you mean geth?" when something is close, else nothing. */
export function didYouMean(given: string, known: readonly string[]): string {
  const word = nearest(given, known);
  return word === undefined ? '' : `; did you mean ${word}?`;
}
