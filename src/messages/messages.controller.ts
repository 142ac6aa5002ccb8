import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { TokenCount } from '@thriftgate/contracts';
import { isRecord, messages } from '@thriftgate/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallResponder } from '../calls/responses/call-responder.service';
import { TokenCounts } from '../calls/token-counts.service';
import { Requires } from '../http/access.decorators';
import { ClientDisconnect } from '../http/client-disconnect';
import { CountDocs, MessagesDocs } from './messages.docs';

/** The header that Anthropic's clients read the id of a request from. */
const REQUEST_ID = 'request-id';
/** Set where the gateway has estimated a count. */
const ESTIMATED = 'x-gateway-estimated';
/** A count needs no limit of output tokens, which calls do. */
const ANY_LIMIT = 1;

/** Anthropic's messages, with any model of any provider. */
@Requires('api:use')
@Controller('v1/messages')
export class MessagesController {
  constructor(
    private readonly responder: CallResponder,
    private readonly counts: TokenCounts,
  ) {}

  @Post()
  @HttpCode(200)
  @MessagesDocs()
  create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.responder.respond(messages, request, reply.header(REQUEST_ID, request.id));
  }

  @Post('count_tokens')
  @HttpCode(200)
  @CountDocs()
  async count(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<TokenCount> {
    void reply.header(REQUEST_ID, request.id);
    if (isRecord(request.body)) request.body = { max_tokens: ANY_LIMIT, ...request.body };
    const signal = new ClientDisconnect(reply.raw, request.caller?.revocation);
    const { tokens, estimated } = await this.counts.count(messages, request, signal);
    if (estimated) void reply.header(ESTIMATED, 'true');
    return { input_tokens: tokens };
  }
}
