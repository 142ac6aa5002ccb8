import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { GatewayConfig } from '../../config/gateway-config';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { GenerationsService } from '../generations.service';
import { ModelRegistry } from '../model-registry.service';
import { newGenerationAlert } from '../new-generation-alert';
import { TargetsRepository } from './targets.repository';

/**
 * Compares, at the start and when the providers are reloaded, the deployments and the version of each model with those that
 * the database has. Where gateway.yaml or a provider's key has changed them, old answers are served no more.
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
  ) {}

  async onModuleInit(): Promise<void> {
    this.providers.onReload(() => this.compare());
    await this.compare();
  }

  private async compare(): Promise<void> {
    // First what administrators set, which replaces gateway.yaml's.
    await this.generations.reload();
    const wanted = this.registry.all().map((model) => ({
      model: model.name,
      target: model.target,
      version: this.config.models[model.name]?.version ?? null,
    }));
    const started = await this.targets.compare(wanted);
    if (started.length === 0) return;
    await this.generations.announce(started);
    for (const change of started) {
      const [model = ''] = change.models;
      this.alerts.raise(newGenerationAlert(change, this.generations.current(model).generation));
    }
  }
}
