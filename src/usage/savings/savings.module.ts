import { Module } from '@nestjs/common';
import { LedgerModule } from '../../ledger/ledger.module';
import { ModelsModule } from '../../models/models.module';
import { DeferrableTraffic } from './deferrable-traffic.service';
import { RepeatedQuestions } from './repeated-questions.service';
import { RoiService } from './roi.service';
import { SavingsController } from './savings.controller';
import { SavingsRepository } from './savings.repository';
import { SavingsService } from './savings.service';

/** Reports of savings. */
@Module({
  imports: [LedgerModule, ModelsModule],
  controllers: [SavingsController],
  providers: [SavingsService, SavingsRepository, RoiService, RepeatedQuestions, DeferrableTraffic],
  exports: [SavingsService],
})
export class SavingsModule {}
