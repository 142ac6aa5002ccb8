import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module';
import { ChatController } from './chat.controller';

/** `POST /v1/chat/completions`. */
@Module({ imports: [CallsModule], controllers: [ChatController] })
export class ChatModule {}
