/**
 * Finish reasons of vendors that are not OpenAI's, with OpenAI's.
 *
 * @see https://docs.together.ai/reference/chat-completions-1 eos
 * @see https://docs.z.ai/api-reference/llm/chat-completion sensitive, network_error, model_context_window_exceeded
 * @see https://docs.mistral.ai/api/ model_length, error
 */
const KNOWN: Readonly<Record<string, string>> = {
  eos: 'stop',
  eos_token: 'stop',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  sensitive: 'content_filter',
};

/**
 * Reasons that mean that the response broke off: it is no answer, and must not be stored as one.
 *
 * @see https://openrouter.ai/docs/api-reference/errors error
 * @see https://docs.sglang.ai/ abort
 * @see https://api-docs.deepseek.com/api/create-chat-completion insufficient_system_resource
 */
const BROKEN = new Set(['error', 'network_error', 'abort', 'insufficient_system_resource']);

/** OpenAI's finish reason for a vendor's; undefined where it is the same. */
export function finishReasonOf(reason: string): string | undefined {
  return Object.hasOwn(KNOWN, reason) ? KNOWN[reason] : undefined;
}

export function isBroken(reason: string): boolean {
  return BROKEN.has(reason);
}
