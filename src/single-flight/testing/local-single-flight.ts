import type { FlightLeaseStore } from '../lease.store';
import type { ReplicaChannel } from '../replica-channel.service';
import { SingleFlight } from '../single-flight.service';

/** Single flight within one replica, without Redis. */
export function localSingleFlight(): SingleFlight {
  const leases: Partial<FlightLeaseStore> = { isConfigured: false };
  const channel: Partial<ReplicaChannel> = { onFlightEnd: () => undefined };
  return new SingleFlight(leases as FlightLeaseStore, channel as ReplicaChannel);
}
