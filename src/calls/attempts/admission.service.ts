import { Injectable } from '@nestjs/common';
import { byteLengthOf, type JsonBody, type TokenUsage } from '@thriftgate/providers';
import type { Budget } from '../../budgets/budget';
import { BudgetDirectory } from '../../budgets/budget-directory.service';
import { BudgetRefusals } from '../../budgets/budget-refusals.service';
import { BudgetExceededError } from '../../budgets/holds/budget-exceeded';
import type { Hold } from '../../budgets/holds/hold';
import { requirePricedMembers } from '../../budgets/holds/hold-rules';
import { HoldsService } from '../../budgets/holds/holds.service';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { LedgerService } from '../../ledger/ledger.service';
import type { Deployment } from '../../models/model';
import { costOf, FREE, type Price } from '../../pricing/price';
import { holdPriceInTier } from '../../pricing/service-tier';
import { PriceBook } from '../../pricing/price-book.service';
import { TokenEstimator } from '../../pricing/token-estimator.service';
import type { WantedAttempt } from '../../routing/route-request';
import type { Call } from '../call';
import type { StartedAttempt } from './attempt';
import { intentOf, outputCeiling, type ResolvedCall } from './resolved-call';
import { worstCallCost, worstUsage } from './worst-case';

/** What stands before each attempt: its price, the money that budgets hold for it, and its intent in the journal. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly prices: PriceBook,
    private readonly budgets: BudgetDirectory,
    private readonly holds: HoldsService,
    private readonly refusals: BudgetRefusals,
    private readonly ledger: LedgerService,
    private readonly estimator: TokenEstimator,
    private readonly clock: Clock,
  ) {}

  /**
   * Holds the worst cost in the caller's budgets and writes the intent. After this the upstream may be asked, and the
   * attempt must be ended, once.
   *
   * @param requestBody the JSON text that goes upstream
   * @throws BudgetExceededError when a budget has no room
   * @throws GatewayError `unavailable` when the journal or a budget cannot be written
   */
  async admit(
    resolved: ResolvedCall,
    { deployment, provider, number }: WantedAttempt,
    requestBody: JsonBody,
  ): Promise<StartedAttempt> {
    const { call } = resolved;
    const startedAt = this.clock.now();
    const price = this.priceOf(call, deployment, startedAt);
    // A made-up answer in place of another model's saves nothing.
    const askedPrice = price === FREE ? undefined : this.askedPrice(resolved, deployment, price, startedAt);
    const budgets = this.budgets.of(call.caller);
    const budgeted = budgets.length > 0;
    const usage = budgeted ? worstUsage(resolved, requestBody) : this.likelyUsage(resolved, requestBody);
    const holdPrice = holdPriceInTier(price, call.request.serviceTier);
    const priceOf = (model: string) => this.priceOfOther(model, deployment, call, startedAt);
    const { advisors = [] } = call.request;
    const maxOutputOf = (model: string) => this.prices.catalogue.get(model)?.maxOutputTokens;
    const worstPusd = budgeted
      ? worstCallCost(usage, holdPrice, { advisors, priceOf, maxOutputOf })
      : costOf(usage, holdPrice).listPusd;
    const priceKnown = !price.estimated && !advisors.some(({ model }) => priceOf(model).estimated);
    const hold = budgeted ? await this.hold(call, budgets, worstPusd, priceKnown) : undefined;
    try {
      const { upstreamModel } = deployment;
      const charged = { priceId: price.id, windows: hold?.charged ?? null };
      const ownKey = provider.credential.teamId !== null;
      const attempted = { number, provider: deployment.provider, upstreamModel, ownKey };
      const intent = intentOf(resolved, resolved.cacheStatus, attempted, charged);
      const open = await this.ledger.open(intent, usage.inputTokens, worstPusd);
      return { resolved, deployment, number, open, price, askedPrice, priceOf, hold, startedAt };
    } catch (error) {
      hold?.end(0n, this.clock.now());
      throw error;
    }
  }

  /** The price of the deployment, marked as estimated if the call asks for what no price of tokens covers. */
  private priceOf({ caller, request }: Call, deployment: Deployment, nowMs: number): Price {
    const price = this.prices.ofCall(deployment, caller.teamId, nowMs);
    return request.unpricedMember === undefined || price === FREE ? price : { ...price, estimated: true };
  }

  /** The price of a model that takes part in a call of another one, at the same provider. */
  private priceOfOther(model: string, { provider }: Deployment, { caller }: Call, nowMs: number): Price {
    return this.prices.at({ publicName: model, upstreamModel: model, provider }, caller.teamId, nowMs);
  }

  private async hold(call: Call, budgets: readonly Budget[], worstPusd: PicoUsd, priceKnown: boolean): Promise<Hold> {
    requirePricedMembers(budgets, call.request.unpricedMember);
    try {
      return await this.holds.take(budgets, worstPusd, priceKnown, call.downgrade?.budgetId);
    } catch (error) {
      if (error instanceof BudgetExceededError) this.refusals.add(error, call.caller.keyId);
      throw error;
    }
  }

  /** What an attempt is likely to use at most, where no budget binds it: the estimate if this process dies. */
  private likelyUsage(resolved: ResolvedCall, requestBody: JsonBody): TokenUsage {
    return {
      inputTokens: this.estimator.roughly(lengthOf(requestBody)),
      cachedInputTokens: 0,
      outputTokens: outputCeiling(resolved, resolved.model.maxOutputTokens),
      reasoningTokens: 0,
    };
  }

  /**
   * The price of the model that the caller asked for, where a budget sent the call to another one. A line of a batch is listed
   * at the price of a call without a tier at the time when its batch was made: it waits for a cheaper one.
   */
  private askedPrice(
    { call: { downgrade, caller, batch } }: ResolvedCall,
    deployment: Deployment,
    price: Price,
    nowMs: number,
  ): Price | undefined {
    const asked = downgrade?.from.deployments[0];
    if (asked) return this.prices.of(asked, caller.teamId, nowMs);
    if (batch?.madeAtMs === undefined || !price.offPeak) return batch && price;
    return this.prices.at(deployment, caller.teamId, batch.madeAtMs);
  }
}

/** About the characters of a body: of one in pieces the bytes. */
function lengthOf(body: JsonBody): number {
  return typeof body === 'string' ? body.length : byteLengthOf(body);
}
