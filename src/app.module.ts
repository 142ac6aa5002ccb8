import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AlertsModule } from './alerts/alerts.module';
import { AuditModule } from './audit/audit.module';
import { AuthGuard } from './auth/auth.guard';
import { AuthModule } from './auth/auth.module';
import { BudgetsModule } from './budgets/budgets.module';
import { BatchModule } from './batch/batch.module';
import { CacheModule } from './cache/cache.module';
import { ChatModule } from './chat/chat.module';
import { EmbeddingsModule } from './embeddings/embeddings.module';
import { ResponsesModule } from './responses/responses.module';
import { EventsModule } from './events/events.module';
import { GatewayErrorFilter } from './http/gateway-error.filter';
import { CallsModule } from './calls/calls.module';
import { LogDestination } from './common/runtime/log-destination';
import { SingleFlightModule } from './single-flight/single-flight.module';
import { ConfigModule } from './config/config.module';
import { DataDirectory } from './config/data-directory';
import { GatewayConfig } from './config/gateway-config';
import { ConsoleModule } from './console/console.module';
import { CreditsModule } from './credits/credits.module';
import { DatabaseModule } from './database/database.module';
import { HealthModule } from './health/health.module';
import { KeysModule } from './keys/keys.module';
import { KeyInfoModule } from './key-info/key-info.module';
import { LimitsGuard } from './limits/limits.guard';
import { LimitsModule } from './limits/limits.module';
import { MeModule } from './me/me.module';
import { MessagesModule } from './messages/messages.module';
import { ModelsModule } from './models/models.module';
import { OverviewModule } from './overview/overview.module';
import { PlaygroundModule } from './playground/playground.module';
import { ProviderAdminModule } from './provider-admin/provider-admin.module';
import { ProvidersModule } from './providers/providers.module';
import { RedisModule } from './redis/redis.module';
import { RefusedCallsModule } from './refused-calls/refused-calls.module';
import { RoutingModule } from './routing/routing.module';
import { SettingsModule } from './settings/settings.module';
import { TeamsModule } from './teams/teams.module';
import { ReportsModule } from './usage/reports/reports.module';
import { RequestsModule } from './usage/requests/requests.module';
import { ReratingModule } from './usage/rerating/rerating.module';
import { SavingsModule } from './usage/savings/savings.module';
import { LedgerModule } from './ledger/ledger.module';

/** The map of the gateway: what stands below, then the modules in the order in which a call passes them. */
@Module({})
export class AppModule {
  /** @param log where log lines go; nowhere by default */
  static forRoot(
    config: GatewayConfig,
    dataDirectory: DataDirectory,
    log = new LogDestination(() => undefined),
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config, dataDirectory, log),
        RedisModule,
        DatabaseModule,

        AlertsModule,
        AuditModule,
        TeamsModule,
        KeysModule,
        AuthModule,
        SettingsModule,
        MeModule,
        LimitsModule,
        ModelsModule,
        RefusedCallsModule,
        CreditsModule,
        BudgetsModule,
        KeyInfoModule,
        CacheModule,
        RoutingModule,
        ProvidersModule,
        SingleFlightModule,
        CallsModule,
        ProviderAdminModule,
        PlaygroundModule,
        ChatModule,
        MessagesModule,
        ResponsesModule,
        EmbeddingsModule,
        LedgerModule,
        ReportsModule,
        RequestsModule,
        ReratingModule,
        SavingsModule,
        OverviewModule,

        BatchModule.forRoot(config),
        EventsModule,
        HealthModule,
        ...(config.console ? [ConsoleModule] : []),
      ],
      providers: [
        { provide: APP_GUARD, useExisting: AuthGuard },
        { provide: APP_GUARD, useExisting: LimitsGuard },
        { provide: APP_FILTER, useClass: GatewayErrorFilter },
      ],
    };
  }
}
