import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DataDirectory } from './data-directory';
import { GatewayConfig } from './gateway-config';

/** The settings, the locked data directory and the clock, for every module. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: GatewayConfig, dataDirectory: DataDirectory): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: GatewayConfig, useValue: config },
        { provide: DataDirectory, useValue: dataDirectory },
        Clock,
      ],
      exports: [GatewayConfig, DataDirectory, Clock],
    };
  }
}
