import type { ProviderError } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';

const TIMEOUT_STATUS = 504;

/** An attempt that brought no answer, with what that means for the next one. */
export class AttemptFailure extends Error {
  constructor(readonly error: ProviderError) {
    super(error.message);
    this.name = 'AttemptFailure';
  }

  toGatewayError(): GatewayError {
    const { status, type, code, param, message, retryAfterMs } = this.error;
    return new GatewayError(status === TIMEOUT_STATUS ? 'upstream_timeout' : 'upstream_error', {
      message,
      param,
      upstream: { status, type, code },
      cause: this,
      ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: retryAfterMs / 1000 }),
    });
  }
}
