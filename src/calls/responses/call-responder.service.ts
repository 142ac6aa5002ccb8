import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoint } from '@thriftgate/providers';
import { callerOf } from '../../common/caller';
import { Cancellation } from '../../common/cancellation';
import type { GatewayError } from '../../common/errors';
import { Clock } from '../../common/clock';
import { ClientDisconnect } from '../../http/client-disconnect';
import { hasIdempotencyKey, identityOf } from '../../idempotency/idempotency-key';
import { IdempotencyService } from '../../idempotency/idempotency.service';
import type { Call } from '../call';
import { CallsService } from '../calls.service';
import { readCall } from './read-call';
import { sendReply, sendResponse, sendStream, sendStreamReply, toProducedResponse } from './send-response';

/** Answers an HTTP request of any endpoint: reads it, sends the call through the pipeline, and writes the response. */
@Injectable()
export class CallResponder {
  constructor(
    private readonly calls: CallsService,
    private readonly idempotency: IdempotencyService,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError before anything of the response was sent */
  async respond(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      if (hasIdempotencyKey(request)) await this.respondOnce(endpoint, request, reply);
      else await this.respondNow(endpoint, request, reply);
    } catch (error) {
      const revocation = request.caller?.revocation;
      throw revocation?.aborted ? revocation.error() : error;
    }
  }

  private async respondNow(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { revocation } = callerOf(request);
    const call = readCall(endpoint, request, new ClientDisconnect(reply.raw, revocation), this.clock.now());
    const known = headersWhileWaiting(call);
    const response = this.calls.complete(call);
    const output = { reply, render: endpoint.render, revocation };
    if (call.request.stream) await sendStream(output, response, known);
    else await sendResponse(output, await response);
  }

  /** A call with an `Idempotency-Key` goes on when its client disconnects: the answer is for a repeat of the request. */
  private async respondOnce(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    let charged = false;
    const { revocation } = callerOf(request);
    const { render } = endpoint;
    const call = readCall(endpoint, request, revocation ?? new Cancellation(), this.clock.now());
    call.onCharged = () => (charged = true);
    // Keys of one team share their Idempotency-Keys: a repeat by a key that may not make the call gets no stored response.
    this.calls.check(call);
    const producer = {
      produce: async () => toProducedResponse(await this.calls.complete(call), render, revocation),
      mayBeCharged: () => charged,
      errorBody: (error: GatewayError) => render.errorBody(error.toApiError(), request.id),
    };
    const identity = identityOf(request, call.caller.teamId);
    const known = headersWhileWaiting(call);
    const answer = this.idempotency.once(identity, producer, () => reply.raw.destroyed);
    const output = { reply, render, revocation };
    if (call.request.stream) await sendStreamReply(output, answer, known);
    else await sendReply(output, await answer);
  }
}

/** What is known of a call's response while it waits for one; nothing before it does. */
function headersWhileWaiting(call: Call): () => Record<string, string> {
  let known = {};
  call.onWaiting = (headers) => (known = headers);
  return () => known;
}
