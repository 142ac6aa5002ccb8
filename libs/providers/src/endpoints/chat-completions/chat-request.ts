import { type EndpointRequest, InvalidRequestError } from '../../endpoint';
import { LongNumber } from '../../passed-values';
import { isRecord, type JsonRecord } from '../../json-record';
import { forcesTool } from './forced-tool';
import { unpricedMember } from './unpriced-member';

const OUTPUT_LIMITS = ['max_completion_tokens', 'max_tokens'];
/** OpenAI's own limit. @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-n */
const MAX_CHOICES = 128;
/** More than any model writes. */
const MAX_OUTPUT_TOKENS = 2_000_000;

/**
 * Checks the members that the gateway reads. All others pass through; the upstream checks them.
 *
 * @throws InvalidRequestError that names the member
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function readChatRequest(body: unknown): { body: JsonRecord; request: EndpointRequest } {
  if (!isRecord(body)) throw invalid('the request', 'must be a JSON object', null);
  const { model, messages, stream, stream_options } = body;
  if (typeof model !== 'string' || model === '')
    throw invalid("'model'", 'is required and must be the name of a model, as "gpt-4.1"', 'model');
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid(
      "'messages'",
      'is required and must be an array with at least one message, as [{"role": "user", "content": "Hello"}]',
      'messages',
    );
  }
  for (const [index, message] of messages.entries()) checkMessage(message, `messages.${index}`);
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean')
    throw invalid("'stream'", 'must be true or false', 'stream');
  if (stream_options !== undefined && stream_options !== null && !isRecord(stream_options))
    throw invalid("'stream_options'", 'must be an object, as {"include_usage": true}', 'stream_options');
  checkLimit(body, 'n', MAX_CHOICES);
  for (const name of OUTPUT_LIMITS) checkLimit(body, name, MAX_OUTPUT_TOKENS);
  return { body, request: requestOf(body, model) };
}

function requestOf(body: JsonRecord, model: string): EndpointRequest {
  const { stream_options: streamOptions, service_tier: tier } = body;
  return {
    model,
    stream: body.stream === true,
    choices: positive(body.n) ?? 1,
    // Vendors differ in which of the two they follow.
    maxOutputTokens: greatest(OUTPUT_LIMITS.map((name) => positive(body[name]))),
    metadata: body.metadata,
    wantsUsage: isRecord(streamOptions) && streamOptions.include_usage === true,
    serviceTier: typeof tier === 'string' ? tier : undefined,
    forcesTool: forcesTool(body),
    unpricedMember: unpricedMember(body),
  };
}

/** The upstream checks numbers that are too small, and other types. */
function checkLimit(body: JsonRecord, name: string, most: number): void {
  const value = body[name];
  if (value instanceof LongNumber ? Number(value.text) > most : typeof value === 'number' && value > most)
    throw invalid(`'${name}'`, `must be at most ${most.toLocaleString('en-US')}`, name);
  if (value instanceof LongNumber) throw invalid(`'${name}'`, 'must be a whole number of few digits', name);
}

function greatest(values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function checkMessage(message: unknown, param: string): void {
  if (!isRecord(message)) throw invalid(`'${param}'`, 'must be an object', param);
  const { role } = message;
  if (typeof role !== 'string' || role === '')
    throw invalid(`'${param}.role'`, 'is required, as "user"', `${param}.role`);
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}

function invalid(what: string, problem: string, param: string | null): InvalidRequestError {
  return new InvalidRequestError(`${what} ${problem}.`, param);
}
