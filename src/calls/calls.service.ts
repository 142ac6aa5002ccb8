import { Injectable } from '@nestjs/common';
import { BudgetExceededError } from '../budgets/holds/budget-exceeded';
import { type CacheControls, parseCacheControls } from '../cache/controls/cache-controls';
import { addDialectHeaders } from '../cache/controls/dialect-headers';
import { ResponseCache } from '../cache/response-cache.service';
import { grantedControls } from '../cache/rules/granted-controls';
import { CacheScopes } from '../cache/sharing/cache-scopes.service';
import { GatewayError } from '../common/errors';
import type { Model } from '../models/model';
import { ModelRegistry } from '../models/model-registry.service';
import { CHAT_ENDPOINT, type CallResponse, type Call } from './call';
import { CachedResponseService } from './responses/cached-response.service';
import { Coalescing } from './coalescing/coalescing.service';

/** The way of a chat call: model, cache, and where it has no answer, the one question for all who ask the same. */
@Injectable()
export class CallsService {
  constructor(
    private readonly models: ModelRegistry,
    private readonly scopes: CacheScopes,
    private readonly cache: ResponseCache,
    private readonly hits: CachedResponseService,
    private readonly shared: Coalescing,
  ) {}

  /**
   * Answers a call, from the cache or by asking a deployment.
   *
   * @throws GatewayError before anything of the answer was sent
   */
  async complete(call: Call): Promise<CallResponse> {
    const controls = parseCacheControls(call.body, call.headers);
    const answer = await this.answer(call, controls);
    addDialectHeaders(answer.headers, controls.dialects);
    return answer;
  }

  private async answer(call: Call, asked: CacheControls): Promise<CallResponse> {
    const model = this.resolveModel(call);
    const controls = grantedControls(asked, model, call.caller);
    const scope = this.scopes.of(call.caller, model);
    const slot = this.cache.slotFor(model, scope, CHAT_ENDPOINT, call.body, controls);

    if (controls.read) {
      const hit = await this.cache.find(slot, controls);
      if (hit) return this.hits.answer(call, slot, hit);
    }
    if (controls.onlyIfCached) throw new GatewayError('cache_only_miss');

    try {
      return await this.shared.answer(call, slot, controls);
    } catch (error) {
      const instead = downgraded(call, model, error);
      if (!instead) throw error;
      return this.answer(instead, asked);
    }
  }

  private resolveModel({ body, caller, downgrade }: Call): Model {
    const model = this.models.resolve(body.model);
    if (!model) {
      const message = `The model "${body.model.slice(0, 100)}" is not served here. GET /v1/models lists those that are.`;
      throw new GatewayError('model_not_found', { message, param: 'model' });
    }
    if (caller.models !== null && !downgrade && !caller.models.includes(model.name)) {
      throw new GatewayError('model_not_allowed', {
        message: `This key may not use the model "${model.name}".`,
        param: 'model',
      });
    }
    return model;
  }
}

/** The same call for the model that a used-up budget names, once. */
function downgraded(call: Call, from: Model, error: unknown): Call | undefined {
  if (!(error instanceof BudgetExceededError) || call.downgrade) return undefined;
  const { action, downgradeTo, id } = error.window.budget;
  if (action !== 'downgrade' || downgradeTo === null || downgradeTo === from.name) return undefined;
  return { ...call, body: { ...call.body, model: downgradeTo }, downgrade: { from, budgetId: id } };
}
