import { isAscii, isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endpointAt, parseExact } from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';
import { describeFault } from './json-fault';

type Headers = FastifyRequest['headers'];
type Parser = ReturnType<FastifyInstance['getDefaultJsonParser']>;

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;
const UTF8 = /^utf-?8$/i;
/** Routes whose bodies pass to upstreams, besides those of endpoints. */
const BATCHES = '/v1/batches';

/**
 * Reads JSON bodies. An empty body is no body, whatever its content type: many clients send one with DELETE, and with a POST
 * that needs nothing. Bytes that are no UTF-8 are refused: in place of them, Node reads the same character for all.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    if (!hasBody(headers)) delete headers['content-type'];
    done();
  });
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    if (bytes.length === 0) return done(null, undefined);
    const unreadable = unreadableBytes(request.headers, bytes);
    if (unreadable) return done(unreadable);
    const text = bytes.toString('utf8');
    try {
      done(null, parseBody(request, text, parse));
    } catch {
      done(invalidJson(text));
    }
  });
}

/** Whether a request has a body, which may still turn out to be empty if it comes in chunks. */
export function hasBody(headers: Headers): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** What passes to an upstream keeps all digits and the order of its members. @throws Error where the text is not JSON */
function parseBody(request: FastifyRequest, text: string, parser: Parser): unknown {
  const parse = (json: string): unknown => {
    let [parsed, failure]: [unknown, Error | null] = [undefined, null];
    void parser(request, json, (error, body) => ([parsed, failure] = [body, error]));
    if (failure !== null) throw failure as Error;
    return parsed;
  };
  const { url = '' } = request.routeOptions;
  return url === BATCHES || endpointAt(url) ? parseExact(text, parse) : parse(text);
}

/** The error of a body that no text can be read from; ASCII is the same in all charsets that are in use. */
function unreadableBytes(headers: Headers, bytes: Buffer): GatewayError | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    const message = `The request body is compressed (content-encoding: ${encoding}). Send it uncompressed.`;
    return new GatewayError('unsupported_media_type', { message });
  }
  if (isAscii(bytes)) return undefined;
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (!UTF8.test(charset)) return notUtf8(`The content-type names the charset ${charset}.`);
  return isUtf8(bytes) ? undefined : notUtf8('The request body is not UTF-8.');
}

function notUtf8(problem: string): GatewayError {
  const message = `${problem} JSON is sent in UTF-8: convert texts in another encoding, as EUC-KR or CP949, before sending.`;
  return new GatewayError('invalid_json', { message });
}

/** JSON without a fault has a member that changes prototypes. */
function invalidJson(text: string): GatewayError {
  const fault = describeFault(text);
  if (fault === undefined) return new GatewayError('invalid_json');
  return new GatewayError('invalid_json', { message: `The request body is not valid JSON: ${fault}.` });
}
