import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** While calls keep the event loop wholly busy, the database gets a third of the time; while nothing else is to do, all of it. */
const REST_PER_WORK = 2;
/** From here on calls leave no time over. */
const BURST = 0.9;
const LOOK_EVERY_MS = 100;

/** How the drain shares the machine with the calls: they go first, and the journal keeps what is not in the database yet. */
export class DrainPace {
  private measured: EventLoopUtilization;
  private hurried = 0;
  private wake: (() => void) | undefined;

  /**
   * @param mayWait whether what is in the journal may stay there until a burst of calls is over
   * @param utilization how busy the event loop was since an earlier measurement
   */
  constructor(
    private readonly mayWait: () => boolean,
    private readonly utilization: typeof performance.eventLoopUtilization = performance.eventLoopUtilization,
  ) {
    this.measured = utilization();
  }

  /** Lets the drain go on without rests while a caller waits for it. */
  async hurry(work: () => Promise<void>): Promise<void> {
    this.hurried += 1;
    this.wake?.();
    try {
      await work();
    } finally {
      this.hurried -= 1;
    }
  }

  /**
   * Rests after some work, the longer the busier the calls are. Whether they are a burst is asked of the rest alone: while the
   * database works beside them on the same core they wait for that, and the event loop takes this for idleness.
   */
  async rest(workedMs: number): Promise<void> {
    await this.pause(workedMs * REST_PER_WORK * this.busyShare());
    while (this.busyShare() > BURST && this.hurried === 0 && this.mayWait()) await this.pause(LOOK_EVERY_MS);
  }

  /** From 0 to 1, since it was asked last. */
  private busyShare(): number {
    const now = this.utilization();
    const share = this.utilization(now, this.measured).utilization;
    this.measured = now;
    return share;
  }

  private pause(ms: number): Promise<void> {
    if (this.hurried > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.wake = end;
    });
  }
}
