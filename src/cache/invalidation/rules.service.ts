import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { GatewayConfig } from '../../config/gateway-config';
import { ChangeFeed } from '../../database/change-feed.service';
import { GenerationsService } from '../../models/generations.service';
import type { Criteria, RuledFacts } from './invalidation-rule';
import { RuleBook } from './rule-book';
import { RulesRepository } from './rules.repository';

/** The longest that a caller may have an answer kept, and a day for clocks that differ. */
const LONGEST_TTL_SECONDS = 366 * 24 * 3600;

/** Rules that take single answers out of service, whoever wrote them and wherever they lie: of a team, a tag, a version, … */
@Injectable()
export class InvalidationRules implements OnModuleInit {
  private readonly book = new RuleBook();
  private readonly lifeMs: number;

  constructor(
    config: GatewayConfig,
    private readonly repository: RulesRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly generations: GenerationsService,
    private readonly clock: Clock,
  ) {
    const ttls = Object.values(config.models).map((model) => model.cache?.ttl_seconds ?? 0);
    this.lifeMs = Math.max(LONGEST_TTL_SECONDS, config.cache.ttlSeconds, ...ttls) * 1000;
  }

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('invalidations', () => this.reload());
    await this.repository.deleteExpired(this.clock.now());
    await this.reload();
  }

  /** The newest rule that this process knows: what a question that is asked now has seen. */
  get newest(): number {
    return this.book.newest;
  }

  /**
   * Whether a rule that came after the question takes its answer out of service.
   *
   * @param before only rules that are older than this one
   */
  retires(key: string, model: string, facts: RuledFacts, before = Infinity): boolean {
    if (facts.rulesSeen >= this.book.newest) return false;
    return this.book.retires({ key, model, version: this.generations.current(model).version }, facts, before);
  }

  /** Makes a rule, in force here when this returns and on other replicas as soon as they hear of it. @returns its revision */
  async add(criteria: Criteria, actor: string, details: Record<string, string>): Promise<number> {
    const revision = await this.repository.insert(criteria, this.clock.now() + this.lifeMs, actor, details);
    await this.changeFeed.announce('invalidations');
    return revision;
  }

  private async reload(): Promise<void> {
    const nowMs = this.clock.now();
    for (const rule of await this.repository.newerThan(this.book.newest, nowMs)) this.book.add(rule);
    this.book.expire(nowMs);
  }
}
