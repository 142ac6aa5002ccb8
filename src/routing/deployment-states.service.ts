import { Injectable } from '@nestjs/common';
import type { DeploymentStates as WireStates } from '@thriftgate/contracts';
import { Clock } from '../common/clock';
import { formatUsdPerMillionTokens } from '../common/money';
import type { Deployment } from '../models/model';
import { ModelRegistry } from '../models/model-registry.service';
import { PriceBook } from '../pricing/price-book.service';
import { type Credential, OWN_CREDENTIAL } from '../providers/provider';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { AttemptRunner } from './attempt-runner.service';
import type { OpenState } from './breakers/breakers.service';
import type { HealthReport } from './health/deployment-health.service';

/** The state of a deployment as the wire has it. */
type DeploymentState = WireStates['data'][number];

/** Prices of no team in particular. */
const ALL_TEAMS = '';

/** What this process knows of each deployment: its breakers, running calls and latencies; and its price and health. */
@Injectable()
export class DeploymentStates {
  constructor(
    private readonly models: ModelRegistry,
    private readonly providers: ProviderRegistry,
    private readonly runner: AttemptRunner,
    private readonly prices: PriceBook,
    private readonly clock: Clock,
  ) {}

  /** @param report the attempts, failures and latencies of deployments, over all replicas */
  all(report: HealthReport): DeploymentState[] {
    return this.of(() => true, report);
  }

  ofProvider(name: string, report: HealthReport): DeploymentState[] {
    return this.of(({ provider }) => provider === name, report);
  }

  private of(isMeant: (deployment: Deployment) => boolean, report: HealthReport): DeploymentState[] {
    const names = new Map<string, Set<string>>();
    const deployments = new Map<string, Deployment>();
    for (const { name, deployments: each } of this.models.all())
      for (const deployment of each.filter(isMeant)) {
        deployments.set(deployment.id, deployment);
        names.set(deployment.id, (names.get(deployment.id) ?? new Set()).add(name));
      }
    return [...deployments.values()].map((each) => this.toWire(each, [...(names.get(each.id) ?? [])], report));
  }

  /** Why and for how much longer a credential of a provider is not used; undefined where it is. */
  openingOf(provider: string, credential: Credential): OpenState | undefined {
    return this.runner.breakers.openingOfCredential(provider, credential);
  }

  private toWire(deployment: Deployment, models: string[], report: HealthReport): DeploymentState {
    const { breakers, slots, latencies } = this.runner;
    const credentials = this.providers.withCredentials(deployment.provider, null).map(({ credential }) => credential);
    const opening = breakers.earliestOpening(deployment, credentials.length > 0 ? credentials : [OWN_CREDENTIAL]);
    const openState = opening && opening.forMs <= 0 ? 'half_open' : 'open';
    const average = (stream: boolean) => Math.round(latencies.of(deployment.id, stream, performance.now())) || null;
    return {
      deployment: deployment.id,
      models,
      breaker: opening ? openState : 'closed',
      reason: opening?.reason ?? null,
      opens_to_calls_in_ms: opening ? Math.ceil(opening.forMs) : null,
      running: slots.running(deployment),
      stream_latency_ms: average(true),
      latency_ms: average(false),
      price: this.priceOf(deployment),
      health: report.of((id) => id === deployment.id),
    };
  }

  private priceOf(deployment: Deployment): DeploymentState['price'] {
    const price = this.prices.of(deployment, ALL_TEAMS, this.clock.now());
    return {
      input_usd_per_mtok: formatUsdPerMillionTokens(price.inputPusd),
      cached_input_usd_per_mtok: formatUsdPerMillionTokens(price.cachedInputPusd),
      output_usd_per_mtok: formatUsdPerMillionTokens(price.outputPusd),
      estimated: price.estimated,
    };
  }
}
