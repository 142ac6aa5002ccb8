import { Module } from '@nestjs/common';
import { BudgetsModule } from '../budgets/budgets.module';
import { KeysModule } from '../keys/keys.module';
import { LimitsModule } from '../limits/limits.module';
import { TeamsModule } from '../teams/teams.module';
import { KeyInfoController } from './key-info.controller';

/** What a key is, may and has left, for its holder. */
@Module({
  imports: [BudgetsModule, KeysModule, LimitsModule, TeamsModule],
  controllers: [KeyInfoController],
})
export class KeyInfoModule {}
