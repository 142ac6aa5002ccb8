import { type VendorError, invalidRequest } from './exchange';

export type Json = Record<string, unknown>;

export interface ChatRequest extends Json {
  model: string;
  messages: Json[];
}

/** The vendor's parameters. @see https://platform.openai.com/docs/api-reference/chat/create */
const KNOWN_MEMBERS = new Set(
  `audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages metadata
  modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options
  prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature
  tool_choice tools top_logprobs top_p user verbosity web_search_options`.split(/\s+/),
);

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function unknownMembers(body: unknown): string[] {
  return isJson(body) ? Object.keys(body).filter((name) => !KNOWN_MEMBERS.has(name)) : [];
}

/** The fake's tokenizer: a token is a word. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** Splits a text into words that join to the same text. */
export function splitWords(text: string): string[] {
  return text.match(/^\s+|\S+\s*/g) ?? [];
}

/** Text of a message's `content`, its text parts joined. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (isJson(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

/** Text of the last message with role `user`, its text parts joined. */
export function lastUserText(body: unknown): string {
  const messages = isJson(body) && Array.isArray(body['messages']) ? body['messages'] : [];
  const last = messages.findLast((message: unknown) => isJson(message) && message['role'] === 'user') as
    Json | undefined;
  return textOf(last?.['content']);
}

/** The vendor's checks that tests of a gateway can fail, with the vendor's messages. */
export function checkChatRequest(body: unknown): body is ChatRequest {
  return isJson(body) && chatRequestError(body) === undefined;
}

export function chatRequestError(body: unknown): VendorError | undefined {
  if (!isJson(body)) {
    return invalidRequest(
      'We could not parse the JSON body of your request. (HINT: This likely means you aren’t using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)',
    );
  }
  if (typeof body['model'] !== 'string' || body['model'] === '')
    return invalidRequest('you must provide a model parameter');
  const { messages, stream_options: streamOptions } = body;
  if (messages === undefined) {
    return invalidRequest("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  }
  if (!Array.isArray(messages) || !messages.every(isJson)) {
    return invalidRequest("Invalid type for 'messages': expected an array of objects.", 'messages', 'invalid_type');
  }
  if (messages.length === 0) {
    return invalidRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    );
  }
  if (streamOptions !== undefined && streamOptions !== null && body['stream'] !== true) {
    return invalidRequest(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
      'invalid_stream_options',
    );
  }
  return undefined;
}
