import { isRecord, type JsonRecord } from '../json-record';
import { SimulatedBadRequest } from './simulated-request';

const DIMENSIONS = 256;
const MAX_DIMENSIONS = 4096;
const BYTES_PER_VALUE = 4;
/** Texts that have so many characters in common are near each other. */
const GRAM_LENGTH = 3;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** An estimate: four characters are one token. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Embeddings of a request in OpenAI's shape. Equal texts have equal vectors, of unit length; texts with words in common have
 * near ones.
 *
 * @throws SimulatedBadRequest that names the invalid member
 */
export function simulateEmbeddings(body: unknown): JsonRecord {
  if (!isRecord(body)) throw new SimulatedBadRequest('The body is not a JSON object.', null);
  const { model, dimensions = DIMENSIONS, encoding_format: encoding } = body;
  if (typeof model !== 'string' || model === '')
    throw new SimulatedBadRequest('you must provide a model parameter', 'model');
  if (typeof dimensions !== 'number' || !Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS)
    throw new SimulatedBadRequest(`'dimensions' must be an integer from 1 to ${MAX_DIMENSIONS}.`, 'dimensions');
  const texts = textsOf(body.input);
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, dimensions);
    return { object: 'embedding', index, embedding: encoding === 'base64' ? inBase64(vector) : vector };
  });
  const tokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / CHARACTERS_PER_TOKEN), 0);
  return { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

/** Tokens stand as their numbers. */
function textsOf(input: unknown): string[] {
  const list = !Array.isArray(input) || typeof input[0] === 'number' ? [input] : input;
  const texts = list.map((each: unknown) => (Array.isArray(each) ? each.join(' ') : each));
  if (texts.length === 0 || !texts.every((text): text is string => typeof text === 'string' && text !== ''))
    throw new SimulatedBadRequest("'input' must be a text, a list of texts, or tokens.", 'input');
  return texts;
}

/** Each run of characters of a text adds to a value that its hash names, or takes from it. */
function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions);
  const padded = ` ${text.toLowerCase()} `;
  for (let at = 0; at + GRAM_LENGTH <= padded.length; at += 1) {
    const hash = hashOf(padded, at);
    const place = (hash >>> 1) % dimensions;
    vector[place] = (vector[place] ?? 0) + (hash % 2 === 0 ? 1 : -1);
  }
  const length = Math.hypot(...vector);
  // What cancels out to nothing has the direction of its first value.
  if (length === 0) vector[0] = 1;
  return Array.from(vector, (value) => Math.fround(value / (length || 1)));
}

/** FNV-1a of the characters from a place on. @see https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
function hashOf(text: string, from: number): number {
  let hash = FNV_OFFSET;
  for (let at = from; at < from + GRAM_LENGTH; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  // The last bits of a product say little of its first characters.
  return (hash ^ (hash >>> 15)) >>> 0;
}

function inBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * BYTES_PER_VALUE);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * BYTES_PER_VALUE);
  return bytes.toString('base64');
}
