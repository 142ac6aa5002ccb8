import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { AbortSignalLike, Replay } from '@thriftgate/providers';
import type { CacheEntry } from '../../cache/store/cache-entry';
import { Clock } from '../../common/clock';
import type { Call, Settlement, StreamResponse } from '../call';
import { gatewayUsage } from './caller-stream';

/** As much as a socket takes at once. Between two texts of this length other calls have their turn. */
const TEXT_LENGTH = 16_384;
/** A paced stream has about so many events a second: more than a reader sees, fewer than timers can keep. */
const EVENTS_PER_SECOND = 20;
const SHORTEST_PIECE = 4;
const LONGEST_PIECE = 2_048;

/** Makes streams of stored answers: at the pace of their readers, or at one that is set for the model. */
@Injectable()
export class ReplayService implements BeforeApplicationShutdown {
  /** Ends the waits of paced streams. */
  private readonly waits = new Set<() => void>();
  private draining = false;

  constructor(private readonly clock: Clock) {}

  /** The rest of paced streams goes out at once, so that they do not delay the end of this process. */
  beforeApplicationShutdown(): void {
    this.draining = true;
    for (const end of this.waits) end();
  }

  /** A stored answer as a stream whose first text is made. @throws SyntaxError when the stored bytes are no answer */
  async start(
    call: Call,
    headers: Record<string, string>,
    entry: Pick<CacheEntry, 'body' | 'usage'>,
    settlement: Settlement,
    tokensPerSecond: number | undefined,
  ): Promise<StreamResponse> {
    const texts = this.texts(call, entry, settlement, tokensPerSecond);
    const { value } = await texts.next();
    const rest = { next: () => texts.next(), return: () => texts.return() };
    return { kind: 'stream', headers, first: value ?? '', rest };
  }

  /**
   * The events of the stream that says what a stored answer says, as texts to be written. The answer is parsed when the
   * first is taken; the others are made as they are taken.
   *
   * @param tokensPerSecond the pace; undefined is as fast as the reader takes it
   * @throws SyntaxError when the stored bytes are no answer
   */
  async *texts(
    call: Call,
    entry: Pick<CacheEntry, 'body' | 'usage'>,
    settlement: Settlement,
    tokensPerSecond: number | undefined,
  ): AsyncGenerator<string, void, undefined> {
    const { endpoint, request } = call;
    const { render } = endpoint;
    const replay = endpoint.replay(entry.body);
    const perSecond = (replay.textLength / tokensOf(entry, replay)) * (tokensPerSecond ?? Infinity);
    const pieceLength = tokensPerSecond === undefined ? undefined : pieceLengthAt(perSecond);
    const includeUsage = request.wantsUsage;
    const startedAt = this.clock.now();
    let textLength = 0;
    let usageChunk: string | undefined;
    let text = '';
    for (const chunk of replay.chunks({ includeUsage, pieceLength })) {
      // Each event comes when the text before it would have been written.
      const dueAt = textLength === 0 ? startedAt : startedAt + (textLength / perSecond) * 1000;
      if (this.isAhead(dueAt)) {
        yield text;
        text = '';
        // The reader may have been slow meanwhile.
        if (this.isAhead(dueAt) && !(await this.until(dueAt, call.signal))) return;
      } else if (text.length >= TEXT_LENGTH) {
        yield text;
        text = '';
        await nextTurn();
      }
      if (chunk.kind === 'usage') usageChunk = chunk.data;
      else text += render.chunk(chunk);
      textLength += chunk.textLength;
    }
    yield text + render.end(usageChunk, gatewayUsage(settlement));
  }

  private isAhead(dueAt: number): boolean {
    return dueAt - this.clock.now() >= 1 && !this.draining;
  }

  /** @returns false when the client has left */
  private until(dueAt: number, signal: AbortSignalLike): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.waits.delete(end);
        resolve(!signal.aborted);
      };
      const timer = setTimeout(end, dueAt - this.clock.now());
      signal.addEventListener('abort', end);
      this.waits.add(end);
    });
  }
}

/** @param perSecond how much text goes out in a second, in UTF-16 units */
function pieceLengthAt(perSecond: number): number {
  return Math.min(LONGEST_PIECE, Math.max(SHORTEST_PIECE, Math.ceil(perSecond / EVENTS_PER_SECOND)));
}

/** How many tokens the stream shows: those of hidden reasoning are not among them. */
function tokensOf({ usage }: Pick<CacheEntry, 'usage'>, replay: Replay): number {
  return Math.max(1, usage.outputTokens - (replay.showsReasoning ? 0 : usage.reasoningTokens));
}
