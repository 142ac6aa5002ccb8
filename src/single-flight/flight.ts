import type { AbortSignalLike } from '@thriftgate/providers';
import { Cancellation } from '../common/cancellation';
import { GatewayError } from '../common/errors';
import type { FlightOrigin, FlightResult, FlightSource } from './flight-result';

/** How much of a stream is buffered for later and slower subscribers, in UTF-16 units: about 25,000 tokens in chunks. */
const MAX_BUFFERED = 8 * 1024 * 1024;
/** How much text a subscriber that is behind gets in one step, in UTF-16 units. */
const MAX_TEXT = 64 * 1024;

type Step = IteratorResult<string, FlightResult | undefined>;

/** One reader of a flight. The flight runs while it has at least one. */
export class Subscription {
  /** How many texts this subscription has read. */
  read = 0;
  /** Wakes the reader that waits for the next text. */
  wake: (() => void) | undefined;
  private left = false;

  /** @param client aborted when the client has disconnected; undefined without a client, for example for another replica */
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
 * One upstream call and its subscriptions. Subscribers share one buffer, and the fastest of them sets the
 * pace at which the source is read. When the buffer is full, the flight accepts no new subscribers, and a
 * subscriber that is too far behind loses the stream.
 */
export class Flight {
  /** Known with the first text. */
  origin: FlightOrigin | undefined;
  /** Set when another replica leads the flight: then the response of this replica is not stored. */
  superseded = false;
  /** Resolves when the response is stored where other replicas find it. */
  stored: Promise<void> | undefined;
  private readonly texts: string[] = [];
  /** The number of texts removed from the buffer; `texts` starts after them. */
  private dropped = 0;
  private buffered = 0;
  private full = false;
  private readonly subscriptions = new Set<Subscription>();
  private readonly abandoned = new Cancellation();
  private result: FlightResult | undefined;
  private source: FlightSource | undefined;
  private pulling = false;

  /** @param onEnd called once, when the flight has its result or its last subscriber has left */
  constructor(
    readonly name: string,
    private readonly onEnd: (flight: Flight) => void,
  ) {}

  /** Aborted when the last subscriber has left. */
  get signal(): AbortSignalLike {
    return this.abandoned;
  }

  /** Whether a subscriber that has read so many texts can get the next one. */
  accepts(read: number): boolean {
    return read >= this.dropped && (read > 0 || !this.full);
  }

  /** @param read the number of texts that the subscriber already has */
  subscribe(client: AbortSignalLike | undefined, read = 0): Subscription {
    const subscription = new Subscription((left) => this.unsubscribe(left), client);
    subscription.read = read;
    this.subscriptions.add(subscription);
    if (client?.aborted) subscription.leave();
    return subscription;
  }

  /** Starts the stream: its texts are read from the source when subscribers need them. */
  feed(origin: FlightOrigin, first: string, source: FlightSource): void {
    this.source = source;
    this.origin = origin;
    // Also without a text: a waiting subscriber may have to read the source.
    if (first === '') this.wakeAll();
    else this.push(first);
    if (this.signal.aborted) this.endSource();
  }

  /** Appends a text: from the source, or from a leader on another replica. */
  push(text: string): void {
    this.texts.push(text);
    this.buffered += text.length;
    if (this.buffered > MAX_BUFFERED) this.trimBuffer();
    this.wakeAll();
  }

  /** Sets the result and ends the source if it has not ended yet. */
  finish(result: FlightResult): void {
    if (this.result) return;
    this.result = result;
    this.endSource();
    if (!this.signal.aborted) this.onEnd(this);
    this.wakeAll();
  }

  /** Reads from the subscription's position, at the reader's pace. The result is undefined if the subscriber left earlier. */
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
      await this.nextChange(subscription);
    }
  }

  private nextText(subscription: Subscription, from: number): string {
    let text = '';
    for (let at = from; at < this.texts.length && text.length < MAX_TEXT; at += 1) {
      text += this.texts[at];
      subscription.read += 1;
    }
    return text;
  }

  /** Drops what all subscribers have read; if that is not enough, also half of what the slowest have not read. */
  private trimBuffer(): void {
    this.full = true;
    const total = this.dropped + this.texts.length;
    this.drop(Math.min(total, ...Array.from(this.subscriptions, ({ read }) => read)));
    if (this.buffered > MAX_BUFFERED) this.drop(this.dropped + Math.ceil(this.texts.length / 2));
  }

  private drop(until: number): void {
    if (until <= this.dropped) return;
    for (const text of this.texts.splice(0, until - this.dropped)) this.buffered -= text.length;
    this.dropped = until;
  }

  /** Resolves when the flight has a new text or a result for this subscriber. */
  private nextChange(subscription: Subscription): Promise<void> {
    this.pull();
    return new Promise<void>((resolve) => (subscription.wake = resolve));
  }

  /** Reads the next text from the source, if there is a source and no read runs. */
  private pull(): void {
    const { source } = this;
    if (!source || this.pulling) return;
    this.pulling = true;
    void source.next().then(
      ({ done, value }) => {
        this.pulling = false;
        if (!done) this.push(value);
        else this.endWith(value ?? { kind: 'failed', error: cancelled(), of: 'lost' });
      },
      (error: unknown) => this.endWith({ kind: 'failed', error, of: 'upstream' }),
    );
  }

  /** Called when the source has ended by itself. */
  private endWith(result: FlightResult): void {
    this.source = undefined;
    this.finish(result);
  }

  private unsubscribe(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
    if (this.subscriptions.size > 0 || this.result) return;
    this.abandoned.abort();
    this.onEnd(this);
    this.endSource();
  }

  /** Ends the source, which settles its usage. */
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
