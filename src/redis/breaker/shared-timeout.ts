/** A command that waits for its reply. */
export interface Waiting {
  /** Rejects the command; undefined once it has ended. */
  end: ((reason: Error) => void) | undefined;
}

const ROUNDS = 4;

/**
 * One timer for all waiting commands, because a timer for each command would cost more than the command. Time is counted in
 * rounds: while this process itself is busy and neither sends nor reads, only one round passes.
 */
export class SharedTimeout {
  private rounds: Waiting[][] = Array.from({ length: ROUNDS }, () => []);
  private timer: NodeJS.Timeout | undefined;

  /** @param onLate called with the commands that have waited for `timeoutMs`, or up to a quarter less */
  constructor(
    private readonly timeoutMs: number,
    private readonly onLate: (late: Waiting[]) => void,
  ) {}

  begin(end: (reason: Error) => void): Waiting {
    const waiting: Waiting = { end };
    this.rounds[ROUNDS - 1]?.push(waiting);
    this.timer ??= setInterval(() => this.nextRound(), this.timeoutMs / ROUNDS);
    return waiting;
  }

  /** Ends all waiting commands. */
  endAll(reason: Error): void {
    clearInterval(this.timer);
    this.timer = undefined;
    const waiting = this.rounds.flat();
    this.rounds = Array.from({ length: ROUNDS }, () => []);
    for (const each of waiting) endOne(each, reason);
  }

  private nextRound(): void {
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

/** Ends a command, unless it already has its reply. */
export function endOne(waiting: Waiting, reason: Error): void {
  const { end } = waiting;
  waiting.end = undefined;
  end?.(reason);
}
