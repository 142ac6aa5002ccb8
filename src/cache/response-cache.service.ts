import { Injectable } from '@nestjs/common';
import type { Endpoint } from '@thriftgate/providers';
import { Clock } from '../common/clock';
import { GenerationsService } from '../models/generations.service';
import type { Model } from '../models/model';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { type CacheControls } from './controls/cache-controls';
import type { CacheEntry } from './store/cache-entry';
import { InvalidationRules } from './invalidation/rules.service';
import { cacheKey } from './key/cache-key';
import type { CacheScope } from './sharing/share';
import { ResponseCacheStore } from './store/response-cache.store';

/** One call's slot in the cache: the key it asks under, and may be stored under for as long as the generation lasts. */
export interface CacheSlot {
  key: string;
  model: Model;
  /** Who shares the answer. */
  scope: CacheScope;
  generation: number;
  ttlSeconds: number;
  /** The longest that an answer may live for this caller, whoever stored it and for how long. */
  maxTtlSeconds: number;
  /** When the question was asked, in milliseconds since 1970. */
  askedAt: number;
  /** The newest invalidation rule that was known then: a newer one may take the answer out of service before it is there. */
  rulesSeen: number;
}

/** A stored answer that may be given. */
export interface CacheHit {
  entry: CacheEntry;
  ageSeconds: number;
  ttlSeconds: number;
}

/** An answer to be kept; when it was asked and for how long it is kept is the slot's. */
export type NewAnswer = Omit<CacheEntry, 'createdAt' | 'ttlSeconds' | 'askedAt' | 'rulesSeen'>;

/** Answers that were paid for once. */
@Injectable()
export class ResponseCache {
  constructor(
    private readonly entries: ResponseCacheStore,
    private readonly generations: GenerationsService,
    private readonly rules: InvalidationRules,
    private readonly providers: ProviderRegistry,
    private readonly clock: Clock,
  ) {
    generations.onRetired((model, generation) => void entries.sweep(model, generation));
  }

  slotFor(
    model: Model,
    scope: CacheScope,
    endpoint: Endpoint,
    body: Record<string, unknown>,
    controls: CacheControls,
  ): CacheSlot {
    const { generation } = this.generations.current(model.name);
    const { namespace, maxTtlSeconds = Infinity } = controls;
    const key = cacheKey(
      { scope: scope.id, model: model.name, generation, endpoint: endpoint.path, target: model.target, namespace },
      body,
      endpoint.withoutEffect,
    );
    return {
      key,
      model,
      scope,
      generation,
      ttlSeconds: Math.min(controls.ttlSeconds ?? model.cache.ttlSeconds, maxTtlSeconds),
      maxTtlSeconds,
      askedAt: this.clock.now(),
      rulesSeen: this.rules.newest,
    };
  }

  async find(slot: CacheSlot, controls: CacheControls): Promise<CacheHit | undefined> {
    const entry = await this.entries.get(slot.key);
    // The generation or the share may have ended, and a rule may have come, while Redis was asked.
    if (!entry || this.isRetired(slot) || this.rules.retires(slot.key, slot.model.name, entry)) return undefined;
    const ageMs = Math.max(0, this.clock.now() - entry.createdAt);
    const leftMs = Math.min(entry.ttlSeconds, slot.maxTtlSeconds) * 1000 - ageMs;
    if (leftMs <= 0 || (controls.maxAgeSeconds !== undefined && ageMs > controls.maxAgeSeconds * 1000))
      return undefined;
    return { entry, ageSeconds: Math.floor(ageMs / 1000), ttlSeconds: Math.ceil(leftMs / 1000) };
  }

  /** Keeps an answer, unless its generation or its share ended, or a rule invalidated it, since the question was asked. */
  async store(slot: CacheSlot, entry: NewAnswer): Promise<void> {
    if (this.isRetired(slot)) return;
    const kept: CacheEntry = {
      ...entry,
      createdAt: this.clock.now(),
      ttlSeconds: slot.ttlSeconds,
      askedAt: slot.askedAt,
      rulesSeen: slot.rulesSeen,
    };
    if (this.rules.retires(slot.key, slot.model.name, kept)) return;
    // A simulated answer is good for trying the gateway out, on this replica.
    await this.entries.set(slot.key, kept, { shared: !this.providers.isSimulated(kept.provider) });
  }

  private isRetired(slot: CacheSlot): boolean {
    return slot.scope.ended === true || this.generations.current(slot.model.name).generation !== slot.generation;
  }
}
