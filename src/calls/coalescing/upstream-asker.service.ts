import { Injectable } from '@nestjs/common';
import type { SharedAnswer } from '../../single-flight/flight-result';
import { Router } from '../../routing/router.service';
import { responseHeaders } from '../responses/response-headers';
import { withCached } from '../attempts/cached-flag';
import { AttemptService } from '../attempts/attempt.service';
import type { UpstreamResult } from '../attempts/upstream-result';
import type { ResolvedCall } from '../attempts/resolved-call';
import type { JsonResponse, Settlement } from '../call';

/** Asks a model's deployments until one answers, and says what the answer is to whoever asked. */
@Injectable()
export class UpstreamAsker {
  constructor(
    private readonly router: Router,
    private readonly attempts: AttemptService,
  ) {}

  /** @throws GatewayError the last failure, as the caller sees it */
  ask(question: ResolvedCall): Promise<UpstreamResult> {
    return this.router.route(question.slot.model, question.signal, (deployment, attempt) =>
      this.attempts.run(question, deployment, attempt),
    );
  }

  /** The headers for the one who asked. */
  headers(question: ResolvedCall, obtained: UpstreamResult): Record<string, string> {
    const { cacheStatus, slot, store } = question;
    // Of a stream it is not known yet whether it will end as one that may be kept.
    const stored = obtained.kind === 'json' ? obtained.stored : store;
    const { provider, upstreamModel } = obtained.kind === 'json' ? obtained.answer : obtained.origin;
    return responseHeaders(cacheStatus, slot.key, {
      provider,
      upstreamModel,
      attempts: obtained.attempts,
      ttlSeconds: stored ? slot.ttlSeconds : undefined,
      settlement: obtained.kind === 'json' ? settlementOf(question, obtained.answer) : undefined,
    });
  }

  json(question: ResolvedCall, obtained: Extract<UpstreamResult, { kind: 'json' }>): JsonResponse {
    const { answer } = obtained;
    const headers = this.headers(question, obtained);
    return {
      kind: 'json',
      headers,
      body: withCached(answer.body, false),
      settlement: settlementOf(question, answer),
    };
  }
}

/** What the one who asked pays. */
export function settlementOf({ cacheStatus }: ResolvedCall, { listCostPusd, costPusd }: SharedAnswer): Settlement {
  return { cacheStatus, listCostPusd, costPusd, savedPusd: listCostPusd - costPusd };
}
