import { type DynamicModule, Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module';
import type { GatewayConfig } from '../config/gateway-config';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { KeysModule } from '../keys/keys.module';
import { ModelsModule } from '../models/models.module';
import { BatchesController } from './batches.controller';
import { BatchesRepository } from './batches.repository';
import { BatchesService } from './batches.service';
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
import { LinesRepository } from './runner/lines.repository';
import { RefusedCallsModule } from '../refused-calls/refused-calls.module';
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
        ...(queueRedisUrl ? [BullBatchQueueModule.register()] : []),
      ],
      controllers: [BatchesController],
      providers: [
        BatchesService,
        BatchesRepository,
        BatchInputService,
        BatchDispatcher,
        BatchWorker,
        LineRunner,
        LinesRepository,
        ResultWriter,
        BatchFinisher,
        FinishingRepository,
        ...(queueRedisUrl ? [] : [{ provide: BatchQueue, useClass: LocalBatchQueue }]),
      ],
    };
  }
}
