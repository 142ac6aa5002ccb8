/** A list in pieces of at most so many elements, in order. */
export function* pagesOf<T>(list: readonly T[], length: number): Generator<T[], void, undefined> {
  for (let from = 0; from < list.length; from += length) yield list.slice(from, from + length);
}

/** Which part of a list to read: at most so many elements behind one. */
export interface PageQuery {
  limit: number;
  cursor?: string | undefined;
}

/**
 * A page of a list by id.
 *
 * @param found what was read: one element more than the page, if there are more
 */
export function pageOf<T extends { id: string }>(
  found: readonly T[],
  limit: number,
): { data: T[]; next_cursor: string | null } {
  const data = found.slice(0, limit);
  return { data, next_cursor: found.length > limit ? (data.at(-1)?.id ?? null) : null };
}
