import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { CallsModule } from '../calls/calls.module';
import { KeysModule } from '../keys/keys.module';
import { LimitsModule } from '../limits/limits.module';
import { ModelsModule } from '../models/models.module';
import { ConsoleCallGuard } from './console-call.guard';
import { PlaygroundController } from './playground.controller';

/** Calls that people make in the console. */
@Module({
  imports: [AuditModule, AuthModule, CallsModule, KeysModule, LimitsModule, ModelsModule],
  controllers: [PlaygroundController],
  providers: [ConsoleCallGuard],
})
export class PlaygroundModule {}
