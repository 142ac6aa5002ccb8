import { GatewayError } from '../common/errors';
import type { StoredReply } from './idempotency.repository';
import type { Reply } from './shared-reply';

const STILL_RUNNING = 'A call with this Idempotency-Key still runs. Try again shortly.';
const STOPPED = 'The process that made this call stopped before it had an answer.';
const TOO_LARGE = 'The answer was too large to be kept.';

/** An answer that was kept. @throws GatewayError `idempotency_result_unknown` where it was too large for that */
export function storedReply({ requestId, status, headers, body }: StoredReply): Reply {
  if (body === null) throw tooLarge(requestId);
  return { status, headers: { ...headers, ...replayHeaders(requestId) }, body: oneOf(body) };
}

/** What tells a repeat's answer from the first one. */
export function replayHeaders(requestId: string): Record<string, string> {
  return { 'idempotent-replayed': 'true', 'x-gateway-original-request-id': requestId };
}

export function stillRunning(): GatewayError {
  return new GatewayError('conflict', { message: STILL_RUNNING, isFinal: false });
}

export function tooLarge(requestId: string): GatewayError {
  return unknownResult(requestId, TOO_LARGE);
}

/** The call was made and its answer is not here. */
export function unknownResult(requestId: string, reason: string = STOPPED): GatewayError {
  return new GatewayError('idempotency_result_unknown', {
    message: `${reason} What it cost is in the ledger under ${requestId}. Use a new Idempotency-Key to ask again.`,
    param: 'Idempotency-Key',
  });
}

async function* oneOf(body: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield body;
}
