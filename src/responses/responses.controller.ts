import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { responses } from '@thriftgate/providers';
import { CallResponder } from '../calls/responses/call-responder.service';
import { Requires } from '../http/access.decorators';
import { ResponsesDocs } from './responses.docs';

/** OpenAI's Responses, with any model of any provider. */
@Requires('api:use')
@Controller()
export class ResponsesController {
  constructor(private readonly responder: CallResponder) {}

  @Post('v1/responses')
  @HttpCode(200)
  @ResponsesDocs()
  create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.responder.respond(responses, request, reply);
  }
}
