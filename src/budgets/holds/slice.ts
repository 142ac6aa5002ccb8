import type { PicoUsd } from '../../common/money';

/**
 * This instance's part of a window of a budget: what it leased, spent, and holds for attempts that run. Each step is
 * synchronous, so two calls never take the same money.
 */
export class Slice {
  private grantedPusd: PicoUsd = 0n;
  private usedPusd: PicoUsd = 0n;
  private heldPusd: PicoUsd = 0n;
  /** When money was last taken or freed, in milliseconds since 1970. */
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

  /** What may still be taken. Below zero once a call cost more than was held for it. */
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

  /** Ends a hold: what the call cost is spent, the rest is free again. */
  settle(heldPusd: PicoUsd, costPusd: PicoUsd): void {
    this.heldPusd -= heldPusd;
    this.usedPusd += costPusd;
  }

  /** Takes what is free out of the slice, to give it back. @returns how much that is */
  takeUnused(): PicoUsd {
    const unused = this.free;
    if (unused <= 0n) return 0n;
    this.grantedPusd -= unused;
    return unused;
  }
}
