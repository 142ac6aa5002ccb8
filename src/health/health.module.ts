import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/providers.module';
import { HealthController } from './health.controller';
import { Readiness } from './readiness.service';

@Module({
  imports: [ProvidersModule],
  controllers: [HealthController],
  providers: [Readiness],
  exports: [Readiness],
})
export class HealthModule {}
