import type { StopSignal } from '@thriftgate/providers';
import { Departure } from '../../common/departure';
import { GatewayError } from '../../common/errors';
import type { FlightEnd, FlightOrigin, FlightSource } from './flight-end';

/** A place on a flight. The flight goes on while one is taken. */
export class Seat {
  /** Wakes the reader that waits on this seat. */
  wake: (() => void) | undefined;
  private left = false;

  /** @param client aborted when whoever sits here has gone; undefined for a seat that is left by hand */
  constructor(
    private readonly leaveFlight: (seat: Seat) => void,
    private readonly client: StopSignal | undefined,
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
 * what has come is kept for the others, and for those who come later.
 */
export class Flight {
  /** Milliseconds of the process clock. */
  readonly startedAt = performance.now();
  /** Known with the first text. */
  origin: FlightOrigin | undefined;
  /** Set when another process has taken the question over: then this one's answer is not stored. */
  deposed = false;
  /** Resolved when the answer lies where other processes find it. */
  stored: Promise<void> | undefined;
  private readonly texts: string[] = [];
  private readonly seats = new Set<Seat>();
  private readonly departure = new Departure();
  private end: FlightEnd | undefined;
  private source: FlightSource | undefined;
  private pulling = false;

  /** @param onOver called once, when the question is answered or nobody waits for it any more */
  constructor(
    readonly name: string,
    private readonly onOver: (flight: Flight) => void,
  ) {}

  /** Aborted when nobody waits any more. */
  get signal(): StopSignal {
    return this.departure;
  }

  board(client: StopSignal | undefined): Seat {
    const seat = new Seat((left) => this.vacate(left), client);
    this.seats.add(seat);
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
    this.wakeAll();
  }

  finish(end: FlightEnd): void {
    if (this.end) return;
    this.end = end;
    if (!this.signal.aborted) this.onOver(this);
    this.wakeAll();
  }

  /**
   * Reads from the beginning, at the reader's pace, and leaves the seat at the end.
   *
   * @returns how it ended; undefined when whoever sits on the seat left before
   */
  async *read(seat: Seat): AsyncGenerator<string, FlightEnd | undefined, undefined> {
    try {
      for (let read = 0; ;) {
        if (seat.hasLeft) return undefined;
        if (read < this.texts.length) {
          const text = read === this.texts.length - 1 ? this.texts[read] : this.texts.slice(read).join('');
          read = this.texts.length;
          yield text ?? '';
        } else if (this.end) return this.end;
        else {
          this.pull();
          await new Promise<void>((resolve) => (seat.wake = resolve));
        }
      }
    } finally {
      seat.leave();
    }
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

  private vacate(seat: Seat): void {
    this.seats.delete(seat);
    if (this.seats.size > 0 || this.end) return;
    this.departure.abort();
    this.onOver(this);
    this.giveUp();
  }

  /** Ends the source, so that what was used of it is settled. */
  private giveUp(): void {
    this.source?.return(undefined).catch(() => undefined);
  }

  private wakeAll(): void {
    for (const seat of this.seats) {
      const { wake } = seat;
      seat.wake = undefined;
      wake?.();
    }
  }
}

function abandoned(): GatewayError {
  return new GatewayError('upstream_error', { message: 'The call was given up.' });
}
