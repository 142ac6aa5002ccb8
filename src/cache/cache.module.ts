import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { AuditModule } from '../audit/audit.module';
import { ModelsModule } from '../models/models.module';
import { ProvidersModule } from '../providers/providers.module';
import { TeamsModule } from '../teams/teams.module';
import { LedgerModule } from '../ledger/ledger.module';
import { CacheController } from './cache.controller';
import { CacheMemoryRepository } from './stats/cache-memory.repository';
import { CacheMemory } from './stats/cache-memory.service';
import { CacheStatsRepository } from './stats/cache-stats.repository';
import { CacheStatsService } from './stats/cache-stats.service';
import { AnswerFinder } from './invalidation/answer-finder.service';
import { InvalidationPreview } from './invalidation/invalidation-preview.service';
import { InvalidationService } from './invalidation/invalidation.service';
import { RulesRepository } from './invalidation/rules.repository';
import { InvalidationRules } from './invalidation/rules.service';
import { CacheScopes } from './sharing/cache-scopes.service';
import { SharesController } from './sharing/shares.controller';
import { SharesRepository } from './sharing/shares.repository';
import { SharesService } from './sharing/shares.service';
import { ResponseCache } from './response-cache.service';
import { ResponseCacheStore } from './store/response-cache.store';
import { VendorTurns } from './turns/vendor-turns.store';

/** The response cache: stores responses by model version and serves them again. */
@Module({
  imports: [AlertsModule, AuditModule, ModelsModule, ProvidersModule, TeamsModule, LedgerModule],
  controllers: [CacheController, SharesController],
  providers: [
    ResponseCacheStore,
    VendorTurns,
    ResponseCache,
    SharesRepository,
    SharesService,
    CacheScopes,
    RulesRepository,
    InvalidationRules,
    AnswerFinder,
    InvalidationService,
    InvalidationPreview,
    CacheMemoryRepository,
    CacheMemory,
    CacheStatsRepository,
    CacheStatsService,
  ],
  exports: [CacheMemory, CacheScopes, ResponseCache, VendorTurns],
})
export class CacheModule {}
