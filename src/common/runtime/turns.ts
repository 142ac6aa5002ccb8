import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work goes on in one turn, in milliseconds. */
const LONGEST_MS = 10;

/** Divides long work among turns of the event loop, between which other calls have theirs. */
export class Turns {
  private beganAtMs = performance.now();
  private last: Promise<void> = Promise.resolve();

  /** Between two steps of the work: waits for the next turn where this one has lasted for long. */
  async share(): Promise<void> {
    if (performance.now() - this.beganAtMs >= LONGEST_MS) await this.next();
  }

  /** Waits for a turn. Of several that wait, each gets its own. */
  next(): Promise<void> {
    this.last = this.last.then(async () => {
      await nextTurn();
      this.beganAtMs = performance.now();
    });
    return this.last;
  }
}
