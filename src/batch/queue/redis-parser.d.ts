/** The members that {@link file://./strict-replies.bull.ts} uses; the package has no types. */
declare module 'redis-parser' {
  class RedisParser {
    execute(bytes: Buffer): void;
    returnFatalError(error: Error): void;
  }
  export = RedisParser;
}
