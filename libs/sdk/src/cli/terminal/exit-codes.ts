/** What the program returns to its shell. `docs/command-line.md` lists them. */
export const EXIT = { done: 0, failedLines: 1, usage: 2, gateway: 3, interrupted: 130 } as const;

/** Wrong arguments, or an input that cannot be a batch; the message is for people. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** A wrong line of the input. */
export interface LineFault {
  /** Counted from 1, in the file that the user gave. */
  line: number;
  message: string;
}

/** Lines that cannot be run. Nothing was started. */
export class InputFaults extends Error {
  /** @param count of all wrong lines; `faults` has the first hundred */
  constructor(
    message: string,
    readonly faults: readonly LineFault[],
    readonly count: number,
  ) {
    super(message);
    this.name = 'InputFaults';
  }
}

/** Ctrl-C or SIGTERM. */
export class Interrupted extends Error {
  /** Whether the user was told what goes on, in the JSON document too. */
  isTold = false;

  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
