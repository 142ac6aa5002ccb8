import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { stringifyExact } from '@thriftgate/providers';
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
 * What tells a call from others: method, path and body.
 *
 * @param content stands for the body where that cannot be read twice, as an upload's, or is large
 * @throws GatewayError `invalid_request` when the key is not 1 to 255 visible ASCII characters
 */
export function identityOf(
  request: FastifyRequest,
  teamId: string,
  content: unknown = request.bodyDigest ?? request.body,
): CallIdentity {
  const key = request.headers[HEADER];
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new GatewayError('invalid_request', {
      message: 'Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces, and be sent once.',
      param: 'Idempotency-Key',
    });
  }
  const path = request.url.split('?', 1)[0] ?? '';
  const asked = `${request.method} ${path}\n${String(stringifyExact(content) ?? '')}`;
  const fingerprint = createHash('sha256').update(asked).digest('base64url');
  return { teamId, key, fingerprint, requestId: request.id };
}
