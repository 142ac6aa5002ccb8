import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { PubSubStore } from '../redis/pub-sub.store';
import type { Flight } from './flight';
import type { FlightFailure } from './flight-result';
import { type Lease, FlightLeaseStore } from './lease.store';
import {
  isSentWhole,
  type LeaderMessage,
  type FlightMessage,
  readMessage,
  type ReaderMessage,
  writeMessage,
} from './flight-message';

/** How often leaders say that they live, and are watched. */
const TICK_MS = 100;
/** How often a lease is renewed: twice within its life. More often is dear, for each stream that runs has one. */
const RENEW_MS = 290;
/** A leader that has not written for so long is looked for, with every tick. */
const SILENCE_MS = 250;
/** How long a stream that has begun is waited for while Redis is away: it cannot be begun anew. */
const LONGEST_SILENCE_MS = 30_000;
/** After Redis was away a leader takes its lease back with its next tick. */
const LOOKS_BEFORE_GIVEN_UP = 8;
/** How long a flight that was read elsewhere is there for those who have lost its end. */
const LINGER_MS = 2_000;
const CHANNEL = 'thriftgate:flights:';

interface Led {
  flight: Flight;
  lease: Lease;
  renewedAt: number;
  /** The replicas that follow. */
  readers: Map<string, () => void>;
  wasRead: boolean;
  /** Set when the lease was given back. */
  released: boolean;
}

interface Followed {
  flight: Flight;
  leader: Lease;
  heardAt: number;
  /** How many looks in a row have not found the leader. */
  missed: number;
  /** How many of the leader's texts have come. */
  at: number;
}

