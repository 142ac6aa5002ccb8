import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisClientType } from 'redis';
import { RedisConnection } from './redis.connection';

const CHANNEL = 'thriftgate:changes';

/** Redis pub/sub between replicas, for speed alone: what it loses is found by polling. */
@Injectable()
export class NewsStore implements OnApplicationShutdown {
  private subscriber: RedisClientType | undefined;

  constructor(private readonly redis: RedisConnection) {}

  publish(topic: string): void {
    if (!this.redis.isConfigured) return;
    void this.redis.run((client) => client.publish(CHANNEL, topic)).catch(() => undefined);
  }

  subscribe(listener: (topic: string) => void): void {
    if (!this.redis.client) return;
    this.subscriber = this.redis.client.duplicate();
    this.subscriber.on('error', () => undefined);
    void this.subscriber
      .connect()
      .then((client) => client.subscribe(CHANNEL, listener))
      .catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.subscriber?.disconnect().catch(() => undefined);
  }
}
