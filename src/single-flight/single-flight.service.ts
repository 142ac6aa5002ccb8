import { Injectable } from '@nestjs/common';
import type { AbortSignalLike } from '@thriftgate/providers';
import { Flight, type Subscription } from './flight';
import { FlightLeaseStore } from './lease.store';
import { ReplicaChannel } from './replica-channel.service';

/** A call's subscription to the flight of all equal calls. */
export interface FlightMembership {
  flight: Flight;
  subscription: Subscription;
  /** Whether this call must call the upstream and end the flight, for all equal calls. */
  leads: boolean;
  /** Whether a response may have been stored since the call read the cache. */
  mayBeStored: boolean;
}

/**
 * Of all equal calls at the same time, over all replicas, one calls the upstream. Without Redis, or while it is away, that is
 * one in each replica.
 */
@Injectable()
export class SingleFlight {
  private readonly flights = new Map<string, Flight>();
  private readonly onEnd = (flight: Flight) => {
    if (this.flights.get(flight.name) === flight) this.flights.delete(flight.name);
    this.channel.onFlightEnd(flight);
  };

  constructor(
    private readonly leases: FlightLeaseStore,
    private readonly channel: ReplicaChannel,
  ) {}

  /**
   * @param name equal for equal calls
   * @param cacheKey where the response will be stored
   * @param client aborted when the client has disconnected
   * @returns undefined when the running stream is so long that its beginning is no longer buffered
   */
  async join(name: string, cacheKey: string, client: AbortSignalLike): Promise<FlightMembership | undefined> {
    const known = this.flights.get(name);
    if (known && !known.accepts(0)) return undefined;
    if (known) return { flight: known, subscription: known.subscribe(client), leads: false, mayBeStored: false };
    const flight = new Flight(name, this.onEnd);
    // Before the first await, so that the next equal call subscribes.
    this.flights.set(name, flight);
    const subscription = flight.subscribe(client);
    if (!this.leases.isConfigured) return { flight, subscription, leads: true, mayBeStored: true };
    try {
      const storing = this.channel.isStoring(name);
      const { lease, stored } = await this.leases.take(name, cacheKey);
      const leads = lease.replica === this.leases.replica;
      if (flight.signal.aborted) {
        if (leads) void this.leases.release(name, lease);
      } else if (leads) this.channel.lead(flight, lease);
      else this.channel.follow(flight, lease);
      return { flight, subscription, leads, mayBeStored: stored || storing };
    } catch {
      // Also without Redis, a flight of this replica may have ended since the call read the cache.
      return { flight, subscription, leads: true, mayBeStored: true };
    }
  }
}
