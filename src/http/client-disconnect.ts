import type { ServerResponse } from 'node:http';
import type { AbortSignalLike } from '@thriftgate/providers';
import { LightAbortController } from '../common/runtime/light-abort-controller';

/**
 * Aborted when the client closes its connection before the answer is out. The connection is watched from when somebody
 * asks: an answer from the cache asks for nothing.
 *
 * A class, and not a getter in the literal of the call: V8 makes a hidden class of its own for each object that such a
 * literal makes, which keeps all that belongs to the call alive until the next full collection.
 */
export class ClientDisconnect implements AbortSignalLike {
  private departure: LightAbortController | undefined;

  constructor(private readonly response: ServerResponse) {}

  get aborted(): boolean {
    return this.watched().aborted;
  }

  addEventListener(type: 'abort', listener: () => void): void {
    this.watched().addEventListener(type, listener);
  }

  removeEventListener(type: 'abort', listener: () => void): void {
    this.departure?.removeEventListener(type, listener);
  }

  private watched(): LightAbortController {
    if (this.departure) return this.departure;
    const departure = (this.departure = new LightAbortController());
    const { response } = this;
    if (response.destroyed) departure.abort();
    response.once('close', () => {
      if (!response.writableFinished) departure.abort();
    });
    return departure;
  }
}
