/**
 * Holds money in budgets and has attempts open: an instance, which is one life of a process, or a batch, which outlives
 * instances. Rows of the ledger, leases of budgets and idempotency keys name their owner by its id, which no two owners share.
 */
export interface Owner {
  kind: 'instance' | 'batch';
  /** As `instance_01J…` or `batch_01J…`; `epoch_01J…` for an instance of earlier versions. */
  id: string;
}

/** An owner that was never registered, or has ended. It can hold nothing any more. */
export class OwnerEndedError extends Error {
  constructor(readonly owner: Owner) {
    super(`${owner.id} has ended and can hold nothing`);
  }
}
