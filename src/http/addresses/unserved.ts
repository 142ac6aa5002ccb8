import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../common/errors';
import type { ServedRoutes } from './served-routes';

const MAX_SHOWN = 100;

/** Collects the routes of a server, and refuses requests for others with what they could have meant. */
export function refuseUnserved(fastify: FastifyInstance, routes: ServedRoutes): void {
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.add(each, url);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.is404) done(unserved(request, reply, routes));
    else done();
  });
}

/** The query is not repeated: it may have a key in it. */
function unserved(request: FastifyRequest, reply: FastifyReply, routes: ServedRoutes): GatewayError {
  const { method } = request;
  const [path = ''] = request.url.split('?', 1);
  const shown = path.length > MAX_SHOWN ? `${path.slice(0, MAX_SHOWN)}…` : path;
  const methods = routes.methodsOf(path);
  if (methods.length > 0) {
    void reply.header('allow', methods.join(', '));
    const message = `${shown} does not take ${method}, only ${methods.join(', ')}.`;
    return new GatewayError('method_not_allowed', { message });
  }
  const missing = `There is no ${method} ${shown} here.`;
  const api = routes.unservedApi(path);
  const message = api === undefined ? missing + hint(routes.nearest(method, path)) : `${api}. ${missing}`;
  return new GatewayError('not_found', { message: `${message} /docs shows all routes.` });
}

function hint(nearest: string | undefined): string {
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}
