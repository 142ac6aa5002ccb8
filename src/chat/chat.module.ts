import { Module } from '@nestjs/common';
import { BudgetsModule } from '../budgets/budgets.module';
import { CacheModule } from '../cache/cache.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { ModelsModule } from '../models/models.module';
import { PricingModule } from '../pricing/pricing.module';
import { ProvidersModule } from '../providers/providers.module';
import { RoutingModule } from '../routing/routing.module';
import { UsageModule } from '../usage/usage.module';
import { AnswerKeeper } from './attempts/answer-keeper.service';
import { AttemptService } from './attempts/attempt.service';
import { ChatController } from './chat.controller';
import { ChatService } from './chat.service';
import { DispatchService } from './attempts/dispatch.service';
import { HitService } from './answers/hit.service';
import { ReplayService } from './answers/replay.service';
import { SettlementService } from './attempts/settlement.service';
import { StreamRelayService } from './answers/stream-relay.service';
import { FollowerService } from './sharing/follower.service';
import { SharedAnswers } from './sharing/shared-answers.service';
import { UpstreamAsker } from './sharing/upstream-asker.service';

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
    ReplayService,
    AttemptService,
    SettlementService,
    DispatchService,
    AnswerKeeper,
    StreamRelayService,
    SharedAnswers,
    FollowerService,
    UpstreamAsker,
  ],
  exports: [ChatService],
})
export class ChatModule {}
