import { Injectable } from '@nestjs/common';
import type { Endpoint } from '@thriftgate/providers';
import { Clock } from '../common/clock';
import { pagesOf } from '../common/pages';
import { GenerationsService } from '../models/generations.service';
import type { Model } from '../models/model';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { type CacheControls } from './controls/cache-controls';
import type { CacheEntry } from './store/cache-entry';
import { InvalidationRules } from './invalidation/rules.service';
import { cacheKey, keyOfAll } from './key/cache-key';
import type { CacheScope } from './sharing/share';
import { ResponseCacheStore } from './store/response-cache.store';

/** More writes at once would keep Redis from other calls. */
const STORED_AT_ONCE = 64;

/** Where a call's response is looked up, and stored while its generation is in force. */
export interface CacheSlot {
  key: string;
  model: Model;
  /** Whose responses the key reaches. */
  scope: CacheScope;
  generation: number;
  ttlSeconds: number;
  /** The longest time that a response may live for this caller, also one that was stored for longer. */
  maxTtlSeconds: number;
  /** When the call started, in milliseconds since 1970. */
  askedAt: number;
  /** The newest invalidation rule known then; a newer one may invalidate the response before it is stored. */
  rulesSeen: number;
  /** Whether a response is refused for which the vendor dropped parameters. */
  strict: boolean;
}

/** A stored response that may be served. */
export interface CacheHit {
  entry: CacheEntry;
  /** Rounded down. */
  ageSeconds: number;
  /** What remains for this caller, rounded up. */
  ttlSeconds: number;
}

/** A response to be stored; the slot has its times and its TTL. */
export type NewAnswer = Omit<CacheEntry, 'createdAt' | 'ttlSeconds' | 'askedAt' | 'rulesSeen'>;

/** Looks up and stores responses that are tied to a generation, a scope and the invalidation rules. */
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

  /** The slot of a call that starts now. @throws GatewayError `invalid_request` where the body is nested too deeply */
  slotFor(
    model: Model,
    scope: CacheScope,
    endpoint: Endpoint,
    body: Record<string, unknown>,
    controls: CacheControls,
    strict = false,
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
      strict,
    };
  }

  /** The slot of a call whose parts have slots of their own. It stores nothing: its key names the call. */
  slotOf(parts: readonly [CacheSlot, ...CacheSlot[]]): CacheSlot {
    const [first] = parts;
    return parts.length === 1 ? first : { ...first, key: keyOfAll(parts.map(({ key }) => key)) };
  }

  /** False where {@link find} finds nothing for certain. */
  mayHave({ key }: CacheSlot): boolean {
    return this.entries.mayHave(key);
  }

  /** @returns undefined for a miss: no response, or one that is invalidated, suspended, expired or too old for the caller */
  async find(slot: CacheSlot, controls: CacheControls): Promise<CacheHit | undefined> {
    return this.servable(slot, controls, await this.entries.get(slot.key));
  }

  /** What {@link find} returns for each slot. @param whole the slot of their call: rules that name its key count too */
  async findAll(
    slots: readonly CacheSlot[],
    controls: CacheControls,
    whole: CacheSlot,
  ): Promise<(CacheHit | undefined)[]> {
    const entries = await this.entries.getAll(slots.map(({ key }) => key));
    return slots.map((slot, at) => {
      const hit = this.servable(slot, controls, entries[at]);
      return hit && this.rules.retires(whole.key, whole.model.name, hit.entry) ? undefined : hit;
    });
  }

  /** What {@link find} returns for each of many calls, which may be equal. */
  async findEach(calls: readonly { slot: CacheSlot; controls: CacheControls }[]): Promise<(CacheHit | undefined)[]> {
    const keys = [...new Set(calls.map(({ slot }) => slot.key))];
    const entries = await this.entries.getAll(keys);
    const byKey = new Map(keys.map((key, at) => [key, entries[at]]));
    return calls.map(({ slot, controls }) => this.servable(slot, controls, byKey.get(slot.key)));
  }

  private servable(slot: CacheSlot, controls: CacheControls, entry: CacheEntry | undefined): CacheHit | undefined {
    // The generation or the share may have ended, and a rule may have come, during the read.
    if (!entry || this.isRetired(slot) || this.generations.isSuspended(slot.model.name)) return undefined;
    if (this.rules.retires(slot.key, slot.model.name, entry) || (slot.strict && entry.dropped)) return undefined;
    const ageMs = Math.max(0, this.clock.now() - entry.createdAt);
    const leftMs = Math.min(entry.ttlSeconds, slot.maxTtlSeconds) * 1000 - ageMs;
    if (leftMs <= 0 || (controls.maxAgeSeconds !== undefined && ageMs > controls.maxAgeSeconds * 1000))
      return undefined;
    return { entry, ageSeconds: Math.floor(ageMs / 1000), ttlSeconds: Math.ceil(leftMs / 1000) };
  }

  /** Stores several responses, some at a time. */
  async storeAll(answers: readonly { slot: CacheSlot; entry: NewAnswer }[]): Promise<void> {
    for (const some of pagesOf(answers, STORED_AT_ONCE))
      await Promise.all(some.map(({ slot, entry }) => this.store(slot, entry)));
  }

  /** Stores a response, unless its generation or share has ended, or a rule has invalidated it, since the call started. */
  async store(slot: CacheSlot, entry: NewAnswer): Promise<void> {
    if (this.isRetired(slot)) return;
    const stored: CacheEntry = {
      body: entry.body,
      usage: entry.usage,
      listCostPusd: entry.listCostPusd,
      provider: entry.provider,
      upstreamModel: entry.upstreamModel,
      systemFingerprint: entry.systemFingerprint,
      dropped: entry.dropped,
      teamId: entry.teamId,
      tags: entry.tags,
      createdAt: this.clock.now(),
      ttlSeconds: slot.ttlSeconds,
      askedAt: slot.askedAt,
      rulesSeen: slot.rulesSeen,
    };
    if (this.rules.retires(slot.key, slot.model.name, stored)) return;
    // Simulated responses stay in the memory of this replica.
    await this.entries.set(slot.key, stored, { shared: !this.providers.isSimulated(stored.provider) });
  }

  private isRetired(slot: CacheSlot): boolean {
    return slot.scope.ended === true || this.generations.current(slot.model.name).generation !== slot.generation;
  }
}
