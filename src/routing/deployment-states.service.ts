import { Injectable } from '@nestjs/common';
import type { DeploymentStates as WireStates } from '@thriftgate/contracts';
import type { Deployment } from '../models/model';
import { ModelRegistry } from '../models/model-registry.service';
import { type Credential, OWN_CREDENTIAL } from '../providers/provider';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { AttemptRunner } from './attempt-runner.service';
import type { OpenState } from './breakers/breakers.service';

/** The state of a deployment as the wire has it. */
type DeploymentState = WireStates['data'][number];

/** What this process knows of each deployment: its breakers, running calls and latencies. */
@Injectable()
export class DeploymentStates {
  constructor(
    private readonly models: ModelRegistry,
    private readonly providers: ProviderRegistry,
    private readonly runner: AttemptRunner,
  ) {}

  all(): DeploymentState[] {
    const names = new Map<string, Set<string>>();
    const deployments = new Map<string, Deployment>();
    for (const { name, deployments: each } of this.models.all())
      for (const deployment of each) {
        deployments.set(deployment.id, deployment);
        names.set(deployment.id, (names.get(deployment.id) ?? new Set()).add(name));
      }
    return [...deployments.values()].map((each) => this.toWire(each, [...(names.get(each.id) ?? [])]));
  }

  ofProvider(name: string): DeploymentState[] {
    return this.all().filter(({ deployment }) => deployment.startsWith(`${name}/`));
  }

  /** Why and for how much longer a credential of a provider is not used; undefined where it is. */
  openingOf(provider: string, credential: Credential): OpenState | undefined {
    return this.runner.breakers.openingOfCredential(provider, credential);
  }

  private toWire(deployment: Deployment, models: string[]): DeploymentState {
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
    };
  }
}
