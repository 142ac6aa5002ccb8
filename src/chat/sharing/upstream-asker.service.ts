import { Injectable } from '@nestjs/common';
import type { SharedAnswer } from '../../cache/single-flight/flight-end';
import { Router } from '../../routing/router.service';
import { answerHeaders } from '../answers/answer-headers';
import { withCached } from '../answers/spliced-json';
import { AttemptService } from '../attempts/attempt.service';
import type { Obtained } from '../attempts/obtained';
import type { Question } from '../attempts/question';
import type { JsonAnswer, Settlement } from '../chat-call';

/** Asks a model's deployments until one answers, and says what the answer is to whoever asked. */
@Injectable()
export class UpstreamAsker {
  constructor(
    private readonly router: Router,
    private readonly attempts: AttemptService,
  ) {}

  /** @throws GatewayError the last failure, as the caller sees it */
  ask(question: Question): Promise<Obtained> {
    return this.router.route(question.place.model, question.signal, (deployment, attempt) =>
      this.attempts.run(question, deployment, attempt),
    );
  }

  /** The headers for the one who asked. */
  headers(question: Question, obtained: Obtained): Record<string, string> {
    const { cacheStatus, place, store } = question;
    // Of a stream it is not known yet whether it will end as one that may be kept.
    const stored = obtained.kind === 'json' ? obtained.stored : store;
    const { provider, upstreamModel } = obtained.kind === 'json' ? obtained.answer : obtained.origin;
    return answerHeaders(cacheStatus, place.key, {
      provider,
      upstreamModel,
      attempts: obtained.attempts,
      ttlSeconds: stored ? place.ttlSeconds : undefined,
      settlement: obtained.kind === 'json' ? settlementOf(question, obtained.answer) : undefined,
    });
  }

  json(question: Question, obtained: Extract<Obtained, { kind: 'json' }>): JsonAnswer {
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
export function settlementOf({ cacheStatus }: Question, { listCostPusd, costPusd }: SharedAnswer): Settlement {
  return { cacheStatus, listCostPusd, costPusd, savedPusd: listCostPusd - costPusd };
}
