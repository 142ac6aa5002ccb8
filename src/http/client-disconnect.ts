import type { ServerResponse } from 'node:http';
import type { AbortSignalLike } from '@thriftgate/providers';
import { Cancellation } from '../common/cancellation';
import type { Revocation } from '../common/revocation';

/**
 * Aborts when the client closes its connection before the whole response is sent, or when its key is revoked. The listeners
 * are added at the first use: a cache hit needs none.
 */
export class ClientDisconnect implements AbortSignalLike {
  private signal: Cancellation | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly revocation?: Revocation,
  ) {}

  get aborted(): boolean {
    return this.watched().aborted;
  }

  addEventListener(type: 'abort', listener: () => void): void {
    this.watched().addEventListener(type, listener);
  }

  removeEventListener(type: 'abort', listener: () => void): void {
    this.signal?.removeEventListener(type, listener);
  }

  private watched(): Cancellation {
    if (this.signal) return this.signal;
    const signal = (this.signal = new Cancellation());
    const abort = () => signal.abort();
    const { response, revocation } = this;
    // The response has emitted `close` already: what listens from now on would never be removed.
    if (response.destroyed || revocation?.aborted) {
      abort();
      return signal;
    }
    revocation?.addEventListener('abort', abort);
    response.once('close', () => {
      revocation?.removeEventListener('abort', abort);
      if (!response.writableFinished) abort();
    });
    return signal;
  }
}
