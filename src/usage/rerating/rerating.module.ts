import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module';
import { ModelsModule } from '../../models/models.module';
import { PricingModule } from '../../pricing/pricing.module';
import { LedgerModule } from '../../ledger/ledger.module';
import { ReratingController } from './rerating.controller';
import { ReratingRepository } from './rerating.repository';
import { ReratingService } from './rerating.service';

/** Corrections of booked costs after price changes. */
@Module({
  imports: [AuditModule, ModelsModule, PricingModule, LedgerModule],
  controllers: [ReratingController],
  providers: [ReratingService, ReratingRepository],
})
export class ReratingModule {}
