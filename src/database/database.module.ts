import { Global, Module } from '@nestjs/common';
import { DataDirectory } from '../config/data-directory';
import { GatewayConfig } from '../config/gateway-config';
import { RedisModule } from '../redis/redis.module';
import { ChangeFeed } from './change-feed.service';
import { Database } from './database.connection';
import { RevisionsRepository } from './revisions.repository';

/** The database, embedded or PostgreSQL, and the news of changes in it. */
@Global()
@Module({
  imports: [RedisModule],
  providers: [
    { provide: Database, useFactory: Database.open, inject: [GatewayConfig, DataDirectory] },
    RevisionsRepository,
    ChangeFeed,
  ],
  exports: [Database, RevisionsRepository, ChangeFeed],
})
export class DatabaseModule {}
