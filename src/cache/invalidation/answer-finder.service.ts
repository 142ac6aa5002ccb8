import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { GenerationsService } from '../../models/generations.service';
import { ModelRegistry } from '../../models/model-registry.service';
import { modelOfKey, scopeOfKey } from '../key/cache-key';
import { type CacheEntry, sizeOf } from '../store/cache-entry';
import { ResponseCacheStore } from '../store/response-cache.store';
import { type Criteria, matches } from './invalidation-rule';
import { InvalidationRules } from './rules.service';

/** The responses that match. */
export interface FoundAnswers {
  /** By model. @property bytes undefined where all responses of the model match */
  byModel: ReadonlyMap<string, { answers: number; bytes: number | undefined }>;
  /** The teams and shares that have them. */
  scopes: ReadonlySet<string>;
}

/** Finds the responses that could be served now, in memory and in Redis. Slow: for administrators' calls only. */
@Injectable()
export class AnswerFinder {
  private readonly logger = new Logger(AnswerFinder.name);

  constructor(
    private readonly store: ResponseCacheStore,
    private readonly rules: InvalidationRules,
    private readonly registry: ModelRegistry,
    private readonly generations: GenerationsService,
    private readonly clock: Clock,
  ) {}

  /** How many responses match and are not invalidated already. */
  count(criteria: Criteria): Promise<number> {
    return this.walk(criteria, Infinity, () => Promise.resolve());
  }

  /** The responses that match and are not invalidated already, by model. */
  async find(criteria: Criteria): Promise<FoundAnswers> {
    const isWhole = criteria.key === undefined && onlyModelOrKey(criteria);
    const byModel = new Map<string, { answers: number; bytes: number | undefined }>();
    const scopes = new Set<string>();
    await this.walk(criteria, Infinity, async (keys) => {
      const entries = isWhole ? [] : await Promise.all(keys.map((key) => this.store.peek(key)));
      for (const [index, key] of keys.entries()) {
        const { model } = modelOfKey(key);
        const { answers, bytes = 0 } = byModel.get(model) ?? { answers: 0 };
        const entry = entries[index];
        const own = entry ? sizeOf(key, entry) : 0;
        byModel.set(model, { answers: answers + 1, bytes: isWhole ? undefined : bytes + own });
        scopes.add(scopeOfKey(key));
      }
    });
    return { byModel, scopes };
  }

  /** Removes the responses that a rule invalidates. @returns how many could be served until then */
  remove(criteria: Criteria, revision: number): Promise<number> {
    return this.walk(criteria, revision, (keys) => this.store.remove(keys));
  }

  /**
   * Runs `work` on the keys of the matching responses, page by page.
   *
   * @param revision of the rule that invalidates them: responses to later calls, and those that earlier rules have
   *   invalidated, do not count
   */
  private async walk(criteria: Criteria, revision: number, work: (keys: string[]) => Promise<void>): Promise<number> {
    // Where the key alone decides, the entries need not be read.
    const byKeyAlone = onlyModelOrKey(criteria) && this.rules.newest === 0;
    let found = 0;
    try {
      for await (const page of this.pages(criteria)) {
        const matching = await Promise.all(
          page.map((key) => (byKeyAlone ? this.store.has(key) : this.isServed(key, criteria, revision))),
        );
        const keys = page.filter((_, index) => matching[index]);
        found += keys.length;
        if (keys.length > 0) await work(keys);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'Redis is away: responses that only Redis holds are not counted');
    }
    return found;
  }

  private async *pages({ key, model }: Criteria): AsyncGenerator<string[], void, undefined> {
    if (key !== undefined) {
      const place = modelOfKey(key);
      const inForce = this.generations.current(place.model).generation === place.generation;
      if (inForce && (model === undefined || model === place.model)) yield [key];
      return;
    }
    const models = model === undefined ? this.registry.all().map(({ name }) => name) : [model];
    for (const name of models) yield* this.store.keysOf(name, this.generations.current(name).generation);
  }

  private async isServed(key: string, criteria: Criteria, revision: number): Promise<boolean> {
    const entry = await this.store.peek(key);
    if (!entry || !this.isAlive(entry) || entry.rulesSeen >= revision) return false;
    const { model } = modelOfKey(key);
    const { version } = this.generations.current(model);
    return matches(criteria, { key, model, version }, entry) && !this.rules.retires(key, model, entry, revision);
  }

  private isAlive({ createdAt, ttlSeconds }: CacheEntry): boolean {
    return createdAt + ttlSeconds * 1000 > this.clock.now();
  }
}

function onlyModelOrKey({ version, teamId, tag, beforeMs }: Criteria): boolean {
  return version === undefined && teamId === undefined && tag === undefined && beforeMs === undefined;
}
