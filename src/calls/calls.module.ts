import { Module } from '@nestjs/common';
import { BudgetsModule } from '../budgets/budgets.module';
import { CacheModule } from '../cache/cache.module';
import { LedgerModule } from '../ledger/ledger.module';
import { ModelsModule } from '../models/models.module';
import { PricingModule } from '../pricing/pricing.module';
import { ProvidersModule } from '../providers/providers.module';
import { RoutingModule } from '../routing/routing.module';
import { SingleFlightModule } from '../single-flight/single-flight.module';
import { AttemptService } from './attempts/attempt.service';
import { CacheWriter } from './attempts/cache-writer.service';
import { DispatchService } from './attempts/dispatch.service';
import { SettlementService } from './attempts/settlement.service';
import { StreamRelayService } from './attempts/stream-relay.service';
import { CallsService } from './calls.service';
import { Coalescing } from './coalescing/coalescing.service';
import { FollowerService } from './coalescing/follower.service';
import { UpstreamAsker } from './coalescing/upstream-asker.service';
import { CachedResponseService } from './responses/cached-response.service';
import { ReplayService } from './responses/replay.service';

/** The pipeline of a call: model, cache, single flight, attempts, settlement. */
@Module({
  imports: [
    BudgetsModule,
    PricingModule,
    ModelsModule,
    CacheModule,
    SingleFlightModule,
    RoutingModule,
    ProvidersModule,
    LedgerModule,
  ],
  providers: [
    CallsService,
    CachedResponseService,
    ReplayService,
    AttemptService,
    SettlementService,
    DispatchService,
    CacheWriter,
    StreamRelayService,
    Coalescing,
    FollowerService,
    UpstreamAsker,
  ],
  exports: [CallsService],
})
export class CallsModule {}
