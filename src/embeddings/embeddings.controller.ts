import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { embeddings } from '@thriftgate/providers';
import { CallResponder } from '../calls/responses/call-responder.service';
import { EmbeddingsDocs } from './embeddings.docs';

/** OpenAI's embeddings, with any embedding model of any provider. */
@Controller()
export class EmbeddingsController {
  constructor(private readonly responder: CallResponder) {}

  @Post('v1/embeddings')
  @HttpCode(200)
  @EmbeddingsDocs()
  create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.responder.respond(embeddings, request, reply);
  }
}
