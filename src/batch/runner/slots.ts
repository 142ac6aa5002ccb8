/** How many lines may run at once in this process. Whoever waits first is served first. */
export class Slots {
  private readonly waiting: ((taken: number) => void)[] = [];
  private closed = false;

  constructor(private free: number) {}

  /** Waits until a slot is free and takes all that are. 0 once there are no more to be had. */
  take(): Promise<number> {
    if (this.closed) return Promise.resolve(0);
    const taken = this.free;
    this.free = 0;
    return taken > 0 ? Promise.resolve(taken) : new Promise((resolve) => this.waiting.push(resolve));
  }

  give(slots: number): void {
    if (slots === 0) return;
    const next = this.waiting.shift();
    if (next) next(slots);
    else this.free += slots;
  }

  /** Gives out nothing more and lets go of who waits. */
  close(): void {
    this.closed = true;
    for (const resolve of this.waiting.splice(0)) resolve(0);
  }
}
