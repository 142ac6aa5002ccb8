import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { TeamsModule } from '../teams/teams.module';
import { ApiKeyDirectory } from './api-key-directory.service';
import { KeyDirectoryRepository } from './key-directory.repository';
import { KeyHasher } from './key-hasher.service';
import { KeysController } from './keys.controller';
import { KeysRepository } from './keys.repository';
import { KeysService } from './keys.service';
import { TeamKeysController } from './team-keys.controller';

@Module({
  imports: [AuditModule, TeamsModule],
  controllers: [TeamKeysController, KeysController],
  providers: [KeysService, KeysRepository, KeyDirectoryRepository, KeyHasher, ApiKeyDirectory],
  exports: [ApiKeyDirectory, KeyHasher, KeysService],
})
export class KeysModule {}
