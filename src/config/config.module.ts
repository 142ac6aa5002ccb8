import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '../common/clock';
import { LogDestination } from '../common/runtime/log-destination';
import { DataDirectory } from './data-directory';
import { GatewayConfig } from './gateway-config';
import { SecretBox } from './secret-box.service';

/** Settings, data directory with its lock, log, clock and encryption of secrets, for every module. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: GatewayConfig, dataDirectory: DataDirectory, log: LogDestination): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: GatewayConfig, useValue: config },
        { provide: DataDirectory, useValue: dataDirectory },
        { provide: LogDestination, useValue: log },
        Clock,
        SecretBox,
      ],
      exports: [GatewayConfig, DataDirectory, LogDestination, Clock, SecretBox],
    };
  }
}
