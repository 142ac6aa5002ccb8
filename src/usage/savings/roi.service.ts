import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { requireTimezone } from '../../common/timezones';
import { type Savings, type SavingsOf, SavingsService } from './savings.service';

/** The cost of a month, and its list cost. */
export interface Roi {
  total: Savings;
  models: SavingsOf[];
  /** The whole month at the current rate; undefined before it begins and after it ends. */
  projected: { listCostPusd: PicoUsd; costPusd: PicoUsd } | undefined;
}

/** Computes the return of a month, of a team or of all teams. */
@Injectable()
export class RoiService {
  constructor(
    private readonly savings: SavingsService,
    private readonly clock: Clock,
  ) {}

  /** @param month `2026-11`, in the time zone. @throws GatewayError `invalid_request` for an unknown time zone */
  async of(teamId: string | undefined, month: string, timezone: string): Promise<Roi> {
    requireTimezone(timezone);
    const start = DateTime.fromISO(month, { zone: timezone });
    const [startMs, endMs] = [start.toMillis(), start.plus({ months: 1 }).toMillis()];
    const filter = { team_id: teamId, from: new Date(startMs), to: new Date(endMs) };
    const { models, total } = await this.savings.span(filter);
    const nowMs = this.clock.now();
    if (nowMs >= endMs || nowMs <= startMs) return { total, models, projected: undefined };
    const whole = (pusd: PicoUsd) => (pusd * BigInt(endMs - startMs)) / BigInt(nowMs - startMs);
    return { total, models, projected: { listCostPusd: whole(total.listCostPusd), costPusd: whole(total.costPusd) } };
  }
}
