import { isRecord, type JsonRecord } from '../json-record';
import type { UpstreamCall, UpstreamRequest } from '../translator';
import { openAiRequest } from './openai-request';

export interface ChatRequestOptions {
  /** The member by which this vendor takes the limit of output tokens that the gateway sets. */
  limitMember: 'max_completion_tokens' | 'max_tokens';
  /** Whether streams have their usage unasked, and the vendor refuses `stream_options`. */
  usageUnasked?: boolean;
}

/**
 * The caller's body with the upstream's model name. Streams always request usage, because every call is billed.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function toChatRequest(call: UpstreamCall, options: ChatRequestOptions): UpstreamRequest {
  return openAiRequest(call, '/chat/completions', upstreamBody(call, options));
}

/**
 * The call with the key by which the vendor steers the turns of a conversation to its prompt cache, where the caller has set
 * none.
 *
 * @see https://platform.openai.com/docs/guides/prompt-caching
 */
export function withPromptCacheKey(call: UpstreamCall): UpstreamCall {
  const { body, promptCacheKey: key } = call;
  if (key === undefined || (body.prompt_cache_key ?? null) !== null) return call;
  return { ...call, body: { ...body, prompt_cache_key: key } };
}

function upstreamBody(call: UpstreamCall, { limitMember, usageUnasked }: ChatRequestOptions): JsonRecord {
  const { stream, upstreamModel, defaultMaxTokens: limit } = call;
  const body = limit === undefined ? call.body : { ...call.body, [limitMember]: limit };
  // JSON leaves out what is undefined.
  if (!stream) return { ...body, model: upstreamModel, stream: undefined, stream_options: undefined };
  if (usageUnasked) return { ...body, model: upstreamModel, stream: true, stream_options: undefined };
  const asked = body.stream_options;
  const options = isRecord(asked) ? { ...asked, include_usage: true } : { include_usage: true };
  return { ...body, model: upstreamModel, stream: true, stream_options: options };
}
