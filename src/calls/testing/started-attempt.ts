import type { Reply, TokenUsage } from '@thriftgate/providers';
import { Hold } from '../../budgets/holds/hold';
import type { PicoUsd } from '../../common/money';
import { VendorTurns } from '../../cache/turns/vendor-turns.store';
import { Attempt, type AttemptServices, type StartedAttempt } from '../attempts/attempt';
import { aDeployment, aPrice, aResolvedCall } from './builders';
import { CallLedger } from './call-ledger';
import { FakeClock } from './fake-clock';

/** What every attempt of these specs holds: more than any answer of theirs costs. */
export const HOLD_PUSD = 1_000_000n;
/** What the estimator counts, and what that costs at the price of these specs. */
export const ESTIMATE: TokenUsage = { inputTokens: 3, cachedInputTokens: 0, outputTokens: 4, reasoningTokens: 0 };
export const ESTIMATE_PUSD = 430n;

/** A hold of no window that notes how it ended. */
export class NotedHold extends Hold {
  readonly ends: PicoUsd[] = [];

  constructor() {
    super([], HOLD_PUSD, () => undefined);
  }

  override end(costPusd: PicoUsd, nowMs: number): void {
    this.ends.push(costPusd);
    super.end(costPusd, nowMs);
  }
}

/** Starts attempts whose services are all in memory. */
export class AttemptBench {
  readonly turns = new VendorTurns({ isReady: false } as ConstructorParameters<typeof VendorTurns>[0]);
  readonly ledger = new CallLedger();
  readonly clock = new FakeClock();
  readonly hold = new NotedHold();
  /** The answers that were stored, with the reason that was given for those that were not. */
  readonly stored: Reply[] = [];
  uncached: string | null = null;
  /** Thrown by the estimator in place of a count. */
  estimatorError: Error | undefined;

  readonly services: AttemptServices = {
    ledger: this.ledger,
    clock: this.clock,
    estimator: {
      usageOf: async () => {
        if (this.estimatorError) throw this.estimatorError;
        return ESTIMATE;
      },
    },
    cacheWriter: {
      notCacheableReason: (_attempt, _reply, endedCleanly) => (endedCleanly ? this.uncached : 'cut'),
      store: (_attempt, reply, reason) => reason === null && this.stored.push(reply) > 0,
    },
  };

  started(members: Partial<StartedAttempt> = {}): StartedAttempt {
    const resolved = members.resolved ?? aResolvedCall();
    return {
      resolved,
      deployment: aDeployment(),
      number: 1,
      open: {
        key: `${resolved.call.requestId}.1`,
        head: '',
        inputTokens: 50,
        holdPusd: HOLD_PUSD,
      },
      price: aPrice(),
      askedPrice: undefined,
      priceOf: () => aPrice(),
      hold: this.hold,
      startedAt: this.clock.nowMs,
      ...members,
    };
  }

  start(members: Partial<StartedAttempt> = {}): Attempt {
    return new Attempt(this.services, this.started(members));
  }
}
