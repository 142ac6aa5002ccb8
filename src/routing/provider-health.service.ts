import { Injectable } from '@nestjs/common';
import type { ProviderError } from '@thriftgate/providers';
import { AlertsService } from '../alerts/alerts.service';
import { Clock } from '../common/clock';
import { plainText } from '../common/plain-text';
import type { Deployment } from '../models/model';
import type { Credential } from '../providers/provider';
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

class WatchedCredential {
  /** Milliseconds since 1970; 0 where no attempt has succeeded. */
  lastSuccessMs = 0;
  lastRefusalMs = 0;
  refusalAlertMs = Number.NEGATIVE_INFINITY;
}

interface WatchedDeployment {
  own: Watched;
  provider: Watched;
}

/** Raises alerts where providers refuse the gateway's credential, have no such model, or fail again and again. */
@Injectable()
export class ProviderHealth {
  private readonly deployments = new Map<string, WatchedDeployment>();
  private readonly providers = new Map<string, Watched>();
  private readonly credentials = new Map<string, WatchedCredential>();

  constructor(
    private readonly alerts: AlertsService,
    private readonly clock: Clock,
  ) {}

  /** Counts an attempt that brought an answer, or the first content of a stream. */
  succeeded(deployment: Deployment, credential: Credential): void {
    const nowMs = this.clock.now();
    const { own, provider } = this.watched(deployment);
    own.window.succeed(nowMs);
    provider.window.succeed(nowMs);
    this.watchedCredential(deployment, credential).lastSuccessMs = nowMs;
  }

  /** Counts a failed attempt, unless the failure is the caller's own. */
  failed(deployment: Deployment, error: ProviderError, credential: Credential): void {
    const nowMs = this.clock.now();
    if (refusesCredential(error)) return this.credentialRefused(deployment, error, credential, nowMs);
    // A team's own key may just not have the model.
    if (saysModelIsGone(error) && credential.teamId !== null) return;
    if (saysModelIsGone(error)) return this.modelGone(deployment, error, nowMs);
    if (failureKind(error) === 'request') return;
    const { own, provider } = this.watched(deployment);
    own.window.fail(nowMs);
    provider.window.fail(nowMs);
    if (failsAgainAndAgain(provider, nowMs)) this.failing(provider, deployment, null, error, nowMs);
    else if (failsAgainAndAgain(own, nowMs)) this.failing(own, deployment, deployment.id, error, nowMs);
  }

  /** Raised at the first refusal, and again after a day or once the credential has worked in between. */
  private credentialRefused(
    deployment: Deployment,
    { code, message }: ProviderError,
    credential: Credential,
    nowMs: number,
  ): void {
    const watched = this.watchedCredential(deployment, credential);
    const { lastSuccessMs } = watched;
    const hasWorked = lastSuccessMs - watched.lastRefusalMs >= WORKS_AGAIN_MS;
    watched.lastRefusalMs = nowMs;
    if (!hasWorked && nowMs - watched.refusalAlertMs < DAY_MS) return;
    watched.refusalAlertMs = nowMs;
    const { id, teamId, label } = credential;
    const { provider } = deployment;
    this.alerts.raise({
      kind: 'provider_auth_failed',
      severity: 'critical',
      // Replicas that have seen the credential work in the same hour raise one alert.
      dedupeKey: `provider_auth_failed:${id === null ? provider : `${provider}:${id}`}:${day(nowMs)}:${Math.floor(lastSuccessMs / HOUR_MS)}`,
      teamId,
      data: {
        provider,
        deployment: deployment.id,
        key: label,
        code: code ?? '',
        message: plainText(message, LONGEST_MESSAGE),
      },
    });
  }

  private modelGone({ id, publicName, provider }: Deployment, { code, message }: ProviderError, nowMs: number): void {
    this.alerts.raise({
      kind: 'model_unavailable',
      severity: 'warning',
      dedupeKey: `model_unavailable:${id}:${day(nowMs)}`,
      teamId: null,
      data: { model: publicName, provider, deployment: id, code, message: plainText(message, LONGEST_MESSAGE) },
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
      data: {
        provider,
        deployment: id,
        ...sums,
        minutes: WINDOW_MINUTES,
        code,
        message: plainText(message, LONGEST_MESSAGE),
      },
    });
  }

  private watched({ id, provider: name }: Deployment): WatchedDeployment {
    const known = this.deployments.get(id);
    if (known) return known;
    const provider = this.providers.get(name) ?? new Watched();
    this.providers.set(name, provider);
    const watched = { own: new Watched(), provider };
    this.deployments.set(id, watched);
    return watched;
  }

  private watchedCredential({ provider }: Deployment, { id }: Credential): WatchedCredential {
    // Ids of keys are of one provider.
    const name = id ?? provider;
    const watched = this.credentials.get(name) ?? new WatchedCredential();
    this.credentials.set(name, watched);
    return watched;
  }
}

function failsAgainAndAgain({ window }: Watched, nowMs: number): boolean {
  const { failed, attempts } = window.sums(nowMs);
  return failed >= MIN_FAILED && failed >= attempts * MIN_FAILED_SHARE;
}

/** The UTC day, as `2026-11-23`. */
function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
