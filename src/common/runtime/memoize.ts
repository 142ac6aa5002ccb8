const MOST = 10_000;
const LONGEST = 200;

/**
 * A function of short texts that come again with every call, which makes each once. It forgets all when there are 10,000, and
 * keeps none of more than 200 characters.
 */
export function memoize(make: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = make(text);
    if (text.length > LONGEST) return made;
    if (known.size >= MOST) known.clear();
    known.set(text, made);
    return made;
  };
}
