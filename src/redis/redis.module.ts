import { Global, Module } from '@nestjs/common';
import { GatewayConfig } from '../config/gateway-config';
import { PubSubStore } from './pub-sub.store';
import { RedisConnection } from './redis.connection';

/** The one Redis connection, which is there also where no REDIS_URL is set and then is always away. */
@Global()
@Module({
  providers: [{ provide: RedisConnection, useFactory: RedisConnection.open, inject: [GatewayConfig] }, PubSubStore],
  exports: [RedisConnection, PubSubStore],
})
export class RedisModule {}
