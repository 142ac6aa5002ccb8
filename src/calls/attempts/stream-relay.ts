import {
  type ProviderError,
  sseComment,
  type SseItem,
  SseReader,
  type StreamChunk,
  type StreamDecoder,
  type TokenUsage,
  type Translator,
  type UpstreamResponse,
  UpstreamTransportError,
} from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';
import type { BodyRules } from '../../http/body/body-scanner';
import { pause } from '../../common/runtime/pause';
import { AnswerTooLarge, AttemptFailure } from '../../routing/attempt-failure';
import type { ReleaseSlot } from '../../routing/route-request';
import type { FlightOrigin, FlightResult, FlightSource } from '../../single-flight/flight-result';
import type { AnswerEnd, Attempt } from './attempt';
import { answerRules, parsableItems } from './answer-size';
import { chargedUsage } from './believed-usage';
import type { Exchange } from './exchange';
import type { AbandonedStream, ReadOnService } from './read-on.service';
import { tooLargeAnswer, transportFailure, upstreamFailure } from './upstream-failure';

const CLIENT_CLOSED_REQUEST = 499;
const BAD_GATEWAY = 502;
const STREAM_CUT = 'upstream_stream_cut';
const CLIENT_LEFT = { status: CLIENT_CLOSED_REQUEST, errorCode: 'client_closed_request' };

/** Between two texts is at least so much time, so that events that come close together leave in one text. */
export const PACE_MS = 5;
/** Of comments and chunks before the first content, in UTF-16 units. */
const MAX_HELD_LENGTH = 64 * 1024;

/** Whether more of a stream follows, or how it ends: whole, broken off, or at an event that exceeds a limit. */
type Rest = 'more' | 'end' | 'cut' | { limit: string };
type Step = IteratorResult<string, FlightResult | undefined>;

/**
 * A stream on its way from the upstream. Each step is the text of the events that came since the one before, at the pace of the
 * reader; the attempt is settled before the last step. When every client has disconnected, the rest is read for a while, because the
 * upstream charges for it and its usage comes last.
 */
export class StreamRelay implements FlightSource, AbandonedStream {
  private readonly reader = new SseReader();
  private readonly body: AsyncIterator<Uint8Array>;
  private readonly translator: Translator;
  private readonly decoder: StreamDecoder;
  /** What an event may have. */
  private readonly rules: BodyRules;
  private contentBegan = false;
  /** The upstream's usage chunk, held back until each caller's cost can go with it. */
  private usageChunk: string | undefined;
  private reading: Promise<Step> | undefined;
  private readingOn: Promise<void> | undefined;
  /** When the last text left, in milliseconds of the monotonic clock. */
  private textAt = -Infinity;
  /** Why the stream broke off after its first content. */
  private broken: ProviderError | undefined;
  private isOver = false;

  /**
   * @param release called once when the stream has ended, in whatever way, with the error of one that broke off
   * @param readOn reads the rest of a stream that has lost its clients
   */
  constructor(
    private readonly attempt: Attempt,
    { translator, call }: Pick<Exchange, 'translator' | 'call'>,
    private readonly response: UpstreamResponse,
    private readonly release: ReleaseSlot,
    private readonly readOn: Pick<ReadOnService, 'read'>,
  ) {
    this.translator = translator;
    this.decoder = translator.openStream(call);
    this.rules = answerRules(attempt.resolved);
    this.body = response.body[Symbol.asyncIterator]();
    const { signal } = attempt.resolved;
    signal.addEventListener('abort', this.onDisconnect);
    if (signal.aborted) this.onDisconnect();
  }

  get origin(): FlightOrigin {
    const { deployment, dropped } = this.attempt;
    const { provider, upstreamModel } = deployment;
    return { provider, upstreamModel: this.decoder.upstreamModel ?? upstreamModel, dropped };
  }

