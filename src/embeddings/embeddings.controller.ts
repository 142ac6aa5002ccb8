import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { embeddings, isRecord } from '@thriftgate/providers';
import { CallResponder } from '../calls/responses/call-responder.service';
import { Requires } from '../http/access.decorators';
import { DeploymentEmbeddingsDocs, EmbeddingsDocs } from './embeddings.docs';

/** OpenAI's embeddings, with any embedding model of any provider. */
@Requires('api:use')
@Controller()
export class EmbeddingsController {
  constructor(private readonly responder: CallResponder) {}

  @Post('v1/embeddings')
  @HttpCode(200)
  @EmbeddingsDocs()
  create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.responder.respond(embeddings, request, reply);
  }

  /** For Azure's clients, which have the model in the path. The query `api-version` is ignored. */
  @Post('openai/deployments/:model/embeddings')
  @HttpCode(200)
  @DeploymentEmbeddingsDocs()
  createAtDeployment(
    @Param('model') model: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (isRecord(request.body)) request.body = embeddings.withModel(request.body, model);
    return this.create(request, reply);
  }
}
