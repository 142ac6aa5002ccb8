import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../common/errors';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Refuses a change that a page of another site has a browser send with the session's cookie. Browsers say where a request
 * comes from (`sec-fetch-site`, `origin`), and send JSON to another site only after a preflight, which is refused.
 *
 * @param publicUrl the address that people use, if the operator has set it
 * @throws GatewayError `forbidden`
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function requireSameOrigin(request: FastifyRequest, publicUrl: string | undefined): void {
  const { method, headers } = request;
  if (SAFE_METHODS.has(method)) return;
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin')
    throw refusal(`it was sent by a page of another site (${String(site)})`);
  if (origin !== undefined && !isOwn(origin, host, publicUrl)) throw refusal(`its Origin is ${origin}`);
  if (!isJsonOrMarked(headers)) throw refusal('it has a body that is not application/json');
}

function isOwn(origin: string, host: string, publicUrl: string | undefined): boolean {
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return true;
  return URL.canParse(origin) && new URL(origin).host === host && publicUrl === undefined;
}

/** A form of another site can send text and multipart without a preflight, not JSON and no header of its own. */
function isJsonOrMarked(headers: FastifyRequest['headers']): boolean {
  const type = headers['content-type'];
  if (type === undefined) return true;
  return /^application\/json\b/i.test(type) || headers['x-requested-with'] !== undefined;
}

function refusal(why: string): GatewayError {
  const message = `A change with a session must come from this gateway's own pages: ${why}. Programs send a key instead.`;
  return new GatewayError('forbidden', { message });
}
