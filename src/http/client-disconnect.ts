import type { ServerResponse } from 'node:http';
import type { AbortSignalLike } from '@thriftgate/providers';

/**
 * Aborts when the client closes its connection before the whole response is sent. The listener is added at the first use:
 * a cache hit needs none.
 */
export class ClientDisconnect implements AbortSignalLike {
  private signal: AbortSignal | undefined;

  constructor(private readonly response: ServerResponse) {}

  get aborted(): boolean {
    return this.watched().aborted;
  }

  addEventListener(type: 'abort', listener: () => void): void {
    this.watched().addEventListener(type, listener);
  }

  removeEventListener(type: 'abort', listener: () => void): void {
    this.signal?.removeEventListener(type, listener);
  }

  private watched(): AbortSignal {
    if (this.signal) return this.signal;
    const controller = new AbortController();
    const { response } = this;
    if (response.destroyed) controller.abort();
    response.once('close', () => {
      if (!response.writableFinished) controller.abort();
    });
    return (this.signal = controller.signal);
  }
}
