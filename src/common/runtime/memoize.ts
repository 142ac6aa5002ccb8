const MAX_ENTRIES = 10_000;
const MAX_LENGTH = 200;

/**
 * Caches the results of a function of short, recurring texts. The cache is cleared at 10,000 entries; texts of more than
 * 200 characters are not cached.
 */
export function memoize(make: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = make(text);
    if (text.length > MAX_LENGTH) return made;
    if (known.size >= MAX_ENTRIES) known.clear();
    known.set(text, made);
    return made;
  };
}
