import { GatewayError } from '../common/errors';

const RETRY_SECONDS = 1;

/** Every deployment of a model is at its `max_parallel` limit. */
export class AllBusyError extends GatewayError {
  constructor(model: string) {
    super('unavailable', {
      message: `Every deployment of "${model}" is at its max_parallel limit. Try again shortly.`,
      retryAfterSeconds: RETRY_SECONDS,
      facts: { model, attempts: 0 },
    });
  }
}
