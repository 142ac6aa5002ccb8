import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../common/errors';

const ESCAPED = /(?:%[0-9a-f]{2})+/gi;
const MESSAGE = 'The query string is not UTF-8. Send the bytes of UTF-8 text, percent-encoded.';

/** Refuses requests whose query is no text: a filter that names nothing would give an empty report. */
export function refuseUnreadableQueries(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ url }, _reply, done) => {
    if (isReadable(url)) done();
    else done(new GatewayError('invalid_request', { message: MESSAGE }));
  });
}

function isReadable(url: string): boolean {
  const at = url.indexOf('?');
  return at < 0 || (url.slice(at).match(ESCAPED) ?? []).every(isUtf8);
}

function isUtf8(escaped: string): boolean {
  try {
    decodeURIComponent(escaped);
    return true;
  } catch {
    return false;
  }
}
