import { Injectable } from '@nestjs/common';
import type { AbortSignalLike } from '@thriftgate/providers';
import { Flight, type Subscription } from './flight';
import { FlightLeaseStore } from './lease.store';
import { ReplicaChannel } from './replica-channel.service';

/** A subscription to the one flight of equal calls. */
export interface FlightMembership {
  flight: Flight;
  subscription: Subscription;
  /** Whether the caller is to ask the upstream, and to end the flight, for all. */
  leads: boolean;
  /** Whether an answer may have been stored since the caller looked. */
  mayBeStored: boolean;
}

/**
 * Of all who ask the same at once, over all replicas, one asks the upstream. Without Redis, or while it is away, that is one
 * in each process.
 */
@Injectable()
export class SingleFlight {
  private readonly flights = new Map<string, Flight>();
  private readonly onOver = (flight: Flight) => {
    if (this.flights.get(flight.name) === flight) this.flights.delete(flight.name);
    this.wire.over(flight);
  };

  constructor(
    private readonly leases: FlightLeaseStore,
    private readonly wire: ReplicaChannel,
  ) {}

  /**
   * @param name the same for the same question
   * @param cacheKey where its answer will lie
   * @param client aborted when the caller does not wait any more
   * @returns undefined where the answer that is on its way is so long that its beginning is not kept any more
   */
  async join(name: string, cacheKey: string, client: AbortSignalLike): Promise<FlightMembership | undefined> {
    const known = this.flights.get(name);
    if (known && !known.takes(0)) return undefined;
    if (known) return { flight: known, subscription: known.subscribe(client), leads: false, mayBeStored: false };
    const flight = new Flight(name, this.onOver);
    // Before anything is waited for: who asks next comes aboard.
    this.flights.set(name, flight);
    const subscription = flight.subscribe(client);
    if (!this.leases.isConfigured) return { flight, subscription, leads: true, mayBeStored: true };
    try {
      const storing = this.wire.isStoring(name);
      const { lease, stored } = await this.leases.take(name, cacheKey);
      const leads = lease.replica === this.leases.replica;
      if (flight.signal.aborted) {
        if (leads) void this.leases.release(name, lease);
      } else if (leads) this.wire.lead(flight, lease);
      else this.wire.follow(flight, lease);
      return { flight, subscription, leads, mayBeStored: stored || storing };
    } catch {
      // Without Redis, too, a flight of this process may have ended since the caller looked.
      return { flight, subscription, leads: true, mayBeStored: true };
    }
  }
}
