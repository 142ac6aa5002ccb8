import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { GatewayError } from '../../common/errors';
import { NewsStore } from '../../redis/news.store';
import type { Flight } from './flight';
import type { FlightFailure } from './flight-end';
import { type Lease, FlightLeaseStore } from './flight-lease.store';
import { type LeaderLetter, type Letter, readLetter, type ReaderLetter, writeLetter } from './flight-letter';

/** How often leases are renewed and leaders watched: several times within the life of a lease. */
const TICK_MS = 150;
/** A leader that has not written for so long is looked for. */
const SILENCE_MS = 400;
const CHANNEL = 'thriftgate:flights:';

interface Led {
  flight: Flight;
  lease: Lease;
  /** The replicas that follow. */
  readers: Map<string, () => void>;
}

interface Followed {
  flight: Flight;
  leader: Lease;
  heardAt: number;
  letters: number;
}

/** Lets other replicas read what this one asks the upstream for, and this one what others ask. */
@Injectable()
export class FlightWire implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(FlightWire.name);
  private readonly led = new Map<string, Led>();
  private readonly followed = new Map<string, Followed>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly leases: FlightLeaseStore,
    private readonly news: NewsStore,
  ) {}

  onModuleInit(): void {
    if (!this.leases.isConfigured) return;
    this.news.receive(CHANNEL + this.leases.replica, (text) => this.receive(text));
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** This process asks: its lease is kept up until the flight is over and what came of it is stored. */
  lead(flight: Flight, lease: Lease): void {
    this.led.set(flight.name, { flight, lease, readers: new Map() });
  }

  /** Whether an answer of this process is on its way to the store. */
  isStoring(name: string): boolean {
    return this.led.has(name);
  }

  /** Another one asks: the flight gets what that one writes. */
  follow(flight: Flight, leader: Lease): void {
    this.followed.set(flight.name, { flight, leader, heardAt: performance.now(), letters: 0 });
    void this.write(leader.replica, {
      kind: 'board',
      name: flight.name,
      fence: leader.fence,
      from: this.leases.replica,
    });
  }

  /** The flight is over here. */
  over(flight: Flight): void {
    const led = this.led.get(flight.name);
    if (led?.flight === flight) void this.release(led);
    const followed = this.followed.get(flight.name);
    if (followed?.flight !== flight) return;
    this.followed.delete(flight.name);
    if (!flight.signal.aborted) return;
    const { replica, fence } = followed.leader;
    void this.write(replica, { kind: 'leave', name: flight.name, fence, from: this.leases.replica });
  }

  /** Another replica may ask only when what this one got lies where it looks first. */
  private async release(led: Led): Promise<void> {
    await led.flight.stored?.catch(() => undefined);
    if (this.led.get(led.flight.name) === led) this.led.delete(led.flight.name);
    await this.leases.release(led.flight.name, led.lease);
  }

  private receive(text: string): void {
    const letter = readLetter(text);
    if (letter === undefined) return;
    if ('from' in letter) this.receiveFromReader(letter);
    else this.receiveFromLeader(letter);
  }

  private receiveFromReader(letter: ReaderLetter): void {
    const { kind, name, fence, from } = letter;
    const led = this.led.get(name);
    if (!led || led.lease.fence !== fence) {
      if (kind === 'board') void this.write(from, { kind: 'none', name, fence });
      return;
    }
    if (kind === 'leave') led.readers.get(from)?.();
    else if (!led.readers.has(from)) void this.serve(led, from);
  }

  private async serve({ flight, lease: { fence }, readers }: Led, to: string): Promise<void> {
    const seat = flight.board(undefined);
    readers.set(to, seat.leave);
    const { name } = flight;
    const texts = flight.read(seat);
    for (let at = 0; ; at += 1) {
      const { done, value } = await texts.next();
      if (done && value === undefined) break;
      const { origin } = flight;
      const letter: Letter = done
        ? { kind: 'end', name, fence, at, origin, end: value as NonNullable<typeof value> }
        : { kind: 'text', name, fence, at, origin, text: value as string };
      const isRead = await this.write(to, letter);
      if (done) break;
      // Whoever asked to read is there no more.
      if (!isRead) await texts.return(undefined);
    }
    readers.delete(to);
  }

  private receiveFromLeader(letter: LeaderLetter): void {
    const followed = this.followed.get(letter.name);
    if (!followed || followed.leader.fence !== letter.fence) return;
    const { flight } = followed;
    followed.heardAt = performance.now();
    if (letter.kind === 'alive') return;
    if (letter.kind === 'none') return flight.finish(lost());
    // Redis forgets what it cannot deliver: with a gap the rest is worth nothing.
    if (letter.at !== followed.letters) return flight.finish(lost());
    followed.letters += 1;
    if (letter.origin) flight.origin = letter.origin;
    if (letter.kind === 'text') flight.push(letter.text);
    else flight.finish(letter.end);
  }

  private tick(): void {
    const now = performance.now();
    for (const led of this.led.values()) if (now - led.flight.startedAt >= TICK_MS) void this.renew(led);
    for (const followed of this.followed.values()) if (now - followed.heardAt >= SILENCE_MS) void this.look(followed);
  }

  private async renew({ flight, lease, readers }: Led): Promise<void> {
    const { name } = flight;
    for (const reader of readers.keys()) void this.write(reader, { kind: 'alive', name, fence: lease.fence });
    const mine = await this.leases.renew(name, lease).catch(() => true);
    if (!mine) flight.deposed = true;
  }

  /** Looks whether a leader that has fallen silent still holds its lease, and asks it again where it does. */
  private async look(followed: Followed): Promise<void> {
    const { flight, leader, letters } = followed;
    followed.heardAt = performance.now();
    try {
      const holder = await this.leases.holder(flight.name);
      if (holder?.replica !== leader.replica || holder.fence !== leader.fence) {
        this.logger.warn({ replica: leader.replica }, 'the replica that asked for an answer is gone');
        return flight.finish(lost());
      }
    } catch {
      // Without Redis nothing of the other replica is heard.
      return flight.finish(lost());
    }
    const letter: Letter = { kind: 'board', name: flight.name, fence: leader.fence, from: this.leases.replica };
    if (letters === 0) await this.write(leader.replica, letter);
  }

  private write(to: string, letter: Letter): Promise<boolean> {
    return this.news.send(CHANNEL + to, writeLetter(letter));
  }
}

function lost(): FlightFailure {
  const message = 'The replica of the gateway that asked the provider is gone. Send the request again.';
  return { kind: 'failed', error: new GatewayError('upstream_error', { message }), of: 'lost' };
}
