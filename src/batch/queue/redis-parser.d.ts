/** Only what {@link file://./strict-replies.bull.ts} needs; the package brings no types. */
declare module 'redis-parser' {
  class RedisParser {
    execute(bytes: Buffer): void;
    returnFatalError(error: Error): void;
  }
  export = RedisParser;
}
