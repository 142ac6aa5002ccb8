import { Module } from '@nestjs/common';
import { BudgetsModule } from '../budgets/budgets.module';
import { CacheModule } from '../cache/cache.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { ModelsModule } from '../models/models.module';
import { PricingModule } from '../pricing/pricing.module';
import { ProvidersModule } from '../providers/providers.module';
import { RoutingModule } from '../routing/routing.module';
import { UsageModule } from '../usage/usage.module';
import { AnswerKeeper } from './answer-keeper.service';
import { AttemptService } from './attempt.service';
import { ChatController } from './chat.controller';
import { ChatService } from './chat.service';
import { DispatchService } from './dispatch.service';
import { HitService } from './hit.service';
import { SettlementService } from './settlement.service';
import { StreamRelayService } from './stream-relay.service';

/** The way of a chat call through the gateway. */
@Module({
  imports: [
    IdempotencyModule,
    BudgetsModule,
    PricingModule,
    ModelsModule,
    CacheModule,
    RoutingModule,
    ProvidersModule,
    UsageModule,
  ],
  controllers: [ChatController],
  providers: [
    ChatService,
    HitService,
    AttemptService,
    SettlementService,
    DispatchService,
    AnswerKeeper,
    StreamRelayService,
  ],
  exports: [ChatService],
})
export class ChatModule {}
