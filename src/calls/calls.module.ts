import { Module } from '@nestjs/common';
import { BudgetsModule } from '../budgets/budgets.module';
import { CacheModule } from '../cache/cache.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { LedgerModule } from '../ledger/ledger.module';
import { ModelsModule } from '../models/models.module';
import { PricingModule } from '../pricing/pricing.module';
import { ProvidersModule } from '../providers/providers.module';
import { RoutingModule } from '../routing/routing.module';
import { SingleFlightModule } from '../single-flight/single-flight.module';
import { AdmissionService } from './attempts/admission.service';
import { AttemptsService } from './attempts/attempts.service';
import { CacheWriter } from './attempts/cache-writer.service';
import { CallTurns } from './attempts/call-turns.service';
import { DeferredAttempts } from './attempts/deferred-attempts.service';
import { ReadOnService } from './attempts/read-on.service';
import { CallsService } from './calls.service';
import { Coalescing } from './coalescing/coalescing.service';
import { FollowerService } from './coalescing/follower.service';
import { UpstreamAsker } from './coalescing/upstream-asker.service';
import { ProviderProbe } from './provider-probe.service';
import { TokenCounts } from './token-counts.service';
import { PartedCalls } from './parts/parted-calls.service';
import { CallResponder } from './responses/call-responder.service';
import { CachedResponseService } from './responses/cached-response.service';
import { ReplayService } from './responses/replay.service';

/** The pipeline of a call: model, cache, single flight, attempts, settlement. */
@Module({
  imports: [
    IdempotencyModule,
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
    TokenCounts,
    ProviderProbe,
    CallResponder,
    CachedResponseService,
    ReplayService,
    AdmissionService,
    AttemptsService,
    CacheWriter,
    CallTurns,
    DeferredAttempts,
    ReadOnService,
    Coalescing,
    FollowerService,
    UpstreamAsker,
    PartedCalls,
  ],
  exports: [CallsService, CallResponder, DeferredAttempts, TokenCounts, ProviderProbe],
})
export class CallsModule {}
