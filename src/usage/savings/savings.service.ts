import { Injectable } from '@nestjs/common';
import { savedBy, type SavedBy, type SavingsGroup } from '@thriftgate/contracts';
import { Clock } from '../../common/clock';
import { GatewayError } from '../../common/errors';
import { PICO_PER_USD, type PicoUsd } from '../../common/money';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { spanOf, type UsageFilter } from '../reports/report-span';
import { DeferrableTraffic } from './deferrable-traffic.service';
import type { Opportunity } from './opportunity';
import { RepeatedQuestions } from './repeated-questions.service';
import { SavingsRepository, type SavingsRow } from './savings.repository';

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

/** What saves less in 30 days is not worth a change. */
const FLOOR_PUSD = PICO_PER_USD;
const FLOOR_MS = 30 * DAY_MS;
/** A shorter span says too little about 30 days. */
const LEAST_SPAN_MS = 3_600_000;

/** Reports savings, their sources and the savings that were missed. */
@Injectable()
export class SavingsService {
  constructor(
    private readonly repository: SavingsRepository,
    private readonly drain: LedgerDrain,
    private readonly clock: Clock,
    private readonly repeated: RepeatedQuestions,
    private readonly deferrable: DeferrableTraffic,
  ) {}

  /** Savings by group. @throws GatewayError `invalid_request` for a span longer than 92 days */
  async report(span: SavingsSpan, groups: SavingsGroup[]): Promise<{ data: SavingsOf[]; total: Savings }> {
    const filter = this.filterOf(span);
    await this.drain.flush();
    const rows = await this.repository.sums(filter, groups);
    return { data: folded(rows, groups), total: totalOf(rows) };
  }

  /** Missed savings of at least a dollar in 30 days, the largest first. @throws GatewayError as `report` does */
  async opportunities(span: SavingsSpan): Promise<Opportunity[]> {
    const filter = this.filterOf(span);
    await this.drain.flush();
    const [repeated, deferrable] = await Promise.all([
      this.repeated.opportunities(filter, OPPORTUNITIES),
      this.deferrable.opportunities(filter),
    ]);
    const found = [...repeated, ...deferrable];
    const spanMs = BigInt(Math.max(LEAST_SPAN_MS, Math.round(this.lastMsOf(filter) - filter.from.getTime())));
    return found
      .filter(({ couldSavePusd }) => couldSavePusd * BigInt(FLOOR_MS) >= FLOOR_PUSD * spanMs)
      .toSorted((a, b) => (a.couldSavePusd > b.couldSavePusd ? -1 : a.couldSavePusd < b.couldSavePusd ? 1 : 0))
      .slice(0, OPPORTUNITIES);
  }

  /** Costs and savings of a span, by model. */
  async span(filter: UsageFilter): Promise<{ models: SavingsOf[]; total: Savings }> {
    await this.drain.flush();
    const rows = await this.repository.sums(filter, ['model']);
    return { models: folded(rows, ['model']), total: totalOf(rows) };
  }

  private filterOf(span: SavingsSpan): UsageFilter {
    const { from, to } = spanOf(span, this.clock.now());
    if (this.lastMsOf({ to }) - from.getTime() > MAX_SPAN_MS) {
      throw new GatewayError('invalid_request', {
        message: "'from' must be at most 92 days before 'to'.",
        param: 'from',
      });
    }
    return { team_id: span.team_id, from, to };
  }

  /** The end of a span, or now, if that is earlier; in milliseconds since 1970. */
  private lastMsOf({ to }: Pick<UsageFilter, 'to'>): number {
    return Math.min(to.getTime(), this.clock.now());
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
