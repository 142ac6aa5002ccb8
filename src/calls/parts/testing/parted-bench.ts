import { embeddings, type JsonRecord, openAi, type Provider } from '@thriftgate/providers';
import type { CacheHit, CacheSlot, NewAnswer, ResponseCache } from '../../../cache/response-cache.service';
import { keyOfAll } from '../../../cache/key/cache-key';
import type { Model } from '../../../models/model';
import type { ProviderRegistry } from '../../../providers/provider-registry.service';
import type { Call, JsonResponse } from '../../call';
import type { Coalescing } from '../../coalescing/coalescing.service';
import type { CachedResponseService } from '../../responses/cached-response.service';
import { aCall, aModel, aPreparedCall } from '../../testing/builders';
import { isParted, type PartedCall, type PreparedCall } from '../../prepared-call';
import { partsOf, seamOf, storedParts } from '../../call-parts';
import { PartedCalls } from '../parted-calls.service';

/** Ten pico-dollars a token. */
export const PUSD_PER_TOKEN = 10n;
const FACTS = { provider: 'openai', upstreamModel: 'e-1', systemFingerprint: undefined, teamId: 'team_1', tags: [] };

/** The vector of a text, as the vendor of this bench writes it. */
export function vectorOf(text: unknown): string {
  const values = new Float32Array(Array.from(String(text), (character) => character.charCodeAt(0) / 7));
  return `"${Buffer.from(values.buffer).toString('base64')}"`;
}

/** A token for each character. */
export function tokensOf(texts: readonly unknown[]): number {
  return texts.reduce<number>((sum, text) => sum + String(text).length, 0);
}

interface Row {
  number: number;
  tokens: number;
  savedPusd: bigint;
}

/** Calls with parts over a cache in memory, and an upstream that the test watches. */
export class PartedBench {
  readonly stored = new Map<string, CacheHit>();
  /** The inputs of each request, in the order in which they came. */
  readonly asked: unknown[][] = [];
  readonly askedOf: PreparedCall[] = [];
  /** The most requests that ran at the same time. */
  mostRunning = 0;
  /** Of what the cache saved. */
  readonly rows: Row[] = [];
  /** Throws where a request is to fail. */
  onAsk: (prepared: PreparedCall) => void = () => undefined;
  readonly calls: PartedCalls;
  private running = 0;
  private readonly cache: Pick<ResponseCache, 'slotOf' | 'find' | 'findAll'> = {
    slotOf: (slots) => (slots.length === 1 ? slots[0] : { ...slots[0], key: keyOfAll(slots.map(({ key }) => key)) }),
    find: async () => undefined,
    findAll: async (slots) => slots.map(({ key }) => this.stored.get(key)),
  };

  constructor(api: Provider = openAi) {
    const coalescing: Pick<Coalescing, 'respond'> = { respond: (prepared) => this.respond(prepared) };
    const cachedResponses: Pick<CachedResponseService, 'respond' | 'record'> = {
      respond: async (_prepared, { entry }) => this.hitOf(entry),
      record: async (_prepared, { entry }, number = 0) =>
        void this.rows.push({ number, tokens: entry.usage.inputTokens, savedPusd: entry.listCostPusd }),
    };
    const provider = { api } as ReturnType<ProviderRegistry['find']>;
    this.calls = new PartedCalls(
      coalescing as Coalescing,
      cachedResponses as CachedResponseService,
      this.cache as ResponseCache,
      { find: () => provider } as Pick<ProviderRegistry, 'find'> as ProviderRegistry,
    );
  }

  prepared(input: unknown, members: JsonRecord = {}, model: Model = aModel()): PartedCall {
    const read = embeddings.read({ model: model.name, input, ...members });
    const call: Call = { ...aCall(), endpoint: embeddings, ...read };
    const { slot: base, ...prepared } = aPreparedCall(call, { model });
    const slotOf = (body: JsonRecord): CacheSlot => ({ ...base, key: `ai_cache:t:m:1:${JSON.stringify(body.input)}` });
    const parts = partsOf(seamOf(call).split(call.body), embeddings.withoutEffect, slotOf);
    const [first, ...rest] = parts.distinct;
    return { ...prepared, parts, slot: this.cache.slotOf([first.slot, ...rest.map(({ slot }) => slot)]) };
  }

  async create(
    prepared: PartedCall,
  ): Promise<JsonResponse & { json: { data: { embedding: unknown }[] } & JsonRecord }> {
    const hits = prepared.parts.distinct.map(({ slot }) => this.stored.get(slot.key));
    const response = await this.calls.respond(prepared, hits);
    return { ...response, json: JSON.parse(response.body.toString()) };
  }

  private hitOf(entry: NewAnswer): JsonResponse {
    const { usage, body, listCostPusd } = entry;
    const settlement = { cacheStatus: 'HIT' as const, listCostPusd, costPusd: 0n, savedPusd: listCostPusd };
    return { kind: 'json', headers: { 'x-gateway-attempts': '0' }, body, usage, settlement };
  }

  /** Answers as an upstream does, and stores the parts. */
  private async respond(prepared: PreparedCall): Promise<JsonResponse> {
    if (!isParted(prepared)) throw new Error('a call without parts');
    const { call, parts } = prepared;
    const inputs = parts.distinct.map(({ body }) => body.input);
    this.asked.push(inputs);
    this.askedOf.push(prepared);
    this.mostRunning = Math.max(this.mostRunning, (this.running += 1));
    await new Promise((resolve) => setImmediate(resolve));
    this.running -= 1;
    this.onAsk(prepared);
    const usage = { inputTokens: tokensOf(inputs), cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
    const listCostPusd = BigInt(usage.inputTokens) * PUSD_PER_TOKEN;
    const body = seamOf(call).gather(inputs.map((input) => Buffer.from(vectorOf(input))));
    for (const { slot, entry } of storedParts(prepared, { ...FACTS, usage, listCostPusd, body })) {
      const times = { createdAt: 0, ttlSeconds: 60, askedAt: 0, rulesSeen: 0 };
      this.stored.set(slot.key, { entry: { ...entry, ...times }, ageSeconds: 5, ttlSeconds: 55 });
    }
    const settlement = { cacheStatus: 'MISS' as const, listCostPusd, costPusd: listCostPusd, savedPusd: 0n };
    const attempts = String((call.attemptsBefore ?? 0) + 1);
    return { kind: 'json', headers: { 'x-gateway-attempts': attempts, 'x-cache-ttl': '60' }, body, usage, settlement };
  }
}
