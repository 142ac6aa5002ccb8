import { InvalidRequestError } from '../../endpoint';
import { stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord } from '../../json-record';
import { UnsupportedMemberError, type UpstreamCall, type UpstreamRequest } from '../../translator';
import { conversationOf } from './gemini-contents';
import { generationConfig } from './gemini-generation-config';
import { toolMembers } from './gemini-tools';
import { geminiUrl } from './gemini-url';

/** Members of OpenAI's API that are translated. */
const TRANSLATED: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'stop',
  'n',
  'logprobs',
  'top_logprobs',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'service_tier',
  'modalities',
  'extra_body',
]);

/** Members that are for the gateway, or for a store that Gemini does not have. */
const SILENT: ReadonlySet<string> = new Set(['metadata', 'store']);

/** Members without which the answer would be another one, with what to do. */
const REFUSED: Readonly<Record<string, string>> = {
  functions: 'Use tools.',
  function_call: 'Use tool_choice.',
  web_search_options: 'Leave it out, or use a model with web search.',
  audio: 'Leave it out, or use a model that speaks.',
};

/** @see https://ai.google.dev/gemini-api/docs/flex-inference `serviceTier` */
const TIERS: Readonly<Record<string, string | undefined>> = {
  auto: undefined,
  default: 'standard',
  standard: 'standard',
  flex: 'flex',
  priority: 'priority',
};

/**
 * Members of `extra_body.google`, as Gemini's own OpenAI endpoint takes them, and the token of an answer to continue.
 *
 * @see https://ai.google.dev/gemini-api/docs/openai#extra-body
 * @see https://ai.google.dev/api/generate-content#FinishReason `CONTINUATION`
 */
const EXTENSIONS: Readonly<Record<string, string>> = {
  cached_content: 'cachedContent',
  safety_settings: 'safetySettings',
  continuation_token: 'continuationToken',
};

/**
 * A request to `generateContent`, or to `streamGenerateContent` for server-sent events. The conversation comes last: a longer
 * one begins with the bytes of a shorter one.
 *
 * @throws InvalidRequestError where the body is wrong
 * @throws UnsupportedMemberError where Gemini lacks what the body asks for
 * @see https://ai.google.dev/api/generate-content
 */
export function toGeminiRequest(call: UpstreamCall): UpstreamRequest {
  const { body, stream } = call;
  const dropped = new Set<string>();
  refuse(body);
  const google = extensionOf(body, dropped);
  const { systemInstruction, contents } = conversationOf(call, dropped);
  const request: JsonRecord = {
    systemInstruction,
    ...toolMembers(body, dropped),
    ...extensionMembers(google, dropped),
    generationConfig: generationConfig(call, google, dropped),
    serviceTier: tierOf(body, dropped),
    contents,
  };
  for (const [name, value] of Object.entries(body))
    if (value !== undefined && value !== null && !TRANSLATED.has(name) && !SILENT.has(name)) dropped.add(name);
  return {
    method: 'POST',
    url: urlOf(call),
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
      'accept-encoding': 'identity',
      'x-request-id': call.requestId,
    },
    body: stringifyExact(request),
    dropped: [...dropped],
  };
}

/** Without `alt=sse` a stream would be one JSON array. */
function urlOf(call: UpstreamCall): string {
  return call.stream ? geminiUrl(call, 'streamGenerateContent', 'alt=sse') : geminiUrl(call, 'generateContent');
}

function refuse(body: JsonRecord): void {
  for (const [name, what] of Object.entries(REFUSED))
    if (body[name] !== undefined && body[name] !== null && body[name] !== 'none')
      throw new UnsupportedMemberError(`'${name}' is not translated for Gemini. ${what}`, name);
  const { logprobs, top_logprobs: top, modalities } = body;
  if (logprobs === true || (typeof top === 'number' && top > 0))
    throw new UnsupportedMemberError(`Gemini's API returns no log probabilities. Leave 'logprobs' out.`, 'logprobs');
  if (Array.isArray(modalities) && modalities.some((each) => each !== 'text'))
    throw new UnsupportedMemberError(`'modalities' other than "text" are not translated for Gemini.`, 'modalities');
}

function extensionOf({ extra_body: extra }: JsonRecord, dropped: Set<string>): JsonRecord {
  if (extra === undefined || extra === null) return {};
  if (!isRecord(extra)) throw new InvalidRequestError(`'extra_body' must be an object.`, 'extra_body');
  const { google, ...rest } = extra;
  for (const name of Object.keys(rest)) dropped.add(`extra_body.${name}`);
  return isRecord(google) ? google : {};
}

function extensionMembers(google: JsonRecord, dropped: Set<string>): JsonRecord {
  const members: JsonRecord = {};
  for (const [name, value] of Object.entries(google)) {
    if (Object.hasOwn(EXTENSIONS, name)) members[EXTENSIONS[name] ?? name] = value;
    else if (name !== 'thinking_config') dropped.add(`extra_body.google.${name}`);
  }
  return members;
}

function tierOf({ service_tier: tier }: JsonRecord, dropped: Set<string>): string | undefined {
  if (typeof tier === 'string' && Object.hasOwn(TIERS, tier)) return TIERS[tier];
  if (tier !== undefined && tier !== null) dropped.add('service_tier');
  return undefined;
}
