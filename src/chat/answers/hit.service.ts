import { Injectable } from '@nestjs/common';
import type { CacheHit, CachePlace } from '../../cache/response-cache.service';
import { Clock } from '../../common/clock';
import { LedgerService } from '../../usage/ledger.service';
import { answerHeaders } from './answer-headers';
import type { ChatAnswer, ChatCall, Settlement } from '../chat-call';
import { intentOf } from '../attempts/question';
import { ReplayService } from './replay.service';
import { savedOutcome } from './saved-outcome';

/** Answers from the cache: the stored bytes, or a stream made of them, at no cost. */
@Injectable()
export class HitService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly replay: ReplayService,
    private readonly clock: Clock,
  ) {}

  async answer(call: ChatCall, place: CachePlace, hit: CacheHit): Promise<ChatAnswer> {
    const { entry } = hit;
    const settlement: Settlement = {
      cacheStatus: 'HIT',
      listCostPusd: entry.listCostPusd,
      costPusd: 0n,
      savedPusd: entry.listCostPusd,
    };
    await this.record(call, place, hit);
    const headers = answerHeaders('HIT', place.key, {
      provider: entry.provider,
      upstreamModel: entry.upstreamModel ?? place.model.family,
      attempts: 0,
      ttlSeconds: hit.ttlSeconds,
      settlement: call.stream ? undefined : settlement,
    });
    headers.age = String(hit.ageSeconds);
    if (!call.stream) return { kind: 'json', headers, body: entry.body, settlement };
    const texts = this.replay.texts(call, entry, settlement, place.model.cache.replayTokensPerSecond);
    const first = await texts.next();
    return { kind: 'stream', headers, first: first.value ?? '', rest: texts };
  }

  private record(call: ChatCall, place: CachePlace, { entry }: CacheHit): Promise<void> {
    const tried = { attempt: 1, provider: entry.provider, upstreamModel: entry.upstreamModel ?? null };
    const latencyMs = this.clock.now() - call.startedAt;
    const outcome = savedOutcome(entry, 'cache', latencyMs, call.stream ? latencyMs : null);
    return this.ledger.record(intentOf(call, place, 'HIT', tried), outcome);
  }
}
