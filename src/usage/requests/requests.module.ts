import { Module } from '@nestjs/common';
import { LedgerModule } from '../../ledger/ledger.module';
import { RequestsController } from './requests.controller';
import { RequestsRepository } from './requests.repository';
import { RequestsService } from './requests.service';

/** The rows of the ledger, for administrators. */
@Module({
  imports: [LedgerModule],
  controllers: [RequestsController],
  providers: [RequestsService, RequestsRepository],
})
export class RequestsModule {}
