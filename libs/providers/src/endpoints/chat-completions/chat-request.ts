import { type EndpointRequest, InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';

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
  return { body, request: requestOf(body, model) };
}

function requestOf(body: JsonRecord, model: string): EndpointRequest {
  const { stream_options: streamOptions, service_tier: tier } = body;
  return {
    model,
    stream: body.stream === true,
    choices: positive(body.n) ?? 1,
    maxOutputTokens: positive(body.max_completion_tokens) ?? positive(body.max_tokens),
    metadata: body.metadata,
    wantsUsage: isRecord(streamOptions) && streamOptions.include_usage === true,
    serviceTier: typeof tier === 'string' ? tier : undefined,
  };
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
