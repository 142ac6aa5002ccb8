import type { BatchStatus, LineState } from '../database/schema';

/** The status of a batch whose lines are being written. It is neither shown nor run. */
export const BEING_MADE = 'validating';

/** Statuses of a batch that has not ended. */
export type OpenStatus = 'in_progress' | 'finalizing' | 'cancelling';

/** Statuses of a batch whose last line has ended. */
export type FinalStatus = 'completed' | 'failed' | 'expired' | 'cancelled';

/** Statuses in which a batch can be cancelled, or is being cancelled. */
export const CANCELLABLE_STATUSES: readonly BatchStatus[] = ['in_progress', 'cancelling'];

/** The final status of a batch whose lines have all ended. One expired line makes the batch expired. See LineEnds for `failed`. */
export function finalStatus(status: OpenStatus, lines: ReadonlySet<LineState>): Exclude<FinalStatus, 'failed'> {
  if (status === 'cancelling') return 'cancelled';
  return lines.has('expired') ? 'expired' : 'completed';
}

/** `6h` in milliseconds. */
export function completionWindowMs(window: string): number {
  return Number.parseInt(window, 10) * 3_600_000;
}

/** Whether no line of a batch runs any more, and its files are there. */
export function isFinal(status: BatchStatus): boolean {
  return status === 'completed' || status === 'expired' || status === 'cancelled' || status === 'failed';
}
