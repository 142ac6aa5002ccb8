import type { AbortSignalLike } from '@thriftgate/providers';

/**
 * Ends what listens, once. As an AbortController with its signal, without the events of the platform: each call has two of
 * them, and hundreds of calls listen to the same one.
 */
export class Cancellation implements AbortSignalLike {
  protected readonly listeners = new Set<() => void>();
  private isAborted = false;

  get aborted(): boolean {
    return this.isAborted;
  }

  /** Calls the listeners, the first time. */
  abort(): void {
    if (this.isAborted) return;
    this.isAborted = true;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }

  /** A listener that comes after the end is not called: who adds one looks at {@link aborted} first. */
  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.isAborted) this.listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener);
  }
}
