import type { BatchStatus, LineState } from '../database/schema';

/** Statuses of a batch that is still being worked on. */
export type OpenStatus = 'validating' | 'in_progress' | 'finalizing' | 'cancelling';

/** Statuses that a batch takes when its last line has ended. */
export type FinalStatus = 'completed' | 'expired' | 'cancelled';

/** Statuses in which a cancellation still changes something, or has been asked for already. */
export const CANCELLABLE_STATUSES: readonly BatchStatus[] = ['validating', 'in_progress', 'cancelling'];

/** How a batch ends whose lines have all ended. One line that was too late is enough to call the batch expired. */
export function finalStatus(status: OpenStatus, lines: ReadonlySet<LineState>): FinalStatus {
  if (status === 'cancelling') return 'cancelled';
  return lines.has('expired') ? 'expired' : 'completed';
}

/** `6h` in milliseconds. */
export function completionWindowMs(window: string): number {
  return Number.parseInt(window, 10) * 3_600_000;
}
