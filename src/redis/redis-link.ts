import type { RedisClientOptions, RedisClientType, RedisClusterType } from 'redis';

/** What commands are sent by: a server's client, or a cluster's. */
export type RedisClient = RedisClientType | RedisClusterType;

/** The way to one server or to a cluster, with breakers before it. */
export interface RedisLink {
  readonly isReady: boolean;
  /** @throws RedisAwayError, RedisRefusedError */
  run<T>(command: (client: RedisClient) => Promise<T>): Promise<T>;
  /** Where a connection that only listens goes: any server will do. */
  listenOptions(): RedisClientOptions;
  stop(): void;
}
