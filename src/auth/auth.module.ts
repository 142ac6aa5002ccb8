import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module';
import { AdminKeyRepository } from './admin-key.repository';
import { AdminKey } from './admin-key.service';
import { AuthGuard } from './auth.guard';

@Module({
  imports: [KeysModule],
  providers: [AdminKey, AdminKeyRepository, AuthGuard],
  exports: [AuthGuard, AdminKey],
})
export class AuthModule {}
