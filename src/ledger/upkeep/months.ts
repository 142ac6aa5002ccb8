import { leastUlid } from '../../common/ids';

/** A month of the ledger, in UTC. */
export interface Month {
  /** `ledger_2026_11`, the name of its partition. */
  partition: string;
  /** The least request id of the month, and the least one of the next: a ULID begins with its time. */
  least: string;
  below: string;
}

/** The month that is `offset` months after the one of a time. */
export function monthAt(timeMs: number, offset: number): Month {
  const time = new Date(timeMs);
  const start = Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + offset);
  const first = new Date(start);
  const end = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1);
  return {
    partition: `ledger_${first.getUTCFullYear()}_${String(first.getUTCMonth() + 1).padStart(2, '0')}`,
    least: leastUlid(start),
    below: leastUlid(end),
  };
}
