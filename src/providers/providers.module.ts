import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { ProviderConnections } from './provider-connections.service';
import { ProviderRegistry } from './provider-registry.service';
import { ProvidersRepository } from './providers.repository';

/** The providers that answer calls. */
@Module({
  imports: [AuditModule],
  providers: [ProviderRegistry, ProvidersRepository, ProviderConnections],
  exports: [ProviderRegistry, ProvidersRepository, ProviderConnections],
})
export class ProvidersModule {}
