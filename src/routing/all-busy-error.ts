import { GatewayError } from '../common/errors';

const RETRY_MS = 1_000;
/** What a vendor takes may change before. */
const LONGEST_RETRY_MS = 10_000;

/** Every deployment of a model is at its `max_parallel` limit, or takes no line of a batch for now. */
export class AllBusyError extends GatewayError {
  /** @param waitMs how long a line is to wait; Infinity where that is not known */
  constructor(model: string, waitMs = Infinity) {
    const retryMs = Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, RETRY_MS), LONGEST_RETRY_MS) : RETRY_MS;
    super('unavailable', {
      message: `Every deployment of "${model}" is at its max_parallel limit. Try again shortly.`,
      retryAfterSeconds: retryMs / 1_000,
      facts: { model, attempts: 0 },
    });
  }
}
