import type { ChatBody } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';

const MAX_TAGS = 16;
const NO_TAGS: readonly string[] = [];
const MAX_TAG_LENGTH = 64;
/** OpenAI's own limits. @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-metadata */
const MAX_METADATA_NAME_LENGTH = 64;
const MAX_METADATA_VALUE_LENGTH = 512;

/**
 * Checks the members that the gateway itself reads. Everything else is the upstream's to judge and passes through.
 *
 * @throws GatewayError `invalid_request` that names the member
 */
export function checkChatBody(body: unknown): ChatBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid('the request', 'must be a JSON object', null);
  const { model, messages, stream, stream_options } = body as Record<string, unknown>;
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
  if (
    stream_options !== undefined &&
    stream_options !== null &&
    (typeof stream_options !== 'object' || Array.isArray(stream_options))
  ) {
    throw invalid("'stream_options'", 'must be an object, as {"include_usage": true}', 'stream_options');
  }
  return body as ChatBody;
}

/** The names under which reports show a call: the `x-gateway-tags` header, and `metadata` as `name:value`. */
export function readTags(header: string | undefined, metadata: unknown): readonly string[] {
  if (header === undefined && (metadata === undefined || metadata === null)) return NO_TAGS;
  const tags = (header ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (tags.length > MAX_TAGS || tags.some((tag) => tag.length > MAX_TAG_LENGTH)) {
    throw invalid(
      "'x-gateway-tags'",
      `takes at most ${MAX_TAGS} tags of at most ${MAX_TAG_LENGTH} characters`,
      'x-gateway-tags',
    );
  }
  return [...new Set([...tags, ...metadataTags(metadata)])];
}

function metadataTags(metadata: unknown): string[] {
  if (metadata === undefined || metadata === null) return [];
  const problem =
    `must be an object of at most ${MAX_TAGS} texts of at most ${MAX_METADATA_VALUE_LENGTH} characters` +
    `, with names of at most ${MAX_METADATA_NAME_LENGTH} characters`;
  if (typeof metadata !== 'object' || Array.isArray(metadata)) throw invalid("'metadata'", problem, 'metadata');
  const pairs = Object.entries(metadata);
  if (pairs.length > MAX_TAGS || pairs.some(([name]) => name.length > MAX_METADATA_NAME_LENGTH))
    throw invalid("'metadata'", problem, 'metadata');
  return pairs.map(([name, value]) => {
    if (typeof value !== 'string' || value.length > MAX_METADATA_VALUE_LENGTH)
      throw invalid(`'metadata.${name}'`, problem, `metadata.${name}`);
    return `${name}:${value}`;
  });
}

function checkMessage(message: unknown, param: string): void {
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw invalid(`'${param}'`, 'must be an object', param);
  const { role } = message as { role?: unknown };
  if (typeof role !== 'string' || role === '')
    throw invalid(`'${param}.role'`, 'is required, as "user"', `${param}.role`);
}

function invalid(what: string, problem: string, param: string | null): GatewayError {
  return new GatewayError('invalid_request', { message: `${what} ${problem}.`, param });
}
