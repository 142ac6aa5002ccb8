import type { CacheEntry } from '../store/cache-entry';

/** Which answers are meant: those that match every member that is there. */
export interface Criteria {
  /** The model's name for applications. */
  model?: string;
  /** Who wrote it: the upstream's own version name or fingerprint, or the version declared for the model. */
  version?: string;
  teamId?: string;
  tag?: string;
  /** A whole cache key. */
  key?: string;
  /** Milliseconds since 1970: answers to questions asked before this. */
  beforeMs?: number;
}

/** Answers that are not served any more: those that match, and were asked for by a process that did not know the rule. */
export interface InvalidationRule extends Criteria {
  /** Rises from rule to rule, over all processes. */
  revision: number;
  /** Milliseconds since 1970, when the last answer that it can match is over. */
  expiresAtMs: number;
}

/** What rules look at in an answer. */
export type RuledFacts = Pick<
  CacheEntry,
  'upstreamModel' | 'systemFingerprint' | 'teamId' | 'tags' | 'askedAt' | 'rulesSeen'
>;

/** Where an answer is kept, and what its model is declared to be. */
export interface RuledPlace {
  key: string;
  model: string;
  version: string | null;
}

/** Whether an answer is one of those that are meant. No member matches by its absence: no criteria match everything. */
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

/** The same text for the same criteria. */
export function nameOf({ model, version, teamId, tag, key, beforeMs }: Criteria): string {
  return JSON.stringify([model, version, teamId, tag, key, beforeMs]);
}
