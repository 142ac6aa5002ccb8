/** Redis did not answer in time, or is not there. What needs it goes on without. */
export class RedisAwayError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RedisAwayError';
  }
}

/** Redis is there and refuses a command: it is full, loads its data, may not be written. For a caller it is as good as away. */
export class RedisRefusedError extends RedisAwayError {
  constructor(message: string) {
    super(message);
    this.name = 'RedisRefusedError';
  }

  /** @see https://redis.io/docs/latest/develop/reference/eviction/ */
  get isFull(): boolean {
    return this.message.includes('OOM command not allowed');
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
