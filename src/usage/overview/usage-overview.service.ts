import { Injectable } from '@nestjs/common';
import type { DayOrTime } from '@thriftgate/contracts';
import { DateTime } from 'luxon';
import { startsWithin } from '../../common/calendar';
import { Clock } from '../../common/clock';
import { GatewayError } from '../../common/errors';
import type { PicoUsd } from '../../common/money';
import { requireTimezone } from '../../common/timezones';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { notInOrder } from '../reports/report-span';
import type { Forecast } from '../watch/forecast';
import { ForecastService } from '../watch/forecast.service';
import { comparedSpan, overviewSpan, type Span } from './overview-span';
import { type OverviewParts, OverviewSumsRepository } from './overview-sums.repository';

const MAX_DAYS = 400;

/** The calls that an overview covers. */
export interface UsageOverviewQuestion {
  from?: DayOrTime | undefined;
  to?: DayOrTime | undefined;
  timezone: string;
  teamId: string | undefined;
}

/** What is expected of the running month. */
export interface MonthForecast extends Forecast {
  /** As `2026-11`. */
  month: string;
  spentPusd: PicoUsd;
}

/** What the ledger says for an overview. */
export interface UsageOverview extends OverviewParts {
  span: Span;
  previousSpan: Span;
  /** When each day begins, up to today, in milliseconds since 1970. */
  dayStarts: number[];
  /** Undefined unless the span is of the running month. */
  forecast: MonthForecast | undefined;
  asOf: Date;
}

/** Reads what calls of a team, or of all, cost and saved, for the first page of a console. */
@Injectable()
export class UsageOverviewService {
  constructor(
    private readonly sums: OverviewSumsRepository,
    private readonly forecasts: ForecastService,
    private readonly drain: LedgerDrain,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError `invalid_request` for an unknown time zone, and a span that is too long or ends before it begins */
  async read({ from, to, timezone, teamId }: UsageOverviewQuestion): Promise<UsageOverview> {
    requireTimezone(timezone);
    await this.drain.flush();
    const asOf = new Date(this.drain.drainedToMs);
    const nowMs = this.clock.now();
    const span = overviewSpan({ from, to }, nowMs, timezone);
    const dayStarts = daysOf(span, nowMs, timezone);
    const previousSpan = comparedSpan(span, nowMs, timezone);
    const parts = await this.sums.read({ teamId, span, previous: previousSpan, dayStarts });
    const spentPusd = parts.current.reduce((sum, { costPusd }) => sum + costPusd, 0n);
    const forecast = await this.forecastOf(span, { timezone, teamId, spentPusd, nowMs });
    return { ...parts, span, previousSpan, dayStarts, forecast, asOf };
  }

  private async forecastOf(
    { from, to }: Span,
    {
      timezone,
      teamId,
      spentPusd,
      nowMs,
    }: { timezone: string; teamId: string | undefined; spentPusd: PicoUsd; nowMs: number },
  ): Promise<MonthForecast | undefined> {
    const month = DateTime.fromMillis(nowMs, { zone: timezone }).startOf('month');
    if (from.getTime() !== +month || to.getTime() <= nowMs) return undefined;
    const window = { startMs: +month, endMs: +month.plus({ months: 1 }) };
    const forecast = await this.forecasts.ofWindow({ teamId: teamId ?? null, keyId: null }, window, spentPusd);
    return { ...forecast, month: month.toFormat('yyyy-MM'), spentPusd };
  }
}

/** The days of a span that have begun; at least the first one. */
function daysOf({ from, to }: Span, nowMs: number, timezone: string): number[] {
  if (from >= to) throw notInOrder();
  if (to.getTime() - from.getTime() > MAX_DAYS * 24 * 3_600_000) {
    const message = `'from' must be at most ${MAX_DAYS} days before 'to'.`;
    throw new GatewayError('invalid_request', { message, param: 'from' });
  }
  const endMs = Math.max(from.getTime() + 1, Math.min(to.getTime(), nowMs + 1));
  return startsWithin('day', timezone, { startMs: from.getTime(), endMs });
}
