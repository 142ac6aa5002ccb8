import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module';
import { ResponsesController } from './responses.controller';

/** `POST /v1/responses`. */
@Module({ imports: [CallsModule], controllers: [ResponsesController] })
export class ResponsesModule {}
