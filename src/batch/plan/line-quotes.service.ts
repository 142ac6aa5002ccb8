import { Injectable } from '@nestjs/common';
import { worstOutputTokens } from '../../calls/attempts/worst-case';
import type { PreparedCall } from '../../calls/prepared-call';
import type { PicoUsd } from '../../common/money';
import type { Deployment } from '../../models/model';
import { costOf, type Price, worstCostOf } from '../../pricing/price';
import { TokenEstimator } from '../../pricing/token-estimator.service';

/** A line with the deployment that is asked first, and its prices. */
export interface PricedLine {
  deployment: Deployment;
  price: Price;
  /** Of a live call now. */
  listPrice: Price;
}

/** What a call is going to cost. */
export interface LineQuote {
  provider: string;
  /** Estimated. */
  inputTokens: number;
  mostOutputTokens: number;
  leastPusd: PicoUsd;
  mostPusd: PicoUsd;
  /** @param outputTokens what the call is taken to write */
  likely(outputTokens: number): { listPusd: PicoUsd; costPusd: PicoUsd };
}

/** Vendors' tokenizers differ by less than this factor. */
const TOKENIZERS_APART = 2;

/** Estimates what single lines are going to cost. */
@Injectable()
export class LineQuotes {
  constructor(private readonly estimator: TokenEstimator) {}

  /**
   * What a call is going to cost.
   *
   * @param prepared of a call with parts, those that are asked for
   * @param mayCostFull whether it may end as a live call at the list price
   */
  async of(
    prepared: PreparedCall,
    { deployment, price, listPrice }: PricedLine,
    mayCostFull: boolean,
  ): Promise<LineQuote> {
    const { call } = prepared;
    const { inputTokens } = await this.estimator.usageOf(call.endpoint.content(call.body), '');
    const mostOutputTokens = worstOutputTokens(prepared);
    const usage = { inputTokens, cachedInputTokens: 0, reasoningTokens: 0 };
    const leastInput = Math.floor(inputTokens / TOKENIZERS_APART);
    const least = { inputTokens: leastInput, cachedInputTokens: leastInput, outputTokens: 0, reasoningTokens: 0 };
    return {
      provider: deployment.provider,
      inputTokens,
      mostOutputTokens,
      leastPusd: costOf(least, price).costPusd,
      mostPusd: worstCostOf(inputTokens * TOKENIZERS_APART, mostOutputTokens, mayCostFull ? listPrice : price),
      likely: (outputTokens) => ({
        listPusd: costOf({ ...usage, outputTokens }, listPrice).listPusd,
        costPusd: costOf({ ...usage, outputTokens }, price).costPusd,
      }),
    };
  }
}
