import { Injectable } from '@nestjs/common';
import type * as contracts from '@thriftgate/contracts';
import { ProviderConnections } from '../providers/provider-connections.service';
import { ProviderRegistry } from '../providers/provider-registry.service';
import type { ProviderInForce } from '../providers/providers-in-force';
import { DeploymentStates } from '../routing/deployment-states.service';
import { noSuchKey } from './provider-errors';
import { providerToWire } from './provider-wire';

/** Providers as administrators see them: settings, keys without secrets, and the state of their deployments. */
@Injectable()
export class ProviderViews {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly connections: ProviderConnections,
    private readonly states: DeploymentStates,
  ) {}

  all(): contracts.Provider[] {
    return this.registry.settings().map((settings) => this.of(settings));
  }

  of(settings: ProviderInForce): contracts.Provider {
    const { name, source, baseUrl } = settings;
    return providerToWire(settings, {
      deployments: this.states.ofProvider(name),
      addressProblem: source === 'admin' ? this.connections.problemOf(baseUrl) : undefined,
      openingOf: (credential) => this.states.openingOf(name, credential),
    });
  }

  keyOf(settings: ProviderInForce, id: string): contracts.ProviderKey {
    const found = this.of(settings).keys.find((key) => key.id === id);
    if (!found) throw noSuchKey(settings.name, id);
    return found;
  }
}
