import type { Logger } from '@nestjs/common';
import type { RedisClientOptions, RedisClientType } from 'redis';
import type { RedisServers } from '../config/redis/redis-url';
import { Breaker } from './breaker/breaker';
import { clientOptions, closeClient, isErrorReply, openClient } from './client.connection';
import type { RedisClient, RedisLink } from './redis-link';

/** The connection to one Redis server. */
export class ServerLink implements RedisLink {
  private readonly breaker: Breaker;
  private client: RedisClientType | undefined;

  constructor(
    private readonly servers: RedisServers,
    timeoutMs: number,
    logger: Logger,
  ) {
    const [node] = servers.nodes;
    this.breaker = new Breaker(
      {
        server: `${node?.host}:${node?.port}`,
        restore: async () => {
          this.client = await openClient(this.listenOptions(), timeoutMs, (reason) => this.breaker.trip(reason));
        },
        abandon: () => {
          closeClient(this.client);
          this.client = undefined;
        },
        ping: () => this.connected.ping(),
        isReply: isErrorReply,
      },
      timeoutMs,
      logger,
    ).start(false);
  }

  get isReady(): boolean {
    return this.breaker.isClosed;
  }

  run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.breaker.run(() => command(this.connected));
  }

  listenOptions(): RedisClientOptions {
    return clientOptions(this.servers, this.servers.nodes[0]);
  }

  stop(): void {
    this.breaker.stop();
    closeClient(this.client);
  }

  private get connected(): RedisClientType {
    if (!this.client) throw new Error('Redis is not connected');
    return this.client;
  }
}
