import { Injectable } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { GatewayError } from '../../common/errors';
import { GenerationsService } from '../../models/generations.service';
import { KnownModels } from '../../models/versions/known-models.service';
import { modelOfKey } from '../key/cache-key';
import { AnswerFinder } from './answer-finder.service';
import type { Criteria } from './invalidation-rule';
import { InvalidationRules } from './rules.service';

/** Which answers are to go: those that match all that is given, and everything where nothing is. */
export interface InvalidationRequest {
  criteria: Criteria;
  /** What takes the place of the model or of the version that the criteria name. */
  replacedBy?: string | undefined;
  /** Only count. */
  dryRun: boolean;
  /** Who asks: a key's id. */
  actor: string;
  /** What was asked, in the words of the request, for the audit and the alert. */
  what: Record<string, string>;
}

export interface Invalidation {
  /** The generation now in force; where several models are meant, the highest. */
  generation: number;
  /** How many answers that could be served until now cannot any more, in memory here and in Redis. */
  invalidatedKeys: number;
}

/**
 * Takes answers out of service: a model's, or all, by a new generation, and finer ones by a rule. Either holds at once here,
 * and everywhere else as soon as it is heard of; taking the answers away only makes room.
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

  /** @throws GatewayError `model_not_found` or `invalid_request` */
  async invalidate(request: InvalidationRequest): Promise<Invalidation> {
    const { criteria } = request;
    if (criteria.model !== undefined) await this.models.require(criteria.model);
    if (criteria.key !== undefined) requireKey(criteria.key);
    const whole = Object.keys(criteria).every((name) => name === 'model');
    if (request.dryRun)
      return { generation: await this.generationOf(criteria), invalidatedKeys: await this.finder.count(criteria) };
    const { replacedBy } = request;
    if (replacedBy !== undefined) await this.models.expect(replacedBy, criteria);
    return whole ? this.startGenerations(request) : this.addRule(request);
  }

  private async startGenerations(request: InvalidationRequest): Promise<Invalidation> {
    const { criteria, replacedBy, actor, what } = request;
    const models = criteria.model === undefined ? await this.models.all() : [criteria.model];
    // Before they go out of service: every replica sweeps them away as soon as it hears of it.
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
    this.tell(request, `${criteria.model ?? 'all'}:${generation}`, { generation, invalidatedKeys });
    return { generation, invalidatedKeys };
  }

  private async addRule(request: InvalidationRequest): Promise<Invalidation> {
    const { criteria, actor, what } = request;
    const revision = await this.rules.add(criteria, actor, what);
    const invalidatedKeys = await this.finder.remove(criteria, revision);
    const invalidation = { generation: await this.generationOf(criteria), invalidatedKeys };
    this.tell(request, `rule:${revision}`, invalidation);
    return invalidation;
  }

  private async generationOf({ model, key }: Criteria): Promise<number> {
    const named = model ?? (key === undefined ? undefined : modelOfKey(key).model);
    const models = named === undefined ? await this.models.all() : [named];
    return Math.max(...models.map((name) => this.generations.current(name).generation));
  }

  private tell(
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
    message: "'key' is no cache key: send what the header x-cache-key of an answer says.",
    param: 'key',
  });
}
