import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { GatewayConfig } from '../../config/gateway-config';
import { ChangeFeed } from '../../database/change-feed.service';
import { GenerationsService } from '../../models/generations.service';
import type { Criteria, RuledFacts } from './invalidation-rule';
import { RuleBook } from './rule-book';
import { RulesRepository } from './rules.repository';
import { oneAtATime } from '../../common/runtime/one-at-a-time';

/** The longest TTL that a call may set, and a day for clock differences. */
const LONGEST_TTL_SECONDS = 366 * 24 * 3600;

/** The rules that invalidate single responses on every replica: those of a team, a tag, a version, … */
@Injectable()
export class InvalidationRules implements OnModuleInit {
  private readonly book = new RuleBook();
  private readonly lifeMs: number;
  private readonly reload = oneAtATime(() => this.readNewer());

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

  /** The revision of the newest rule that this process knows, stored with the response of each call that starts now. */
  get newest(): number {
    return this.book.newest;
  }

  /**
   * Whether a rule newer than the call invalidates its response.
   *
   * @param before only rules older than this revision count
   */
  retires(key: string, model: string, facts: RuledFacts, before = Infinity): boolean {
    if (facts.rulesSeen >= this.book.newest) return false;
    return this.book.retires({ key, model, version: this.generations.current(model).version }, facts, before);
  }

  /** Adds a rule: in force here when this resolves, elsewhere when the change feed arrives. @returns its revision */
  async add(criteria: Criteria, actor: string, details: Record<string, string>): Promise<number> {
    const revision = await this.repository.insert(criteria, this.clock.now() + this.lifeMs, actor, details);
    await this.changeFeed.announce('invalidations');
    return revision;
  }

  private async readNewer(): Promise<void> {
    const nowMs = this.clock.now();
    for (const rule of await this.repository.newerThan(this.book.newest, nowMs)) this.book.add(rule);
    this.book.expire(nowMs);
  }
}
