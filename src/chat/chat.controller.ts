import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chatCompletions, isRecord } from '@thriftgate/providers';
import { CallResponder } from '../calls/responses/call-responder.service';
import { Requires } from '../http/access.decorators';
import { ChatDocs, DeploymentChatDocs } from './chat.docs';

/** OpenAI's chat completions, with any model of any provider. */
@Requires('api:use')
@Controller()
export class ChatController {
  constructor(private readonly responder: CallResponder) {}

  @Post('v1/chat/completions')
  @HttpCode(200)
  @ChatDocs()
  complete(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.responder.respond(chatCompletions, request, reply);
  }

  /** For Azure's clients, which have the model in the path. The query `api-version` is ignored. */
  @Post('openai/deployments/:model/chat/completions')
  @HttpCode(200)
  @DeploymentChatDocs()
  completeAtDeployment(
    @Param('model') model: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (isRecord(request.body)) request.body = chatCompletions.withModel(request.body, model);
    return this.complete(request, reply);
  }
}
