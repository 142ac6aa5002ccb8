import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const TAG_LENGTH = 22;

/**
 * Gives JSON responses to GET under `/admin` an ETag, and answers 304 where the client has the same: it asks again at little
 * cost, although nothing may be stored on the way. A handler may set the version of its object as the first part of the tag.
 */
export function tagResponses(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (!methods.includes('GET') || !route.url.startsWith('/admin/')) return;
    route.onSend = [route.onSend ?? []].flat().concat(tagged);
  });
}

type Done = (error: Error | null, payload?: unknown) => void;

function tagged(request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done): void {
  const isJson = String(reply.getHeader('content-type')).startsWith('application/json');
  // Streams and tables are not compared: they are long, and read once.
  if (reply.statusCode !== 200 || !isJson || typeof payload !== 'string') return done(null, payload);
  const hash = createHash('sha256').update(payload).digest('base64url').slice(0, TAG_LENGTH);
  const version = /^"([\w-]+)"$/.exec(String(reply.getHeader('etag')))?.[1];
  const tag = version === undefined ? `"${hash}"` : `"${version}.${hash}"`;
  void reply.header('etag', tag);
  if (!isSame(request.headers['if-none-match'], tag)) return done(null, payload);
  void reply.code(304).removeHeader('content-type').removeHeader('content-length');
  done(null, null);
}

/** Whether a client names the tag; a proxy may have made it a weak one. */
function isSame(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}
