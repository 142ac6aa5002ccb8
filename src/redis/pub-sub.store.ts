import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RedisListener } from './listener.connection';
import { RedisConnection } from './redis.connection';

const CHANNEL = 'thriftgate:changes';

/** Redis pub/sub between replicas. It only saves time: lost messages are recovered by other means. */
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

  /** @returns false after an error or without receivers. A cluster counts as received: a node knows only its own subscribers. */
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
