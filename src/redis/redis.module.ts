import { Global, Module } from '@nestjs/common';
import { GatewayConfig } from '../config/gateway-config';
import { NewsStore } from './news.store';
import { RedisConnection } from './redis.connection';

/** The one Redis connection, which is there also where no REDIS_URL is set and then is always away. */
@Global()
@Module({
  providers: [{ provide: RedisConnection, useFactory: RedisConnection.open, inject: [GatewayConfig] }, NewsStore],
  exports: [RedisConnection, NewsStore],
})
export class RedisModule {}
