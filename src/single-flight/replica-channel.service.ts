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

/** How often leaders send a sign of life, and followers check for one. */
const TICK_MS = 100;
/** How often a lease is renewed: twice per lease. More often is expensive, because each running stream has a lease. */
const RENEW_MS = 290;
/** Without a message for so long, a follower checks the leader's lease at each tick. */
const SILENCE_MS = 250;
/** How long a follower waits for a stream that has started while Redis is away: it cannot be restarted. */
const MAX_SILENCE_MS = 30_000;
/** How many checks in a row may find no leader: after Redis was away, a leader renews its lease at its next tick. */
const MAX_MISSED_CHECKS = 8;
/** The same for a follower without any text, which can call the upstream itself. A leader may be busy for longer than its lease. */
const MAX_MISSED_BEFORE_TEXT = 2;
/** How long a flight with followers is kept after its end, for followers that have not received the end. */
const LINGER_MS = 2_000;
const CHANNEL = 'thriftgate:flights:';

interface LedFlight {
  flight: Flight;
  lease: Lease;
  renewedAt: number;
  /** How to end the subscription of each follower, by its replica. */
  readers: Map<string, () => void>;
  hadReaders: boolean;
  /** Set when the lease is released. */
  released: boolean;
}

interface FollowedFlight {
  flight: Flight;
  leader: Lease;
  lastMessageAt: number;
  /** How many checks in a row have not found the leader. */
  missedChecks: number;
  /** The number of texts received from the leader. */
  at: number;
}

