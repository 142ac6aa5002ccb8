import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChatBody } from '@thriftgate/providers';
import { callerOf } from '../common/caller';
import { Clock } from '../common/clock';
import { hasIdempotencyKey, identityOf } from '../idempotency/idempotency-key';
import { IdempotencyService } from '../idempotency/idempotency.service';
import { refuseFor } from '../idempotency/idempotent-call';
import { ClientDisconnect } from '../http/client-disconnect';
import type { Call } from '../calls/call';
import { checkChatBody, readTags } from './chat-request';
import { sendResponse, sendReply, toProducedResponse } from '../calls/responses/send-response';
import { ChatDocs } from './chat.docs';
import { CallsService } from '../calls/calls.service';

/** OpenAI's chat completions, with any model of any provider. */
@Controller('v1/chat')
export class ChatController {
  constructor(
    private readonly chat: CallsService,
    private readonly idempotency: IdempotencyService,
    private readonly clock: Clock,
  ) {}

  @Post('completions')
  @HttpCode(200)
  @ChatDocs()
  async complete(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = checkChatBody(request.body);
    if (hasIdempotencyKey(request)) return this.completeOnce(request, reply, body);
    const answer = await this.chat.complete({
      requestId: request.id,
      caller: callerOf(request),
      body,
      stream: body.stream === true,
      headers: request.headers,
      tags: readTags(header(request, 'x-gateway-tags'), body.metadata),
      batch: undefined,
      signal: new ClientDisconnect(reply.raw),
      startedAt: this.clock.now(),
    });
    await sendResponse(reply, answer);
  }

  /** A call with an `Idempotency-Key` goes on when its client leaves: the answer is for whoever repeats it. */
  private async completeOnce(request: FastifyRequest, reply: FastifyReply, body: ChatBody): Promise<void> {
    const caller = callerOf(request);
    const call: Call = {
      requestId: request.id,
      caller,
      body,
      stream: body.stream === true,
      headers: request.headers,
      tags: readTags(header(request, 'x-gateway-tags'), body.metadata),
      batch: undefined,
      signal: new AbortController().signal,
      startedAt: this.clock.now(),
    };
    const making = {
      produce: async () => toProducedResponse(await this.chat.complete(call)),
      mayBeCharged: () => call.charged === true,
    };
    const answer = await this.idempotency
      .once(identityOf(request, caller.teamId), making, () => reply.raw.destroyed)
      .catch(refuseFor(reply));
    await sendReply(reply, answer);
  }
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
