import { Injectable } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { GatewayError } from '../../common/errors';
import { GenerationsService } from '../../models/generations.service';
import { KnownModels } from '../../models/versions/known-models.service';
import { modelOfKey } from '../key/cache-key';
import { AnswerFinder } from './answer-finder.service';
import type { Criteria } from './invalidation-rule';
import { InvalidationRules } from './rules.service';

/** Which responses to invalidate: those that match all criteria, or all responses where there are none. */
export interface InvalidationRequest {
  criteria: Criteria;
  /** What replaces the model or the version that the criteria name. */
  replacedBy?: string | undefined;
  /** The id of the administrator's key. */
  actor: string;
  /** The members of the request, for the audit and the alert. */
  what: Record<string, string>;
}

export interface Invalidation {
  /** The generation now in force; of several models, the highest. */
  generation: number;
  /** How many responses, in memory here and in Redis, could be served until now and cannot any more. */
  invalidatedKeys: number;
}

/**
 * Invalidates responses: those of a model, or all, by a new generation; narrower criteria by a rule. Either is in force here
 * at once, and on other replicas when the change feed reaches them. Removing the entries only frees memory.
 */
@Injectable()
export class InvalidationService {
  constructor(
    private readonly generations: GenerationsService,
    private readonly models: KnownModels,
    private readonly rules: InvalidationRules,
    private readonly finder: AnswerFinder,
    private readonly alerts: AlertsService,
  ) {}

  /** The generation in force of what the criteria name. @throws GatewayError `model_not_found` or `invalid_request` */
  async generationIn(criteria: Criteria): Promise<number> {
    await this.check(criteria);
    return this.generationOf(criteria);
  }

  /** @throws GatewayError `model_not_found` or `invalid_request` */
  async invalidate(request: InvalidationRequest): Promise<Invalidation> {
    const { criteria } = request;
    await this.check(criteria);
    const byGeneration = Object.keys(criteria).every((name) => name === 'model');
    const { replacedBy } = request;
    if (replacedBy !== undefined) await this.models.expect(replacedBy, criteria);
    return byGeneration ? this.startGenerations(request) : this.addRule(request);
  }

  private async check({ model, key }: Criteria): Promise<void> {
    if (model !== undefined) await this.models.require(model);
    if (key !== undefined) requireKey(key);
  }

  private async startGenerations(request: InvalidationRequest): Promise<Invalidation> {
    const { criteria, replacedBy, actor, what } = request;
    const models = criteria.model === undefined ? await this.models.all() : [criteria.model];
    // Counted first: every replica sweeps the old entries as soon as the change feed reaches it.
    const invalidatedKeys = await this.finder.count(criteria);
    const reason = replacedBy === undefined ? 'invalidated' : 'replaced';
    await this.generations.start({
      models,
      version: replacedBy ?? null,
      reason,
      actor,
      details: { ...what, invalidated_keys: invalidatedKeys },
    });
    const generation = await this.generationOf(criteria);
    this.raiseAlert(request, `${criteria.model ?? 'all'}:${generation}`, { generation, invalidatedKeys });
    return { generation, invalidatedKeys };
  }

  private async addRule(request: InvalidationRequest): Promise<Invalidation> {
    const { criteria, actor, what } = request;
    const revision = await this.rules.add(criteria, actor, what);
    const invalidatedKeys = await this.finder.remove(criteria, revision);
    const invalidation = { generation: await this.generationOf(criteria), invalidatedKeys };
    this.raiseAlert(request, `rule:${revision}`, invalidation);
    return invalidation;
  }

  private async generationOf({ model, key }: Criteria): Promise<number> {
    const named = model ?? (key === undefined ? undefined : modelOfKey(key).model);
    const models = named === undefined ? await this.models.all() : [named];
    return Math.max(...models.map((name) => this.generations.current(name).generation));
  }

  private raiseAlert(
    { actor, what, replacedBy }: InvalidationRequest,
    name: string,
    { generation, invalidatedKeys }: Invalidation,
  ) {
    this.alerts.raise({
      kind: 'cache_invalidated',
      severity: 'info',
      dedupeKey: `cache_invalidated:${name}`,
      teamId: null,
      data: {
        reason: replacedBy === undefined ? 'invalidated' : 'replaced',
        by: actor,
        what,
        generation,
        invalidated_keys: invalidatedKeys,
      },
    });
  }
}

function requireKey(key: string): void {
  if (key.startsWith('ai_cache:') && Number.isInteger(modelOfKey(key).generation)) return;
  throw new GatewayError('invalid_request', {
    message: "'key' is not a cache key. Send the x-cache-key header of a response.",
    param: 'key',
  });
}
