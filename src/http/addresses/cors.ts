import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../common/errors';

const METHODS = 'GET, POST, DELETE';
const MAX_AGE_S = '3600';
const NO_CONTENT = 204;
const ANY = '*';

/**
 * Lets pages of some origins call `/v1`, and refuses the preflights of all others with the reason. Cookies play no part: calls
 * carry a key.
 *
 * @param origins as browsers send them, or `*` for every page
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const isAllowed = isApi(request) && allowOrigin(request, reply, origins);
    if (!isPreflight(request)) done();
    else if (isAllowed) allowPreflight(request, reply);
    else done(refusal(request, origins));
  });
}

function allowOrigin({ headers }: FastifyRequest, reply: FastifyReply, origins: readonly string[]): boolean {
  if (origins.length === 0) return false;
  const isAny = origins.includes(ANY);
  if (!isAny) void reply.header('vary', 'Origin');
  const { origin } = headers;
  if (origin === undefined || (!isAny && !origins.includes(origin))) return false;
  void reply.header('access-control-allow-origin', isAny ? ANY : origin).header('access-control-expose-headers', ANY);
  return true;
}

function allowPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
  const requested = headers['access-control-request-headers'];
  if (requested !== undefined) void reply.header('access-control-allow-headers', requested);
  void reply
    .header('access-control-allow-methods', METHODS)
    .header('access-control-max-age', MAX_AGE_S)
    .code(NO_CONTENT)
    .send();
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function isApi({ url }: FastifyRequest): boolean {
  return url.startsWith('/v1/');
}

function refusal(request: FastifyRequest, origins: readonly string[]): GatewayError {
  return new GatewayError('not_found', { message: refusalMessage(request, origins) });
}

function refusalMessage(request: FastifyRequest, origins: readonly string[]): string {
  if (!isApi(request)) return 'Browsers may call only paths under /v1, from the origins in the setting CORS_ORIGINS.';
  if (origins.length === 0) {
    return 'This gateway takes no calls from browsers: CORS is off. The setting CORS_ORIGINS names the origins that may call /v1.';
  }
  return 'This origin may not call the gateway: it is not in the setting CORS_ORIGINS.';
}
