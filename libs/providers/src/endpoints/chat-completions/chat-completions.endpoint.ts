import type { Endpoint } from '../../endpoint';
import { CHAT_COMPLETIONS } from '../../provider';
import { chatContent, writtenText } from './chat-content';
import { chatRenderer } from './chat-renderer';
import { readChatRequest } from './chat-request';
import { CompletionReplay } from './completion-replay';

/**
 * Members that do not change the response. The cache key includes all others, also unknown ones: a missing member would cause
 * a wrong hit, an extra one only a miss.
 */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'use_cache',
  'cache',
]);

/** `POST /v1/chat/completions`. @see https://platform.openai.com/docs/api-reference/chat */
export const chatCompletions: Endpoint = {
  name: CHAT_COMPLETIONS,
  path: '/v1/chat/completions',
  withoutEffect: WITHOUT_EFFECT,
  read: readChatRequest,
  withModel: (body, model) => ({ ...body, model }),
  content: chatContent,
  written: writtenText,
  render: chatRenderer,
  replay: (reply) => new CompletionReplay(reply),
};
