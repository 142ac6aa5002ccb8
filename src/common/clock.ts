/** The time, as something that tests can set. */
export class Clock {
  /** Milliseconds since 1970. */
  now(): number {
    return Date.now();
  }
}
