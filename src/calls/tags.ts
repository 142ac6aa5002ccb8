import { GatewayError } from '../common/errors';

const MAX_TAGS = 16;
const MAX_TAG_LENGTH = 64;
/** OpenAI's own limits. @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-metadata */
const MAX_METADATA_NAME_LENGTH = 64;
const MAX_METADATA_VALUE_LENGTH = 512;

/**
 * The names under which reports show a call: the `x-gateway-tags` header, and `metadata` as `name:value`.
 *
 * @throws GatewayError `invalid_request` that names the header or the member
 */
export function readTags(header: string | undefined, metadata: unknown): readonly string[] {
  if (header === undefined && (metadata === undefined || metadata === null)) return [];
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

function invalid(what: string, problem: string, param: string): GatewayError {
  return new GatewayError('invalid_request', { message: `${what} ${problem}.`, param });
}
