import type { PicoUsd } from '../common/money';

/** A prepaid amount of a team: granted, or topped up. */
export interface Credit {
  id: string;
  kind: 'grant' | 'top_up';
  amountPusd: PicoUsd;
  /** The part that was taken back when the credit expired. */
  expiredPusd: PicoUsd;
  expiresAt: Date | null;
  note: string | null;
  createdAt: Date;
}

/** A credit with its rest. */
export interface RemainingCredit extends Credit {
  remainingPusd: PicoUsd;
}

/**
 * The rest of each credit after a team used `usedPusd`. Credits that expire first are used first, then older ones. An
 * expired credit has no rest, because its rest was taken back.
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