/** Sends the flights that this replica leads to their followers, and receives those that other replicas lead. */
@Injectable()
export class ReplicaChannel implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(ReplicaChannel.name);
  private readonly led = new Map<string, LedFlight>();
  private readonly followed = new Map<string, FollowedFlight>();
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

  /** This replica leads: its lease is renewed until the flight has ended and its response is stored. */
  lead(flight: Flight, lease: Lease): void {
    const renewedAt = performance.now();
    this.led.set(flight.name, { flight, lease, renewedAt, readers: new Map(), hadReaders: false, released: false });
  }

  /** Whether this replica leads the flight and has not released its lease: its response may be about to be stored. */
  isStoring(name: string): boolean {
    return this.led.get(name)?.released === false;
  }

  /** Another replica leads: the flight gets the texts that it sends. */
  follow(flight: Flight, leader: Lease): void {
    const followed: FollowedFlight = { flight, leader, lastMessageAt: performance.now(), missedChecks: 0, at: 0 };
    this.followed.set(flight.name, followed);
    void this.sendSubscribe(followed);
  }

  private sendSubscribe({ flight: { name }, leader: { replica, fence }, at }: FollowedFlight): Promise<boolean> {
    return this.send(replica, { kind: 'subscribe', name, fence, at, from: this.leases.replica });
  }

  /** Must be called when a flight of this replica has ended. */
  onFlightEnd(flight: Flight): void {
    const led = this.led.get(flight.name);
    if (led?.flight === flight) void this.release(led);
    const followed = this.followed.get(flight.name);
    if (followed?.flight !== flight) return;
    this.followed.delete(flight.name);
    if (!flight.signal.aborted) return;
    const { replica, fence } = followed.leader;
    void this.send(replica, { kind: 'unsubscribe', name: flight.name, fence, from: this.leases.replica });
  }

  /** Releases the lease only after the response is stored: the next leader looks there first. */
  private async release(led: LedFlight): Promise<void> {
    await led.flight.stored?.catch(() => undefined);
    led.released = true;
    const forget = () => {
      if (this.led.get(led.flight.name) === led) this.led.delete(led.flight.name);
    };
    if (led.hadReaders) setTimeout(forget, LINGER_MS).unref();
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
    if (message.kind === 'unsubscribe') return isMine ? led.readers.get(from)?.() : undefined;
    if (isMine && led.flight.accepts(message.at)) void this.serve(led, from, message.at);
    else void this.send(from, { kind: 'none', name, fence });
  }

  /** Sends the texts from `from` on to a follower. A follower that lost messages subscribes again and replaces its subscription. */
  private async serve(led: LedFlight, to: string, from: number): Promise<void> {
    const { flight, readers } = led;
    const { fence } = led.lease;
    led.hadReaders = true;
    const subscription = flight.subscribe(undefined, from);
    readers.get(to)?.();
    readers.set(to, subscription.leave);
    const { name } = flight;
    const texts = flight.read(subscription);
    for (let at = from; ; at = subscription.read) {
      const { done, value } = await texts.next();
      if (done && value === undefined) break;
      const { origin } = flight;
      // The follower reads a response without a body from the cache, so it must be stored first.
      if (done && value && !isSentWhole(value)) await flight.stored?.catch(() => undefined);
      const message: FlightMessage = done
        ? { kind: 'end', name, fence, at, origin, end: value as NonNullable<typeof value> }
        : { kind: 'text', name, fence, at, until: subscription.read, origin, text: value as string };
      const isReceived = await this.send(to, message);
      if (done) break;
      // The follower is gone, or subscribes again.
      if (!isReceived) await texts.return();
    }
    if (readers.get(to) === subscription.leave) readers.delete(to);
  }

  private receiveFromLeader(message: LeaderMessage): void {
    const followed = this.followed.get(message.name);
    if (!followed || followed.leader.fence !== message.fence) return;
    const { flight } = followed;
    followed.lastMessageAt = performance.now();
    followed.missedChecks = 0;
    if (message.kind === 'alive') return;
    if (message.kind === 'none') return flight.finish(lost());
    // Texts that were requested again may arrive twice.
    if (message.at < followed.at) return;
    // Redis does not keep messages that it cannot deliver.
    if (message.at > followed.at) return void this.sendSubscribe(followed);
    if (message.origin) flight.origin = message.origin;
    if (message.kind === 'end') return flight.finish(message.end);
    followed.at = message.until;
    flight.push(message.text);
  }

  private tick(): void {
    const now = performance.now();
    for (const led of this.led.values()) {
      for (const reader of led.readers.keys()) void this.send(reader, aliveMessage(led));
      if (!led.released && now - led.renewedAt >= RENEW_MS) void this.renew(led, now);
    }
    for (const followed of this.followed.values())
      if (now - followed.lastMessageAt >= SILENCE_MS) void this.checkLeader(followed);
  }

  private async renew(led: LedFlight, now: number): Promise<void> {
    const { flight, lease } = led;
    led.renewedAt = now;
    const mine = await this.leases.renew(flight.name, lease).catch(() => true);
    if (!mine) flight.superseded = true;
  }

  /** Checks whether a silent leader still holds its lease; if it does, subscribes again. */
  private async checkLeader(followed: FollowedFlight): Promise<void> {
    const { flight, leader, at } = followed;
    try {
      const holder = await this.leases.holder(flight.name);
      if (holder?.replica === leader.replica && holder.fence === leader.fence) {
        // The leader is late or has just ended. If it has ended, its lease shows that at the next tick.
        followed.lastMessageAt = performance.now() - SILENCE_MS + TICK_MS;
        followed.missedChecks = 0;
        await this.sendSubscribe(followed);
        return;
      }
      followed.missedChecks += 1;
      const most = at > 0 ? MAX_MISSED_CHECKS : MAX_MISSED_BEFORE_TEXT;
      if (holder === undefined && followed.missedChecks < most) {
        await this.sendSubscribe(followed);
        return;
      }
      this.logger.debug({ replica: leader.replica }, 'the replica that led a flight is gone');
    } catch {
      // Without Redis no message arrives. A follower without any text can still call the upstream itself.
      if (at > 0 && performance.now() - followed.lastMessageAt < MAX_SILENCE_MS) return;
    }
    flight.finish(lost());
  }

  private send(to: string, message: FlightMessage): Promise<boolean> {
    return this.pubSub.send(CHANNEL + to, writeMessage(message));
  }
}

function aliveMessage({ flight: { name }, lease: { fence } }: LedFlight): FlightMessage {
  return { kind: 'alive', name, fence };
}

function lost(): FlightFailure {
  const message = 'The gateway replica that sent the request to the provider is gone. Send the request again.';
  return { kind: 'failed', error: new GatewayError('upstream_error', { message }), of: 'lost' };
}
