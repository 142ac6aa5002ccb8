import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module';
import { TeamsModule } from '../teams/teams.module';
import { AdminKeyRepository } from './admin-key.repository';
import { AdminKey } from './admin-key.service';
import { NarrowingService } from './narrowing.service';
import { NamedIds } from './named-ids.service';
import { AuthGuard } from './auth.guard';

@Module({
  imports: [KeysModule, TeamsModule],
  providers: [NamedIds, NarrowingService, AdminKey, AdminKeyRepository, AuthGuard],
  exports: [AuthGuard, AdminKey],
})
export class AuthModule {}
