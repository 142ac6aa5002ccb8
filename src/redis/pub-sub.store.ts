import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RedisListener } from './listener.connection';
import { RedisConnection } from './redis.connection';

const CHANNEL = 'thriftgate:changes';

/** Redis pub/sub between replicas, for speed alone: what it loses is found by other means. */
@Injectable()
export class PubSubStore implements OnApplicationShutdown {
  private listener: RedisListener | undefined;

  constructor(private readonly redis: RedisConnection) {}

  publish(topic: string): void {
    if (this.redis.isConfigured) void this.send(CHANNEL, topic);
  }

  onTopic(listener: (topic: string) => void): void {
    this.subscribe(CHANNEL, listener);
  }

  /** @returns whether somebody got it, where that is known: a node of a cluster knows only of those that listen to itself */
  async send(channel: string, text: string): Promise<boolean> {
    return this.redis
      .run((client) => client.publish(channel, text))
      .then(
        (receivers) => this.redis.isCluster || receivers > 0,
        () => false,
      );
  }

  subscribe(channel: string, listener: (text: string) => void): void {
    if (!this.redis.isConfigured) return;
    this.listener ??= new RedisListener(() => this.redis.listenOptions());
    this.listener.on(channel, listener);
  }

  onApplicationShutdown(): void {
    this.listener?.stop();
  }
}
