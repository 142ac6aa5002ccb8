import { Module } from '@nestjs/common';
import { ProviderRegistry } from './provider-registry.service';

/** The providers that answer calls. */
@Module({ providers: [ProviderRegistry], exports: [ProviderRegistry] })
export class ProvidersModule {}
