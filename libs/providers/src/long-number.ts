/** A number with digits that a double does not hold. The gateway does not calculate with it: it passes as it is. */
export class LongNumber {
  /** What JSON text has before the digits while exact text is written; else undefined. */
  static mark: string | undefined;

  /** @param text the number as it was sent, for example `9223372036854775807` or `1e400` */
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }

  /** The marked digits while exact text is written, else the nearest double. */
  toJSON(): string | number {
    return LongNumber.mark === undefined ? Number(this.text) : LongNumber.mark + this.text;
  }
}
