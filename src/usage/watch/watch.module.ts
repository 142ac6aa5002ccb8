import { Module } from '@nestjs/common';
import { AlertsModule } from '../../alerts/alerts.module';
import { ForecastService } from './forecast.service';
import { HourlySpendRepository } from './hourly-spend.repository';
import { SpendWatch } from './spend-watch.service';

/** Forecasts and anomalies of spending. */
@Module({
  imports: [AlertsModule],
  providers: [ForecastService, HourlySpendRepository, SpendWatch],
  exports: [ForecastService],
})
export class WatchModule {}
