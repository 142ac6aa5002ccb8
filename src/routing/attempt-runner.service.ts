import { Injectable } from '@nestjs/common';
import type { ProviderError } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';
import { AnswerTooLarge, AttemptFailure, UnsupportedCall } from './attempt-failure';
import { Breakers } from './breakers/breakers.service';
import { type CountedFailure, DeploymentCounts } from './health/deployment-counts.service';
import { LinePace } from './lines/line-pace.service';
import { ProviderHealth } from './provider-health.service';
import type { MakeAttempt, ReleaseSlot, RouteRequest, WantedAttempt } from './route-request';
import { Latencies } from './selection/latencies';
import { DeploymentSlots } from './slots.service';

/** How one attempt ended. */
export type AttemptEnd<T> =
  | { kind: 'answered'; answer: T }
  | { kind: 'failed'; failure: AttemptFailure }
  /** There was no room. @property forMs how long a line is to wait; undefined where that is not known */
  | { kind: 'busy'; forMs: number | undefined };

const OK = 200;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/** Makes attempts within `max_parallel`, and tells what watches deployments how they end. */
@Injectable()
export class AttemptRunner {
  readonly latencies = new Latencies();

  constructor(
    readonly slots: DeploymentSlots,
    readonly breakers: Breakers,
    private readonly health: ProviderHealth,
    private readonly counts: DeploymentCounts,
    private readonly pace: LinePace,
  ) {}

  /** @throws Error what is no failure of the deployment */
  async run<T>(
    request: RouteRequest,
    { deployment, provider, number }: WantedAttempt,
    makeAttempt: MakeAttempt<T>,
  ): Promise<AttemptEnd<T>> {
    const { model, signal, stream, isLine } = request;
    const waitMs = isLine ? this.pace.waitMs(deployment, provider.credential) : 0;
    const giveBack = waitMs > 0 ? undefined : this.slots.take(deployment, isLine);
    if (!giveBack) return { kind: 'busy', forMs: waitMs > 0 ? waitMs : undefined };
    if (isLine) this.pace.started(deployment, provider.credential);
    const watched = this.breakers.begin(deployment, provider.credential);
    const startedAt = performance.now();
    let [answered, released] = [false, false];
    const release: ReleaseSlot = (broken) => {
      giveBack();
      released = true;
      if (broken) {
        this.health.failed(deployment, broken, provider.credential);
        this.counts.brokeOff(deployment.id, asFailure(broken, OK, request));
      }
      if (answered) watched.completed(broken !== undefined);
    };
    try {
      const answer = await makeAttempt(deployment, number, release, provider);
      this.health.succeeded(deployment, provider.credential);
      const latencyMs = performance.now() - startedAt;
      this.latencies.add(deployment.id, stream, latencyMs, performance.now());
      this.counts.answered(deployment.id, latencyMs);
      answered = true;
      watched.answered();
      if (released) watched.completed(false);
      return { kind: 'answered', answer };
    } catch (failure) {
      // A call that was not sent, or whose answer the gateway does not read, says nothing of its deployment.
      const isOfGateway = failure instanceof UnsupportedCall || failure instanceof AnswerTooLarge;
      const isSilent = isOfGateway || (failure instanceof AttemptFailure && saysNothing(request, failure));
      if (!(failure instanceof AttemptFailure) || signal.aborted || isSilent) watched.ended();
      else watched.failed(failure.error, failure.upstreamStatus);
      if (failure instanceof GatewayError && number > 1) failure.facts.attempts ??= number - 1;
      if (!(failure instanceof AttemptFailure)) throw failure;
      failure.madeBy(model, deployment, number);
      if (isLine && isRateLimit(failure) && !request.isFlex)
        this.pace.refused(deployment, provider.credential, failure.error.retryAfterMs);
      if (!signal.aborted && !isSilent) {
        const { error, upstreamStatus } = failure;
        this.health.failed(deployment, error, provider.credential);
        this.counts.failed(deployment.id, asFailure(error, upstreamStatus, request));
      }
      return { kind: 'failed', failure };
    }
  }
}

/**
 * Whether a failure says nothing of live calls: that there is no room in a cheaper tier, or that the vendor takes no more lines
 * for now.
 */
function saysNothing({ isFlex, isLine }: RouteRequest, failure: AttemptFailure): boolean {
  if (isFlex) return isRateLimit(failure) || failure.upstreamStatus === UNAVAILABLE;
  return isLine && isRateLimit(failure);
}

function isRateLimit({ error }: AttemptFailure): boolean {
  return error.retryable && error.status === TOO_MANY_REQUESTS;
}

function asFailure(error: ProviderError, status: number | undefined, { requestId }: RouteRequest): CountedFailure {
  return { error, status: status ?? null, requestId };
}
