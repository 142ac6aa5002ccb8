import type { AbortSignalLike } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';
import type { FlightOrigin, FlightResult, FlightSource } from './flight-result';

/** How much of a stream is buffered for later and slower subscribers, in UTF-16 units: some 25,000 tokens in chunks. */
const MAX_BUFFERED = 8 * 1024 * 1024;
/** How much text a subscriber that has fallen behind gets in one step. */
const LONGEST_TEXT = 64 * 1024;

type Step = IteratorResult<string, FlightResult | undefined>;

/** One reader of a flight. The flight goes on while it has one. */
export class Subscription {
  /** How many texts this subscription has read. */
  read = 0;
  /** Wakes the reader that waits for the next text. */
  wake: (() => void) | undefined;
  private left = false;

  /** @param client aborted when the client has disconnected; undefined where there is none, as for another replica */
  constructor(
    private readonly unsubscribe: (subscription: Subscription) => void,
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
    this.unsubscribe(this);
    this.wake?.();
  };
}

/**
 * One upstream call and all who wait for its answer. A single subscriber reads straight from the source; several share one
 * buffer, and the fastest of them sets the pace. When the buffer is full, new subscribers are not taken any more, and
 * subscribers that are too far behind lose the stream.
 */
export class Flight {
  /** Known with the first text. */
  origin: FlightOrigin | undefined;
  /** Set when another process has taken the flight over: then this one's answer is not stored. */
  superseded = false;
  /** Resolved when the answer is where other processes find it. */
  stored: Promise<void> | undefined;
  private readonly texts: string[] = [];
  /** How many texts have left the buffer; those in `texts` come after them. */
  private dropped = 0;
  private buffered = 0;
  private full = false;
  private readonly subscriptions = new Set<Subscription>();
  private readonly abandoned = new AbortController();
  private result: FlightResult | undefined;
  private source: FlightSource | undefined;
  private pulling = false;

  /** @param onOver called once, when the flight has its result or its last subscriber has left */
  constructor(
    readonly name: string,
    private readonly onOver: (flight: Flight) => void,
  ) {}

  /** Aborted when the last subscriber has left. */
  get signal(): AbortSignalLike {
    return this.abandoned.signal;
  }

  /** Whether a subscriber that has read so many texts finds the next one here. */
  takes(read: number): boolean {
    return read >= this.dropped && (read > 0 || !this.full);
  }

  /** @param read how many texts the subscriber has already */
  subscribe(client: AbortSignalLike | undefined, read = 0): Subscription {
    const subscription = new Subscription((left) => this.unsubscribe(left), client);
    subscription.read = read;
    this.subscriptions.add(subscription);
    if (client?.aborted) subscription.leave();
    return subscription;
  }

  /** The stream has begun: its texts are read from the source as subscribers want them. */
  feed(origin: FlightOrigin, first: string, source: FlightSource): void {
    this.source = source;
    this.origin = origin;
    // Also without a text: a subscriber that waits may be the one to read the source.
    if (first === '') this.wakeAll();
    else this.push(first);
    if (this.signal.aborted) this.endSource();
  }

  /** A text that came: read from the source, or sent by a leader elsewhere. */
  push(text: string): void {
    this.texts.push(text);
    this.buffered += text.length;
    if (this.buffered > MAX_BUFFERED) this.shorten();
    this.wakeAll();
  }

  /** Ends the source where there is one that has not ended yet. */
  finish(result: FlightResult): void {
    if (this.result) return;
    this.result = result;
    this.endSource();
    if (!this.signal.aborted) this.onOver(this);
    this.wakeAll();
  }

  /** Reads from where the subscription is, at the reader's pace. The result is undefined where the subscriber left before. */
  read(subscription: Subscription): FlightSource {
    return { next: () => this.nextStep(subscription), return: async () => subscription.leave() };
  }

  private async nextStep(subscription: Subscription): Promise<Step> {
    for (;;) {
      if (subscription.hasLeft) return { done: true, value: undefined };
      const at = subscription.read - this.dropped;
      if (at >= 0 && at < this.texts.length) return { done: false, value: this.nextText(subscription, at) };
      const result = at < 0 ? tooSlow() : this.result;
      if (result) {
        subscription.leave();
        return { done: true, value: result };
      }
      await this.change(subscription);
    }
  }

  private nextText(subscription: Subscription, from: number): string {
    let text = '';
    for (let at = from; at < this.texts.length && text.length < LONGEST_TEXT; at += 1) {
      text += this.texts[at];
      subscription.read += 1;
    }
    return text;
  }

  /** Lets go of what all subscribers have read; where that is too little, of what the slowest have not. */
  private shorten(): void {
    this.full = true;
    const come = this.dropped + this.texts.length;
    this.drop(Math.min(come, ...Array.from(this.subscriptions, ({ read }) => read)));
    if (this.buffered > MAX_BUFFERED) this.drop(this.dropped + Math.ceil(this.texts.length / 2));
  }

  private drop(until: number): void {
    if (until <= this.dropped) return;
    for (const text of this.texts.splice(0, until - this.dropped)) this.buffered -= text.length;
    this.dropped = until;
  }

  /** Resolves when the flight has something new for this subscriber. */
  private change(subscription: Subscription): Promise<void> | undefined {
    const isAlone = this.subscriptions.size === 1 && !this.pulling;
    const pulled = this.pull();
    if (isAlone && pulled) return pulled;
    return new Promise<void>((resolve) => (subscription.wake = resolve));
  }

  /** Reads the next text from the source; undefined where there is none here, or it is read already. */
  private pull(): Promise<void> | undefined {
    const { source } = this;
    if (!source || this.pulling) return undefined;
    this.pulling = true;
    return source.next().then(
      ({ done, value }) => {
        this.pulling = false;
        if (!done) this.push(value);
        else this.endAs(value ?? { kind: 'failed', error: cancelled(), of: 'lost' });
      },
      (error: unknown) => this.endAs({ kind: 'failed', error, of: 'upstream' }),
    );
  }

  /** The source has ended by itself. */
  private endAs(result: FlightResult): void {
    this.source = undefined;
    this.finish(result);
  }

  private unsubscribe(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
    if (this.subscriptions.size > 0 || this.result) return;
    this.abandoned.abort();
    this.onOver(this);
    this.endSource();
  }

  /** Ends the source, so that what was used of it is settled. */
  private endSource(): void {
    const { source } = this;
    this.source = undefined;
    source?.return().catch(() => undefined);
  }

  private wakeAll(): void {
    for (const subscription of this.subscriptions) {
      const { wake } = subscription;
      subscription.wake = undefined;
      wake?.();
    }
  }
}

function tooSlow(): FlightResult {
  const message = 'The stream was read too slowly: the rest of it is not buffered any more. Send the request again.';
  return { kind: 'broken', last: '', error: new GatewayError('upstream_error', { message }), code: 'reader_too_slow' };
}

function cancelled(): GatewayError {
  return new GatewayError('upstream_error', { message: 'The request was cancelled.' });
}
