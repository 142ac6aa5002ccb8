import { isAscii, isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Endpoint, endpointAt, parseExact } from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';
import { BodyFile, UnreadableBody } from './body-file';
import { BodyMemory } from './body-memory';
import { readBody } from './body-reader';
import { type BodyRange, type BodyRules, OF_CALLERS } from './body-scanner';
import { charsOfFile, isUtf8InSteps, parseLarge, parseStored } from './large-body';
import { describeFault } from './json-fault';

type Headers = FastifyRequest['headers'];
type Parser = ReturnType<FastifyInstance['getDefaultJsonParser']>;

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;
const UTF8 = /^utf-?8$/i;
/** Routes whose bodies have the lines of a batch, which pass to upstreams. */
export const BATCH_ROUTES: ReadonlySet<string | undefined> = new Set([
  '/v1/batches',
  '/v1/batches/quote',
  '/admin/batches',
  '/admin/batches/quote',
]);
/** What stands in place of `/v1` before the path of an endpoint. */
const OTHER_ROOTS = /^\/(openai\/deployments\/:model|admin\/playground)(?=\/)/;
/** In longer bodies no fault is looked for, which takes longer than to parse them. */
const MAX_DESCRIBED_BYTES = 1024 * 1024;
/** A price catalogue has a hundred thousand values. */
const OF_ADMINISTRATORS = { maxValues: 1_000_000, maxParsedBytes: 64 * 1024 * 1024 };

declare module 'fastify' {
  interface FastifyRequest {
    /** SHA-256 of a large body with an `Idempotency-Key`, in hex. */
    bodyDigest?: string | undefined;
    /** The file of a large body, which is there until the handler has ended. */
    bodyFile?: BodyFile | undefined;
  }
}

/** Of a body that says nothing. */
const MAX_BLANK_BYTES = 16;

/**
 * Reads JSON bodies. An empty body is no body, whatever its content type: many clients send one with DELETE, and with a POST
 * that needs nothing. Bytes that are no UTF-8 are refused: in place of them, Node reads the same character for all. Large
 * bodies are scanned as they come, so that none of them holds up other calls; those with the lines of a batch are in a file.
 *
 * @param directory where large bodies with the lines of a batch are, until their requests end
 */
export function readJsonBodies(fastify: FastifyInstance, directory: string): void {
  const parser = fastify.getDefaultJsonParser('error', 'error');
  const memory = new BodyMemory();
  fastify.decorateRequest('bodyDigest', undefined);
  fastify.decorateRequest('bodyFile', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!hasBody(request.headers)) delete request.headers['content-type'];
    else if (memory.mayCount(request) && !BATCH_ROUTES.has(request.routeOptions.url))
      reply.raw.once('close', () => memory.release(request));
    done();
  });
  fastify.addHook('onRoute', (route) => {
    if (BATCH_ROUTES.has(route.url)) route.onSend = releaseBody(memory);
  });
  fastify.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    const isChunked = request.headers['transfer-encoding'] !== undefined;
    // Read once: Fastify makes it anew each time.
    const { url, bodyLimit } = request.routeOptions;
    const route = routeBody(url);
    const body = await readBody(payload, {
      refusal: () => unreadableEncoding(request.headers) ?? memory.refusalOf(request, lengthOf(request.headers)),
      maxBytes: bodyLimit,
      count: isChunked ? (bytes) => memory.refusalOf(request, bytes) : undefined,
      rules: () => rulesOf(request, route),
      directory: route.hasLines ? directory : undefined,
      hashes: request.headers['idempotency-key'] !== undefined,
    });
    request.bodyDigest = body.digest;
    if (body.bytes instanceof BodyFile) return parseInFile(request, body.bytes, body.ranges, parser);
    return body.ranges
      ? parseScanned(request, body.bytes, body.ranges, parser)
      : parseSmall(request, body.bytes, parser, route);
  });
}

/**
 * Of a batch. The handler has ended when its response is about to be sent, also where the client has left; only then is the file
 * of a body not read any more.
 */
function releaseBody(memory: BodyMemory) {
  return async (request: FastifyRequest): Promise<void> => {
    memory.release(request);
    await request.bodyFile?.close();
  };
}

/** What the bodies of a route are. */
interface RouteBody {
  /** Whether they may have the lines of a batch. */
  hasLines: boolean;
  endpoint: Endpoint | undefined;
  /** Whether they pass to an upstream: then all digits and the order of their members count. */
  passesOn: boolean;
}

