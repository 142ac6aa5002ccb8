const MS_PER_DAY = 24 * 3600 * 1000;

/** A model version or fingerprint from a deployment's responses. Times in milliseconds since 1970. */
export interface SeenName {
  name: string;
  firstSeenMs: number;
  lastSeenMs: number;
  /** An administrator declared it, and no response has had it yet. */
  expected?: boolean;
}

export interface DriftRule {
  /** A name is known if it was seen within so many days. */
  knownDays: number;
  /** How many new names within a day count as drift; with more, the names say nothing about the model. */
  maxNewPerDay: number;
}

/**
 * - `first`: the deployment's first name, so nothing has changed
 * - `known`: the name that was seen last, or one seen within `knownDays`
 * - `drift`: a new name, or one not seen for longer, so the model has changed
 * - `flapping`: one of too many new names
 */
export type DriftVerdict = 'first' | 'known' | 'drift' | 'flapping';

/** Compares a name in an upstream response with the earlier names of the same deployment. */
export function compareName(name: string, seen: readonly SeenName[], nowMs: number, rule: DriftRule): DriftVerdict {
  const before = seen.find((each) => each.name === name);
  if (before?.expected) return 'known';
  // A name that is only declared does not show that the deployment ever had another model.
  const named = seen.filter(({ expected }) => !expected);
  if (named.length === 0) return 'first';
  const lastMs = Math.max(...named.map(({ lastSeenMs }) => lastSeenMs));
  // The name that was seen last is always known: a model does not change because it was not used for months.
  if (before && (before.lastSeenMs >= nowMs - rule.knownDays * MS_PER_DAY || before.lastSeenMs === lastMs))
    return 'known';
  const newToday = named.filter(({ firstSeenMs }) => firstSeenMs > nowMs - MS_PER_DAY).length;
  return newToday >= rule.maxNewPerDay ? 'flapping' : 'drift';
}