  /** @throws AttemptFailure when the stream fails before any content: until then the call can still go elsewhere */
  next(): Promise<Step> {
    if (this.isOver || this.readingOn) return Promise.resolve({ done: true, value: undefined });
    return (this.reading = this.step());
  }

  /** The reader wants no more. Resolves when the attempt is settled. */
  return(): Promise<void> {
    return (this.readingOn ??= this.readOn.read(this, this.contentBegan));
  }

  abort(): void {
    this.response.abort();
  }

  async readRest(): Promise<void> {
    // What fails is settled, and no client waits for it.
    const ignore = () => undefined;
    await this.reading?.catch(ignore);
    while (!this.isOver) await this.step().catch(ignore);
  }

  private readonly onDisconnect = (): void => void this.return();

  private async step(): Promise<Step> {
    try {
      await this.pace();
      const step = await this.read();
      if (step.done) await this.close();
      else this.textAt = performance.now();
      return step;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  private async pace(): Promise<void> {
    const waitMs = this.textAt + PACE_MS - performance.now();
    if (waitMs > 0 && !this.readingOn) await pause(waitMs);
  }

  private async read(): Promise<Step> {
    let text = '';
    for (;;) {
      const { items, rest } = await this.nextItems();
      for (const item of items) {
        if (item.kind === 'comment') text += this.isFull(text) ? '' : sseComment(item.text);
        else {
          for (const chunk of this.decoder.push(item)) {
            if (chunk.kind === 'done') return { done: true, value: await this.finish(text) };
            if (chunk.kind === 'error')
              return { done: true, value: await this.breakOff(text, await this.errorOf(chunk)) };
            const relayed = this.relay(chunk);
            if (!this.isFull(text)) text += relayed;
          }
        }
      }
      if (rest !== 'more') return { done: true, value: await this.endOfInput(text, rest) };
      // What came with the end of the body leaves with it.
      if (this.contentBegan && text !== '' && !this.response.isRead) return { done: false, value: text };
    }
  }

  /** Whether so much is held back before the first content that more is dropped: it waits as long as the content does. */
  private isFull(text: string): boolean {
    return !this.contentBegan && text.length > MAX_HELD_LENGTH;
  }

  /** The items of the next piece of the body. A body that breaks off after content ends here like any other. */
  private async nextItems(): Promise<{ items: SseItem[]; rest: Rest }> {
    try {
      const { done, value } = await this.body.next();
      const read = () => (done ? this.reader.end() : this.reader.push(value));
      const { items, limit } = await parsableItems(read, this.rules);
      return { items, rest: limit === undefined ? (done ? 'end' : 'more') : { limit } };
    } catch (error) {
      if (!(error instanceof UpstreamTransportError)) throw error;
      if (!this.contentBegan && !this.usage) throw await transportFailure(this.attempt, this.translator, error);
      return { items: [], rest: 'cut' };
    }
  }

  private relay(chunk: StreamChunk): string {
    if (chunk.kind === 'usage') {
      this.usageChunk = chunk.data;
      return '';
    }
    if (chunk.kind === 'content' && !this.contentBegan) {
      this.contentBegan = true;
      this.attempt.firstContent();
    }
    return this.attempt.resolved.call.endpoint.render.chunk(chunk);
  }

  /** The upstream's end mark: the attempt is settled before any client gets it. */
  private async finish(last: string): Promise<FlightResult> {
    this.response.leave();
    const answer = await this.settle({ endedCleanly: true, ...(this.isAbandoned && CLIENT_LEFT) });
    return { kind: 'done', last, usageChunk: this.usageChunk, answer };
  }

  /** An error in the stream, or its end without a mark, after content. */
  private async breakOff(
    last: string,
    { error, code }: { error: GatewayError; code: string },
    told = this.broken,
  ): Promise<FlightResult> {
    const closing = this.closing(told);
    await this.settle({ endedCleanly: false, status: BAD_GATEWAY, errorCode: code });
    return { kind: 'broken', last: last + closing, error, code, ...(closing !== '' && { isClosed: true }) };
  }

  /** The events with which some APIs end a stream that the vendor has not ended. */
  private closing(error?: ProviderError): string {
    const chunks = this.decoder.close?.(error) ?? [];
    return chunks.map((chunk) => this.relay(chunk)).join('');
  }

  /** Some vendors send no end mark: a stream is complete if its body is and every choice has a finish reason. */
  private async endOfInput(last: string, rest: Rest): Promise<FlightResult | undefined> {
    if (rest === 'end' && this.contentBegan && this.decoder.finished) return this.finish(last + this.closing());
    if (this.isAbandoned) {
      await this.settleAbandoned();
      return undefined;
    }
    if (typeof rest === 'object') return this.breakOffTooLarge(last, rest.limit);
    if (!this.contentBegan) {
      const isCharged = await this.failWithoutContent(BAD_GATEWAY, STREAM_CUT, false);
      throw upstreamFailure(STREAM_CUT, 'The provider ended the stream before it sent any content.', !isCharged);
    }
    const message = 'The provider broke the stream off before its end. What was sent so far is not the whole answer.';
    this.broken = upstreamFailure(STREAM_CUT, message).error;
    return this.breakOff(last, { error: new GatewayError('upstream_error', { message }), code: STREAM_CUT });
  }

  /** An event that is not read is no failure of the deployment: `broken` is not set. */
  private async breakOffTooLarge(last: string, limit: string): Promise<FlightResult> {
    if (!this.contentBegan) throw await tooLargeAnswer(this.attempt, '', limit, this.usage);
    const failure = new AnswerTooLarge(limit);
    return this.breakOff(last, { error: failure.toGatewayError(), code: AnswerTooLarge.code }, failure.error);
  }

  private async errorOf(chunk: StreamChunk): Promise<{ error: GatewayError; code: string }> {
    const error = this.translator.toError({ status: 200, headers: {}, body: chunk.data });
    const failure = new AttemptFailure(error);
    if (this.contentBegan) {
      this.broken = error;
      return { error: failure.toGatewayError(), code: error.code ?? 'upstream_error' };
    }
    const isCharged = await this.failWithoutContent(error.status, error.code, false);
    throw isCharged ? new AttemptFailure({ ...error, retryable: false, elsewhere: false }) : failure;
  }

  /** Usage that was sent before the end is charged: then no other attempt follows. @returns whether it is */
  private async failWithoutContent(status: number, errorCode: string | null, told: boolean): Promise<boolean> {
    const { usage } = this;
    if (usage) await this.attempt.failCharged(usage, '', status, errorCode ?? 'upstream_error');
    else await this.attempt.fail(status, errorCode, told);
    return usage !== undefined;
  }

  /** The usage that the upstream has sent so far. */
  private get usage(): TokenUsage | undefined {
    return chargedUsage(this.decoder.assemble().facts.usage);
  }

  private get isAbandoned(): boolean {
    return this.readingOn !== undefined || this.attempt.resolved.signal.aborted;
  }

  private async close(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.attempt.resolved.signal.removeEventListener('abort', this.onDisconnect);
    this.response.abort();
    try {
      // What is not settled by now has failed in an unforeseen way, or its clients have left.
      if (this.isAbandoned) await this.settleAbandoned();
      else await this.attempt.abandon();
    } finally {
      this.release(this.broken);
    }
  }

  /** A caller that has disconnected pays for what the upstream delivered. */
  private async settleAbandoned(): Promise<void> {
    if (this.attempt.hasEnded) return;
    try {
      await this.settle({ endedCleanly: false, ...CLIENT_LEFT });
    } catch (error) {
      await this.attempt.abandon();
      throw error;
    }
  }

  private settle(end: AnswerEnd) {
    return this.attempt.succeed(this.decoder.assemble(), end);
  }
}
