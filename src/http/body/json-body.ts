import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Reads JSON bodies. An empty body is no body, whatever its content type: many clients send one with DELETE, and with a POST
 * that needs nothing.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    if (!hasBody(headers)) delete headers['content-type'];
    done();
  });
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body, done);
  });
}

/** Whether a request has a body, which may still turn out to be empty if it comes in chunks. */
export function hasBody(headers: FastifyRequest['headers']): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