/** Lets other replicas read what this one asks the upstream for, and this one what others ask. */
@Injectable()
export class ReplicaChannel implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(ReplicaChannel.name);
  private readonly led = new Map<string, Led>();
  private readonly followed = new Map<string, Followed>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly leases: FlightLeaseStore,
    private readonly pubSub: PubSubStore,
  ) {}

  onModuleInit(): void {
    if (!this.leases.isConfigured) return;
    this.pubSub.subscribe(CHANNEL + this.leases.replica, (text) => this.receive(text));
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** This process asks: its lease is kept up until the flight is over and what came of it is stored. */
  lead(flight: Flight, lease: Lease): void {
    const renewedAt = performance.now();
    this.led.set(flight.name, { flight, lease, renewedAt, readers: new Map(), wasRead: false, released: false });
  }

  /** Whether an answer of this process is on its way to the store. */
  isStoring(name: string): boolean {
    return this.led.get(name)?.released === false;
  }

  /** Another one asks: the flight gets what that one writes. */
  follow(flight: Flight, leader: Lease): void {
    const followed: Followed = { flight, leader, heardAt: performance.now(), missed: 0, at: 0 };
    this.followed.set(flight.name, followed);
    void this.askToRead(followed);
  }

  private askToRead({ flight: { name }, leader: { replica, fence }, at }: Followed): Promise<boolean> {
    return this.write(replica, { kind: 'board', name, fence, at, from: this.leases.replica });
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
    led.released = true;
    const forget = () => {
      if (this.led.get(led.flight.name) === led) this.led.delete(led.flight.name);
    };
    if (led.wasRead) setTimeout(forget, LINGER_MS).unref();
    else forget();
    await this.leases.release(led.flight.name, led.lease);
  }

  private receive(text: string): void {
    const message = readMessage(text);
    if (message === undefined) return;
    if ('from' in message) this.receiveFromReader(message);
    else this.receiveFromLeader(message);
  }

  private receiveFromReader(message: ReaderMessage): void {
    const { name, fence, from } = message;
    const led = this.led.get(name);
    const isMine = led?.lease.fence === fence;
    if (message.kind === 'leave') return isMine ? led.readers.get(from)?.() : undefined;
    if (isMine && led.flight.takes(message.at)) void this.serve(led, from, message.at);
    else void this.write(from, { kind: 'none', name, fence });
  }

  /** Whoever asks once more has lost messages, and gets them again. */
  private async serve(led: Led, to: string, from: number): Promise<void> {
    const { flight, readers } = led;
    const { fence } = led.lease;
    led.wasRead = true;
    const subscription = flight.subscribe(undefined, from);
    readers.get(to)?.();
    readers.set(to, subscription.leave);
    const { name } = flight;
    const texts = flight.read(subscription);
    for (let at = from; ; at = subscription.read) {
      const { done, value } = await texts.next();
      if (done && value === undefined) break;
      const { origin } = flight;
      // Whoever is told that it is in the cache shall find it there.
      if (done && value && !isSentWhole(value)) await flight.stored?.catch(() => undefined);
      const message: FlightMessage = done
        ? { kind: 'end', name, fence, at, origin, end: value as NonNullable<typeof value> }
        : { kind: 'text', name, fence, at, until: subscription.read, origin, text: value as string };
      const isRead = await this.write(to, message);
      if (done) break;
      // Whoever asked to read is there no more, or asks again.
      if (!isRead) await texts.return();
    }
    if (readers.get(to) === subscription.leave) readers.delete(to);
  }

  private receiveFromLeader(message: LeaderMessage): void {
    const followed = this.followed.get(message.name);
    if (!followed || followed.leader.fence !== message.fence) return;
    const { flight } = followed;
    followed.heardAt = performance.now();
    followed.missed = 0;
    if (message.kind === 'alive') return;
    if (message.kind === 'none') return flight.finish(lost());
    // What was asked for once more may come twice.
    if (message.at < followed.at) return;
    // Redis forgets what it cannot deliver.
    if (message.at > followed.at) return void this.askToRead(followed);
    if (message.origin) flight.origin = message.origin;
    if (message.kind === 'end') return flight.finish(message.end);
    followed.at = message.until;
    flight.push(message.text);
  }

  private tick(): void {
    const now = performance.now();
    for (const led of this.led.values()) {
      for (const reader of led.readers.keys()) void this.write(reader, aliveMessage(led));
      if (!led.released && now - led.renewedAt >= RENEW_MS) void this.renew(led, now);
    }
    for (const followed of this.followed.values()) if (now - followed.heardAt >= SILENCE_MS) void this.look(followed);
  }

  private async renew(led: Led, now: number): Promise<void> {
    const { flight, lease } = led;
    led.renewedAt = now;
    const mine = await this.leases.renew(flight.name, lease).catch(() => true);
    if (!mine) flight.superseded = true;
  }

  /** Looks whether a leader that has fallen silent still holds its lease, and asks it again where it does. */
  private async look(followed: Followed): Promise<void> {
    const { flight, leader, at } = followed;
    try {
      const holder = await this.leases.holder(flight.name);
      if (holder?.replica === leader.replica && holder.fence === leader.fence) {
        // It is silent for once, or it has just died: that is seen by its lease, with the next tick.
        followed.heardAt = performance.now() - SILENCE_MS + TICK_MS;
        followed.missed = 0;
        await this.askToRead(followed);
        return;
      }
      followed.missed += 1;
      if (at > 0 && holder === undefined && followed.missed < LOOKS_BEFORE_GIVEN_UP) {
        await this.askToRead(followed);
        return;
      }
      this.logger.debug({ replica: leader.replica }, 'the replica that asked for an answer is gone');
    } catch {
      // Without Redis nothing of the other replica is heard. Who has read nothing yet is better off without it.
      if (at > 0 && performance.now() - followed.heardAt < LONGEST_SILENCE_MS) return;
    }
    flight.finish(lost());
  }

  private write(to: string, message: FlightMessage): Promise<boolean> {
    return this.pubSub.send(CHANNEL + to, writeMessage(message));
  }
}

function aliveMessage({ flight: { name }, lease: { fence } }: Led): FlightMessage {
  return { kind: 'alive', name, fence };
}

function lost(): FlightFailure {
  const message = 'The replica of the gateway that asked the provider is gone. Send the request again.';
  return { kind: 'failed', error: new GatewayError('upstream_error', { message }), of: 'lost' };
}
