import { Module } from '@nestjs/common';
import { EventHubModule } from '../../event-hub/event-hub.module';
import { LedgerModule } from '../../ledger/ledger.module';
import { PricingModule } from '../../pricing/pricing.module';
import { ReportsModule } from '../reports/reports.module';
import { RequestDetailsService } from './request-details.service';
import { RequestEvents } from './request-events.service';
import { RequestsController } from './requests.controller';
import { RequestsRepository } from './requests.repository';
import { RequestsService } from './requests.service';

/** The rows of the ledger, for administrators. */
@Module({
  imports: [EventHubModule, LedgerModule, PricingModule, ReportsModule],
  controllers: [RequestsController],
  providers: [RequestsService, RequestsRepository, RequestDetailsService, RequestEvents],
})
export class RequestsModule {}
