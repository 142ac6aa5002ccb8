import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module';
import { MessagesController } from './messages.controller';

/** `POST /v1/messages`. */
@Module({ imports: [CallsModule], controllers: [MessagesController] })
export class MessagesModule {}
