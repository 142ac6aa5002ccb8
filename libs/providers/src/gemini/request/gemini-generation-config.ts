import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { LongNumber } from '../../passed-values';
import { UnsupportedMemberError, type UpstreamCall } from '../../translator';
import { capabilitiesOf, type GeminiCapabilities } from '../gemini-models';
import { responseSchema } from './gemini-schema';
import { thinkingConfig } from './gemini-thinking';

/** Numbers of OpenAI's API, their names in Gemini's, and what a model must take; true for all models. */
const NUMBERS: readonly (readonly [string, string, 'sampling' | 'penalties' | true])[] = [
  ['temperature', 'temperature', 'sampling'],
  ['top_p', 'topP', 'sampling'],
  ['top_k', 'topK', 'sampling'],
  ['seed', 'seed', true],
  ['presence_penalty', 'presencePenalty', 'penalties'],
  ['frequency_penalty', 'frequencyPenalty', 'penalties'],
];

/** Levels of `detail` of pictures. Gemini has one level for the whole request. */
const RESOLUTIONS: Readonly<Record<string, string>> = { low: 'MEDIA_RESOLUTION_LOW', high: 'MEDIA_RESOLUTION_HIGH' };

/**
 * `generationConfig`; undefined where the caller sets nothing.
 *
 * @param google the caller's `extra_body.google`
 * @throws InvalidRequestError for a value that is wrong
 * @throws UnsupportedMemberError for what this model lacks
 * @see https://ai.google.dev/api/generate-content#generationconfig
 */
export function generationConfig(call: UpstreamCall, google: JsonRecord, dropped: Set<string>): JsonRecord | undefined {
  const { body, upstreamModel } = call;
  const can = capabilitiesOf(upstreamModel);
  const config: JsonRecord = {
    maxOutputTokens: numberIn(body, 'max_completion_tokens') ?? numberIn(body, 'max_tokens') ?? call.defaultMaxTokens,
    ...numbersOf(body, can, dropped),
    stopSequences: stopsOf(body.stop),
    candidateCount: candidatesOf(body, upstreamModel, can),
    ...formatOf(body, upstreamModel, can),
    mediaResolution: resolutionOf(body, dropped),
    thinkingConfig: thinkingConfig(body, google, can, dropped),
  };
  return Object.values(config).some((value) => value !== undefined) ? config : undefined;
}

function numbersOf(body: JsonRecord, can: GeminiCapabilities, dropped: Set<string>): JsonRecord {
  const taken: JsonRecord = {};
  for (const [name, vendorName, needs] of NUMBERS) {
    const value = numberIn(body, name);
    if (value === undefined) continue;
    if (needs === true || can[needs]) taken[vendorName] = value;
    else dropped.add(name);
  }
  return taken;
}

function numberIn(body: JsonRecord, name: string): number | LongNumber | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || typeof value === 'number' || value instanceof LongNumber) return value;
  throw new InvalidRequestError(`'${name}' must be a number.`, name);
}

function stopsOf(stop: unknown): string[] | undefined {
  if (stop === undefined || stop === null) return undefined;
  const stops: unknown[] = Array.isArray(stop) ? stop : [stop];
  const texts = stops.filter((each) => typeof each === 'string');
  if (texts.length < stops.length) throw new InvalidRequestError(`'stop' must be a text or an array of texts.`, 'stop');
  const set = texts.filter((text) => text !== '');
  return set.length > 0 ? set : undefined;
}

function candidatesOf(body: JsonRecord, model: string, can: GeminiCapabilities): number | undefined {
  const n = numberIn(body, 'n');
  if (n === undefined || n === 1) return undefined;
  if (can.severalCandidates) return Number(n);
  throw new UnsupportedMemberError(`${model} writes one choice for a request. Leave 'n' out, or set it to 1.`, 'n');
}

function formatOf({ response_format: format, tools }: JsonRecord, model: string, can: GeminiCapabilities): JsonRecord {
  if (format === undefined || format === null) return {};
  const type = isRecord(format) ? format.type : undefined;
  if (!isRecord(format) || typeof type !== 'string')
    throw new InvalidRequestError(`'response_format.type' is required.`, 'response_format');
  if (type === 'text') return {};
  if (Array.isArray(tools) && tools.length > 0 && !can.jsonWithTools)
    throw new UnsupportedMemberError(
      `${model} does not take 'response_format' together with 'tools'. Leave one of them out, or use Gemini 3 or later.`,
      'response_format',
    );
  if (type === 'json_object') return { responseMimeType: 'application/json' };
  const schema = isRecord(format.json_schema) ? format.json_schema.schema : undefined;
  if (type !== 'json_schema' || !isRecord(schema))
    throw new InvalidRequestError(
      `'response_format' must be {"type": "json_schema", "json_schema": {"name": "…", "schema": {…}}}, {"type": "json_object"} or {"type": "text"}.`,
      'response_format',
    );
  return { responseMimeType: 'application/json', responseJsonSchema: responseSchema(schema) };
}

/** One `detail` for all pictures is the resolution of the request; different ones are dropped. */
function resolutionOf({ messages }: JsonRecord, dropped: Set<string>): string | undefined {
  const details = new Set<unknown>();
  for (const message of Array.isArray(messages) ? messages : []) {
    const content: unknown = isRecord(message) ? message.content : undefined;
    for (const part of Array.isArray(content) ? content : [])
      if (isRecord(part) && isRecord(part.image_url)) details.add(part.image_url.detail ?? 'auto');
  }
  const [detail] = details;
  const isOne = details.size === 1 && typeof detail === 'string' && Object.hasOwn(RESOLUTIONS, detail);
  if (isOne) return RESOLUTIONS[detail];
  if ([...details].some((each) => each !== 'auto')) dropped.add('detail');
  return undefined;
}
