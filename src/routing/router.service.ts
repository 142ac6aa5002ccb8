import { Injectable } from '@nestjs/common';
import type { AbortSignalLike } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';
import { pauseUnless } from '../common/runtime/pause';
import type { Deployment, Model } from '../models/model';
import { AttemptFailure } from './attempt-failure';
import { attemptPlan } from './attempt-plan';

/** Tries at one deployment: more where no other one is left to ask. */
const TRIES_BEFORE_NEXT = 2;
const TRIES_AT_LAST = 3;
const BACKOFF_MS = 100;
/** An upstream that asks for a longer pause is left for the next deployment, or the caller is told to wait. */
const LONGEST_PAUSE_MS = 5_000;
const ALL_BUSY_RETRY_SECONDS = 1;

/** One try at one deployment. `attempt` counts from 1 over the whole call. */
export type Try<T> = (deployment: Deployment, attempt: number) => Promise<T>;

/** Asks a model's deployments, one after the other, until one answers. */
@Injectable()
export class Router {
  /**
   * Retries with jitter what may succeed at once, then asks the next deployment. What comes back has begun: after the first
   * content nothing is asked again.
   *
   * @throws GatewayError the last failure, as the caller sees it
   */
  async route<T>(model: Model, signal: AbortSignalLike, tryOnce: Try<T>): Promise<T> {
    const plan = attemptPlan(model.deployments, Math.random);
    let attempt = 0;
    let last: AttemptFailure | undefined;
    for (const [index, deployment] of plan.entries()) {
      const tries = index === plan.length - 1 ? TRIES_AT_LAST : TRIES_BEFORE_NEXT;
      for (let round = 1; round <= tries; round += 1) {
        try {
          return await tryOnce(deployment, attempt + 1);
        } catch (failure) {
          if (!(failure instanceof AttemptFailure)) throw failure;
          if (failure.tried) attempt += 1;
          if (failure.tried || last === undefined) last = failure;
          if (!failure.worthElsewhere) throw failure.toGatewayError();
          const again = failure.tried && failure.error.retryable && round < tries;
          const here = again && (await pause(failure, round, signal));
          if (signal.aborted) throw failure.toGatewayError();
          if (!here) break;
        }
      }
    }
    throw last?.tried ? last.toGatewayError() : allBusy(model);
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
    message: `Every deployment of "${model.name}" runs as many calls as it may. Try again shortly.`,
    retryAfterSeconds: ALL_BUSY_RETRY_SECONDS,
  });
}
