import { Module } from '@nestjs/common';
import { UsageModule } from '../usage/usage.module';
import { IdempotencyRepository } from './idempotency.repository';
import { IdempotencyService } from './idempotency.service';

/** Calls that are made once, however often they are sent. */
@Module({
  imports: [UsageModule],
  providers: [IdempotencyService, IdempotencyRepository],
  exports: [IdempotencyService],
})
export class IdempotencyModule {}
