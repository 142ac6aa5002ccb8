import { Injectable } from '@nestjs/common';
import type { ProviderError } from '@thriftgate/providers';
import { AlertsService } from '../alerts/alerts.service';
import { Clock } from '../common/clock';
import type { Deployment } from '../models/model';
import { AttemptWindow, WINDOW_MINUTES } from './attempt-window';
import { failureKind, refusesCredential, saysModelIsGone } from './failure-kind';

/** Attempts fail again and again where at least so many, and this share of all in the window, have failed. */
const MIN_FAILED = 10;
const MIN_FAILED_SHARE = 0.5;
/** A success so long after the last refusal shows that the credential works again. */
const WORKS_AGAIN_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_MESSAGE = 300;

class Watched {
  readonly window = new AttemptWindow();
  /** Milliseconds since 1970 of the last alert that attempts fail. */
  failingAlertMs = Number.NEGATIVE_INFINITY;
}

class WatchedProvider extends Watched {
  lastRefusalMs = 0;
  refusalAlertMs = Number.NEGATIVE_INFINITY;
}

interface WatchedDeployment {
  own: Watched;
  provider: WatchedProvider;
}

/** Raises alerts where providers refuse the gateway's credential, have no such model, or fail again and again. */
@Injectable()
export class ProviderHealth {
  private readonly deployments = new Map<string, WatchedDeployment>();
  private readonly providers = new Map<string, WatchedProvider>();

  constructor(
    private readonly alerts: AlertsService,
    private readonly clock: Clock,
  ) {}

  /** Counts an attempt that brought an answer, or the first content of a stream. */
  succeeded(deployment: Deployment): void {
    const nowMs = this.clock.now();
    const { own, provider } = this.watched(deployment);
    own.window.succeed(nowMs);
    provider.window.succeed(nowMs);
  }

  /** Counts a failed attempt, unless the failure is the caller's own. */
  failed(deployment: Deployment, error: ProviderError): void {
    const nowMs = this.clock.now();
    if (refusesCredential(error)) return this.credentialRefused(deployment, error, nowMs);
    if (saysModelIsGone(error)) return this.modelGone(deployment, error, nowMs);
    if (failureKind(error) === 'request') return;
    const { own, provider } = this.watched(deployment);
    own.window.fail(nowMs);
    provider.window.fail(nowMs);
    if (failsAgainAndAgain(provider, nowMs)) this.failing(provider, deployment, null, error, nowMs);
    else if (failsAgainAndAgain(own, nowMs)) this.failing(own, deployment, deployment.id, error, nowMs);
  }

  /** Raised at the first refusal, and again after a day or once the credential has worked in between. */
  private credentialRefused(deployment: Deployment, { code, message }: ProviderError, nowMs: number): void {
    const { provider } = this.watched(deployment);
    const { lastSuccessMs } = provider.window;
    const hasWorked = lastSuccessMs - provider.lastRefusalMs >= WORKS_AGAIN_MS;
    provider.lastRefusalMs = nowMs;
    if (!hasWorked && nowMs - provider.refusalAlertMs < DAY_MS) return;
    provider.refusalAlertMs = nowMs;
    this.alerts.raise({
      kind: 'provider_auth_failed',
      severity: 'critical',
      // Replicas that have seen the credential work in the same hour raise one alert.
      dedupeKey: `provider_auth_failed:${deployment.provider}:${day(nowMs)}:${Math.floor(lastSuccessMs / HOUR_MS)}`,
      teamId: null,
      data: { provider: deployment.provider, deployment: deployment.id, code: code ?? '', message: told(message) },
    });
  }

  private modelGone({ id, publicName, provider }: Deployment, { code, message }: ProviderError, nowMs: number): void {
    this.alerts.raise({
      kind: 'model_unavailable',
      severity: 'warning',
      dedupeKey: `model_unavailable:${id}:${day(nowMs)}`,
      teamId: null,
      data: { model: publicName, provider, deployment: id, code, message: told(message) },
    });
  }

  /** Raised once an hour at most. @param id the deployment; null where the provider fails as a whole */
  private failing(
    watched: Watched,
    { provider }: Deployment,
    id: string | null,
    { code, message }: ProviderError,
    nowMs: number,
  ): void {
    if (nowMs - watched.failingAlertMs < HOUR_MS) return;
    watched.failingAlertMs = nowMs;
    const sums = watched.window.sums(nowMs);
    this.alerts.raise({
      kind: 'provider_failing',
      severity: 'warning',
      dedupeKey: `provider_failing:${id ?? provider}:${Math.floor(nowMs / HOUR_MS)}`,
      teamId: null,
      data: { provider, deployment: id, ...sums, minutes: WINDOW_MINUTES, code, message: told(message) },
    });
  }

  private watched({ id, provider: name }: Deployment): WatchedDeployment {
    const known = this.deployments.get(id);
    if (known) return known;
    const provider = this.providers.get(name) ?? new WatchedProvider();
    this.providers.set(name, provider);
    const watched = { own: new Watched(), provider };
    this.deployments.set(id, watched);
    return watched;
  }
}

function failsAgainAndAgain({ window }: Watched, nowMs: number): boolean {
  const { failed, attempts } = window.sums(nowMs);
  return failed >= MIN_FAILED && failed >= attempts * MIN_FAILED_SHARE;
}

/** An upstream's message as an alert has it: short, and without control characters. */
function told(message: string): string {
  return message
    .slice(0, LONGEST_MESSAGE)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ');
}

/** The UTC day, as `2026-11-23`. */
function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
