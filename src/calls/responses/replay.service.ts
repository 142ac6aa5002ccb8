import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { CompletionReplay, type AbortSignalLike } from '@thriftgate/providers';
import type { CacheEntry } from '../../cache/store/cache-entry';
import { Clock } from '../../common/clock';
import type { Call, Settlement } from '../call';
import { DONE_EVENT, includesUsage, sseEvent, withGatewayUsage } from '../stream-events';

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

  /** Whoever waits for the rest of a paced stream gets it now, so that nothing holds this process up. */
  beforeApplicationShutdown(): void {
    this.draining = true;
    for (const end of this.waits) end();
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
    const replay = new CompletionReplay(entry.body);
    const perSecond = (replay.textLength / tokensOf(entry, replay)) * (tokensPerSecond ?? Infinity);
    const pieceLength = tokensPerSecond === undefined ? undefined : pieceLengthAt(perSecond);
    const includeUsage = includesUsage(call.body);
    const startedAt = this.clock.now();
    let textLength = 0;
    let text = '';
    for (const chunk of replay.chunks({ includeUsage, pieceLength })) {
      // Each event comes when the text before it would have been written.
      const dueAt = textLength === 0 ? startedAt : startedAt + (textLength / perSecond) * 1000;
      if (this.isAhead(dueAt)) {
        yield text;
        text = '';
        // Meanwhile the reader may have taken its time.
        if (this.isAhead(dueAt) && !(await this.until(dueAt, call.signal))) return;
      } else if (text.length >= TEXT_LENGTH) {
        yield text;
        text = '';
        await nextTurn();
      }
      text += sseEvent(chunk.kind === 'usage' ? withGatewayUsage(chunk.data, settlement) : chunk.data);
      textLength += chunk.textLength;
    }
    yield text + DONE_EVENT;
  }

  private isAhead(dueAt: number): boolean {
    return dueAt - this.clock.now() >= 1 && !this.draining;
  }

  /** @returns false when the client has left */
  private until(dueAt: number, departure: AbortSignalLike): Promise<boolean> {
    if (departure.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        departure.removeEventListener('abort', end);
        this.waits.delete(end);
        resolve(!departure.aborted);
      };
      const timer = setTimeout(end, dueAt - this.clock.now());
      departure.addEventListener('abort', end);
      this.waits.add(end);
    });
  }
}

/** @param perSecond how much text goes out in a second, in UTF-16 units */
function pieceLengthAt(perSecond: number): number {
  return Math.min(LONGEST_PIECE, Math.max(SHORTEST_PIECE, Math.ceil(perSecond / EVENTS_PER_SECOND)));
}

/** How many tokens the stream shows: those of hidden reasoning are not among them. */
function tokensOf({ usage }: Pick<CacheEntry, 'usage'>, replay: CompletionReplay): number {
  return Math.max(1, usage.outputTokens - (replay.showsReasoning ? 0 : usage.reasoningTokens));
}
