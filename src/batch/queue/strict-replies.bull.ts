import RedisParser from 'redis-parser';

/**
 * What is no reply of Redis makes the parser of Bull's client throw where nobody can catch it, which would end the process.
 * Here it is what the client knows to handle: a broken connection, which is made anew.
 *
 * @see https://github.com/redis/ioredis/blob/v5.11.1/lib/DataHandler.ts
 */
export function survivesGarbage(): void {
  if (RedisParser.prototype.execute === execute) return;
  RedisParser.prototype.execute = execute;
}

const original = RedisParser.prototype.execute;

function execute(this: RedisParser, bytes: Buffer): void {
  try {
    original.call(this, bytes);
  } catch (error) {
    this.returnFatalError(error instanceof Error ? error : new Error(String(error)));
  }
}
