/** Limits how many lines run at once in this process. Waiting callers are served in order. */
export class Slots {
  private readonly waiting: ((taken: number) => void)[] = [];
  private closed = false;

  constructor(private free: number) {}

  /** Waits until a slot is free and takes all free ones. @returns how many; 0 after {@link close} */
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

  /** Gives no more slots; waiting callers get 0. */
  close(): void {
    this.closed = true;
    for (const resolve of this.waiting.splice(0)) resolve(0);
  }
}
