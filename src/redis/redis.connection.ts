import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisClientOptions } from 'redis';
import type { GatewayConfig } from '../config/gateway-config';
import { readRedisUrl } from '../config/redis/redis-url';
import { ClusterLink } from './cluster.connection';
import { RedisAwayError, RedisRefusedError } from './breaker/redis-errors';
import type { RedisClient, RedisLink } from './redis-link';
import { ServerLink } from './server.connection';

export { RedisAwayError } from './breaker/redis-errors';
export type { RedisClient } from './redis-link';

/** Redis has room again when it has refused no write for so long. */
const ROOM_MS = 5_000;

/**
 * The connection that all stores share, to one server or to a cluster. It never queues commands while Redis is away. Each
 * command has `REDIS_TIMEOUT_MS`; after the first timeout, later commands fail at once until Redis replies again. So when
 * Redis is slow, frozen or unreachable, calls continue without the data in Redis.
 */
export class RedisConnection implements OnApplicationShutdown {
  private static readonly logger = new Logger(RedisConnection.name);
  private refusedAt: number | undefined;

  private constructor(private readonly link: RedisLink | undefined) {}

  /** Connects in the background, because the gateway also starts without Redis. */
  static open({ redisUrl, redisTimeoutMs }: Pick<GatewayConfig, 'redisUrl' | 'redisTimeoutMs'>): RedisConnection {
    if (!redisUrl) return new RedisConnection(undefined);
    const servers = readRedisUrl(redisUrl);
    const Link = servers.isCluster ? ClusterLink : ServerLink;
    return new RedisConnection(new Link(servers, redisTimeoutMs, RedisConnection.logger));
  }

  get isConfigured(): boolean {
    return this.link !== undefined;
  }

  get isReady(): boolean {
    return this.link?.isReady === true;
  }

  /**
   * Runs commands. In a cluster each must have its keys in one slot.
   *
   * @throws RedisAwayError when Redis is away, takes longer than `REDIS_TIMEOUT_MS`, or refuses the command
   */
  run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.link) return Promise.reject(new RedisAwayError('Redis is not configured'));
    return this.link.run(command).catch((error: unknown) => {
      if (error instanceof RedisRefusedError && error.isFull) this.onFull(error.message);
      throw error;
    });
  }

  /** Runs commands that need memory in Redis, and logs when a full Redis has room again. @throws as {@link run} */
  async write<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    const value = await this.run(command);
    if (this.refusedAt !== undefined && performance.now() - this.refusedAt > ROOM_MS) {
      this.refusedAt = undefined;
      RedisConnection.logger.log('Redis has room again');
    }
    return value;
  }

  get isCluster(): boolean {
    return this.link instanceof ClusterLink;
  }

  /** The options of a connection that only subscribes. @throws Error without Redis */
  listenOptions(): RedisClientOptions {
    if (!this.link) throw new Error('Redis is not configured');
    return this.link.listenOptions();
  }

  onApplicationShutdown(): void {
    this.link?.stop();
  }

  private onFull(reason: string): void {
    if (this.refusedAt === undefined)
      RedisConnection.logger.warn({ reason }, 'Redis is full; nothing new is kept there');
    this.refusedAt = performance.now();
  }
}
