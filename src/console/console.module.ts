import { Module } from '@nestjs/common';
import { ConsolePage } from './console-page.service';
import { ConsoleController } from './console.controller';

@Module({ controllers: [ConsoleController], providers: [ConsolePage] })
export class ConsoleModule {}
