import { Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { pauseUnless } from '../common/runtime/pause';
import { DEFAULT_ROUTING, type Deployment, type Model } from '../models/model';
import type { ConfiguredProvider } from '../providers/provider';
import { type AttemptFailure, UnsupportedCall } from './attempt-failure';
import { AllBusyError } from './all-busy-error';
import { AttemptRunner } from './attempt-runner.service';
import type { OpenState } from './breakers/breakers.service';
import { type FailureKind, failureKind } from './failure-kind';
import { RetryBudget } from './retry-budget';
import type { MakeAttempt, RouteRequest } from './route-request';
import { affinityDraw } from './selection/affinity';
import { inOrder } from './selection/selection';

/** Attempts at one deployment: more where no other one is left, one where its breaker is open. */
const ATTEMPTS_BEFORE_NEXT = 2;
const ATTEMPTS_AT_LAST = 3;
const ATTEMPTS_WHILE_OPEN = 1;
/** The pause before a retry is drawn from 0 to this, and to twice as much before each further one. */
const BACKOFF_MS = 200;
/** An upstream that asks for a longer pause is left for the next deployment, or the caller gets its Retry-After. */
const LONGEST_PAUSE_MS = 5_000;
const GATEWAY_TIMEOUT = 504;
const OF_CREDENTIAL: ReadonlySet<FailureKind> = new Set(['credential', 'forbidden', 'rate_limit', 'model_gone']);

/** One call on its way through the deployments of its model. */
interface Route<T> {
  request: RouteRequest;
  makeAttempt: MakeAttempt<T>;
  attempts: number;
  last: AttemptFailure | undefined;
  /** Whether one of the attempts was charged. */
  charged: boolean;
  /** How long a line of a batch is to wait for the first deployment that has room for it. */
  waitMs: number;
}

type Answer<T> = { answer: T } | undefined;

/** A deployment with one credential of its provider. */
interface Lane {
  deployment: Deployment;
  provider: ConfiguredProvider;
}

/** Chooses among the deployments of a model, one after the other, until one answers. */
@Injectable()
export class Router {
  /** Lines of batches use up no retries of live calls. */
  private readonly retries = { live: new RetryBudget(), lines: new RetryBudget() };

  constructor(private readonly runner: AttemptRunner) {}

  /**
   * Retries with full jitter, within the deployment's retry budget, what may succeed at once; then goes on to the next
   * deployment with a free slot. Deployments whose breakers are open come last: they are tried when no other one has answered.
   * An answer that comes back has begun: after its first content nothing is retried.
   *
   * @throws GatewayError the last failure, as the caller sees it
   */
  async route<T>(request: RouteRequest, makeAttempt: MakeAttempt<T>): Promise<T> {
    const { attemptsBefore: attempts } = request;
    const route: Route<T> = { request, makeAttempt, attempts, last: undefined, charged: false, waitMs: Infinity };
    try {
      return await this.follow(route);
    } catch (error) {
      if (route.charged && error instanceof GatewayError) error.facts.charged = true;
      throw error;
    }
  }

  private async follow<T>(route: Route<T>): Promise<T> {
    const { request } = route;
    const order = this.order(request);
    if (order.length === 0) throw noCredential(request.model);
    const blocked: Deployment[] = [];
    for (const [index, deployment] of order.entries()) {
      const isLast = index === order.length - 1 && blocked.length === 0;
      if (!this.isAvailable(request, deployment)) blocked.push(deployment);
      else {
        const found = await this.ask(route, deployment, isLast ? ATTEMPTS_AT_LAST : ATTEMPTS_BEFORE_NEXT);
        if (found) return found.answer;
      }
    }
    const found = await this.askBlocked(route, blocked);
    if (found) return found.answer;
    throw route.last?.toGatewayError() ?? this.unavailable(route, blocked);
  }

  private isAvailable(request: RouteRequest, deployment: Deployment): boolean {
    const { breakers } = this.runner;
    return request.withCredentials(deployment).some(({ credential }) => breakers.isAvailable(deployment, credential));
  }

  private openingOf(request: RouteRequest, deployment: Deployment): OpenState | undefined {
    const credentials = request.withCredentials(deployment).map(({ credential }) => credential);
    return this.runner.breakers.earliestOpening(deployment, credentials);
  }

  private order(request: RouteRequest): readonly Deployment[] {
    const { model, affinity, stream, pricePusd } = request;
    const { slots, latencies } = this.runner;
    const nowMs = performance.now();
    const served = model.deployments.filter((each) => request.withCredentials(each).length > 0);
    return inOrder(served, (model.routing ?? DEFAULT_ROUTING).strategy, {
      draw: ({ id }) => (affinity === undefined ? Math.random() : affinityDraw(affinity, id)),
      hasAffinity: affinity !== undefined,
      running: (deployment) => slots.running(deployment),
      latencyMs: ({ id }) => latencies.of(id, stream, nowMs),
      pricePusd,
    });
  }

  /** Deployments whose breakers are open: the one that opens to calls first is the least bad. */
  private async askBlocked<T>(route: Route<T>, blocked: readonly Deployment[]): Promise<Answer<T>> {
    const { request } = route;
    const openings = blocked.map((deployment) => ({ deployment, opening: this.openingOf(request, deployment) }));
    const rank = ({ opening }: (typeof openings)[number]) =>
      opening ? opening.forMs + (opening.reason === 'rate_limit' ? Number.MAX_SAFE_INTEGER / 2 : 0) : 0;
    const sorted = openings.toSorted((a, b) => rank(a) - rank(b));
    for (const [index, { deployment, opening }] of sorted.entries()) {
      // An upstream that asked for a pause gets it.
      if (opening?.reason === 'rate_limit' && !(await this.waitFor(route, opening.forMs))) continue;
      const isLast = index === sorted.length - 1;
      const found = await this.ask(route, deployment, isLast ? ATTEMPTS_AT_LAST : ATTEMPTS_WHILE_OPEN);
      if (found) return found;
    }
    return undefined;
  }

  /** Waits until a pause is over, and a little longer, so that not all calls come at once. @returns false where it is too long */
  private async waitFor<T>({ request: { signal }, last }: Route<T>, forMs: number): Promise<boolean> {
    if (forMs > LONGEST_PAUSE_MS) return false;
    await pauseUnless(signal, forMs + (forMs > 0 ? Math.random() * BACKOFF_MS : 0));
    if (signal.aborted && last) throw last.toGatewayError();
    return true;
  }

  /**
   * Asks a deployment with one credential after the other, as long as a failure is the credential's own.
   *
   * @returns undefined where the next deployment is to be asked
   */
  private async ask<T>(route: Route<T>, deployment: Deployment, most: number): Promise<Answer<T>> {
    const lanes = this.lanesOf(route.request, deployment);
    for (const [index, provider] of lanes.entries()) {
      const end = await this.askWith(route, { deployment, provider }, most, index < lanes.length - 1);
      if (end !== 'next credential') return end;
    }
    return undefined;
  }

  /** Those that get calls first, then the team's own; equal ones by a draw, so that the gateway's keys share the calls. */
  private lanesOf({ withCredentials, affinity }: RouteRequest, deployment: Deployment): readonly ConfiguredProvider[] {
    const lanes = withCredentials(deployment);
    if (lanes.length < 2) return lanes;
    const { breakers } = this.runner;
    const ranked = lanes.map((lane) => {
      const { id, teamId } = lane.credential;
      const isOpen = breakers.isAvailable(deployment, lane.credential) ? 0 : 2;
      const draw = affinity === undefined ? Math.random() : affinityDraw(affinity, `key ${id}`);
      return { lane, rank: isOpen + (teamId === null ? 1 : 0) + draw / 2 };
    });
    return ranked.toSorted((a, b) => a.rank - b.rank).map(({ lane }) => lane);
  }

  private async askWith<T>(
    route: Route<T>,
    { deployment, provider }: Lane,
    most: number,
    hasOtherCredential: boolean,
  ): Promise<Answer<T> | 'next credential'> {
    const { request, makeAttempt } = route;
    const { signal } = request;
    const isLast = most === ATTEMPTS_AT_LAST;
    const retries = request.isLine ? this.retries.lines : this.retries.live;
    // A line whose tier has no room waits elsewhere, for longer.
    const rounds = request.isLine && request.isFlex ? 1 : most;
    for (let round = 1; round <= rounds; round += 1) {
      if (round === 1) retries.count(deployment.id, performance.now());
      else if (!retries.take(deployment.id, performance.now())) return undefined;
      const end = await this.runner.run(request, { deployment, provider, number: route.attempts + 1 }, makeAttempt);
      if (end.kind === 'busy') {
        route.waitMs = Math.min(route.waitMs, end.forMs ?? 0);
        return undefined;
      }
      route.attempts += 1;
      if (end.kind === 'answered') return end;
      const { failure } = end;
      route.charged ||= failure.charged;
      // The failure of an upstream has precedence over a parameter that another one lacks.
      if (!(failure instanceof UnsupportedCall) || !route.last) route.last = failure;
      if (!failure.error.elsewhere) throw failure.toGatewayError();
      if (hasOtherCredential && isOfCredential(failure) && !signal.aborted) return 'next credential';
      const again = round < rounds && isWorthARetry(failure, isLast) && (await pause(failure, round, request));
      if (signal.aborted) throw failure.toGatewayError();
      if (!again) return undefined;
    }
    return undefined;
  }

  private unavailable<T>({ request, waitMs }: Route<T>, blocked: readonly Deployment[]): GatewayError {
    const { name } = request.model;
    const openings = blocked.flatMap((each) => this.openingOf(request, each) ?? []);
    const pauses = openings.filter(({ reason }) => reason === 'rate_limit').map(({ forMs }) => forMs);
    if (pauses.length === 0) return new AllBusyError(name, waitMs);
    return new GatewayError('upstream_error', {
      message: `The upstream limits the rate of calls to "${name}". Try again after the time in Retry-After.`,
      upstream: { status: 429, type: 'rate_limit_exceeded', code: 'upstream_rate_limited' },
      retryAfterSeconds: Math.max(1, Math.ceil(Math.min(...pauses) / 1000)),
      facts: { model: name, attempts: 0 },
    });
  }
}

/** Whether a failure says something of the credential, and nothing of the deployment. */
function isOfCredential({ error, upstreamStatus }: AttemptFailure): boolean {
  return OF_CREDENTIAL.has(failureKind(error, upstreamStatus));
}

/** A provider was switched off, or its last key was removed, since the call's model was looked up; or only teams have keys. */
function noCredential({ name }: Model): GatewayError {
  return new GatewayError('model_not_allowed', {
    message: `No provider of the model "${name}" has a key for your team. Ask your administrator to add one.`,
    param: 'model',
  });
}

/** Where another deployment is left, it is asked at once after a time-out, or where the upstream asks for a pause. */
function isWorthARetry({ error }: AttemptFailure, isLast: boolean): boolean {
  return error.retryable && (isLast || (error.status !== GATEWAY_TIMEOUT && error.retryAfterMs === undefined));
}

/** Ends early with the signal. @returns false when the upstream asks for a pause that is too long to wait here */
async function pause({ error }: AttemptFailure, round: number, { signal }: RouteRequest): Promise<boolean> {
  const asked = error.retryAfterMs ?? 0;
  if (asked > LONGEST_PAUSE_MS) return false;
  const backoff = BACKOFF_MS * 2 ** (round - 1) * Math.random();
  await pauseUnless(signal, Math.max(asked, backoff));
  return true;
}
