interface Waiting {
  teamId: string;
  /** Whether all slots must be free. */
  needsAll: boolean;
  resolve: (taken: number) => void;
}

/**
 * Limits how many lines run at once in this process. A team alone may have all slots; while others want some it gets no more
 * than its share. Callers are served in order.
 */
export class Slots {
  private waiting: Waiting[] = [];
  private readonly taken = new Map<string, number>();
  /** Teams that wait, or have used all that they got and may come back for more. */
  private readonly wanting = new Set<string>();
  private free: number;
  private closed = false;

  constructor(private readonly total: number) {
    this.free = total;
  }

  /** Waits until the team may have a slot and takes as many as it may. @returns how many; 0 after {@link close} */
  take(teamId: string): Promise<number> {
    return this.wait(teamId, false);
  }

  /** Waits until all slots are free and takes them; no other caller gets one meanwhile. @returns how many; 0 after {@link close} */
  takeAll(teamId: string): Promise<number> {
    return this.wait(teamId, true);
  }

  give(teamId: string, slots: number): void {
    this.free += slots;
    const left = this.takenBy(teamId) - slots;
    if (left > 0) this.taken.set(teamId, left);
    else this.taken.delete(teamId);
    this.serve();
  }

  /** The team has no batch to work on now: its share is for others. */
  leave(teamId: string): void {
    this.wanting.delete(teamId);
    this.serve();
  }

  /** Gives no more slots; waiting callers get 0. */
  close(): void {
    this.closed = true;
    for (const { resolve } of this.waiting.splice(0)) resolve(0);
  }

  private wait(teamId: string, needsAll: boolean): Promise<number> {
    if (this.closed) return Promise.resolve(0);
    this.wanting.add(teamId);
    return new Promise((resolve) => {
      this.waiting.push({ teamId, needsAll, resolve });
      this.serve();
    });
  }

  private serve(): void {
    for (const caller of this.waiting) {
      const room = this.roomFor(caller);
      // A caller that needs all slots would wait for ever if others went on taking them.
      if (room <= 0 && caller.needsAll) return;
      if (room <= 0) continue;
      this.waiting = this.waiting.filter((each) => each !== caller);
      this.free -= room;
      this.taken.set(caller.teamId, this.takenBy(caller.teamId) + room);
      caller.resolve(room);
    }
  }

  private roomFor({ teamId, needsAll }: Waiting): number {
    if (needsAll) return this.free === this.total ? this.total : 0;
    const share = Math.ceil(this.total / this.wanting.size);
    return Math.min(this.free, share - this.takenBy(teamId));
  }

  private takenBy(teamId: string): number {
    return this.taken.get(teamId) ?? 0;
  }
}
