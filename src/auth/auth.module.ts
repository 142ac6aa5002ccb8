import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module';
import { AuditModule } from '../audit/audit.module';
import { GatewayConfig } from '../config/gateway-config';
import { KeysModule } from '../keys/keys.module';
import { LimitsModule } from '../limits/limits.module';
import { TeamsModule } from '../teams/teams.module';
import { AdminKeyRepository } from './admin-key.repository';
import { AdminKey } from './admin-key.service';
import { AuthGuard } from './auth.guard';
import { CallerIdentity } from './caller-identity.service';
import { KeyFinder } from './key-finder.service';
import { NamedIds } from './named-ids.service';
import { NarrowingService } from './narrowing.service';
import { SessionCookie } from './sessions/session-cookie';
import { SessionDirectory } from './sessions/session-directory.service';
import { SessionsController } from './sessions/sessions.controller';
import { SessionsRepository } from './sessions/sessions.repository';
import { SessionsService } from './sessions/sessions.service';
import { SignInLimits } from './sessions/sign-in-limits.service';

/** Who a caller is, by a key or a session, and what they may do. */
@Module({
  imports: [AlertsModule, AuditModule, KeysModule, LimitsModule, TeamsModule],
  controllers: [SessionsController],
  providers: [
    NamedIds,
    NarrowingService,
    AdminKey,
    AdminKeyRepository,
    KeyFinder,
    CallerIdentity,
    AuthGuard,
    {
      provide: SessionCookie,
      useFactory: ({ publicUrl }: GatewayConfig) => new SessionCookie(publicUrl),
      inject: [GatewayConfig],
    },
    SessionDirectory,
    SessionsRepository,
    SessionsService,
    SignInLimits,
  ],
  exports: [AuthGuard, AdminKey, CallerIdentity, KeyFinder, SessionDirectory],
})
export class AuthModule {}
