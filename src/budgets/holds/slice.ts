import type { PicoUsd } from '../../common/money';

/**
 * This instance's part of a budget window: what it leased, spent, and holds for running attempts. Each step is synchronous, so
 * two calls never take the same money.
 */
export class Slice {
  private grantedPusd: PicoUsd = 0n;
  private usedPusd: PicoUsd = 0n;
  private heldPusd: PicoUsd = 0n;
  /** When the slice last grew or a hold last ended, in milliseconds since 1970. */
  touchedAt = 0;

  get granted(): PicoUsd {
    return this.grantedPusd;
  }

  get used(): PicoUsd {
    return this.usedPusd;
  }

  get held(): PicoUsd {
    return this.heldPusd;
  }

  /** Available for holds. Below zero after a call cost more than its hold. */
  get free(): PicoUsd {
    return this.grantedPusd - this.usedPusd - this.heldPusd;
  }

  fits(pusd: PicoUsd): boolean {
    return pusd <= this.free;
  }

  grant(pusd: PicoUsd): void {
    this.grantedPusd += pusd;
  }

  hold(pusd: PicoUsd): void {
    this.heldPusd += pusd;
  }

  /** Ends a hold: the cost is spent, the rest is free again. */
  settle(heldPusd: PicoUsd, costPusd: PicoUsd): void {
    this.heldPusd -= heldPusd;
    this.usedPusd += costPusd;
  }

  /** Removes what is free from the slice, to return it. @returns the removed amount */
  takeUnused(): PicoUsd {
    const unused = this.free;
    if (unused <= 0n) return 0n;
    this.grantedPusd -= unused;
    return unused;
  }
}
