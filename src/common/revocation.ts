import { GatewayError } from './errors';

/** Ends the running calls of a key when it is revoked: a signal with as many listeners as the key has calls. */
export class Revocation {
  private readonly listeners = new Set<() => void>();
  private isRevoked = false;

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
}

/** The error of a call that has ended because its key was revoked. */
export function revokedMeanwhile(): GatewayError {
  const message =
    'The API key of this call was revoked while it ran, so the call has ended. What was sent is not the whole answer.';
  return new GatewayError('invalid_api_key', { message });
}
