import { Injectable } from '@nestjs/common';
import type { DayOrTime, UsageGroup } from '@thriftgate/contracts';
import { startsWithin } from '../../common/calendar';
import { Clock } from '../../common/clock';
import { GatewayError } from '../../common/errors';
import { requireTimezone } from '../../common/timezones';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { RefusedCalls } from '../../refused-calls/refused-calls.service';
import { isCalendarUnit, unitOf } from './periods/period-names';
import type { ReportPeriods } from './report-parts.repository';
import { notInOrder, spanBefore, spanOf, type UsageFilter } from './report-span';
import { limited, type PreviousReport, type ReportGroup, tableOf } from './report-table';
import { type NameGroup, type Report, ReportsRepository } from './reports.repository';
import type { Sums } from './sums';

const MAX_GROUPS = 100_000;
const HOUR_MS = 3_600_000;

/** What a caller asks of the ledger. */
export interface UsageQuestion extends Omit<UsageFilter, 'from' | 'to'> {
  from?: DayOrTime | undefined;
  to?: DayOrTime | undefined;
  timezone: string;
  compare?: 'previous' | undefined;
  /** How many groups at most, without the one of all others. */
  limit?: number | undefined;
}

interface Span {
  from: Date;
  to: Date;
}

export interface UsageTable {
  data: ReportGroup[];
  total: Sums;
  span: Span;
  /** The period before, if it is compared. */
  previous: { span: Span; total: Sums } | undefined;
  asOf: Date;
}

/** Reports of the ledger. They include this instance's latest calls; calls of other instances appear after 100 ms. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly reports: ReportsRepository,
    private readonly drain: LedgerDrain,
    private readonly refusedCalls: RefusedCalls,
    private readonly clock: Clock,
  ) {}

  /**
   * Sums by group over the span of the question, by default 30 days.
   *
   * @throws GatewayError `invalid_request` for an unknown time zone, a span that ends before it begins and too many groups
   */
  async usage(question: UsageQuestion, groups: UsageGroup[]): Promise<UsageTable> {
    const { timezone, compare, limit, from, to, ...filter } = question;
    requireTimezone(timezone);
    const span = spanOf({ from, to }, this.clock.now(), timezone);
    if (span.from >= span.to && from !== undefined && to !== undefined) throw notInOrder();
    await Promise.all([this.drain.flush(), this.refusedCalls.flush()]);
    const asOf = new Date(this.drain.drainedToMs);
    const report = await this.read({ ...filter, ...span }, groups, timezone);
    const before = compare && spanBefore(span, timezone);
    const previous: PreviousReport | undefined = before && {
      ...(await this.read({ ...filter, ...before }, groups, timezone)),
      shift: before.shift,
    };
    const table = tableOf(report, groups, timezone, previous);
    if (table.length > MAX_GROUPS) throw tooManyGroups();
    return {
      data: limit === undefined ? table : limited(table, limit),
      total: report.total,
      span,
      previous: before && previous && { span: { from: before.from, to: before.to }, total: previous.total },
      asOf,
    };
  }

  private async read(filter: UsageFilter, groups: readonly UsageGroup[], timezone: string): Promise<Report> {
    const named = groups.filter((group): group is NameGroup => !isCalendarUnit(group));
    const periods = await this.periodsOf(filter, groups, timezone);
    const report = await this.reports.usage({ filter, groups: named, periods }, MAX_GROUPS + 1);
    if (report.rows.length > MAX_GROUPS) throw tooManyGroups();
    return report;
  }

  /** The periods of the calls that there are: of a long span most may have none. */
  private async periodsOf(
    { from, to }: Span,
    groups: readonly UsageGroup[],
    timezone: string,
  ): Promise<ReportPeriods | undefined> {
    const unit = unitOf(groups);
    if (unit === undefined) return undefined;
    if (timezone === 'UTC' && (unit === 'day' || unit === 'hour')) return unit;
    const extent = await this.reports.extent();
    const startMs = Math.max(from.getTime(), extent?.firstMs ?? 0);
    // Calls of the next hour may come in meanwhile.
    const endMs = Math.min(to.getTime(), (extent?.lastMs ?? 0) + HOUR_MS);
    const starts = startsWithin(unit, timezone, { startMs, endMs });
    return starts.length > 0 ? starts : [from.getTime()];
  }
}

function tooManyGroups(): GatewayError {
  return new GatewayError('invalid_request', {
    message: `'group_by' gives more than ${MAX_GROUPS} groups for this span. Request fewer groups or a shorter span.`,
    param: 'group_by',
  });
}
