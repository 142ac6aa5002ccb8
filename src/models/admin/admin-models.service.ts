import { Injectable } from '@nestjs/common';
import type { ModelCacheRulesChange, RoutingChanges } from '@thriftgate/contracts';
import type { Actor } from '../../audit/seen-version';
import { GatewayError } from '../../common/errors';
import type { DeploymentSettings } from '../../database/tables/model-tables';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { GenerationsService } from '../generations.service';
import type { Model } from '../model';
import { ModelRegistry } from '../model-registry.service';
import { type AdminModelChange, AdminModelsRepository, type AdminSettings } from './admin-models.repository';
import { routingAfter } from '../routing-rules';
import { rulesAfter } from './rules-after';

/** Changes of a model; undefined members stay as they are. */
export interface ModelChanges {
  deployments?: DeploymentSettings[] | undefined;
  cache?: ModelCacheRulesChange | undefined;
  /** null removes it. */
  defaultMaxTokens?: number | null | undefined;
  routing?: RoutingChanges | undefined;
}

/** Models that administrators set while the gateway runs. Responses of another target have other cache keys. */
@Injectable()
export class AdminModelsService {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly registry: ModelRegistry,
    private readonly repository: AdminModelsRepository,
    private readonly generations: GenerationsService,
  ) {}

  /** @throws GatewayError `conflict` if the model exists */
  async create(
    name: string,
    { deployments, cache, defaultMaxTokens, routing }: AdminSettings & { deployments: DeploymentSettings[] },
    actor: Actor,
  ): Promise<Model> {
    if (this.registry.resolveKnown(name))
      throw new GatewayError('conflict', {
        message: `A model "${name}" already exists; PATCH /admin/models/{model} changes it.`,
        param: 'name',
      });
    return this.set(
      name,
      { deployments, cache, defaultMaxTokens, routing: routing ?? undefined },
      'model.created',
      actor,
    );
  }

  /** Replaces the deployments or the rules of a model from any source. @throws GatewayError `model_not_found` */
  async update(name: string, changes: ModelChanges, actor: Actor): Promise<Model> {
    this.requireModel(name);
    return this.set(name, changes, 'model.updated', actor);
  }

  /** Deletes what administrators set: gateway.yaml or the catalogue applies again. @throws GatewayError `conflict` without settings */
  async delete(name: string, actor: Actor): Promise<void> {
    this.requireModel(name);
    if (!this.registry.hasAdminSettings(name))
      throw new GatewayError('conflict', {
        message: `"${name}" is set in ${this.registry.sourceOf(name)}; only settings made at /admin/models can be deleted.`,
        param: 'model',
      });
    const remaining = this.registry.withoutAdmin(name);
    const work = () => ({ settings: null, target: remaining?.target });
    await this.apply({ name, action: 'model.deleted', actor, work });
  }

  private async set(
    name: string,
    changes: ModelChanges,
    action: 'model.created' | 'model.updated',
    actor: Actor,
  ): Promise<Model> {
    changes.deployments?.forEach(({ provider }, index) => this.requireProvider(provider, index));
    if (changes.routing) this.requireFallbacks(name, changes.routing);
    await this.apply({ name, action, actor, work: (before) => this.changed(name, before, changes) });
    const model = this.registry.resolveKnown(name);
    if (!model) throw this.registry.notFound(name);
    return model;
  }

  private changed(name: string, before: AdminSettings | null, changes: ModelChanges) {
    const deployments = changes.deployments ?? before?.deployments ?? null;
    const cache = rulesAfter(before?.cache ?? null, changes.cache);
    const { defaultMaxTokens = before?.defaultMaxTokens ?? null } = changes;
    const routing = routingAfter(before?.routing ?? null, changes.routing ?? {});
    const isSet = deployments !== null || cache !== null || defaultMaxTokens !== null || routing !== null;
    const settings = isSet ? { deployments, cache, defaultMaxTokens, routing } : null;
    const model = settings ? this.registry.preview(name, settings) : this.registry.withoutAdmin(name);
    if (!model) throw new GatewayError('invalid_request', { param: 'deployments' });
    return { settings, target: model.target };
  }

  private async apply(change: AdminModelChange): Promise<void> {
    await this.repository.change(change);
    await this.generations.announce([]);
  }

  private requireProvider(provider: string, index: number): void {
    if (this.providers.find(provider)) return;
    const known = this.providers.names().join(', ');
    throw new GatewayError('invalid_request', {
      message: `There is no provider "${provider}"; add it at POST /admin/providers, in gateway.yaml or by its API key. Known are ${known}.`,
      param: `deployments.${index}.provider`,
    });
  }

  /** A fallback with a typo would never answer. */
  private requireFallbacks(name: string, { fallbacks }: RoutingChanges): void {
    if (!fallbacks) return;
    const lists = Array.isArray(fallbacks) ? { '': fallbacks } : fallbacks;
    for (const [reason, names] of Object.entries(lists))
      names?.forEach((fallback, index) => {
        if (fallback !== name && this.registry.resolveKnown(fallback)) return;
        const param = ['fallbacks', reason, index].filter((part) => part !== '').join('.');
        const problem = fallback === name ? 'is the model itself' : `there is no model "${fallback}"`;
        throw new GatewayError('invalid_request', { message: `'${param}': ${problem}.`, param });
      });
  }

  private requireModel(name: string): void {
    if (!this.registry.resolveKnown(name)) throw this.registry.notFound(name);
  }
}
