import { isAscii } from 'node:buffer';
import {
  type Endpoint,
  endpointAt,
  ENDPOINTS,
  InvalidRequestError,
  type JsonBody,
  type JsonRecord,
  LongText,
  parseExact,
  stringifyExact,
} from '@thriftgate/providers';
import { parseCacheControls } from '../../cache/controls/cache-controls';
import type { SentDirective } from '../../cache/controls/cache-directive';
import { readTags } from '../../calls/tags';
import { GatewayError } from '../../common/errors';
import { OF_CALLERS } from '../../http/body/body-scanner';
import { isUtf8InSteps, parseInPieces } from '../../http/body/large-body';
import type { RawLine } from './raw-lines';

const MAX_CUSTOM_ID_LENGTH = 512;
/** Members and elements of a line, of whichever API. */
const MAX_VALUES = Math.max(OF_CALLERS.maxValues, ...ENDPOINTS.map(({ maxValues = 0 }) => maxValues));

/** One line of a batch, ready to be stored. */
export interface BatchLine {
  line: number;
  customId: string;
  /** The path of the line's API. */
  url: string;
  model: string;
  /** JSON; in pieces where it has long texts. */
  body: JsonBody;
  /** What it asks of the cache. */
  directives: readonly SentDirective[];
}

/** What is wrong with a line, in the words of OpenAI's batch errors. @see https://platform.openai.com/docs/api-reference/batch/object */
export interface LineProblem {
  line: number;
  code: string;
  message: string;
  param: string | null;
}

/** Thrown with what is wrong with a line. */
class BadLine extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly param: string | null,
  ) {
    super(message);
  }
}

/**
 * Reads a line as far as it can be judged alone.
 *
 * @param endpoint the batch's: of lines that name none
 */
export async function readLine(
  raw: RawLine,
  endpoint: Endpoint,
): Promise<{ line: BatchLine } | { problem: LineProblem }> {
  try {
    return { line: await parse(raw, endpoint) };
  } catch (error) {
    const { code, message, param } = error instanceof BadLine ? error : new BadLine('invalid_json_line', tooDeep, null);
    return { problem: { line: raw.line, code, message, param } };
  }
}

/** The one unexpected failure: the engine's stack ends before the nesting of a hostile line does. */
const tooDeep = 'is nested too deeply';

async function parse({ line, text, bytes }: RawLine, endpoint: Endpoint): Promise<BatchLine> {
  const parsed = bytes ? await parseLargeObject(bytes, endpoint) : parseObject(text);
  const customId = customIdOf(parsed.custom_id);
  if (parsed.method !== undefined && parsed.method !== 'POST') {
    throw new BadLine('invalid_method', "'method' must be POST", 'method');
  }
  const own = endpointOf(parsed.url, endpoint);
  const { body, model, directives } = bodyOf(parsed.body, own);
  return { line, customId, url: own.path, model, body: stringifyExact(body), directives };
}

function parseObject(text: string | undefined): Record<string, unknown> {
  if (text === undefined) throw new BadLine('invalid_json_line', 'is too long or not UTF-8', null);
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    throw new BadLine('invalid_json_line', 'is not valid JSON', null);
  }
  return asObject(value);
}

/** What holds up other calls is refused, as in the body of a single call. */
async function parseLargeObject(bytes: Buffer, endpoint: Endpoint): Promise<Record<string, unknown>> {
  if (!isAscii(bytes) && !(await isUtf8InSteps(bytes))) return parseObject(undefined);
  try {
    return asObject(await parseInPieces(bytes));
  } catch (error) {
    if (error instanceof BadLine) throw error;
    if (!(error instanceof GatewayError)) throw new BadLine('invalid_json_line', 'is not valid JSON', null);
    // Some APIs take longer lists; which one the line is for, it says itself.
    const line = await parseInPieces(bytes, MAX_VALUES).catch(() => undefined);
    if (isObject(line) && endpointOf(line.url, endpoint).maxValues !== undefined) return line;
    throw new BadLine('line_too_large', error.message.replace(/^The request( body)? /, '').replace(/\..*$/, ''), null);
  }
}

function asObject(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new BadLine('invalid_json_line', 'must be a JSON object', null);
  return value;
}

function customIdOf(value: unknown): string {
  if (value === undefined || value === null || value === '') {
    throw new BadLine('missing_custom_id', "'custom_id' is missing", 'custom_id');
  }
  const isLong = value instanceof LongText;
  if (typeof value !== 'string' && !isLong)
    throw new BadLine('invalid_custom_id', "'custom_id' must be text", 'custom_id');
  if (isLong || value.length > MAX_CUSTOM_ID_LENGTH) {
    const message = `'custom_id' has more than ${MAX_CUSTOM_ID_LENGTH} characters`;
    throw new BadLine('invalid_custom_id', message, 'custom_id');
  }
  if (/[\p{Cc}\p{Cs}]/u.test(value)) {
    throw new BadLine('invalid_custom_id', "'custom_id' has control characters or half characters", 'custom_id');
  }
  return value;
}

/** The line's own API, which may be named without `/v1`, else the batch's. */
function endpointOf(value: unknown, endpoint: Endpoint): Endpoint {
  if (value === undefined || value === null) return endpoint;
  const own = typeof value === 'string' ? endpointAt(value) : undefined;
  if (own) return own;
  const served = ENDPOINTS.map(({ path }) => path).join(', ');
  throw new BadLine('invalid_url', `'url' must be one of ${served}`, 'url');
}

function bodyOf(
  value: unknown,
  endpoint: Endpoint,
): { body: JsonRecord; model: string; directives: readonly SentDirective[] } {
  if (!isObject(value)) throw new BadLine('invalid_body', "'body' must be a JSON object", 'body');
  try {
    const { body, request } = endpoint.read(value);
    readTags(undefined, request.metadata);
    const { directives } = parseCacheControls(body);
    if (request.stream) throw new BadLine('invalid_body', "'stream' cannot be true in a batch", 'body.stream');
    return { body, model: request.model, directives };
  } catch (error) {
    if (!(error instanceof GatewayError || error instanceof InvalidRequestError)) throw error;
    throw new BadLine(
      'invalid_body',
      error.message.replace(/\.$/, ''),
      error.param === null ? 'body' : `body.${error.param}`,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
