import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { SettingsModule } from '../settings/settings.module';
import { TeamsModule } from '../teams/teams.module';
import { MeController } from './me.controller';
import { MeService } from './me.service';
import { PreferencesRepository } from './preferences.repository';

/** Who the caller is, and what they have chosen for the console. */
@Module({
  imports: [AuditModule, SettingsModule, TeamsModule],
  controllers: [MeController],
  providers: [MeService, PreferencesRepository],
})
export class MeModule {}
