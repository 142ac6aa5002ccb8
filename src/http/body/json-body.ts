import { isAscii, isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Endpoint, endpointAt, parseExact } from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';
import { BodyMemory } from './body-memory';
import { readBody, type ReadBody } from './body-reader';
import { type BodyRules, OF_CALLERS } from './body-scanner';
import { isUtf8InSteps, parseLarge } from './large-body';
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
  }
}

/** Of a body that says nothing. */
const MAX_BLANK_BYTES = 16;

/**
 * Reads JSON bodies. An empty body is no body, whatever its content type: many clients send one with DELETE, and with a POST
 * that needs nothing. Bytes that are no UTF-8 are refused: in place of them, Node reads the same character for all. Large
 * bodies are scanned as they come, so that none of them holds up other calls.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  const parser = fastify.getDefaultJsonParser('error', 'error');
  const memory = new BodyMemory();
  fastify.decorateRequest('bodyDigest', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!hasBody(request.headers)) delete request.headers['content-type'];
    else if (memory.mayCount(request)) reply.raw.once('close', () => memory.release(request));
    done();
  });
  fastify.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    const isChunked = request.headers['transfer-encoding'] !== undefined;
    const body = await readBody(payload, {
      refusal: unreadableEncoding(request.headers) ?? memory.refusalOf(request, lengthOf(request.headers)),
      maxBytes: request.routeOptions.bodyLimit,
      rules: () => rulesOf(request),
      hashes: request.headers['idempotency-key'] !== undefined,
    });
    const noRoom = isChunked ? memory.refusalOf(request, body.bytes.length) : undefined;
    if (noRoom) throw noRoom;
    if (!body.ranges) return parseSmall(request, body.bytes, parser);
    request.bodyDigest = body.digest;
    return parseScanned(request, body, parser);
  });
}

function lengthOf(headers: Headers): number {
  return Number(headers['content-length'] ?? 0);
}

/** @throws GatewayError where the bytes are no JSON in UTF-8 */
function parseSmall(request: FastifyRequest, bytes: Buffer, parser: Parser): unknown {
  if (isBlank(bytes)) return undefined;
  if (!isAscii(bytes)) checkCharset(request.headers, isUtf8(bytes));
  const text = bytes.toString('utf8');
  const parse = parseWith(request, parser);
  try {
    return passesOn(request) ? parseExact(text, parse) : parse(text);
  } catch {
    throw invalidJson(text);
  }
}

/** @throws GatewayError as {@link parseSmall} */
async function parseScanned(request: FastifyRequest, body: ReadBody, parser: Parser): Promise<unknown> {
  const { bytes, ranges = [] } = body;
  if (!isAscii(bytes)) checkCharset(request.headers, await isUtf8InSteps(bytes));
  try {
    return await parseLarge(bytes, ranges, parseWith(request, parser));
  } catch {
    throw invalidJson(bytes.length > MAX_DESCRIBED_BYTES ? undefined : bytes.toString('utf8'));
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

/** Whether a body passes to an upstream: then all digits and the order of its members count. */
function passesOn(request: FastifyRequest): boolean {
  return BATCH_ROUTES.has(request.routeOptions.url) || endpointOf(request) !== undefined;
}

function endpointOf({ routeOptions: { url = '' } }: FastifyRequest): Endpoint | undefined {
  return endpointAt(url.replace(OTHER_ROOTS, '/v1'));
}

function rulesOf(request: FastifyRequest): BodyRules {
  const leavesOutTexts = passesOn(request);
  const isTrusted = !leavesOutTexts && request.caller?.role === 'platform_admin';
  const { maxValues = OF_CALLERS.maxValues } = endpointOf(request) ?? {};
  return {
    ...(isTrusted ? OF_ADMINISTRATORS : { ...OF_CALLERS, maxValues }),
    leavesOutTexts,
    leavesOutLists: BATCH_ROUTES.has(request.routeOptions.url),
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
