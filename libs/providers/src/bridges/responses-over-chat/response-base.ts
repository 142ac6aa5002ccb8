import { stringifyExact } from '../../exact-json';
import { isRecord, nonEmptyString, type JsonRecord } from '../../json-record';
import type { TokenUsage } from '../../translator';
import { functionTools } from './chat-tools';

/** OpenAI refuses longer ids in the input, in characters. */
const MAX_ID_LENGTH = 64;
const PREFIX_LENGTH = 'resp_'.length + '_999'.length;

/** Ids of a response and its items, made of the id of the chat completion: equal completions have equal ids. */
export class ResponseIds {
  readonly #base: string;

  /** @param fallback where the vendor sends no id */
  constructor(completionId: unknown, fallback: string) {
    const id = (nonEmptyString(completionId) ?? fallback).replace(/^chatcmpl-/, '').replaceAll(/[^\w-]/g, '_');
    this.#base = id.slice(0, MAX_ID_LENGTH - PREFIX_LENGTH);
  }

  get response(): string {
    return `resp_${this.#base}`;
  }

  /** @param prefix `msg`, `fc` or `rs` @param index of the item in the output */
  item(prefix: string, index: number): string {
    return `${prefix}_${this.#base}_${index}`;
  }
}

/** What is the same in all responses to a request: its id, and the members of the request that responses repeat. */
export function responseBase(body: JsonRecord, ids: ResponseIds, completion: JsonRecord): JsonRecord {
  const { reasoning, text, truncation } = body;
  const asked = isRecord(reasoning) ? reasoning : {};
  return {
    id: ids.response,
    object: 'response',
    created_at: typeof completion.created === 'number' ? completion.created : 0,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    model: nonEmptyString(completion.model) ?? body.model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: asked.effort ?? null, summary: asked.summary ?? null },
    safety_identifier: null,
    service_tier: nonEmptyString(completion.service_tier) ?? 'default',
    store: false,
    temperature: body.temperature ?? null,
    text: { format: { type: 'text' }, ...(isRecord(text) ? text : {}) },
    tool_choice: body.tool_choice ?? 'auto',
    tools: functionTools(body.tools).map(({ description, parameters, ...tool }) => ({
      ...tool,
      description: description ?? null,
      parameters: parameters ?? null,
    })),
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? null,
    truncation: truncation === undefined || truncation === null ? 'disabled' : truncation,
    usage: null,
    user: null,
    metadata: {},
  };
}

/** Why a response is incomplete, by the finish reason of chat completions. */
const INCOMPLETE: Readonly<Record<string, string>> = { length: 'max_output_tokens', content_filter: 'content_filter' };

/** The last items of a response that a limit or a filter cut are incomplete too. */
export function statusOf(finishReason: string | null | undefined): 'completed' | 'incomplete' {
  return INCOMPLETE[finishReason ?? ''] === undefined ? 'completed' : 'incomplete';
}

/** What a response says at its end. */
export function ending(finishReason: string | null | undefined): JsonRecord {
  const reason = INCOMPLETE[finishReason ?? ''];
  return { status: statusOf(finishReason), incomplete_details: reason === undefined ? null : { reason } };
}

/** @see https://platform.openai.com/docs/api-reference/responses/object#responses/object-usage */
export function responseUsage(usage: TokenUsage | undefined): JsonRecord | null {
  if (!usage) return null;
  const { inputTokens, cachedInputTokens, cacheWriteTokens = 0, longCacheWriteTokens: long } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: cachedInputTokens,
      cache_write_tokens: cacheWriteTokens,
      ...(long !== undefined && { cache_write_tokens_details: { ttl_12h_tokens: long } }),
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: inputTokens + usage.outputTokens,
  };
}

/** JSON of a response: it repeats texts and numbers of the request exactly. */
export function toJson(response: JsonRecord): string {
  return String(stringifyExact(response));
}
