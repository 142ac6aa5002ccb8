import type { AdminBatch } from '@thriftgate/contracts';
import type { MessageId } from '../i18n/messages';

export type BatchStatus = AdminBatch['status'];

/** The status in words. */
export const STATUS_TEXTS = {
  validating: 'batches.status.validating',
  failed: 'batches.status.failed',
  in_progress: 'batches.status.inProgress',
  finalizing: 'batches.status.finalizing',
  completed: 'batches.status.completed',
  expired: 'batches.status.expired',
  cancelling: 'batches.status.cancelling',
  cancelled: 'batches.status.cancelled',
} as const satisfies Record<BatchStatus, MessageId>;

const RUNNING: ReadonlySet<BatchStatus> = new Set(['validating', 'in_progress', 'finalizing', 'cancelling']);

/** Whether its counts may still change. */
export const isRunning = ({ status }: Pick<AdminBatch, 'status'>): boolean => RUNNING.has(status);

/** Whether lines can be kept from starting. */
export const isCancellable = ({ status }: Pick<AdminBatch, 'status'>): boolean =>
  status === 'validating' || status === 'in_progress';

/** Whether it has ended with lines that have no response. */
export const hasFailedLines = (batch: Pick<AdminBatch, 'status' | 'request_counts'>): boolean =>
  !isRunning(batch) && batch.request_counts.completed < batch.request_counts.total;
