import type { ProviderError } from '@thriftgate/providers';
import { type CallFacts, GatewayError } from '../common/errors';
import type { Deployment, Model } from '../models/model';

const TIMEOUT_STATUS = 504;

/** An attempt that brought no answer, with what that means for the next one. */
export class AttemptFailure extends Error {
  /** Whether the upstream charges for the attempt. */
  charged = false;
  private facts: CallFacts = {};

  /** @param upstreamStatus the HTTP status of the upstream; undefined for failures below HTTP, or in a response with 200 */
  constructor(
    readonly error: ProviderError,
    readonly upstreamStatus?: number,
  ) {
    super(error.message);
    this.name = 'AttemptFailure';
  }

  /** Notes whose attempt failed, for the log. @param attempts of the call so far */
  madeBy(model: Model, { provider, upstreamModel }: Deployment, attempts: number): void {
    const { upstreamStatus } = this;
    this.facts = { provider, model: model.name, upstreamModel, upstreamStatus, attempts };
  }

  toGatewayError(): GatewayError {
    const { status, type, code, param, message, retryAfterMs } = this.error;
    return new GatewayError(status === TIMEOUT_STATUS ? 'upstream_timeout' : 'upstream_error', {
      message,
      param,
      upstream: { status, type, code },
      cause: this,
      facts: this.facts,
      ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: retryAfterMs / 1000 }),
    });
  }
}

const BAD_GATEWAY = 502;

/**
 * An answer above a limit of the gateway's own: it says nothing of its deployment. Another one would answer the same, at the same
 * price, so none is asked.
 */
export class AnswerTooLarge extends AttemptFailure {
  static readonly code = 'upstream_answer_too_large';

  /** @param limit what the answer has too much of, after "The provider's answer" */
  constructor(limit: string) {
    super({
      status: BAD_GATEWAY,
      type: 'upstream_error',
      code: AnswerTooLarge.code,
      param: null,
      message: `The provider's answer ${limit}, which is more than the gateway reads. Ask for less in one call.`,
      retryable: false,
      elsewhere: false,
      retryAfterMs: undefined,
    });
  }
}

const UNSUPPORTED_STATUS = 422;

/** A call that a vendor cannot answer as asked: nothing was sent. Another deployment may answer it. */
export class UnsupportedCall extends AttemptFailure {
  /**
   * @param param the member that the vendor lacks
   * @param status for the caller
   */
  constructor(message: string, param: string, status = UNSUPPORTED_STATUS) {
    super({
      status,
      type: 'invalid_request_error',
      code: 'unsupported_parameter',
      param,
      message,
      retryable: false,
      elsewhere: true,
      retryAfterMs: undefined,
    });
  }

  override toGatewayError(): GatewayError {
    const { message, param, status, type, code } = this.error;
    return new GatewayError('unsupported_parameter', { message, param, upstream: { status, type, code } });
  }
}
