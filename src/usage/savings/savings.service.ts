import { Injectable } from '@nestjs/common';
import { savedBy, type SavedBy, type SavingsGroup } from '@thriftgate/contracts';
import { Clock } from '../../common/clock';
import { GatewayError } from '../../common/errors';
import type { PicoUsd } from '../../common/money';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { spanOf, type UsageFilter } from '../reports/report-span';
import { type MissedSaving, SavingsRepository, type SavingsRow } from './savings.repository';

const DAY_MS = 24 * 3_600_000;
const MAX_SPAN_MS = 92 * DAY_MS;
const OPPORTUNITIES = 20;

/** The team and time that a report covers; by default all teams and the last 30 days. */
export interface SavingsSpan {
  team_id?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Costs and savings, and the savings by source. */
export interface Savings {
  requests: number;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
  by: Record<SavedBy, PicoUsd>;
}

export interface SavingsOf extends Savings {
  groups: SavingsRow['groups'];
}

export interface Opportunity extends MissedSaving {
  kind: 'repeated_question' | 'deferrable_traffic';
  couldSavePusd: PicoUsd;
  setting: string;
}

/** The setting that avoids a repeated cost, by its reason. */
const SETTINGS: Record<string, string> = {
  bypass: 'Do not send use_cache: false or Cache-Control: no-store with these calls.',
  refresh:
    'Do not send Cache-Control: no-cache with these calls; declare a new model version when responses are outdated.',
  tool_calls: 'Set store_tool_calls: true in the cache rules of the model or the key.',
  not_stopped: 'Raise max_completion_tokens: truncated responses are not stored.',
  refused: 'Refusals are not stored; change the request.',
  usage_missing: 'Let the provider report usage: responses of unknown cost are not stored.',
  other_model:
    'A fallback responded; its response is not stored under the name of the first model. See the first deployment’s errors.',
  cut: 'Read streams to their end: interrupted ones are not stored.',
  not_there: 'Raise cache.ttl_seconds of the model in gateway.yaml, or CACHE_MEMORY_MB, or use Redis.',
};
const BATCH_SETTING = 'Send these calls through POST /v1/batches at the vendor’s batch price.';
/** Vendors charge half for batches. */
const BATCH_DISCOUNT = 2n;

/** Reports savings, their sources and the savings that were missed. */
@Injectable()
export class SavingsService {
  constructor(
    private readonly repository: SavingsRepository,
    private readonly drain: LedgerDrain,
    private readonly clock: Clock,
  ) {}

  /** Savings by group. @throws GatewayError `invalid_request` for a span longer than 92 days */
  async report(span: SavingsSpan, groups: SavingsGroup[]): Promise<{ data: SavingsOf[]; total: Savings }> {
    const filter = this.filterOf(span);
    await this.drain.flush();
    const rows = await this.repository.sums(filter, groups);
    return { data: folded(rows, groups), total: totalOf(rows) };
  }

  /** Missed savings, the largest first. @throws GatewayError as `report` does */
  async opportunities(span: SavingsSpan): Promise<Opportunity[]> {
    const filter = this.filterOf(span);
    await this.drain.flush();
    const repeats = await this.repository.repeats(filter, OPPORTUNITIES);
    const deferrable = await this.repository.deferrable(filter, OPPORTUNITIES);
    const found: Opportunity[] = [
      ...repeats.map((each) => ({
        ...each,
        kind: 'repeated_question' as const,
        couldSavePusd: each.costPusd,
        setting: SETTINGS[each.reason] ?? '',
      })),
      ...deferrable.map((each) => ({
        ...each,
        kind: 'deferrable_traffic' as const,
        couldSavePusd: each.costPusd / BATCH_DISCOUNT,
        setting: BATCH_SETTING,
      })),
    ];
    return found.toSorted((a, b) =>
      a.couldSavePusd > b.couldSavePusd ? -1 : a.couldSavePusd < b.couldSavePusd ? 1 : 0,
    );
  }

  /** Costs and savings of a span, by model. */
  async span(filter: UsageFilter): Promise<{ models: SavingsOf[]; total: Savings }> {
    await this.drain.flush();
    const rows = await this.repository.sums(filter, ['model']);
    return { models: folded(rows, ['model']), total: totalOf(rows) };
  }

  private filterOf(span: SavingsSpan): UsageFilter {
    const { from, to } = spanOf(span, this.clock.now());
    const lastMs = Math.min(to.getTime(), this.clock.now());
    if (lastMs - from.getTime() > MAX_SPAN_MS) {
      throw new GatewayError('invalid_request', {
        message: "'from' must be at most 92 days before 'to'.",
        param: 'from',
      });
    }
    return { team_id: span.team_id, from, to };
  }
}

function folded(rows: SavingsRow[], groups: SavingsGroup[]): SavingsOf[] {
  const byGroup = new Map<string, SavingsRow[]>();
  for (const row of rows) {
    const name = JSON.stringify(groups.map((group) => row.groups[group]));
    byGroup.set(name, [...(byGroup.get(name) ?? []), row]);
  }
  return [...byGroup.values()].map((all) => ({ groups: all[0]?.groups ?? {}, ...totalOf(all) }));
}

function totalOf(rows: SavingsRow[]): Savings {
  const by = Object.fromEntries(savedBy.map((name) => [name, 0n])) as Record<SavedBy, PicoUsd>;
  const total: Savings = { requests: 0, listCostPusd: 0n, costPusd: 0n, savedPusd: 0n, by };
  for (const row of rows) {
    total.requests += row.requests;
    total.listCostPusd += row.listCostPusd;
    total.costPusd += row.costPusd;
    total.savedPusd += row.savedPusd;
    const source = savedBy.find((name) => name === row.savedBy);
    if (source) by[source] += row.savedPusd;
  }
  return total;
}
