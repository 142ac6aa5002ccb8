import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { GatewayConfig } from '../../config/gateway-config';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { GenerationsService } from '../generations.service';
import { ModelRegistry } from '../model-registry.service';
import { newGenerationAlert } from '../new-generation-alert';
import { TargetsRepository } from './targets.repository';

/**
 * Compares the target and the configured version of each model with those in the database, at the start and when the
 * providers are reloaded. If gateway.yaml or a provider's key has changed them, a new generation starts.
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
    // Models of administrators first, because they replace those of gateway.yaml.
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
