import type { AbortSignalLike } from '@thriftgate/providers';

/** Whoever waits for an answer leaving. What an `AbortController` is, and cheaper: each call needs two. */
export class LightAbortController implements AbortSignalLike {
  private left = false;
  private listeners: (() => void)[] = [];

  get aborted(): boolean {
    return this.left;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.left) this.listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.listeners.indexOf(listener);
    if (at >= 0) this.listeners.splice(at, 1);
  }

  /** Tells those who listen, once. */
  abort(): void {
    if (this.left) return;
    this.left = true;
    for (let listener = this.listeners.shift(); listener; listener = this.listeners.shift()) listener();
  }
}
