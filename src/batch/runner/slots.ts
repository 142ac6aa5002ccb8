interface Waiting {
  /** How many must be free. */
  least: number;
  resolve: (taken: number) => void;
}

/** Limits how many lines run at once in this process. Waiting callers are served in order. */
export class Slots {
  private readonly waiting: Waiting[] = [];
  private free: number;
  private closed = false;

  constructor(private readonly total: number) {
    this.free = total;
  }

  /** Waits until a slot is free and takes all free ones. @returns how many; 0 after {@link close} */
  take(): Promise<number> {
    return this.wait(1);
  }

  /** Waits until all slots are free and takes them; no other caller gets one meanwhile. @returns how many; 0 after {@link close} */
  takeAll(): Promise<number> {
    return this.wait(this.total);
  }

  give(slots: number): void {
    this.free += slots;
    this.serve();
  }

  /** Gives no more slots; waiting callers get 0. */
  close(): void {
    this.closed = true;
    for (const { resolve } of this.waiting.splice(0)) resolve(0);
  }

  private wait(least: number): Promise<number> {
    if (this.closed) return Promise.resolve(0);
    return new Promise((resolve) => {
      this.waiting.push({ least, resolve });
      this.serve();
    });
  }

  private serve(): void {
    for (let [first] = this.waiting; first && this.free >= first.least; [first] = this.waiting) {
      this.waiting.shift();
      const taken = this.free;
      this.free = 0;
      first.resolve(taken);
    }
  }
}
