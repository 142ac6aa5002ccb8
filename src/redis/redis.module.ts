import { Global, Module } from '@nestjs/common';
import { GatewayConfig } from '../config/gateway-config';
import { PubSubStore } from './pub-sub.store';
import { RedisConnection } from './redis.connection';

/** The Redis connection of this process. Without REDIS_URL it exists too, and is always away. */
@Global()
@Module({
  providers: [{ provide: RedisConnection, useFactory: RedisConnection.open, inject: [GatewayConfig] }, PubSubStore],
  exports: [RedisConnection, PubSubStore],
})
export class RedisModule {}
