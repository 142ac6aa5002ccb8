import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChatBody } from '@thriftgate/providers';
import { callerOf } from '../common/caller';
import { Clock } from '../common/clock';
import { Departure } from '../common/departure';
import { hasIdempotencyKey, identityOf } from '../idempotency/idempotency-key';
import { IdempotencyService } from '../idempotency/idempotency.service';
import { refuseFor } from '../idempotency/idempotent-call';
import { CallerDeparture } from './caller-departure';
import type { ChatCall } from './chat-call';
import { checkChatBody, readTags } from './chat-request';
import { sendAnswer, sendReply, toMade } from './answers/chat-reply';
import { ChatDocs } from './chat.docs';
import { ChatService } from './chat.service';

/** OpenAI's chat completions, with any model of any provider. */
@Controller('v1/chat')
export class ChatController {
  constructor(
    private readonly chat: ChatService,
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
      signal: new CallerDeparture(reply.raw),
      startedAt: this.clock.now(),
    });
    await sendAnswer(reply, answer);
  }

  /** A call with an `Idempotency-Key` goes on when its client leaves: the answer is for whoever repeats it. */
  private async completeOnce(request: FastifyRequest, reply: FastifyReply, body: ChatBody): Promise<void> {
    const caller = callerOf(request);
    const call: ChatCall = {
      requestId: request.id,
      caller,
      body,
      stream: body.stream === true,
      headers: request.headers,
      tags: readTags(header(request, 'x-gateway-tags'), body.metadata),
      batch: undefined,
      signal: new Departure(),
      startedAt: this.clock.now(),
    };
    const making = {
      make: async () => toMade(await this.chat.complete(call)),
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
