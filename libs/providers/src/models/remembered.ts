/** More names than deployments have. */
const MOST_MODELS = 1_000;

/** What is worked out from the name of a model, once for each. */
export function remembered<Known>(of: (model: string) => Known): (model: string) => Known {
  const known = new Map<string, Known>();
  return (model) => {
    const earlier = known.get(model);
    if (earlier !== undefined) return earlier;
    if (known.size >= MOST_MODELS) known.clear();
    const found = of(model);
    known.set(model, found);
    return found;
  };
}
