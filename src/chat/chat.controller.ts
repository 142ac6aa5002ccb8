import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chatCompletions } from '@thriftgate/providers';
import { CallResponder } from '../calls/responses/call-responder.service';
import { ChatDocs } from './chat.docs';

/** OpenAI's chat completions, with any model of any provider. */
@Controller('v1/chat')
export class ChatController {
  constructor(private readonly responder: CallResponder) {}

  @Post('completions')
  @HttpCode(200)
  @ChatDocs()
  complete(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.responder.respond(chatCompletions, request, reply);
  }
}
