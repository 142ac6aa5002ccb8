import type { CacheEntry } from '../store/cache-entry';

/** Criteria for responses: a response must match every member that is set. */
export interface Criteria {
  /** The model's name for applications. */
  model?: string;
  /** The model version: the upstream's version name or fingerprint, or the version declared for the model. */
  version?: string;
  teamId?: string;
  tag?: string;
  /** A whole cache key. */
  key?: string;
  /** Milliseconds since 1970: responses to calls that started before this. */
  beforeMs?: number;
}

/** Invalidates the responses that match, and whose call started before its process knew the rule. */
export interface InvalidationRule extends Criteria {
  /** Rises from rule to rule, over all processes. */
  revision: number;
  /** Milliseconds since 1970, when the last response that the rule can match expires. */
  expiresAtMs: number;
}

/** The members of a stored response that rules read. */
export type RuledFacts = Pick<
  CacheEntry,
  'upstreamModel' | 'systemFingerprint' | 'teamId' | 'tags' | 'askedAt' | 'rulesSeen'
>;

/** The key of a stored response, its model and the version declared for that. */
export interface RuledPlace {
  key: string;
  model: string;
  version: string | null;
}

/** Whether a response matches all criteria that are set. Empty criteria match every response. */
export function matches(criteria: Criteria, place: RuledPlace, facts: RuledFacts): boolean {
  const { model, version, teamId, tag, key, beforeMs } = criteria;
  return (
    (model === undefined || model === place.model) &&
    (key === undefined || key === place.key) &&
    (teamId === undefined || teamId === facts.teamId) &&
    (tag === undefined || facts.tags.includes(tag)) &&
    (beforeMs === undefined || facts.askedAt < beforeMs) &&
    (version === undefined ||
      version === facts.upstreamModel ||
      version === place.version ||
      version === facts.systemFingerprint)
  );
}

/** A text that is equal for equal criteria. */
export function nameOf({ model, version, teamId, tag, key, beforeMs }: Criteria): string {
  return JSON.stringify([model, version, teamId, tag, key, beforeMs]);
}
