import { Module } from '@nestjs/common';
import { FlightLeaseStore } from './lease.store';
import { ReplicaChannel } from './replica-channel.service';
import { SingleFlight } from './single-flight.service';

/** One upstream call for all equal misses at the same time, over all replicas. */
@Module({ providers: [FlightLeaseStore, ReplicaChannel, SingleFlight], exports: [SingleFlight] })
export class SingleFlightModule {}
