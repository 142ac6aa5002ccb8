import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DataDirectory } from './data-directory';
import { GatewayConfig } from './gateway-config';
import { SecretBox } from './secret-box.service';

/** Settings, data directory with its lock, clock and encryption of secrets, for every module. */
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
        SecretBox,
      ],
      exports: [GatewayConfig, DataDirectory, Clock, SecretBox],
    };
  }
}
