const MS_PER_DAY = 24 * 3600 * 1000;

/** A model version or fingerprint that a deployment has named. Times in milliseconds since 1970. */
export interface SeenName {
  name: string;
  firstSeenMs: number;
  lastSeenMs: number;
  /** It was announced, and no answer has had it yet. */
  expected?: boolean;
}

export interface DriftRule {
  /** A name is known while it was seen within so many days. */
  knownDays: number;
  /** So many new names within a day are changes; more are no news, for whoever names them has no settled name. */
  mostNewADay: number;
}

/**
 * - `first`: the deployment has named nothing before; there is nothing that it could have changed from
 * - `known`: it has named this lately, or last
 * - `drift`: it has not, so what writes its answers has changed
 * - `flapping`: it names new ones all the time
 */
export type DriftVerdict = 'first' | 'known' | 'drift' | 'flapping';

/** Judges a name in an upstream answer by those that the same deployment has named before. */
export function judgeName(name: string, seen: readonly SeenName[], nowMs: number, rule: DriftRule): DriftVerdict {
  const before = seen.find((each) => each.name === name);
  if (before?.expected) return 'known';
  // What was only announced is no sign that the deployment has ever been another model.
  const named = seen.filter(({ expected }) => !expected);
  if (named.length === 0) return 'first';
  const lastMs = Math.max(...named.map(({ lastSeenMs }) => lastSeenMs));
  // What was named last is known for ever: a model that nobody asked for months has not changed by that.
  if (before && (before.lastSeenMs >= nowMs - rule.knownDays * MS_PER_DAY || before.lastSeenMs === lastMs))
    return 'known';
  const newToday = named.filter(({ firstSeenMs }) => firstSeenMs > nowMs - MS_PER_DAY).length;
  return newToday >= rule.mostNewADay ? 'flapping' : 'drift';
}
