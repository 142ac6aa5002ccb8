import { GatewayError } from '../../common/errors';

const RETRY_AFTER_SECONDS = 5;

/** The journal does not take a line. */
export class JournalRefusal extends GatewayError {
  /** @param mayBeWritten whether the line may be read from the file all the same */
  constructor(
    cause: unknown,
    readonly mayBeWritten: boolean,
  ) {
    super('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
  }
}
