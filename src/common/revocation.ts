import { Cancellation } from './cancellation';
import { GatewayError } from './errors';

/** Ends the running calls of a key when it is revoked. */
export class Revocation extends Cancellation {
  /** @param ended what has ended, for the error */
  constructor(private readonly ended = 'The API key of this call was revoked') {
    super();
  }

  /** Aborts the calls, once. */
  revoke(): void {
    this.abort();
  }

  /** The error of a call that has ended with it. */
  error(): GatewayError {
    const message = `${this.ended} while it ran, so the call has ended. What was sent is not the whole answer.`;
    return new GatewayError('invalid_api_key', { message });
  }

  /** Whether calls run that it would end. */
  protected get isHeard(): boolean {
    return this.listeners.size > 0;
  }
}
