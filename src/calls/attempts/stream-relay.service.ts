import { Injectable } from '@nestjs/common';
import {
  type ProviderAdapter,
  type SseItem,
  SseEventTooLargeError,
  SseReader,
  type StreamChunk,
  type StreamDecoder,
  type UpstreamResponse,
  UpstreamTransportError,
} from '@thriftgate/providers';
import type { FlightResult, FlightSource } from '../../single-flight/flight-result';
import { GatewayError } from '../../common/errors';
import { AttemptFailure } from '../../routing/attempt-failure';
import type { UpstreamResult } from './upstream-result';
import type { Attempt } from './attempt';
import { type AnswerEnd, SettlementService } from './settlement.service';
import { sseComment, sseEvent } from '../stream-events';

const CLIENT_CLOSED_REQUEST = 499;
const BAD_GATEWAY = 502;

/** A stream on its way from the upstream to the caller. */
interface Relay {
  running: Attempt;
  adapter: ProviderAdapter;
  response: UpstreamResponse;
  decoder: StreamDecoder;
  release: () => void;
  contentBegan: boolean;
  /** The upstream's usage chunk, held back until the cost can go with it. */
  usageChunk: string | undefined;
}

/** Why a stream broke off, for the caller and for the ledger. */
type Broken = { error: GatewayError; code: string };

/** Relays a stream as it comes, at the pace of its reader, and settles it before its last event. */
@Injectable()
export class StreamRelayService {
  constructor(private readonly settlement: SettlementService) {}

  /**
   * Waits for the first content: until then the call can still go elsewhere.
   *
   * @param release called once when the stream has ended, in whatever way
   * @throws AttemptFailure when the stream fails before any content
   */
  async start(
    running: Attempt,
    adapter: ProviderAdapter,
    response: UpstreamResponse,
    release: () => void,
  ): Promise<UpstreamResult> {
    const relay: Relay = {
      running,
      adapter,
      response,
      decoder: adapter.openStream(),
      release,
      contentBegan: false,
      usageChunk: undefined,
    };
    const texts = this.texts(relay);
    const first = await texts.next();
    const { deployment, attempt } = running;
    const origin = {
      provider: deployment.provider,
      upstreamModel: relay.decoder.upstreamModel ?? deployment.upstreamModel,
    };
    if (first.done) return { kind: 'stream', attempts: attempt, origin, first: '', rest: ended(first.value) };
    return { kind: 'stream', attempts: attempt, origin, first: first.value, rest: texts };
  }

  /** One text for each piece that comes from the upstream; the first has the first content in it. */
  private async *texts(relay: Relay): FlightSource {
    try {
      let held = '';
      for await (const items of this.items(relay)) {
        const { text, end } = this.relayItems(relay, items);
        held += text;
        if (end === 'done') return await this.finish(relay, held);
        if (end) return await this.break(relay, held, await this.brokenBy(relay, end));
        if (!relay.contentBegan || held === '') continue;
        yield held;
        held = '';
      }
      return await this.endOfInput(relay, held);
    } finally {
      relay.response.abort();
      await this.settleAbandoned(relay).finally(relay.release);
    }
  }

  /** The items of the stream, one group for each piece of the body. A failure of the transport comes out as an end of input or is thrown. */
  private async *items(relay: Relay): AsyncGenerator<SseItem[], void, undefined> {
    const reader = new SseReader();
    try {
      for await (const bytes of relay.response.body) yield reader.push(bytes);
      yield reader.end();
    } catch (error) {
      if (!(error instanceof UpstreamTransportError || error instanceof SseEventTooLargeError)) throw error;
      if (error instanceof UpstreamTransportError && !relay.contentBegan) {
        throw await this.settlement.transportFailure(relay.running, relay.adapter, error);
      }
    }
  }

  private relayItems(relay: Relay, items: SseItem[]): { text: string; end: 'done' | StreamChunk | undefined } {
    let text = '';
    for (const item of items) {
      if (item.kind === 'comment') {
        text += sseComment(item.text);
        continue;
      }
      for (const chunk of relay.decoder.push(item)) {
        if (chunk.kind === 'done') return { text, end: 'done' };
        if (chunk.kind === 'error') return { text, end: chunk };
        text += this.relayChunk(relay, chunk);
      }
    }
    return { text, end: undefined };
  }

  private relayChunk(relay: Relay, chunk: StreamChunk): string {
    if (chunk.kind === 'usage') {
      relay.usageChunk = chunk.data;
      return '';
    }
    if (chunk.kind === 'content' && !relay.contentBegan) {
      relay.contentBegan = true;
      this.settlement.firstContent(relay.running);
    }
    return sseEvent(chunk.data);
  }

  /** The upstream's end mark: settle before anybody is told of it. */
  private async finish(relay: Relay, last: string): Promise<FlightResult> {
    relay.response.leave();
    const answer = await this.settle(relay, { endedCleanly: true });
    return { kind: 'done', last, usageChunk: relay.usageChunk, answer };
  }

  /** An error in the stream, or its end without a mark: before any content another try may do better. */
  private async break(relay: Relay, last: string, { error, code }: Broken): Promise<FlightResult> {
    await this.settle(relay, { endedCleanly: false, status: BAD_GATEWAY, errorCode: code });
    return { kind: 'broken', last, error, code };
  }

  private async endOfInput(relay: Relay, last: string): Promise<FlightResult | undefined> {
    if (relay.running.question.signal.aborted) {
      await this.settleAbandoned(relay);
      return undefined;
    }
    const message = 'The provider broke the stream off before its end. What was sent so far is not the whole answer.';
    if (!relay.contentBegan) throw await this.failBeforeContent(relay, 'upstream_stream_cut');
    const error = new GatewayError('upstream_error', { message });
    return this.break(relay, last, { error, code: 'upstream_stream_cut' });
  }

  private async brokenBy(relay: Relay, chunk: StreamChunk): Promise<Broken> {
    const error = relay.adapter.toError({ status: 200, headers: {}, body: chunk.data });
    if (!relay.contentBegan) {
      await this.settlement.fail(relay.running, error.status, error.code, false);
      throw new AttemptFailure(error);
    }
    return { error: new AttemptFailure(error).toGatewayError(), code: error.code ?? 'upstream_error' };
  }

  private async failBeforeContent(relay: Relay, code: string): Promise<AttemptFailure> {
    await this.settlement.fail(relay.running, BAD_GATEWAY, code, false);
    const message = 'The provider ended the stream before it sent any content.';
    return new AttemptFailure({
      status: BAD_GATEWAY,
      type: 'upstream_error',
      code,
      param: null,
      message,
      retryable: true,
      retryAfterMs: undefined,
    });
  }

  /** A caller that left still pays for what the upstream delivered. */
  private async settleAbandoned(relay: Relay): Promise<void> {
    if (relay.running.ended) return;
    const end = { endedCleanly: false, status: CLIENT_CLOSED_REQUEST, errorCode: 'client_closed_request' };
    try {
      await this.settle(relay, end);
    } catch (error) {
      await this.settlement.abandon(relay.running);
      throw error;
    }
  }

  private settle(relay: Relay, end: AnswerEnd) {
    return this.settlement.settle(relay.running, relay.decoder.assemble(), end);
  }
}

/** A stream that came all at once. */
// eslint-disable-next-line require-yield
async function* ended(end: FlightResult | undefined): FlightSource {
  return end;
}
