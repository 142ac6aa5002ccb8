import { type DynamicModule, Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module';
import type { GatewayConfig } from '../config/gateway-config';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { KeysModule } from '../keys/keys.module';
import { ModelsModule } from '../models/models.module';
import { AdminBatchFilesController } from './admin/admin-batch-files.controller';
import { AdminBatchesController } from './admin/admin-batches.controller';
import { AdminBatchesRepository } from './admin/admin-batches.repository';
import { AdminBatches } from './admin/admin-batches.service';
import { BatchesController } from './batches.controller';
import { BatchesRepository } from './batches.repository';
import { NewBatchesRepository } from './new-batches.repository';
import { NewLines } from './lines/new-lines.repository';
import { BatchesService } from './batches.service';
import { EventHubModule } from '../event-hub/event-hub.module';
import { BatchEvents } from './admin/batch-events.service';
import { FilesModule } from './files/files.module';
import { BatchInputService } from './input/batch-input.service';
import { BatchFinisher } from './output/batch-finisher.service';
import { FinishingRepository } from './output/finishing.repository';
import { BatchDispatcher } from './runner/batch-dispatcher.service';
import { BatchQueue } from './queue/batch-queue';
import { BullBatchQueueModule } from './queue/batch-queue.bull';
import { LocalBatchQueue } from './queue/batch-queue.local';
import { BatchWorker } from './runner/batch-worker.service';
import { LineRunner } from './runner/line-runner.service';
import { LineBodies } from './lines/line-bodies.repository';
import { LinesRepository } from './lines/lines.repository';
import { AlertsModule } from '../alerts/alerts.module';
import { AuditModule } from '../audit/audit.module';
import { BudgetsModule } from '../budgets/budgets.module';
import { LedgerModule } from '../ledger/ledger.module';
import { ProvidersModule } from '../providers/providers.module';
import { LineCalls } from './lines/line-calls.service';
import { NativeDispatcher } from './native/native-dispatcher.service';
import { NativeRunner } from './native/native-runner.service';
import { ShardCalls } from './native/shard-calls.service';
import { ShardCreations } from './native/shard-creations.service';
import { ShardEnds } from './native/shard-ends.service';
import { ShardOpening } from './native/shard-opening.service';
import { ShardResults } from './native/shard-results.service';
import { ShardsRepository } from './native/shards.repository';
import { VendorBatches } from './native/vendor-batches.service';
import { ReportsModule } from '../usage/reports/reports.module';
import { BatchQuotes } from './plan/batch-quotes.service';
import { LineQuotes } from './plan/line-quotes.service';
import { BatchPlanner } from './plan/batch-planner.service';
import { LinePlanner } from './plan/line-planner.service';
import { PlanRepository } from './plan/plan.repository';
import { TwinsRepository } from './lines/twins.repository';
import { TwinsService } from './lines/twins.service';
import { RefusedCallsModule } from '../refused-calls/refused-calls.module';
import { LimitsModule } from '../limits/limits.module';
import { PricingModule } from '../pricing/pricing.module';
import { TeamsModule } from '../teams/teams.module';
import { LineStarts } from './ways/line-starts.service';
import { LineWays } from './ways/line-ways.service';
import { ResultWriter } from './runner/result-writer.service';

/** Files and batches under `/v1`, and the worker that runs batch lines. */
@Module({})
export class BatchModule {
  /** With a Redis URL the workers of all instances share a queue in Redis. */
  static forRoot({ queueRedisUrl }: GatewayConfig): DynamicModule {
    return {
      module: BatchModule,
      imports: [
        FilesModule,
        IdempotencyModule,
        CallsModule,
        KeysModule,
        ModelsModule,
        RefusedCallsModule,
        AlertsModule,
        AuditModule,
        TeamsModule,
        BudgetsModule,
        EventHubModule,
        LedgerModule,
        ProvidersModule,
        ReportsModule,
        LimitsModule,
        PricingModule,
        ...(queueRedisUrl ? [BullBatchQueueModule.register()] : []),
      ],
      controllers: [BatchesController, AdminBatchesController, AdminBatchFilesController],
      providers: [
        AdminBatches,
        AdminBatchesRepository,
        BatchEvents,
        BatchesService,
        BatchesRepository,
        NewBatchesRepository,
        NewLines,
        BatchInputService,
        BatchDispatcher,
        BatchWorker,
        LineRunner,
        LineBodies,
        LinesRepository,
        ResultWriter,
        BatchFinisher,
        FinishingRepository,
        LineCalls,
        TwinsService,
        TwinsRepository,
        BatchPlanner,
        BatchQuotes,
        LineQuotes,
        LinePlanner,
        LineStarts,
        LineWays,
        PlanRepository,
        NativeDispatcher,
        NativeRunner,
        ShardCalls,
        ShardResults,
        ShardOpening,
        ShardCreations,
        ShardEnds,
        ShardsRepository,
        VendorBatches,
        ...(queueRedisUrl ? [] : [{ provide: BatchQueue, useClass: LocalBatchQueue }]),
      ],
    };
  }
}
