import type { AbortSignalLike, ProviderError } from '@thriftgate/providers';
import type { Deployment, Model } from '../models/model';
import type { ConfiguredProvider } from '../providers/provider';

/** What the router must know of a call. */
export interface RouteRequest {
  model: Model;
  /** Of the call, beside the last failure that administrators see. */
  requestId: string;
  /** Aborted when every client that waits for the answer has disconnected. */
  signal: AbortSignalLike;
  stream: boolean;
  /** Whether it is a line of a batch: it waits until a deployment has room besides live calls, and slows none of them down. */
  isLine: boolean;
  /** Whether it asks for a tier that the vendor refuses while it has no room: that says nothing of the deployment. */
  isFlex: boolean;
  /** The same for the calls of a conversation; undefined draws anew for each call. */
  affinity: string | undefined;
  /** The attempts that the call has made at other models. */
  attemptsBefore: number;
  /**
   * The deployment's provider once with each credential that the call may use, the team's own ones first. Empty where the
   * deployment is not available to the call.
   */
  withCredentials(deployment: Deployment): readonly ConfiguredProvider[];
  /** The price of a typical call, in pico-dollars. */
  pricePusd(deployment: Deployment): bigint;
}

/** Gives a deployment's slot back. @param broken the error of a stream that broke off after its first content */
export type ReleaseSlot = (broken?: ProviderError) => void;

/**
 * Makes one attempt at one deployment.
 *
 * @param number counts from 1 over the whole call
 * @param release gives the deployment's slot back; to be called once the upstream call has ended. A failed attempt has
 *   released it.
 * @param provider with the credential to use
 */
export type MakeAttempt<T> = (
  deployment: Deployment,
  number: number,
  release: ReleaseSlot,
  provider: ConfiguredProvider,
) => Promise<T>;

/** An attempt that the router wants. */
export interface WantedAttempt {
  deployment: Deployment;
  provider: ConfiguredProvider;
  /** Counts from 1 over the whole call. */
  number: number;
}
