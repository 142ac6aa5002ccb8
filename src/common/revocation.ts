import { GatewayError } from './errors';

/** Ends the running calls of a key when it is revoked: a signal with as many listeners as the key has calls. */
export class Revocation {
  private readonly listeners = new Set<() => void>();
  private isRevoked = false;

  /** @param ended what has ended, for the error */
  constructor(private readonly ended = 'The API key of this call was revoked') {}

  get aborted(): boolean {
    return this.isRevoked;
  }

  /** Aborts the calls, once. */
  revoke(): void {
    if (this.isRevoked) return;
    this.isRevoked = true;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.isRevoked) this.listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener);
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
