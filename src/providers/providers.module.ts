import { Module } from '@nestjs/common';
import { ProviderRegistry } from './provider-registry.service';

/** The vendors that can be asked. */
@Module({ providers: [ProviderRegistry], exports: [ProviderRegistry] })
export class ProvidersModule {}
