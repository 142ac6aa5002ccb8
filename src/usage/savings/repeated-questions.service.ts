import { Injectable } from '@nestjs/common';
import { GatewayConfig } from '../../config/gateway-config';
import { ModelRegistry } from '../../models/model-registry.service';
import type { UsageFilter } from '../reports/report-span';
import type { Opportunity } from './opportunity';
import { settingFor } from './saving-settings';
import { SavingsRepository } from './savings.repository';

/** Requests that a team paid for again although the first response could have been stored. */
@Injectable()
export class RepeatedQuestions {
  constructor(
    private readonly repository: SavingsRepository,
    private readonly models: ModelRegistry,
    private readonly config: GatewayConfig,
  ) {}

  /** By model and reason, the most expensive first. */
  async opportunities(filter: UsageFilter, limit: number): Promise<Opportunity[]> {
    const ttls = Object.fromEntries(this.models.all().map(({ name, cache }) => [name, cache.ttlSeconds]));
    const repeats = await this.repository.repeats(filter, limit, ttls);
    return repeats.map((each) => ({
      ...each,
      kind: 'repeated_question' as const,
      couldSavePusd: each.costPusd,
      setting: settingFor(each.reason, this.config.redisUrl !== undefined),
    }));
  }
}
