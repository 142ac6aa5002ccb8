/** Redis is away: it did not reply in time or cannot be reached. The caller continues without it. */
export class RedisAwayError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RedisAwayError';
  }
}

/** Redis refuses a command, for example when it is full, loading or read-only. The caller treats it as away. */
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
