import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { GatewayConfig } from '../../config/gateway-config';
import { GenerationsService } from '../generations.service';
import { ModelRegistry } from '../model-registry.service';
import { targetOf } from '../model-target';
import { newGenerationAlert } from '../new-generation-alert';
import { TargetsRepository } from './targets.repository';

/**
 * Looks at the start whether gateway.yaml, or a provider's key that came or went, has put other deployments behind a
 * model's name, or another version. Then its old answers are not served any more.
 */
@Injectable()
export class TargetsService implements OnModuleInit {
  constructor(
    private readonly config: GatewayConfig,
    private readonly registry: ModelRegistry,
    private readonly targets: TargetsRepository,
    private readonly generations: GenerationsService,
    private readonly alerts: AlertsService,
  ) {}

  async onModuleInit(): Promise<void> {
    // What administrators set lies over gateway.yaml before anything is compared.
    await this.generations.reload();
    const wanted = this.registry.all().map((model) => ({
      model: model.name,
      target: targetOf(model),
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
