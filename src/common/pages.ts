/** A list in pieces of at most so many elements, in order. */
export function* pagesOf<T>(list: readonly T[], length: number): Generator<T[], void, undefined> {
  for (let from = 0; from < list.length; from += length) yield list.slice(from, from + length);
}
