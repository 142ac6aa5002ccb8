import { Injectable } from '@nestjs/common';
import type { ChatReply } from '@thriftgate/providers';
import { refusal } from '../../cache/admission';
import { ResponseCache } from '../../cache/response-cache.service';
import type { PicoUsd } from '../../common/money';
import { DriftService } from '../../models/versions/drift.service';
import { choicesOf } from './question';
import type { RunningAttempt } from './running-attempt';
import { withCached } from '../answers/spliced-json';

/** What is done with an answer once it is paid: its model version is noted, and it is kept for those who ask the same. */
@Injectable()
export class AnswerKeeper {
  constructor(
    private readonly cache: ResponseCache,
    private readonly drift: DriftService,
  ) {}

  /** Why an answer is not stored, as the ledger says it; null where it is. */
  refusal({ question, deployment }: RunningAttempt, { facts }: ChatReply, endedCleanly: boolean): string | null {
    if (!question.store) return 'bypass';
    const { family, cache } = question.place.model;
    return (
      refusal({
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
  keep(
    { question, deployment }: RunningAttempt,
    reply: ChatReply,
    refused: string | null,
    listCostPusd: PicoUsd,
  ): boolean {
    const { usage, upstreamModel, systemFingerprint } = reply.facts;
    this.drift.observe(deployment, upstreamModel, systemFingerprint);
    // What another process asks for meanwhile is that one's to store.
    if (refused !== null || usage === undefined || question.flight?.deposed) return false;
    const { call, place, flight } = question;
    const stored = this.cache.keep(place, {
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
