import type { AnswerFacts } from '@thriftgate/providers';

/** Why an answer is not stored. */
export type NotCacheableReason =
  | 'other_model'
  | 'usage_missing'
  | 'not_stopped'
  | 'choice_missing'
  | 'refused'
  | 'empty'
  | 'error'
  | 'tool_calls'
  | 'cut';

export interface AdmissionCase {
  facts: AnswerFacts;
  /** False when a stream ended without its end mark. */
  endedCleanly: boolean;
  /** How many choices were asked for. */
  choices: number;
  /** Whether the deployment that answered belongs to the family in the key. */
  sameFamily: boolean;
  storeToolCalls: boolean;
}

/**
 * Decides whether a 2xx answer may be served again. Only a whole, willing answer of the model itself is kept: one bad entry
 * would be repeated to everybody who asks.
 *
 * @returns undefined when it may be stored
 */
export function notCacheableReason(answer: AdmissionCase): NotCacheableReason | undefined {
  const { facts, endedCleanly, choices, sameFamily, storeToolCalls } = answer;
  if (!endedCleanly) return 'cut';
  if (facts.failed) return 'error';
  if (!sameFamily) return 'other_model';
  if (facts.usage === undefined) return 'usage_missing';
  if (facts.refused) return 'refused';
  if (facts.hasToolCalls && !storeToolCalls) return 'tool_calls';
  const mayCall = storeToolCalls && facts.hasToolCalls;
  const stopped = (reason: string | null) => reason === 'stop' || (mayCall && reason === 'tool_calls');
  if (facts.finishReasons.length === 0 || !facts.finishReasons.every(stopped)) return 'not_stopped';
  if (facts.finishReasons.length < choices) return 'choice_missing';
  return facts.empty ? 'empty' : undefined;
}
