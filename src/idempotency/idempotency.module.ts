import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module';
import { IdempotencyRepository } from './idempotency.repository';
import { IdempotencyService } from './idempotency.service';

/** Calls that are made once, however often they are sent. */
@Module({
  imports: [LedgerModule],
  providers: [IdempotencyService, IdempotencyRepository],
  exports: [IdempotencyService],
})
export class IdempotencyModule {}
