import RedisParser from 'redis-parser';

/**
 * Patches the parser of Bull's client. Bytes that are no Redis reply make it throw an error that cannot be caught and
 * ends the process. The patch turns it into a connection error, after which the client reconnects.
 *
 * @see https://github.com/redis/ioredis/blob/v5.11.1/lib/DataHandler.ts
 */
export function patchReplyParser(): void {
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
