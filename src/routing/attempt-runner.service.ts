import { Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { AttemptFailure, UnsupportedCall } from './attempt-failure';
import { Breakers } from './breakers/breakers.service';
import { ProviderHealth } from './provider-health.service';
import type { MakeAttempt, ReleaseSlot, RouteRequest, WantedAttempt } from './route-request';
import { Latencies } from './selection/latencies';
import { DeploymentSlots } from './slots.service';

/** How one attempt ended. */
export type AttemptEnd<T> =
  { kind: 'answered'; answer: T } | { kind: 'failed'; failure: AttemptFailure } | { kind: 'busy' };

/** Makes attempts within `max_parallel`, and tells what watches deployments how they end. */
@Injectable()
export class AttemptRunner {
  readonly latencies = new Latencies();

  constructor(
    readonly slots: DeploymentSlots,
    readonly breakers: Breakers,
    private readonly health: ProviderHealth,
  ) {}

  /** @throws Error what is no failure of the deployment */
  async run<T>(
    { model, signal, stream }: RouteRequest,
    { deployment, provider, number }: WantedAttempt,
    makeAttempt: MakeAttempt<T>,
  ): Promise<AttemptEnd<T>> {
    const giveBack = this.slots.take(deployment);
    if (!giveBack) return { kind: 'busy' };
    const watched = this.breakers.begin(deployment, provider.credential);
    const startedAt = performance.now();
    let [answered, released] = [false, false];
    const release: ReleaseSlot = (broken) => {
      giveBack();
      released = true;
      if (broken) this.health.failed(deployment, broken, provider.credential);
      if (answered) watched.completed(broken !== undefined);
    };
    try {
      const answer = await makeAttempt(deployment, number, release, provider);
      this.health.succeeded(deployment, provider.credential);
      this.latencies.add(deployment.id, stream, performance.now() - startedAt, performance.now());
      answered = true;
      watched.answered();
      if (released) watched.completed(false);
      return { kind: 'answered', answer };
    } catch (failure) {
      // A call that was not sent says nothing of its deployment.
      const isUnsent = failure instanceof UnsupportedCall;
      if (!(failure instanceof AttemptFailure) || signal.aborted || isUnsent) watched.ended();
      else watched.failed(failure.error, failure.upstreamStatus);
      if (failure instanceof GatewayError && number > 1) failure.facts.attempts ??= number - 1;
      if (!(failure instanceof AttemptFailure)) throw failure;
      failure.madeBy(model, deployment, number);
      if (!signal.aborted && !isUnsent) this.health.failed(deployment, failure.error, provider.credential);
      return { kind: 'failed', failure };
    }
  }
}
