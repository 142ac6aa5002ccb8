import { type EndpointRequest, InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';

/** OpenAI's own limit. @see https://platform.openai.com/docs/api-reference/embeddings/create#embeddings-create-input */
const MAX_INPUTS = 2048;
/** Each input is a request of its own with all members: no API has nearly so many. */
const MAX_MEMBERS = 64;
/** More than any model has. */
const MAX_DIMENSIONS = 100_000;
const ENCODINGS: readonly unknown[] = ['float', 'base64'];
/** Members that are texts where they are sent. */
const TEXTS = ['user', 'input_type', 'task_type', 'title'];

/**
 * Checks the members that the gateway reads. All others pass through; the upstream checks them.
 *
 * @throws InvalidRequestError that names the member
 * @see https://platform.openai.com/docs/api-reference/embeddings/create
 */
export function readEmbeddingsRequest(body: unknown): { body: JsonRecord; request: EndpointRequest } {
  if (!isRecord(body)) throw invalid('the request', 'must be a JSON object', null);
  const { model, dimensions, encoding_format: encoding, stream } = body;
  if (typeof model !== 'string' || model === '')
    throw invalid("'model'", 'is required and must be the name of a model, as "text-embedding-3-small"', 'model');
  checkInput(body.input);
  const members = Object.keys(body).length;
  if (members > MAX_MEMBERS)
    throw invalid('the request', `has ${members} members; at most ${MAX_MEMBERS} are taken`, null);
  if (isSet(dimensions) && !isDimensions(dimensions))
    throw invalid("'dimensions'", 'must be a whole number of at least 1', 'dimensions');
  if (isSet(encoding) && !ENCODINGS.includes(encoding))
    throw invalid("'encoding_format'", 'must be "float" or "base64"', 'encoding_format');
  if (isSet(stream) && stream !== false)
    throw invalid("'stream'", 'is not supported: embeddings come as one response. Leave it out', 'stream');
  for (const name of TEXTS)
    if (isSet(body[name]) && typeof body[name] !== 'string') throw invalid(`'${name}'`, 'must be a text', name);
  return { body, request: requestOf(body, model) };
}

function requestOf({ metadata }: JsonRecord, model: string): EndpointRequest {
  return {
    model,
    stream: false,
    choices: 1,
    // Vectors are no output that is charged for.
    maxOutputTokens: 0,
    metadata,
    wantsUsage: false,
    serviceTier: undefined,
    forcesTool: false,
    unpricedMember: undefined,
  };
}

function checkInput(input: unknown): void {
  if (isText(input)) return checkText(input, 'input');
  if (!Array.isArray(input)) {
    const problem = 'is required and must be a text, a list of texts, or tokens, as ["first text", "second text"]';
    throw invalid("'input'", problem, 'input');
  }
  if (input.length === 0) throw invalid("'input'", 'must not be an empty list', 'input');
  if (typeof input[0] === 'number') return checkTokens(input, 'input');
  if (input.length > MAX_INPUTS) {
    const problem = `has ${input.length.toLocaleString('en-US')} inputs; at most 2,048 are taken at once. Send the rest in another request`;
    throw invalid("'input'", problem, 'input');
  }
  const ofTokens = Array.isArray(input[0]);
  for (const [index, each] of input.entries()) checkElement(each, `input[${index}]`, ofTokens);
}

function checkElement(value: unknown, param: string, isTokens: boolean): void {
  if (isTokens && Array.isArray(value)) return checkTokens(value, param);
  if (!isTokens && isText(value)) return checkText(value, param);
  throw invalid(`'${param}'`, isTokens ? 'must be a list of tokens, as the first input is' : 'must be a text', param);
}

function checkText(text: string | LongText, param: string): void {
  if (text.length === 0) throw invalid(`'${param}'`, 'must not be an empty text', param);
}

function checkTokens(tokens: readonly unknown[], param: string): void {
  if (tokens.length === 0) throw invalid(`'${param}'`, 'must not be an empty list', param);
  const wrong = tokens.findIndex((token) => !Number.isSafeInteger(token) || Number(token) < 0);
  if (wrong >= 0) throw invalid(`'${param}[${wrong}]'`, 'must be a token: a whole number', `${param}[${wrong}]`);
}

function isDimensions(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_DIMENSIONS;
}

function isText(value: unknown): value is string | LongText {
  return typeof value === 'string' || value instanceof LongText;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function invalid(what: string, problem: string, param: string | null): InvalidRequestError {
  return new InvalidRequestError(`${what} ${problem}.`, param);
}
