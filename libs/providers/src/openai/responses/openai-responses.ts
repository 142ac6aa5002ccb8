import { isRecord, nonEmptyString, parseJson, type JsonRecord } from '../../json-record';
import { isOwnReasoning } from '../../responses/own-reasoning';
import { responseFacts } from '../../responses/response-facts';
import type { ReadReply, Translator, UpstreamCall } from '../../translator';
import { readUsage } from '../../usage/read-usage';
import { toOpenAiError } from '../openai-error';
import { openAiRequest } from '../openai-request';
import { OpenAiResponseStream } from './openai-response-stream';
import { refuseLacking } from './refused-inputs';

/** Asks for reasoning that can be sent back. */
export const ENCRYPTED_REASONING = 'reasoning.encrypted_content';

/** Responses of OpenAI itself; bytes pass through. @see https://platform.openai.com/docs/api-reference/responses */
export const openAiResponses: Translator = {
  toRequest: (call) => {
    refuseLacking(call);
    return openAiRequest(call, '/responses', upstreamBody(call));
  },
  fromReply: readResponse,
  openStream: () => new OpenAiResponseStream(),
  toError: toOpenAiError,
};

function upstreamBody({ body, upstreamModel, stream, defaultMaxTokens: limit }: UpstreamCall): JsonRecord {
  const sent: JsonRecord = {
    ...body,
    model: upstreamModel,
    input: withoutUnreadable(body),
    stream: stream || undefined,
  };
  if (limit !== undefined) sent.max_output_tokens = limit;
  if (!stream) delete sent.stream_options;
  return body.store === true ? sent : { ...sent, ...notStored(body) };
}

/**
 * OpenAI stores responses unless `store` is false, under ids that all teams of the account share. Reasoning that is
 * not stored must come back encrypted, so it is asked for.
 *
 * @see https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items
 */
function notStored({ include, reasoning }: JsonRecord): JsonRecord {
  const asked: unknown[] = Array.isArray(include) ? include : [];
  if (!isRecord(reasoning) || asked.includes(ENCRYPTED_REASONING)) return { store: false };
  return { store: false, include: [...asked, ENCRYPTED_REASONING] };
}

/**
 * The input without reasoning that OpenAI cannot read: what this gateway wrote for another vendor, and, where nothing is
 * stored, items without their content. Ids beside them would ask for the reasoning that is missing.
 */
function withoutUnreadable({ input, store }: JsonRecord): unknown {
  if (!Array.isArray(input)) return input;
  const isUnreadable = (item: unknown): boolean =>
    isRecord(item) &&
    item.type === 'reasoning' &&
    (isOwnReasoning(item) || (store !== true && (item.encrypted_content ?? '') === ''));
  if (!input.some(isUnreadable)) return input;
  return input.filter((item) => !isUnreadable(item)).map(withoutId);
}

function withoutId(item: unknown): unknown {
  if (!isRecord(item) || (item.type !== 'message' && item.type !== 'function_call')) return item;
  const { id: _id, ...rest } = item;
  return rest;
}

/** Reads a body with status 200; the bytes of a response do not change. */
function readResponse(body: Buffer): ReadReply {
  const text = body.toString();
  const response = parseJson(text);
  if (!isRecord(response)) return { kind: 'unreadable', usage: undefined };
  const usage = readUsage(response.usage);
  if (isRecord(response.error) && !usage) return { kind: 'error', text };
  if (Array.isArray(response.output)) return { kind: 'response', reply: { body, facts: responseFacts(response) } };
  if (nonEmptyString(response.error) ?? nonEmptyString(response.message)) return { kind: 'error', text, usage };
  return { kind: 'unreadable', usage };
}
