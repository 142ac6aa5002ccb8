/** OpenAI's finish reason for one of Gemini's; undefined where the response failed. */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  // The answer is longer than the vendor writes at once; another request with the continuation token brings the rest.
  CONTINUATION: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  ESCALATION: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  IMAGE_OTHER: 'content_filter',
};

export const BLOCKED = 'content_filter';

/**
 * The finish reason of a choice; undefined for a failure, as MALFORMED_FUNCTION_CALL or a reason that is not known: nothing
 * of such a response may count as complete.
 *
 * @param calls whether the choice has calls: Gemini says STOP for these too
 * @see https://ai.google.dev/api/generate-content#FinishReason
 */
export function finishReasonOf(reason: string, calls: boolean): string | undefined {
  if (reason === 'STOP' && calls) return 'tool_calls';
  return Object.hasOwn(FINISH_REASONS, reason) ? FINISH_REASONS[reason] : undefined;
}
