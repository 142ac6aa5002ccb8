import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { AuditModule } from '../audit/audit.module';
import { ProvidersModule } from '../providers/providers.module';
import { TeamsModule } from '../teams/teams.module';
import { PriceBook } from './price-book.service';
import { PriceImport } from './price-import.service';
import { PriceScope } from './price-scope.service';
import { PricesController } from './prices.controller';
import { PricesRepository } from './prices.repository';
import { PricesService } from './prices.service';
import { TokenEstimator } from './token-estimator.service';

/** Prices of tokens and estimates of token counts. */
@Module({
  imports: [AlertsModule, AuditModule, ProvidersModule, TeamsModule],
  controllers: [PricesController],
  providers: [PriceBook, PricesRepository, PricesService, PriceImport, PriceScope, TokenEstimator],
  exports: [PriceBook, PricesService, TokenEstimator],
})
export class PricingModule {}
