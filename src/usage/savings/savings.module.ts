import { Module } from '@nestjs/common';
import { UsageModule } from '../usage.module';
import { RoiService } from './roi.service';
import { SavingsController } from './savings.controller';
import { SavingsRepository } from './savings.repository';
import { SavingsService } from './savings.service';

/** What the gateway saves. */
@Module({
  imports: [UsageModule],
  controllers: [SavingsController],
  providers: [SavingsService, SavingsRepository, RoiService],
})
export class SavingsModule {}
