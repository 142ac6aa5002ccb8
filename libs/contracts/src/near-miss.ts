/** Longer words are no misspellings, and comparing them takes time. */
const MAX_COMPARED = 100;
/** Which part of a word may differ; one character may in every word. */
const MAX_DISTANCE_SHARE = 0.3;
/** Fewer letters begin too many words. */
const MIN_BEGINNING = 3;

/**
 * How many characters must be changed, added, left out or swapped with their neighbour.
 *
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
export function distance(from: string, to: string): number {
  let beforeRow: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swap = i > 1 && j > 1 && isSwapped ? (beforeRow[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [beforeRow, row] = [row, next];
  }
  return row[to.length] ?? 0;
}

/** The known word that a word most likely means: few other characters, or a longer word; undefined if none. */
export function nearMiss(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_COMPARED) return undefined;
  const plain = lettersOf(word);
  const most = Math.max(1, Math.floor(plain.length * MAX_DISTANCE_SHARE));
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    const other = lettersOf(candidate);
    if (Math.abs(other.length - plain.length) > most) continue;
    // Among equally near words the one with the nearer spelling counts.
    const found = distance(plain, other) + distance(word, candidate) / 1000;
    if (found < least && Math.floor(found) <= most && Math.floor(found) < plain.length)
      [best, least] = [candidate, found];
  }
  return best ?? longerWord(plain, known);
}

/** The shortest known word that begins with a word. */
function longerWord(plain: string, known: Iterable<string>): string | undefined {
  if (plain.length < MIN_BEGINNING) return undefined;
  const longer = [...known].filter((candidate) => lettersOf(candidate).startsWith(plain));
  return longer.toSorted((a, b) => a.length - b.length)[0];
}

/** ` Did you mean 'name'?`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearMiss(word, known);
  return near === undefined ? '' : ` Did you mean '${near}'?`;
}

function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
