import { Injectable } from '@nestjs/common';
import type { CacheHit, CacheSlot } from '../../cache/response-cache.service';
import { Clock } from '../../common/clock';
import { LedgerService } from '../../ledger/ledger.service';
import { responseHeaders } from './response-headers';
import type { CallResponse, Call, Settlement } from '../call';
import { intentOf } from '../attempts/resolved-call';
import { ReplayService } from './replay.service';
import { savedOutcome } from '../attempts/saved-outcome';

/** Answers from the cache: the stored bytes, or a stream made of them, at no cost. */
@Injectable()
export class CachedResponseService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly replay: ReplayService,
    private readonly clock: Clock,
  ) {}

  async answer(call: Call, slot: CacheSlot, hit: CacheHit): Promise<CallResponse> {
    const { entry } = hit;
    const settlement: Settlement = {
      cacheStatus: 'HIT',
      listCostPusd: entry.listCostPusd,
      costPusd: 0n,
      savedPusd: entry.listCostPusd,
    };
    await this.record(call, slot, hit);
    const headers = responseHeaders('HIT', slot.key, {
      provider: entry.provider,
      upstreamModel: entry.upstreamModel ?? slot.model.family,
      attempts: 0,
      ttlSeconds: hit.ttlSeconds,
      settlement: call.stream ? undefined : settlement,
    });
    headers.age = String(hit.ageSeconds);
    if (!call.stream) return { kind: 'json', headers, body: entry.body, settlement };
    const texts = this.replay.texts(call, entry, settlement, slot.model.cache.replayTokensPerSecond);
    const first = await texts.next();
    return { kind: 'stream', headers, first: first.value ?? '', rest: texts };
  }

  private record(call: Call, slot: CacheSlot, { entry }: CacheHit): Promise<void> {
    const tried = { attempt: 1, provider: entry.provider, upstreamModel: entry.upstreamModel ?? null };
    const latencyMs = this.clock.now() - call.startedAt;
    const outcome = savedOutcome(entry, 'cache', latencyMs, call.stream ? latencyMs : null);
    return this.ledger.record(intentOf(call, slot, 'HIT', tried), outcome);
  }
}
