import { Injectable } from '@nestjs/common';
import type { ChatReply } from '@thriftgate/providers';
import { notCacheableReason } from '../../cache/admission';
import { ResponseCache } from '../../cache/response-cache.service';
import type { PicoUsd } from '../../common/money';
import { DriftService } from '../../models/versions/drift.service';
import { choicesOf } from './resolved-call';
import type { Attempt } from './attempt';
import { withCached } from './cached-flag';

/** What is done with an answer once it is paid: its model version is noted, and it is kept for those who ask the same. */
@Injectable()
export class CacheWriter {
  constructor(
    private readonly cache: ResponseCache,
    private readonly drift: DriftService,
  ) {}

  /** Why an answer is not stored, as the ledger says it; null where it is. */
  notCacheableReason({ question, deployment }: Attempt, { facts }: ChatReply, endedCleanly: boolean): string | null {
    if (!question.store) return 'bypass';
    const { family, cache } = question.slot.model;
    return (
      notCacheableReason({
        facts,
        endedCleanly,
        choices: choicesOf(question.call.body),
        sameFamily: deployment.upstreamModel === family,
        storeToolCalls: cache.storeToolCalls,
      }) ?? null
    );
  }

  /**
   * Stores the answer where nothing is said against it, and notes which version of the model wrote it.
   *
   * @returns whether it is stored
   */
  store({ question, deployment }: Attempt, reply: ChatReply, refused: string | null, listCostPusd: PicoUsd): boolean {
    const { usage, upstreamModel, systemFingerprint } = reply.facts;
    this.drift.observe(deployment, upstreamModel, systemFingerprint);
    // What another process asks for meanwhile is that one's to store.
    if (refused !== null || usage === undefined || question.flight?.superseded) return false;
    const { call, slot, flight } = question;
    const stored = this.cache.store(slot, {
      body: withCached(reply.body, true),
      usage,
      listCostPusd,
      provider: deployment.provider,
      upstreamModel,
      systemFingerprint,
      teamId: call.caller.teamId,
      tags: call.tags,
    });
    if (flight) flight.stored = stored;
    return true;
  }
}
