import type { PicoUsd } from '../common/money';

/** Money that a team was given or paid ahead. */
export interface Credit {
  id: string;
  kind: 'grant' | 'top_up';
  amountPusd: PicoUsd;
  /** What was taken back when it expired. */
  expiredPusd: PicoUsd;
  expiresAt: Date | null;
  note: string | null;
  createdAt: Date;
}

/** A credit and what is left of it. */
export interface RemainingCredit extends Credit {
  remainingPusd: PicoUsd;
}

/**
 * What is left of each credit once a team has used so much: first what expires first, then what was there first. Nothing is
 * left of one that has expired, for what it had left was taken back.
 */
export function remainingOf(credits: readonly Credit[], usedPusd: PicoUsd): RemainingCredit[] {
  let unpaid = usedPusd;
  return credits.toSorted(byExpiry).map((credit) => {
    const payable = credit.amountPusd - credit.expiredPusd;
    const paid = unpaid < payable ? unpaid : payable;
    unpaid -= paid;
    return { ...credit, remainingPusd: payable - paid };
  });
}

function byExpiry(a: Credit, b: Credit): number {
  const end = ({ expiresAt }: Credit) => expiresAt?.getTime() ?? Infinity;
  return end(a) - end(b) || a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1);
}
