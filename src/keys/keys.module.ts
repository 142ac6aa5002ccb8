import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { ModelsModule } from '../models/models.module';
import { TeamsModule } from '../teams/teams.module';
import { AllKeysController } from './all-keys.controller';
import { ApiKeyDirectory } from './api-key-directory.service';
import { ConsoleKeys } from './console-keys.service';
import { ExpiringKeysRepository } from './expiring-keys.repository';
import { KeyDirectoryRepository } from './key-directory.repository';
import { KeyLookUps } from './key-look-ups.service';
import { KeyHasher } from './key-hasher.service';
import { KeyRules } from './key-rules.service';
import { KeySearchRepository } from './key-search.repository';
import { KeysController } from './keys.controller';
import { KeysRepository } from './keys.repository';
import { KeysService } from './keys.service';
import { TeamKeysController } from './team-keys.controller';

@Module({
  imports: [AuditModule, ModelsModule, TeamsModule],
  controllers: [AllKeysController, TeamKeysController, KeysController],
  providers: [
    ConsoleKeys,
    KeysService,
    KeysRepository,
    ExpiringKeysRepository,
    KeyDirectoryRepository,
    KeyHasher,
    KeyRules,
    KeySearchRepository,
    KeyLookUps,
    ApiKeyDirectory,
  ],
  exports: [ApiKeyDirectory, ConsoleKeys, ExpiringKeysRepository, KeyHasher, KeysService],
})
export class KeysModule {}
