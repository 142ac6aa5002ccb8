import type { Endpoint, WithoutEffect } from '../../endpoint';
import type { JsonRecord } from '../../json-record';
import { CHAT_COMPLETIONS } from '../../provider';
import { chatContent, turnIds, writtenText } from './chat-content';
import { chatPrefix } from './chat-prefix';
import { chatRenderer } from './chat-renderer';
import { readChatRequest } from './chat-request';
import { CompletionReplay } from './completion-replay';
import { withoutSignatures } from './signatures';

/**
 * Members that do not change the response. The cache key includes all others, also unknown ones: a missing member would cause
 * a wrong hit, an extra one only a miss.
 */
const TOP_LEVEL = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'use_cache',
  'cache',
  'cache_control',
]);

/** Marks for a vendor's prompt cache, which change the price alone. A tool's schema may have members of the same names. */
const CACHE_MARKS = new Set(['cache_control', 'prompt_cache_breakpoint']);
const PARTS: WithoutEffect = { names: CACHE_MARKS, inside: { content: { names: CACHE_MARKS } } };
const WITHOUT_EFFECT: WithoutEffect = {
  names: TOP_LEVEL,
  inside: {
    messages: { names: CACHE_MARKS, inside: { content: PARTS } },
    tools: { names: CACHE_MARKS, inside: { function: { names: CACHE_MARKS } } },
  },
};

/** `POST /v1/chat/completions`. @see https://platform.openai.com/docs/api-reference/chat */
export const chatCompletions: Endpoint = {
  name: CHAT_COMPLETIONS,
  path: '/v1/chat/completions',
  modes: ['chat', 'responses'],
  alternatives,
  withoutEffect: WITHOUT_EFFECT,
  read: readChatRequest,
  withModel: (body, model) => ({ ...body, model }),
  content: chatContent,
  prefix: chatPrefix,
  written: writtenText,
  turnIds,
  withoutSignatures,
  render: chatRenderer,
  replay: (reply) => new CompletionReplay(reply),
};

/** Some vendors have the number in `logprobs` itself. */
function alternatives({ logprobs, top_logprobs: top }: JsonRecord): number | undefined {
  if (!logprobs && !top) return undefined;
  return Math.max(Number(logprobs) || 0, Number(top) || 0);
}
