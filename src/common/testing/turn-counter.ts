/** Counts the turns of the event loop, as any other call gets them. */
export class TurnCounter {
  turns = 0;
  private isStopped = false;

  constructor() {
    this.count();
  }

  stop(): void {
    this.isStopped = true;
  }

  private readonly count = (): void => {
    setImmediate(() => {
      this.turns += 1;
      if (!this.isStopped) this.count();
    });
  };
}
