import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module';
import { EventHubModule } from '../event-hub/event-hub.module';
import { EventsController } from './events.controller';
import { OpenStreams } from './open-streams.service';

/** Streams of what happens, for people. */
@Module({ imports: [AuthModule, EventHubModule], controllers: [EventsController], providers: [OpenStreams] })
export class EventsModule {}
