import { stringifyExact } from '../../exact-json';
import type { JsonRecord } from '../../json-record';
import { UnsupportedMemberError, type UpstreamCall, type UpstreamRequest } from '../../translator';
import { inputTypeFor } from '../../vectors/input-type';
import { hasTokens } from '../../vectors/vector-reply';
import { pathUnder } from '../openai-request';
import type { EmbeddingRules } from './embedding-rules';

/** Members that are the gateway's own; of OpenAI's embeddings they are none. */
const OWN = ['metadata', 'stream'];
/** Other values than of float32 are no text of such values. */
const FLOAT: readonly unknown[] = [undefined, null, 'float'];

/** An HTTP request with a JSON body, complete except for the credential. */
export function jsonRequest(call: UpstreamCall, url: string, body: JsonRecord, dropped: string[]): UpstreamRequest {
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'x-request-id': call.requestId,
    },
    body: stringifyExact(body),
    dropped,
  };
}

/** @throws UnsupportedMemberError where inputs are tokens: other vendors have other ones */
export function refuseTokens(body: JsonRecord, label: string): void {
  if (!hasTokens(body)) return;
  throw new UnsupportedMemberError(`${label} takes texts, and no tokens, as 'input'. Send the texts.`, 'input');
}

/** The members that have a value, and of those in a list the names; they are taken out of the body. */
export function takeOut(body: JsonRecord, names: readonly string[]): string[] {
  return names.filter((name) => {
    const value = body[name];
    delete body[name];
    return value !== undefined && value !== null;
  });
}

/**
 * A request to embeddings in OpenAI's shape, by a vendor's rules.
 *
 * @param label the vendor's name, for errors
 * @throws UnsupportedMemberError where the vendor lacks what the request asks for
 * @see https://platform.openai.com/docs/api-reference/embeddings/create
 */
export function toEmbeddingsRequest(call: UpstreamCall, rules: EmbeddingRules, label: string): UpstreamRequest {
  const body: JsonRecord = { ...call.body, model: call.upstreamModel };
  if (!rules.tokens) refuseTokens(body, label);
  takeOut(body, OWN);
  placeDimensions(body, rules, label);
  const dropped = takeOut(body, [...(rules.dropped ?? []), ...(rules.inputTypes ? [] : ['input_type'])]);
  if (typeof rules.inputTypes === 'object') placeInputType(body, rules.inputTypes);
  delete body.encoding_format;
  if (rules.base64 && FLOAT.includes(body.output_dtype)) body.encoding_format = 'base64';
  return jsonRequest(call, pathUnder(call.baseUrl, '/embeddings'), body, dropped);
}

function placeInputType(body: JsonRecord, names: Exclude<EmbeddingRules['inputTypes'], 'any' | undefined>): void {
  const type = inputTypeFor(body.input_type, names);
  delete body.input_type;
  if (type !== undefined && type !== null) body.input_type = type;
}

function placeDimensions(body: JsonRecord, { dimensions: member }: EmbeddingRules, label: string): void {
  const { dimensions } = body;
  delete body.dimensions;
  if (dimensions === undefined || dimensions === null) return;
  if (member === undefined)
    throw new UnsupportedMemberError(`${label} takes no 'dimensions'. Leave it out.`, 'dimensions');
  body[member] ??= dimensions;
}
