/** The dimensions and their values. */
export type Dimensions = Record<string, readonly string[]>;
export type Combination<D extends Dimensions> = { [Name in keyof D]: D[Name][number] };

/** All possible combinations. */
export function everyCombination<D extends Dimensions>(
  dimensions: D,
  canBe: (combination: Combination<D>) => boolean,
): Combination<D>[] {
  let all: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(dimensions)) {
    all = all.flatMap((part) => values.map((value) => ({ ...part, [name]: value })));
  }
  return (all as Combination<D>[]).filter(canBe);
}

/** A small set with every possible pair of values. Greedy: nearly the smallest, not the smallest. */
function everyPair<T extends Record<string, string>>(all: readonly T[], random: () => number): T[] {
  const missing = new Set(all.flatMap(pairsOf));
  const shuffled = all
    .map((combination) => ({ combination, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ combination }) => combination);
  const chosen: T[] = [];
  while (missing.size > 0) {
    let best: T | undefined;
    let most = 0;
    for (const combination of shuffled) {
      const covers = pairsOf(combination).filter((pair) => missing.has(pair)).length;
      if (covers > most) [best, most] = [combination, covers];
    }
    if (!best) break;
    for (const pair of pairsOf(best)) missing.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

/** Every pair, and other combinations up to a number. */
export function someOf<T extends Record<string, string>>(all: readonly T[], count: number, random: () => number): T[] {
  const chosen = new Set(everyPair(all, random));
  while (chosen.size < Math.min(count, all.length)) {
    const one = all[Math.floor(random() * all.length)];
    if (one) chosen.add(one);
  }
  return [...chosen];
}

function pairsOf(combination: Record<string, string>): string[] {
  const entries = Object.entries(combination);
  return entries.flatMap(([name, value], index) =>
    entries.slice(index + 1).map(([otherName, other]) => `${name}=${value} ${otherName}=${other}`),
  );
}
