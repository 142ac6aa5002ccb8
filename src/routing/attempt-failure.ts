import type { ProviderError } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';

const TIMEOUT_STATUS = 504;

/** A try that gave no answer, with what it means for the next one. */
export class AttemptFailure extends Error {
  /** @param tried false when the deployment had no room and was not asked */
  constructor(
    readonly error: ProviderError,
    readonly tried = true,
  ) {
    super(error.message);
    this.name = 'AttemptFailure';
  }

  /** Whether another deployment may do better: also where this one refused our credential. */
  get worthElsewhere(): boolean {
    return this.error.retryable || this.error.code === 'upstream_auth' || this.error.code === 'upstream_billing';
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
