import type { JsonRecord } from '../../json-record';
import { type Translation, unsupported } from './translation';

/** Members that are translated, or that are the gateway's own. */
const TRANSLATED = new Set([
  'model',
  'messages',
  'max_tokens',
  'max_completion_tokens',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'service_tier',
  'user',
  'safety_identifier',
  'cache_control',
  'stream',
  'stream_options',
  'metadata',
  'store',
]);

/** Values that ask for nothing: clients send them by default. */
const ASKS_NOTHING: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  logit_bias: (value) => JSON.stringify(value) === '{}',
  modalities: (value) => JSON.stringify(value) === '["text"]',
  functions: (value) => JSON.stringify(value) === '[]',
};

/** Members without which the answer would be another one. */
const REFUSED: Readonly<Record<string, string>> = {
  n: 'must be 1 for this model; send one call for each choice',
  logprobs: 'must be false for this model, which gives no probabilities',
  top_logprobs: 'must be 0 for this model, which gives no probabilities',
  modalities: 'must be ["text"] for this model',
  audio: 'is output that this model does not write',
  web_search_options: 'is a search that this model does not have here',
  functions: 'is the older form of tools; send tools',
  function_call: 'is the older form of tool_choice; send tool_choice',
};

/**
 * Reports members that Anthropic lacks.
 *
 * @throws UnsupportedMemberError for one that changes the answer
 */
export function checkMembers(body: JsonRecord, { dropped }: Translation): void {
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined || value === null || TRANSLATED.has(name) || asksNothing(name, value)) continue;
    if (Object.hasOwn(REFUSED, name)) throw unsupported(name, REFUSED[name] ?? '');
    dropped.add(name);
  }
}

function asksNothing(name: string, value: unknown): boolean {
  return Object.hasOwn(ASKS_NOTHING, name) && ASKS_NOTHING[name]?.(value) === true;
}
