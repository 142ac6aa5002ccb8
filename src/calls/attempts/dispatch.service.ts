import { Injectable } from '@nestjs/common';
import type { TokenUsage } from '@thriftgate/providers';
import { BudgetGate } from '../../budgets/budget-gate.service';
import { Clock } from '../../common/clock';
import type { Deployment } from '../../models/model';
import { costOf, FREE, type Price, worstCostOf } from '../../pricing/price';
import { PriceBook } from '../../pricing/price-book.service';
import { LedgerService } from '../../ledger/ledger.service';
import { TokenEstimator } from '../../pricing/token-estimator.service';
import { intentOf, outputCeiling, type ResolvedCall } from './resolved-call';
import type { Attempt } from './attempt';
import { worstUsage } from './worst-case';

/** What stands before each try: its price, the money that budgets hold for it, and its intent in the journal. */
@Injectable()
export class DispatchService {
  constructor(
    private readonly prices: PriceBook,
    private readonly budgets: BudgetGate,
    private readonly ledger: LedgerService,
    private readonly estimator: TokenEstimator,
    private readonly clock: Clock,
  ) {}

  /**
   * Holds the worst cost in the caller's budgets and writes the intent. After this the upstream may be asked, and the try
   * must be ended, once.
   *
   * @param requestBody the JSON text that goes upstream
   * @throws BudgetExceededError when a budget has no room
   * @throws GatewayError `unavailable` when the journal or a budget cannot be written
   */
  async begin(question: ResolvedCall, deployment: Deployment, attempt: number, requestBody: string): Promise<Attempt> {
    const { call, slot, cacheStatus } = question;
    const { teamId } = call.caller;
    const startedAt = this.clock.now();
    const price = this.prices.of(deployment, teamId, startedAt);
    const budgets = this.budgets.of(call.caller);
    const budgeted = budgets.length > 0;
    const usage = budgeted
      ? worstUsage(call.body, requestBody, slot.model.maxOutputTokens)
      : this.likelyWorst(question, requestBody);
    const worstPusd = budgeted
      ? worstCostOf(usage.inputTokens, usage.outputTokens, price)
      : costOf(usage, price).listPusd;
    const hold = budgeted
      ? await this.budgets.take(budgets, worstPusd, !price.estimated, call.downgrade?.budgetId)
      : undefined;
    try {
      const tried = { attempt, provider: deployment.provider, upstreamModel: deployment.upstreamModel };
      const intent = intentOf(call, slot, cacheStatus, tried, { priceId: price.id, windows: hold?.charged ?? null });
      const open = await this.ledger.open(intent, usage.inputTokens, worstPusd);
      // A made-up answer in place of another model's saves nothing.
      const askedPrice = price === FREE ? undefined : this.askedPrice(question, startedAt);
      return {
        question,
        deployment,
        attempt,
        open,
        price,
        askedPrice,
        hold,
        startedAt,
        ttftMs: null,
        stored: false,
        ended: false,
      };
    } catch (error) {
      hold?.end(0n, this.clock.now());
      throw error;
    }
  }

  /** What a try costs at worst by all likelihood, where no budget binds it: it stands as the estimate if this process dies. */
  private likelyWorst({ call, slot }: ResolvedCall, requestBody: string): TokenUsage {
    return {
      inputTokens: this.estimator.roughly(requestBody.length),
      cachedInputTokens: 0,
      outputTokens: outputCeiling(call.body, slot.model.maxOutputTokens),
      reasoningTokens: 0,
    };
  }

  /** The price of the model that was asked for, where a budget sent the call to another one. */
  private askedPrice({ call }: ResolvedCall, nowMs: number): Price | undefined {
    const asked = call.downgrade?.from.deployments[0];
    return asked && this.prices.of(asked, call.caller.teamId, nowMs);
  }
}
