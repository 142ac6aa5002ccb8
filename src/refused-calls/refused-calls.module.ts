import { Module } from '@nestjs/common';
import { FailedRequests } from '../http/failed-requests.service';
import { ModelsModule } from '../models/models.module';
import { RefusedCallsRepository } from './refused-calls.repository';
import { RefusedCalls } from './refused-calls.service';

/** The calls that the gateway refuses before an upstream is asked, counted by team, key, model and reason. */
@Module({
  imports: [ModelsModule],
  providers: [FailedRequests, RefusedCalls, RefusedCallsRepository],
  exports: [FailedRequests, RefusedCalls],
})
export class RefusedCallsModule {}
