import { Module } from '@nestjs/common';
import { EventHub } from './event-hub.service';

/** Between what happens and the streams that people have open. */
@Module({ providers: [EventHub], exports: [EventHub] })
export class EventHubModule {}
