/** Short enough for leases of 20 seconds on a busy machine. */
const RENEW_EVERY_MS = 4_000;

/** Says when a lease is to be renewed by work in small steps: with each of them would take a round trip to the database. */
export class LeasePace {
  private renewedAt = performance.now();

  /** Whether the time has come; then it begins anew. */
  isDue(): boolean {
    const now = performance.now();
    if (now - this.renewedAt < RENEW_EVERY_MS) return false;
    this.renewedAt = now;
    return true;
  }
}
