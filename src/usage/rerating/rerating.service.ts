import { Injectable } from '@nestjs/common';
import type { PicoUsd } from '../../common/money';
import type { Deployment } from '../../models/model';
import { ModelRegistry } from '../../models/model-registry.service';
import type { Priced } from '../../pricing/price';
import { priceInTier } from '../../pricing/service-tier';
import { PriceBook } from '../../pricing/price-book.service';
import { Journal } from '../../ledger/journal/journal.service';
import { usageOfRow } from '../../ledger/rated-facts';
import { LedgerRepository } from '../../ledger/ledger.repository';
import { correctionOf, differenceOf, differenceOfBatchLine } from './correction';
import { type RatedFilter, type RatedRow, ReratingRepository } from './rerating.repository';

const PAGE = 500;

/** The result of re-rating a period, or of its dry run. */
export interface RerateResult {
  lookedAt: number;
  corrected: number;
  /** Attempts without a known price: their cost stays. */
  unpriced: number;
  /** Attempts whose row lacks what their price depends on: their cost stays. */
  inexact: number;
  listChangePusd: PicoUsd;
  costChangePusd: PicoUsd;
}

/** Corrects the costs of a period after price changes that apply to it. */
@Injectable()
export class ReratingService {
  constructor(
    private readonly repository: ReratingRepository,
    private readonly ledger: LedgerRepository,
    private readonly prices: PriceBook,
    private readonly models: ModelRegistry,
    private readonly journal: Journal,
  ) {}

  /**
   * Rates every settled attempt of the period at the price of its time and writes correcting rows, page by page. Running it
   * again corrects nothing. When two run at once each correction is written once, because corrections have unique keys.
   */
  async rerate(filter: RatedFilter, dryRun: boolean): Promise<RerateResult> {
    const result: RerateResult = {
      lookedAt: 0,
      corrected: 0,
      unpriced: 0,
      inexact: 0,
      listChangePusd: 0n,
      costChangePusd: 0n,
    };
    let after = { requestId: '', attempt: 0 };
    for (;;) {
      const rows = await this.repository.page(filter, after, PAGE);
      const last = rows.at(-1);
      if (!last) return result;
      const corrections = rows.flatMap((row) => this.correct(row, result) ?? []);
      if (!dryRun && corrections.length > 0) await this.ledger.write(corrections);
      after = { requestId: last.request_id, attempt: last.attempt };
    }
  }

  private correct(row: RatedRow, result: RerateResult): Buffer | undefined {
    result.lookedAt += 1;
    // A row of an earlier version, and a stream that broke off: what it would cost now cannot be told.
    if (row.rated?.unknown ?? row.rated?.at_worst) {
      result.inexact += 1;
      return undefined;
    }
    const at = (priced: Priced) => this.prices.at(priced, row.team_id, row.created_at.getTime());
    const { otherModels = [], serviceTier } = usageOfRow(row);
    const priceOf = (model: string) => at({ publicName: model, upstreamModel: model, provider: row.provider ?? '' });
    const standard = at(this.pricedOf(row));
    // The ceiling price is only for running calls of unpriced models; booked costs are not changed to it.
    if (standard.estimated || otherModels.some(({ model }) => priceOf(model).estimated)) {
      result.unpriced += 1;
      return undefined;
    }
    const price = priceInTier(standard, serviceTier);
    const isOfTier = row.saved_by === 'batch' && serviceTier !== undefined;
    const isOfBatch = row.saved_by === 'batch' && !isOfTier;
    const discount = isOfBatch ? this.prices.batchDiscountOf(row.provider ?? '') : undefined;
    // The provider that ran the batch is gone, and what its batches cost is not known; or the line has waited for a cheaper time.
    if (isOfBatch && (!discount || standard.offPeak)) {
      result.inexact += 1;
      return undefined;
    }
    const difference = discount
      ? differenceOfBatchLine(row, standard, priceOf, discount)
      : differenceOf(row, price, priceOf, isOfTier ? standard : price);
    if (difference.listPusd === 0n && difference.costPusd === 0n) return undefined;
    result.corrected += 1;
    result.listChangePusd += difference.listPusd;
    result.costChangePusd += difference.costPusd;
    return correctionOf(row, difference, price.id, this.journal.instanceId);
  }

  /** The deployment that responded. The ledger has its model version, which begins with the deployment's model. */
  private pricedOf({ model, provider, upstream_model }: RatedRow): Priced {
    const upstreamModel = upstream_model ?? model;
    const candidates = (this.models.resolve(model)?.deployments ?? []).filter((each) => each.provider === provider);
    const named = candidates
      .filter((each) => upstreamModel.startsWith(each.upstreamModel))
      .toSorted((a, b) => b.upstreamModel.length - a.upstreamModel.length);
    const deployment: Deployment | undefined = named[0] ?? (candidates.length === 1 ? candidates[0] : undefined);
    return deployment ?? { publicName: model, upstreamModel, provider: provider ?? '' };
  }
}
