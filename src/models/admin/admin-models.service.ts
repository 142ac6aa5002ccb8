import { Injectable } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { GatewayError } from '../../common/errors';
import { GatewayConfig } from '../../config/gateway-config';
import type { DeploymentSettings } from '../../database/tables/model-tables';
import { GenerationsService } from '../generations.service';
import type { Model } from '../model';
import { ModelRegistry } from '../model-registry.service';
import { targetOf } from '../model-target';
import { newGenerationAlert } from '../new-generation-alert';
import { type AdminModelChange, AdminModelsRepository } from './admin-models.repository';

/** Models that administrators set while the gateway runs. Another target starts a new cache generation. */
@Injectable()
export class AdminModelsService {
  constructor(
    private readonly config: GatewayConfig,
    private readonly registry: ModelRegistry,
    private readonly repository: AdminModelsRepository,
    private readonly generations: GenerationsService,
    private readonly alerts: AlertsService,
  ) {}

  /** @throws GatewayError `conflict` where the name is served already */
  async create(name: string, deployments: DeploymentSettings[], actor: string): Promise<Model> {
    if (this.registry.resolve(name))
      throw new GatewayError('conflict', {
        message: `A model "${name}" is served already; PATCH /admin/models/{model} changes its deployments.`,
        param: 'name',
      });
    return this.set(name, 'model.created', deployments, actor);
  }

  /** Puts other deployments behind a name, whoever set those that it has. @throws GatewayError `model_not_found` */
  async retarget(name: string, deployments: DeploymentSettings[], actor: string): Promise<Model> {
    this.served(name);
    return this.set(name, 'model.updated', deployments, actor);
  }

  /** Takes back what administrators set: what gateway.yaml or the catalogue says is in force again. */
  async delete(name: string, actor: string): Promise<void> {
    this.served(name);
    if (this.registry.sourceOf(name) !== 'admin')
      throw new GatewayError('conflict', {
        message: `"${name}" stands in ${this.registry.sourceOf(name)}; only what was set at /admin/models is deleted here.`,
        param: 'model',
      });
    const rest = this.registry.withoutAdmin(name);
    const target = rest && targetOf(rest);
    await this.apply({ name, action: 'model.deleted', deployments: null, target, actor });
  }

  private async set(
    name: string,
    action: 'model.created' | 'model.updated',
    deployments: DeploymentSettings[],
    actor: string,
  ): Promise<Model> {
    deployments.forEach(({ provider }, index) => this.requireProvider(provider, index));
    const model = this.registry.preview(name, deployments);
    if (!model) throw new GatewayError('invalid_request', { param: 'deployments' });
    await this.apply({ name, action, deployments, target: targetOf(model), actor });
    return model;
  }

  private async apply(change: AdminModelChange): Promise<void> {
    const started = await this.repository.change(change);
    await this.generations.announce(started);
    for (const each of started)
      this.alerts.raise(newGenerationAlert(each, this.generations.current(change.name).generation));
  }

  private requireProvider(provider: string, index: number): void {
    if (this.config.providers[provider]) return;
    const known = Object.keys(this.config.providers).join(', ');
    throw new GatewayError('invalid_request', {
      message: `There is no provider "${provider}"; declare it in gateway.yaml or set its API key. There are: ${known}.`,
      param: `deployments.${index}.provider`,
    });
  }

  private served(name: string): void {
    if (this.registry.resolve(name)) return;
    throw new GatewayError('model_not_found', {
      message: `This gateway does not serve a model "${name}".`,
      param: 'model',
    });
  }
}
