/** The colours of the light theme, for a page that defines none; `--series-1` to `--series-6` win. */
const FALLBACKS = ['#2954bc', '#c38148', '#062372', '#3295f6', '#844a51', '#590a0f'];

export const OTHERS_COLOUR = 'var(--series-others, #7d828a)';

/** The CSS colour of a place in the palette, from 0 to 5; beyond, that of "others". */
export function paletteColour(place: number): string {
  const fallback = FALLBACKS[place];
  return fallback === undefined ? OTHERS_COLOUR : `var(--series-${place + 1}, ${fallback})`;
}

/**
 * The CSS colour of a series, the same on every page and for every order of the names.
 *
 * Each name has an order of preference among the six colours, from its hash. In a chart the name with the lowest hash
 * chooses first, and each later one takes the first of its preferences that is free. So a name has its own colour
 * unless a name with a lower hash is in the same chart and took it. Of more than six names the last ones share the
 * colour of "others".
 */
export function seriesColour(name: string, allNames: readonly string[]): string {
  return paletteColour(places(allNames).get(name) ?? preferences(name)[0] ?? 0);
}

function places(names: readonly string[]): Map<string, number> {
  const inOrder = [...new Set(names)].toSorted((a, b) => hash(a) - hash(b) || (a < b ? -1 : 1));
  const taken = new Map<string, number>();
  const free = new Set(FALLBACKS.keys());
  for (const name of inOrder) {
    const place = preferences(name).find((wanted) => free.has(wanted)) ?? FALLBACKS.length;
    free.delete(place);
    taken.set(name, place);
  }
  return taken;
}

/** All six places, the first by the hash, the others by a hash with their number. */
function preferences(name: string): number[] {
  const first = hash(name) % FALLBACKS.length;
  const others = [...FALLBACKS.keys()].filter((place) => place !== first);
  return [first, ...others.toSorted((a, b) => hash(`${name}/${a}`) - hash(`${name}/${b}`))];
}

/** FNV-1a of the UTF-16 code units, 32 bits, mixed so that similar names differ in all bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
