import type { AbortSignalLike } from '@thriftgate/providers';
import { LightAbortController } from '../common/runtime/light-abort-controller';
import { GatewayError } from '../common/errors';
import type { FlightResult, FlightOrigin, FlightSource } from './flight-result';

/** How much of a stream is kept for those who come later or read slowly, in UTF-16 units: some 25,000 tokens in chunks. */
const LONGEST_KEPT = 8 * 1024 * 1024;
/** How much a reader that has fallen behind is given at once. */
const LONGEST_TEXT = 64 * 1024;

/** A place on a flight. The flight goes on while one is taken. */
export class Subscription {
  /** How many texts were read from here. */
  read = 0;
  /** Wakes the reader that waits on this seat. */
  wake: (() => void) | undefined;
  private left = false;

  /** @param client aborted when whoever sits here has gone; undefined for a seat that is left by hand */
  constructor(
    private readonly leaveFlight: (seat: Subscription) => void,
    private readonly client: AbortSignalLike | undefined,
  ) {
    client?.addEventListener('abort', this.leave);
  }

  get hasLeft(): boolean {
    return this.left;
  }

  readonly leave = (): void => {
    if (this.left) return;
    this.left = true;
    this.client?.removeEventListener('abort', this.leave);
    this.leaveFlight(this);
    this.wake?.();
  };
}

/**
 * One question on its way upstream, and all who wait for its answer. A stream is read at the pace of its fastest reader;
 * what has come is kept for the others, and for those who come later, as long as it is not too much. Then nobody comes
 * aboard any more, and whoever is so far behind is left behind.
 */
export class Flight {
  /** Known with the first text. */
  origin: FlightOrigin | undefined;
  /** Set when another process has taken the question over: then this one's answer is not stored. */
  superseded = false;
  /** Resolved when the answer lies where other processes find it. */
  stored: Promise<void> | undefined;
  private readonly texts: string[] = [];
  /** How many texts are not kept any more; those in `texts` come after them. */
  private dropped = 0;
  private keptLength = 0;
  private full = false;
  private readonly subscriptions = new Set<Subscription>();
  private readonly departure = new LightAbortController();
  private end: FlightResult | undefined;
  private source: FlightSource | undefined;
  private pulling = false;

  /** @param onOver called once, when the question is answered or nobody waits for it any more */
  constructor(
    readonly name: string,
    private readonly onOver: (flight: Flight) => void,
  ) {}

  /** Aborted when nobody waits any more. */
  get signal(): AbortSignalLike {
    return this.departure;
  }

  /** Whether somebody who has read so many texts may come aboard. */
  takes(read: number): boolean {
    return read >= this.dropped && (read > 0 || !this.full);
  }

  /** @param read how many texts whoever sits here has already */
  subscribe(client: AbortSignalLike | undefined, read = 0): Subscription {
    const seat = new Subscription((left) => this.unsubscribe(left), client);
    seat.read = read;
    this.subscriptions.add(seat);
    if (client?.aborted) seat.leave();
    return seat;
  }

  /** The stream has begun: its texts are drawn from the source as readers want them. */
  feed(origin: FlightOrigin, first: string, source: FlightSource): void {
    this.source = source;
    this.origin = origin;
    if (first !== '') this.push(first);
    if (this.signal.aborted) this.giveUp();
  }

  /** A text that came: drawn from the source, or from a leader elsewhere. */
  push(text: string): void {
    this.texts.push(text);
    this.keptLength += text.length;
    if (this.keptLength > LONGEST_KEPT) this.shorten();
    this.wakeAll();
  }

  finish(end: FlightResult): void {
    if (this.end) return;
    this.end = end;
    if (!this.signal.aborted) this.onOver(this);
    this.wakeAll();
  }

  /**
   * Reads from where the seat is, at the reader's pace, and leaves the seat at the end.
   *
   * @returns how it ended; undefined when whoever sits on the seat left before
   */
  async *read(seat: Subscription): AsyncGenerator<string, FlightResult | undefined, undefined> {
    try {
      for (;;) {
        if (seat.hasLeft) return undefined;
        if (seat.read < this.dropped) return tooSlow();
        if (seat.read < this.dropped + this.texts.length) yield this.nextText(seat);
        else if (this.end) return this.end;
        else {
          this.pull();
          await new Promise<void>((resolve) => (seat.wake = resolve));
        }
      }
    } finally {
      seat.leave();
    }
  }

  private nextText(seat: Subscription): string {
    let text = '';
    for (let at = seat.read - this.dropped; at < this.texts.length && text.length < LONGEST_TEXT; at += 1) {
      text += this.texts[at];
      seat.read += 1;
    }
    return text;
  }

  /** Lets go of what all aboard have read; where that is too little, of what the slowest have not. */
  private shorten(): void {
    this.full = true;
    const come = this.dropped + this.texts.length;
    this.drop(Math.min(come, ...Array.from(this.subscriptions, ({ read }) => read)));
    if (this.keptLength > LONGEST_KEPT) this.drop(this.dropped + Math.ceil(this.texts.length / 2));
  }

  private drop(until: number): void {
    if (until <= this.dropped) return;
    for (const text of this.texts.splice(0, until - this.dropped)) this.keptLength -= text.length;
    this.dropped = until;
  }

  private pull(): void {
    const { source } = this;
    if (!source || this.pulling) return;
    this.pulling = true;
    source.next().then(
      ({ done, value }) => {
        this.pulling = false;
        if (!done) this.push(value);
        else this.finish(value ?? { kind: 'failed', error: abandoned(), of: 'lost' });
      },
      (error: unknown) => this.finish({ kind: 'failed', error, of: 'upstream' }),
    );
  }

  private unsubscribe(seat: Subscription): void {
    this.subscriptions.delete(seat);
    if (this.subscriptions.size > 0 || this.end) return;
    this.departure.abort();
    this.onOver(this);
    this.giveUp();
  }

  /** Ends the source, so that what was used of it is settled. */
  private giveUp(): void {
    this.source?.return(undefined).catch(() => undefined);
  }

  private wakeAll(): void {
    for (const seat of this.subscriptions) {
      const { wake } = seat;
      seat.wake = undefined;
      wake?.();
    }
  }
}

function tooSlow(): FlightResult {
  const message = 'The stream was read so slowly that the rest of it is not kept any more. Send the request again.';
  return { kind: 'broken', last: '', error: new GatewayError('upstream_error', { message }), code: 'reader_too_slow' };
}

function abandoned(): GatewayError {
  return new GatewayError('upstream_error', { message: 'The call was given up.' });
}
