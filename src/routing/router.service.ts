import { Injectable } from '@nestjs/common';
import type { AbortSignalLike, ProviderError } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';
import { pauseUnless } from '../common/runtime/pause';
import type { Deployment, Model } from '../models/model';
import { AttemptFailure } from './attempt-failure';
import { ProviderHealth } from './provider-health.service';
import { DeploymentSlots } from './slots.service';
import { inOrder } from './selection';

/** Attempts at one deployment: more where no other one is left. */
const ATTEMPTS_BEFORE_NEXT = 2;
const ATTEMPTS_AT_LAST = 3;
const BACKOFF_MS = 100;
/** An upstream that asks for a longer pause is left for the next deployment, or the caller gets its Retry-After. */
const LONGEST_PAUSE_MS = 5_000;
const ALL_BUSY_RETRY_SECONDS = 1;

/** Gives a deployment's slot back. @param broken the error of a stream that broke off after its first content */
export type ReleaseSlot = (broken?: ProviderError) => void;

/**
 * Makes one attempt at one deployment.
 *
 * @param number counts from 1 over the whole call
 * @param release gives the deployment's slot back; to be called once the upstream call has ended. A failed attempt has
 *   released it.
 */
export type MakeAttempt<T> = (deployment: Deployment, number: number, release: ReleaseSlot) => Promise<T>;

/** Chooses among the available deployments of a model, one after the other, until one answers. */
@Injectable()
export class Router {
  constructor(
    private readonly slots: DeploymentSlots,
    private readonly health: ProviderHealth,
  ) {}

  /**
   * Retries with jitter what may succeed at once, then goes on to the next deployment with a free slot. An answer that comes
   * back has begun: after its first content nothing is retried.
   *
   * @throws GatewayError the last failure, as the caller sees it
   */
  async route<T>(model: Model, signal: AbortSignalLike, makeAttempt: MakeAttempt<T>): Promise<T> {
    const deployments = inOrder(model.deployments, Math.random);
    let attempts = 0;
    let last: AttemptFailure | undefined;
    for (const [index, deployment] of deployments.entries()) {
      const most = index === deployments.length - 1 ? ATTEMPTS_AT_LAST : ATTEMPTS_BEFORE_NEXT;
      for (let round = 1; round <= most; round += 1) {
        const giveBack = this.slots.take(deployment);
        if (!giveBack) break;
        const release: ReleaseSlot = (broken) => {
          giveBack();
          if (broken) this.health.failed(deployment, broken);
        };
        try {
          const answer = await makeAttempt(deployment, (attempts += 1), release);
          this.health.succeeded(deployment);
          return answer;
        } catch (failure) {
          if (!(failure instanceof AttemptFailure)) throw failure;
          failure.madeBy(model, deployment, attempts);
          if (!signal.aborted) this.health.failed(deployment, failure.error);
          last = failure;
          if (!failure.error.elsewhere) throw failure.toGatewayError();
          const again = failure.error.retryable && round < most && (await pause(failure, round, signal));
          if (signal.aborted) throw failure.toGatewayError();
          if (!again) break;
        }
      }
    }
    throw last?.toGatewayError() ?? allBusy(model);
  }
}

/** Ends early with the signal. @returns false when the upstream asks for a pause that is too long to wait here */
async function pause(failure: AttemptFailure, round: number, signal: AbortSignalLike): Promise<boolean> {
  const asked = failure.error.retryAfterMs ?? 0;
  if (asked > LONGEST_PAUSE_MS) return false;
  const backoff = BACKOFF_MS * 2 ** (round - 1) * (0.5 + Math.random());
  await pauseUnless(signal, Math.max(asked, backoff));
  return true;
}

function allBusy(model: Model): GatewayError {
  return new GatewayError('unavailable', {
    message: `Every deployment of "${model.name}" is at its max_parallel limit. Try again shortly.`,
    retryAfterSeconds: ALL_BUSY_RETRY_SECONDS,
    facts: { model: model.name, attempts: 0 },
  });
}
