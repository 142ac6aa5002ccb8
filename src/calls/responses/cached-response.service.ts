import { Injectable } from '@nestjs/common';
import type { CacheHit } from '../../cache/response-cache.service';
import { Clock } from '../../common/clock';
import { LedgerService } from '../../ledger/ledger.service';
import { savedOutcome } from '../attempts/outcome';
import { intentOf } from '../attempts/resolved-call';
import type { CallResponse } from '../call';
import { settlementOf } from '../failed-costs';
import type { PreparedCall } from '../prepared-call';
import { ReplayService } from './replay.service';
import { responseHeaders } from './response-headers';

/** Responds from the cache: the stored bytes, or a stream made of them, at no cost. */
@Injectable()
export class CachedResponseService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly replay: ReplayService,
    private readonly clock: Clock,
  ) {}

  async respond(prepared: PreparedCall, hit: CacheHit): Promise<CallResponse> {
    const { call, model, slot } = prepared;
    const { entry } = hit;
    const { stream } = call.request;
    const { listCostPusd } = entry;
    const settlement = settlementOf(call.failedCosts, 'HIT', { listCostPusd, costPusd: 0n });
    await this.record(prepared, hit);
    const headers = responseHeaders('HIT', slot.key, {
      provider: entry.provider,
      upstreamModel: entry.upstreamModel ?? model.family,
      attempts: call.attemptsBefore ?? 0,
      ttlSeconds: hit.ttlSeconds,
      settlement: stream ? undefined : settlement,
      dropped: entry.dropped,
    });
    headers.age = String(hit.ageSeconds);
    if (!stream) return { kind: 'json', headers, body: entry.body, usage: entry.usage, settlement };
    return this.replay.start(call, headers, entry, settlement, model.cache.replayTokensPerSecond);
  }

  /** Writes the row of a hit. @param number that of the row among the call's rows */
  record(prepared: PreparedCall, { entry }: CacheHit, number = (prepared.call.attemptsBefore ?? 0) + 1): Promise<void> {
    const { call } = prepared;
    const attempt = { number, provider: entry.provider, upstreamModel: entry.upstreamModel ?? null };
    const latencyMs = this.clock.now() - call.startedAt;
    const ttftMs = call.request.stream ? latencyMs : null;
    return this.ledger.record(intentOf(prepared, 'HIT', attempt), savedOutcome(entry, 'cache', { latencyMs, ttftMs }));
  }
}
