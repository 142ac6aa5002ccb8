import { Injectable } from '@nestjs/common';
import type { Reply, TokenUsage } from '@thriftgate/providers';
import { notCacheableReason } from '../../cache/admission';
import { ResponseCache } from '../../cache/response-cache.service';
import type { PicoUsd } from '../../common/money';
import { DriftService } from '../../models/versions/drift.service';
import type { Deployment } from '../../models/model';
import { storedParts } from '../call-parts';
import { isParted } from '../prepared-call';
import type { ResolvedCall } from './resolved-call';

/** The attempt whose answer is to be stored. */
interface AnsweredAttempt {
  resolved: ResolvedCall;
  deployment: Deployment;
  dropped?: readonly string[] | undefined;
}

/** What an answer used, as the upstream says or as it is estimated, and its cost at list price. */
interface SettledUsage {
  usage: TokenUsage;
  listCostPusd: PicoUsd;
}

/** Stores answers that were paid for, and notes which version of the model wrote them. */
@Injectable()
export class CacheWriter {
  constructor(
    private readonly cache: ResponseCache,
    private readonly drift: DriftService,
  ) {}

  /** Why an answer is not stored, as the ledger's row says it; null where it is. */
  notCacheableReason(
    { resolved, deployment }: AnsweredAttempt,
    { facts }: Reply,
    endedCleanly: boolean,
  ): string | null {
    if (!resolved.store) return 'bypass';
    const { call, model } = resolved;
    const reason = notCacheableReason({
      facts,
      endedCleanly,
      choices: call.request.choices,
      sameFamily: deployment.upstreamModel === model.family,
      storeToolCalls: storesToolCalls(resolved),
      usageMayMiss: isParted(resolved),
    });
    return reason ?? null;
  }

  /**
   * Stores an answer that nothing speaks against.
   *
   * @param reason what {@link notCacheableReason} said
   * @returns whether the answer is stored
   */
  store(
    { resolved, deployment, dropped }: AnsweredAttempt,
    reply: Reply,
    reason: string | null,
    { usage, listCostPusd }: SettledUsage,
  ): boolean {
    const { upstreamModel, systemFingerprint } = reply.facts;
    this.drift.observe(deployment, upstreamModel, systemFingerprint);
    const { call, slot, flight } = resolved;
    // A flight that another replica has taken over is that replica's to store.
    if (reason !== null || flight?.superseded) return false;
    const answer = {
      body: call.endpoint.render.json(call.endpoint.withoutSignatures(reply.body), true),
      usage,
      listCostPusd,
      provider: deployment.provider,
      upstreamModel,
      systemFingerprint,
      dropped,
      teamId: call.caller.teamId,
      tags: call.tags,
    };
    const stored = isParted(resolved)
      ? this.cache.storeAll(storedParts(resolved, answer))
      : this.cache.store(slot, answer);
    if (flight) flight.stored = stored;
    return true;
  }
}

/** Whether a response with tool calls may be stored: as the call says, else its key, else its model. */
function storesToolCalls({ call, controls, model }: ResolvedCall): boolean {
  const rule = controls.storeToolCalls ?? call.caller.cache?.storeToolCalls ?? model.cache.storeToolCalls;
  return rule === 'forced' ? call.request.forcesTool : rule;
}
