import { Injectable } from '@nestjs/common';
import type * as contracts from '@thriftgate/contracts';
import { Clock } from '../common/clock';
import type { PicoUsd } from '../common/money';
import { ProviderConnections } from '../providers/provider-connections.service';
import { ProviderRegistry } from '../providers/provider-registry.service';
import type { ProviderInForce } from '../providers/providers-in-force';
import { DeploymentStates } from '../routing/deployment-states.service';
import { DeploymentHealth, type HealthReport } from '../routing/health/deployment-health.service';
import { ReportsService } from '../usage/reports/reports.service';
import { noSuchKey } from './provider-errors';
import { keyToWire, providerToWire } from './provider-wire';

const DAY_MS = 86_400_000;

interface ProviderFacts {
  report: HealthReport;
  paidPusd: ReadonlyMap<string, PicoUsd>;
}

/** Providers as administrators see them: settings, keys without secrets, and the state of their deployments. */
@Injectable()
export class ProviderViews {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly connections: ProviderConnections,
    private readonly states: DeploymentStates,
    private readonly health: DeploymentHealth,
    private readonly reports: ReportsService,
    private readonly clock: Clock,
  ) {}

  async all(): Promise<contracts.Provider[]> {
    const facts = await this.facts();
    return this.registry.settings().map((settings) => this.toWire(settings, facts));
  }

  async of(settings: ProviderInForce): Promise<contracts.Provider> {
    return this.toWire(settings, await this.facts());
  }

  /** The attempts, failures and latencies of deployments over all replicas, and what each provider was paid today. */
  private async facts(): Promise<ProviderFacts> {
    const from = new Date(Math.floor(this.clock.now() / DAY_MS) * DAY_MS);
    const [report, { data }] = await Promise.all([
      this.health.read(),
      this.reports.usage({ from, timezone: 'UTC' }, ['provider']),
    ]);
    return { report, paidPusd: new Map(data.map(({ groups, sums }) => [groups.provider ?? '', sums.costPusd])) };
  }

  private toWire(settings: ProviderInForce, { report, paidPusd }: ProviderFacts): contracts.Provider {
    const { name, source, baseUrl } = settings;
    return providerToWire(settings, {
      deployments: this.states.ofProvider(name, report),
      health: report.of((deployment) => deployment.startsWith(`${name}/`)),
      spentTodayPusd: paidPusd.get(name) ?? 0n,
      addressProblem: source === 'admin' ? this.connections.problemOf(baseUrl) : undefined,
      openingOf: (credential) => this.states.openingOf(name, credential),
    });
  }

  /** @throws GatewayError `not_found` */
  keyOf({ name, keys }: ProviderInForce, id: string): contracts.ProviderKey {
    const found = keys.find((key) => key.id === id);
    if (!found) throw noSuchKey(name, id);
    return keyToWire(found, { openingOf: (credential) => this.states.openingOf(name, credential) });
  }
}
