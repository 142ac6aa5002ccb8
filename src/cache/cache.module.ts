import { Module } from '@nestjs/common';
import { ModelsModule } from '../models/models.module';
import { UsageModule } from '../usage/usage.module';
import { CacheController } from './cache.controller';
import { CacheStatsRepository } from './stats/cache-stats.repository';
import { CacheStatsService } from './stats/cache-stats.service';
import { InvalidationService } from './invalidation/invalidation.service';
import { ResponseCache } from './response-cache.service';
import { ResponseCacheStore } from './store/response-cache.store';

/** Answers that were paid for once, each tied to the model version that wrote it. */
@Module({
  imports: [ModelsModule, UsageModule],
  controllers: [CacheController],
  providers: [ResponseCacheStore, ResponseCache, InvalidationService, CacheStatsRepository, CacheStatsService],
  exports: [ResponseCache],
})
export class CacheModule {}
