import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/calls.module';
import { EmbeddingsController } from './embeddings.controller';

/** `POST /v1/embeddings`. */
@Module({ imports: [CallsModule], controllers: [EmbeddingsController] })
export class EmbeddingsModule {}
