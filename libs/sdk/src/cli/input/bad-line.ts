/** A line of the input that is wrong; the rest of the input may go on to be checked, if it can be read. */
export class BadLine extends Error {
  constructor(
    /** Counted from 1. */
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}
