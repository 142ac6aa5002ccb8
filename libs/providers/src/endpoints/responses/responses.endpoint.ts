import { responsesOverChat } from '../../bridges/responses-over-chat/responses-over-chat';
import type { Endpoint, WithoutEffect } from '../../endpoint';
import type { JsonRecord } from '../../json-record';
import { RESPONSES } from '../../provider';
import { ResponseReplay } from './response-replay';
import { prefixOf } from '../chat-completions/chat-prefix';
import { responsesContent, turnIds, writtenText } from './responses-content';
import { responsesRenderer } from './responses-renderer';
import { readResponsesRequest } from './responses-request';
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
  'background',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'use_cache',
  'cache',
  'cache_control',
]);

/** Marks for a vendor's prompt cache, which change the price alone. */
const CACHE_MARKS = new Set(['cache_control', 'prompt_cache_breakpoint']);
const PARTS: WithoutEffect = { names: CACHE_MARKS };
const WITHOUT_EFFECT: WithoutEffect = {
  names: TOP_LEVEL,
  inside: {
    input: { names: CACHE_MARKS, inside: { content: PARTS, output: PARTS } },
    tools: { names: CACHE_MARKS },
  },
};

/** `POST /v1/responses`. @see https://platform.openai.com/docs/api-reference/responses */
export const responses: Endpoint = {
  name: RESPONSES,
  path: '/v1/responses',
  modes: ['chat', 'responses'],
  alternatives: (body) => (asksForLogprobs(body) ? Number(body.top_logprobs) || 0 : undefined),
  withoutEffect: WITHOUT_EFFECT,
  read: readResponsesRequest,
  withModel: (body, model) => ({ ...body, model }),
  content: responsesContent,
  written: writtenText,
  prefix: ({ instructions: system, input, tools }, leastTokens) =>
    prefixOf({ system, turns: Array.isArray(input) ? input : [{ content: input }], tools }, leastTokens),
  turnIds,
  withoutSignatures,
  render: responsesRenderer,
  replay: (reply) => new ResponseReplay(reply),
  overChat: responsesOverChat,
};

function asksForLogprobs({ include, top_logprobs: top }: JsonRecord): boolean {
  return Boolean(top) || (Array.isArray(include) && include.includes('message.output_text.logprobs'));
}
