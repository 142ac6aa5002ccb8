import type { Endpoint } from '../../endpoint';
import { CHAT_COMPLETIONS } from '../../provider';
import { chatContent, writtenText } from './chat-content';
import { chatRenderer } from './chat-renderer';
import { readChatRequest } from './chat-request';
import { CompletionReplay } from './completion-replay';

/**
 * Members that cannot change the answer. Everything else counts, also what this gateway has never heard of: a member that
 * is left out by mistake would serve a wrong answer, one too many only costs a hit.
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
