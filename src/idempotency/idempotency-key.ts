import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../common/errors';

const HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e]{1,255}$/;

/** One call and all its repeats. */
export interface CallIdentity {
  teamId: string;
  key: string;
  fingerprint: string;
  requestId: string;
}

/** Whether a call is to be made once. */
export function hasIdempotencyKey(request: FastifyRequest): boolean {
  return request.headers[HEADER] !== undefined;
}

/**
 * What tells a call from others. An upload has no body that could be read twice; it is told by its length.
 *
 * @throws GatewayError `invalid_request` when the key is not 1 to 255 visible ASCII characters
 */
export function identityOf(request: FastifyRequest, teamId: string): CallIdentity {
  const key = request.headers[HEADER];
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new GatewayError('invalid_request', {
      message: 'Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces, and be sent once.',
      param: 'Idempotency-Key',
    });
  }
  const content = request.body === undefined ? String(request.headers['content-length']) : JSON.stringify(request.body);
  const path = request.url.split('?', 1)[0] ?? '';
  const fingerprint = createHash('sha256').update(`${request.method} ${path}\n${content}`).digest('base64url');
  return { teamId, key, fingerprint, requestId: request.id };
}
