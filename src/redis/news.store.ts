import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisClientType } from 'redis';
import { RedisConnection } from './redis.connection';

const CHANNEL = 'thriftgate:changes';

/** Redis pub/sub between replicas, for speed alone: what it loses is found by other means. */
@Injectable()
export class NewsStore implements OnApplicationShutdown {
  private subscriber: Promise<RedisClientType> | undefined;

  constructor(private readonly redis: RedisConnection) {}

  publish(topic: string): void {
    if (this.redis.isConfigured) void this.send(CHANNEL, topic);
  }

  subscribe(listener: (topic: string) => void): void {
    this.receive(CHANNEL, listener);
  }

  /** @returns whether somebody got it */
  async send(channel: string, text: string): Promise<boolean> {
    return this.redis
      .run((client) => client.publish(channel, text))
      .then(
        (receivers) => receivers > 0,
        () => false,
      );
  }

  receive(channel: string, listener: (text: string) => void): void {
    void this.connect()
      ?.then((client) => client.subscribe(channel, listener))
      .catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.subscriber?.then((client) => client.disconnect()).catch(() => undefined);
  }

  /** One connection for all channels: one that listens can do nothing else. */
  private connect(): Promise<RedisClientType> | undefined {
    if (!this.redis.client) return undefined;
    if (!this.subscriber) {
      const client = this.redis.client.duplicate();
      client.on('error', () => undefined);
      this.subscriber = client.connect();
    }
    return this.subscriber;
  }
}
