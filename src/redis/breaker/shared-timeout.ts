/** One that waits for an answer. */
export interface Waiting {
  /** Undefined once it waits no more. */
  end: ((reason: Error) => void) | undefined;
}

const ROUNDS = 4;

/**
 * One timer for all that waits at a time, where a timer for each command would cost more than the command. Time is counted
 * in rounds: a turn in which this process itself is busy, and neither sends nor reads, uses up only one of them.
 */
export class SharedTimeout {
  private rounds: Waiting[][] = Array.from({ length: ROUNDS }, () => []);
  private timer: NodeJS.Timeout | undefined;

  /** @param onLate called with those that have waited for `timeoutMs`, or a quarter less */
  constructor(
    private readonly timeoutMs: number,
    private readonly onLate: (late: Waiting[]) => void,
  ) {}

  begin(end: (reason: Error) => void): Waiting {
    const waiting: Waiting = { end };
    this.rounds[ROUNDS - 1]?.push(waiting);
    this.timer ??= setInterval(() => this.turn(), this.timeoutMs / ROUNDS);
    return waiting;
  }

  /** Ends all that wait. */
  endAll(reason: Error): void {
    clearInterval(this.timer);
    this.timer = undefined;
    const waiting = this.rounds.flat();
    this.rounds = Array.from({ length: ROUNDS }, () => []);
    for (const each of waiting) endOne(each, reason);
  }

  private turn(): void {
    const oldest = this.rounds.shift() ?? [];
    this.rounds.push([]);
    const late = oldest.filter(({ end }) => end !== undefined);
    if (late.length > 0) return this.onLate(late);
    if (this.rounds.every((round) => round.length === 0)) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }
}

/** Ends one, unless it has its answer already. */
export function endOne(waiting: Waiting, reason: Error): void {
  const { end } = waiting;
  waiting.end = undefined;
  end?.(reason);
}
