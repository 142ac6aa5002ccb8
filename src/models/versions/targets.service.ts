import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { Clock } from '../../common/clock';
import { GatewayConfig } from '../../config/gateway-config';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { GenerationsService } from '../generations.service';
import { ModelRegistry } from '../model-registry.service';
import type { NewGenerations } from '../generations.repository';
import { newGenerationAlert } from '../new-generation-alert';
import { type Retargeted, TargetsRepository } from './targets.repository';

/** An alert names at most so many models; the rest is only counted. */
const MAX_NAMED = 5;

/**
 * Compares the target and the configured version of each model with those in the database, at the start and when the
 * providers are reloaded. A new version in gateway.yaml starts a new generation; a new target has its own cache keys.
 */
@Injectable()
export class TargetsService implements OnModuleInit {
  constructor(
    private readonly config: GatewayConfig,
    private readonly providers: ProviderRegistry,
    private readonly registry: ModelRegistry,
    private readonly targets: TargetsRepository,
    private readonly generations: GenerationsService,
    private readonly alerts: AlertsService,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    this.providers.onReload(() => this.compare());
    await this.compare();
  }

  private async compare(): Promise<void> {
    // Models of administrators first, because they replace those of gateway.yaml.
    await this.generations.reload();
    const wanted = this.registry.all().map((model) => ({
      model: model.name,
      target: model.target,
      version: this.config.models[model.name]?.version ?? null,
    }));
    const { started, retargeted } = await this.targets.compare(wanted);
    if (retargeted.length > 0) this.raiseRetargeted(retargeted);
    if (started.length === 0) return;
    await this.generations.announce(started);
    this.raiseConfigured(started);
  }

  /** One alert for all models of one start. */
  private raiseConfigured(started: readonly NewGenerations[]): void {
    const [first] = started;
    const [model = ''] = first?.models ?? [];
    if (!first) return;
    const { generation } = this.generations.current(model);
    if (started.length === 1) return this.alerts.raise(newGenerationAlert(first, generation));
    const all = { ...first, models: started.flatMap(({ models }) => models), version: null };
    this.alerts.raise({
      ...newGenerationAlert(all, generation),
      dedupeKey: `cache_invalidated:${model}:${generation}:${started.length}`,
    });
  }

  private raiseRetargeted(retargeted: readonly Retargeted[]): void {
    const [first] = retargeted;
    this.alerts.raise({
      kind: 'models_retargeted',
      severity: 'info',
      dedupeKey: `models_retargeted:${retargeted.length}:${first?.model}:${first?.now}:${this.clock.now()}`,
      teamId: null,
      data: { models: retargeted.length, names: retargeted.slice(0, MAX_NAMED).map(({ model }) => model) },
    });
  }
}
