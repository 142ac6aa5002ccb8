import { Module } from '@nestjs/common';
import { EventHubModule } from '../../event-hub/event-hub.module';
import { KeysModule } from '../../keys/keys.module';
import { LedgerModule } from '../../ledger/ledger.module';
import { PricingModule } from '../../pricing/pricing.module';
import { TeamsModule } from '../../teams/teams.module';
import { RequestDetailsService } from './request-details.service';
import { RequestEvents } from './request-events.service';
import { RequestNames } from './request-names.service';
import { RequestsController } from './requests.controller';
import { RequestsRepository } from './requests.repository';
import { RequestsService } from './requests.service';

/** The rows of the ledger, for administrators. */
@Module({
  imports: [EventHubModule, KeysModule, LedgerModule, PricingModule, TeamsModule],
  controllers: [RequestsController],
  providers: [RequestsService, RequestsRepository, RequestDetailsService, RequestEvents, RequestNames],
})
export class RequestsModule {}
