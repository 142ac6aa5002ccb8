import type { AnswerFacts } from '@thriftgate/providers';

/** Why a response is not stored. */
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
  /** False when a stream ended without its end marker. */
  endedCleanly: boolean;
  /** How many choices the request asks for (`n`). */
  choices: number;
  /** Whether the deployment serves the upstream model whose responses are stored, see Model.family. */
  sameFamily: boolean;
  storeToolCalls: boolean;
  /** Whether a response is known to be whole without its usage: each of its parts is there. */
  usageMayMiss?: boolean;
}

/**
 * Decides whether a 2xx response may be served again. Only a complete response of the model itself, without a refusal, is
 * stored: a bad entry would be repeated to every later caller.
 *
 * @returns undefined when it may be stored
 */
export function notCacheableReason(response: AdmissionCase): NotCacheableReason | undefined {
  const { facts, endedCleanly, choices, sameFamily, storeToolCalls, usageMayMiss = false } = response;
  if (!endedCleanly) return 'cut';
  if (facts.failed) return 'error';
  if (!sameFamily) return 'other_model';
  if (facts.usage === undefined && !usageMayMiss) return 'usage_missing';
  if (facts.refused) return 'refused';
  if (facts.hasToolCalls && !storeToolCalls) return 'tool_calls';
  const mayCall = storeToolCalls && facts.hasToolCalls;
  const stopped = (reason: string | null) =>
    reason === 'stop' || (mayCall && (reason === 'tool_calls' || reason === 'function_call'));
  if (facts.finishReasons.length === 0 || !facts.finishReasons.every(stopped)) return 'not_stopped';
  if (facts.finishReasons.length < choices) return 'choice_missing';
  return facts.empty ? 'empty' : undefined;
}
