import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { isRecord, withPlainNames } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';

const HEADER = 'x-gateway-tags';
/** Tags that begin so are the gateway's own. */
const RESERVED = 'gateway:';
/** The tag of attempts that a team's own key of the provider paid for. */
export const OWN_KEY_TAG = `${RESERVED}own-key`;
/** The tag of tests of providers. */
export const TEST_TAG = `${RESERVED}provider-test`;
/** The member of `metadata` that may be a list of tags, as LiteLLM has it. */
const LIST = 'tags';
const MAX_TAGS = 16;
const MAX_TAG_LENGTH = 64;
const TAG_LIMITS = `takes at most ${MAX_TAGS} tags of at most ${MAX_TAG_LENGTH} characters`;
/** OpenAI's own limits. @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-metadata */
const MAX_METADATA_NAME_LENGTH = 64;
const MAX_METADATA_VALUE_LENGTH = 512;

/**
 * The tags header as text. Node reads headers as Latin-1; clients that send other letters send them in UTF-8.
 *
 * @throws GatewayError `invalid_request` if the bytes are no UTF-8
 */
export function tagsHeader(headers: IncomingHttpHeaders): string | undefined {
  const sent = headers[HEADER];
  const text = Array.isArray(sent) ? sent.join(',') : sent;
  if (text === undefined || /^[\x20-\x7e]*$/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  if (!isUtf8(bytes)) throw invalid(`'${HEADER}'`, 'is not UTF-8: send its bytes in UTF-8', HEADER);
  return bytes.toString('utf8');
}

/**
 * The names under which reports show a call: the `x-gateway-tags` header, the list `metadata.tags`, and other `metadata` as
 * `name:value`.
 *
 * @throws GatewayError `invalid_request` that names the header or the member
 */
export function readTags(header: string | undefined, metadata: unknown): readonly string[] {
  if (header === undefined && (metadata === undefined || metadata === null)) return [];
  const tags = cleaned((header ?? '').split(','));
  if (!areTags(tags)) throw invalid(`'${HEADER}'`, TAG_LIMITS, HEADER);
  const all = [...new Set([...tags, ...metadataTags(metadata)])];
  const reserved = all.find((tag) => tag.startsWith(RESERVED));
  if (reserved === undefined) return all;
  const param = tags.includes(reserved) ? HEADER : 'metadata';
  throw invalid(`'${param}'`, `has a tag that begins with "${RESERVED}", which only the gateway sets`, param);
}

/** A request without the list `metadata.tags`: no provider takes it, as values of `metadata` are texts. */
export function withoutTagList<Body extends { metadata?: unknown }>(body: Body): Body {
  const { metadata } = body;
  if (typeof metadata !== 'object' || metadata === null || !(LIST in metadata) || !Array.isArray(metadata[LIST]))
    return body;
  const { [LIST]: _list, ...rest } = metadata;
  return { ...body, metadata: Object.keys(rest).length > 0 ? rest : undefined };
}

function cleaned(tags: readonly string[]): string[] {
  return tags.map((tag) => tag.trim()).filter((tag) => tag !== '');
}

function areTags(tags: readonly string[]): boolean {
  return tags.length <= MAX_TAGS && tags.every((tag) => tag.length <= MAX_TAG_LENGTH);
}

function metadataTags(metadata: unknown): string[] {
  if (metadata === undefined || metadata === null) return [];
  const problem =
    `must be an object of at most ${MAX_TAGS} texts of at most ${MAX_METADATA_VALUE_LENGTH} characters` +
    `, with names of at most ${MAX_METADATA_NAME_LENGTH} characters`;
  if (!isRecord(metadata)) throw invalid("'metadata'", problem, 'metadata');
  const pairs = Object.entries(withPlainNames(metadata));
  if (pairs.length > MAX_TAGS || pairs.some(([name]) => name.length > MAX_METADATA_NAME_LENGTH))
    throw invalid("'metadata'", problem, 'metadata');
  return pairs.flatMap(([name, value]) => {
    if (name === LIST && Array.isArray(value)) return listedTags(value);
    if (typeof value !== 'string' || value.length > MAX_METADATA_VALUE_LENGTH)
      throw invalid(`'metadata.${name}'`, problem, `metadata.${name}`);
    return `${name}:${value}`;
  });
}

function listedTags(list: readonly unknown[]): string[] {
  const texts = list.filter((tag) => typeof tag === 'string');
  const tags = cleaned(texts);
  if (texts.length < list.length || !areTags(tags)) throw invalid(`'metadata.${LIST}'`, TAG_LIMITS, `metadata.${LIST}`);
  return tags;
}

function invalid(what: string, problem: string, param: string): GatewayError {
  return new GatewayError('invalid_request', { message: `${what} ${problem}.`, param });
}
