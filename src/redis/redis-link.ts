import type { RedisClientOptions, RedisClientType, RedisClusterType } from 'redis';

/** The client that sends commands: of one server or of a cluster. */
export type RedisClient = RedisClientType | RedisClusterType;

/** The connection to one server or to a cluster, with breakers. */
export interface RedisLink {
  readonly isReady: boolean;
  /** @throws RedisAwayError, RedisRefusedError */
  run<T>(command: (client: RedisClient) => Promise<T>): Promise<T>;
  /** The options of a connection that only subscribes: any server of a cluster. */
  listenOptions(): RedisClientOptions;
  stop(): void;
}
