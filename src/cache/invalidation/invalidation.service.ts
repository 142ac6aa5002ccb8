import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../common/errors';
import { GenerationsService } from '../../models/generations.service';
import { ModelRegistry } from '../../models/model-registry.service';
import { ResponseCacheStore } from '../store/response-cache.store';

/** Which answers an administrator wants out of the cache: one model's, or everything where none is named. */
export interface InvalidationRequest {
  model: string | undefined;
  /** Only count. */
  dryRun: boolean;
}

export interface Invalidation {
  /** The generation now in force; of everything, the highest. */
  generation: number;
  invalidatedKeys: number;
}

/** Takes answers out of service by starting new generations. */
@Injectable()
export class InvalidationService {
  constructor(
    private readonly generations: GenerationsService,
    private readonly registry: ModelRegistry,
    private readonly store: ResponseCacheStore,
  ) {}

  /** @throws GatewayError `model_not_found` */
  async invalidate({ model, dryRun }: InvalidationRequest): Promise<Invalidation> {
    if (model !== undefined && !this.registry.resolve(model)) {
      throw new GatewayError('model_not_found', {
        message: `This gateway does not serve a model "${model}".`,
        param: 'model',
      });
    }
    const models = new Set(model === undefined ? this.registry.all().map(({ name }) => name) : [model]);
    const counts = await this.store.count();
    const inForce = counts.filter(
      (each) => models.has(each.model) && each.generation === this.generations.current(each.model).generation,
    );
    if (!dryRun) await this.generations.start([...models], null, 'invalidated');
    return {
      generation: Math.max(...[...models].map((name) => this.generations.current(name).generation)),
      invalidatedKeys: inForce.reduce((sum, { keys }) => sum + keys, 0),
    };
  }
}