function routeBody(url = ''): RouteBody {
  const hasLines = BATCH_ROUTES.has(url);
  const endpoint = endpointAt(url.replace(OTHER_ROOTS, '/v1'));
  return { hasLines, endpoint, passesOn: hasLines || endpoint !== undefined };
}

function lengthOf(headers: Headers): number {
  return Number(headers['content-length'] ?? 0);
}

/** @throws GatewayError where the bytes are no JSON in UTF-8 */
function parseSmall(request: FastifyRequest, bytes: Buffer, parser: Parser, { passesOn }: RouteBody): unknown {
  if (isBlank(bytes)) return undefined;
  if (!isAscii(bytes)) checkCharset(request.headers, isUtf8(bytes));
  const text = bytes.toString('utf8');
  const parse = parseWith(request, parser);
  try {
    return passesOn ? parseExact(text, parse) : parse(text);
  } catch {
    throw invalidJson(text);
  }
}

/** @throws GatewayError as {@link parseSmall} */
async function parseScanned(
  request: FastifyRequest,
  bytes: Buffer,
  ranges: readonly BodyRange[],
  parser: Parser,
): Promise<unknown> {
  if (!isAscii(bytes)) checkCharset(request.headers, await isUtf8InSteps(bytes));
  try {
    return await parseLarge(bytes, ranges, parseWith(request, parser));
  } catch {
    throw invalidJson(bytes.length > MAX_DESCRIBED_BYTES ? undefined : bytes.toString('utf8'));
  }
}

/** @throws GatewayError as {@link parseSmall} @throws UnreadableBody */
async function parseInFile(
  request: FastifyRequest,
  file: BodyFile,
  ranges: readonly BodyRange[] = [],
  parser: Parser,
): Promise<unknown> {
  request.bodyFile = file;
  const chars = await charsOfFile(file);
  if (chars !== 'ASCII') checkCharset(request.headers, chars === 'UTF-8');
  try {
    return await parseStored(file, ranges, parseWith(request, parser));
  } catch (error) {
    if (error instanceof UnreadableBody) throw error;
    const isShort = file.length <= MAX_DESCRIBED_BYTES;
    throw invalidJson(isShort ? (await file.read(0, file.length)).toString('utf8') : undefined);
  }
}

/** A line break alone is as empty as nothing; some clients write null for no body. */
function isBlank(bytes: Buffer): boolean {
  return bytes.length <= MAX_BLANK_BYTES && /^\s*(null\s*)?$/.test(bytes.toString('latin1'));
}

function parseWith(request: FastifyRequest, parser: Parser): (json: string) => unknown {
  return (json) => {
    let [parsed, failure]: [unknown, Error | null] = [undefined, null];
    void parser(request, json, (error, body) => ([parsed, failure] = [body, error]));
    if (failure !== null) throw failure as Error;
    return parsed;
  };
}

function rulesOf({ caller }: FastifyRequest, { hasLines, endpoint, passesOn }: RouteBody): BodyRules {
  const isTrusted = !passesOn && caller?.role === 'platform_admin';
  const { maxValues = OF_CALLERS.maxValues } = endpoint ?? {};
  return {
    ...(isTrusted ? OF_ADMINISTRATORS : { ...OF_CALLERS, maxValues }),
    leavesOutTexts: passesOn,
    leavesOutLists: hasLines,
  };
}

/** Whether a request has a body, which may still turn out to be empty if it comes in chunks. */
export function hasBody(headers: Headers): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function unreadableEncoding(headers: Headers): GatewayError | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return undefined;
  const message = `The request body is compressed (content-encoding: ${encoding}). Send it uncompressed.`;
  return new GatewayError('unsupported_media_type', { message });
}

/** Refuses bytes that no text can be read from. ASCII, which is the same in all charsets that are in use, is not asked for. */
function checkCharset(headers: Headers, isReadable: boolean): void {
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (!UTF8.test(charset)) throw notUtf8(`The content-type names the charset ${charset}.`);
  if (!isReadable) throw notUtf8('The request body is not UTF-8.');
}

function notUtf8(problem: string): GatewayError {
  const message = `${problem} JSON is sent in UTF-8: convert texts in another encoding, as EUC-KR or CP949, before sending.`;
  return new GatewayError('invalid_json', { message });
}

/** JSON without a fault has a member that changes prototypes. */
function invalidJson(text: string | undefined): GatewayError {
  const fault = text === undefined ? undefined : describeFault(text);
  if (fault === undefined) return new GatewayError('invalid_json');
  return new GatewayError('invalid_json', { message: `The request body is not valid JSON: ${fault}.` });
}
