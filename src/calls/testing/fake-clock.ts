import { Clock } from '../../common/clock';

/** A clock that stands still until the test moves it. */
export class FakeClock extends Clock {
  /** @param nowMs milliseconds since 1970 */
  constructor(public nowMs = Date.UTC(2026, 0, 1)) {
    super();
  }

  override now(): number {
    return this.nowMs;
  }
}
