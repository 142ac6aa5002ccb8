import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { type Forecast, forecast, shapeOf, WEEK_MS, type WeekShape, WEEKS_LOOKED_AT } from './forecast';
import { HourlySpendRepository } from './hourly-spend.repository';

/** How long a shape is cached: it changes when an hour ends, and forecasts may be requested every few seconds. */
const SHAPE_MS = 3_600_000;
const MAX_SHAPES = 5_000;

/** Forecasts the spending of a budget window. */
@Injectable()
export class ForecastService {
  private readonly shapes = new Map<string, { shape: WeekShape | undefined; untilMs: number }>();

  constructor(
    private readonly spend: HourlySpendRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * @param spender a team, or one of its keys; keyId null is the whole team
   * @param spentPusd spending of the window so far
   */
  async ofWindow(
    spender: { teamId: string; keyId: string | null },
    window: { startMs: number; endMs: number },
    spentPusd: PicoUsd,
  ): Promise<Forecast> {
    const nowMs = this.clock.now();
    return forecast(spentPusd, window, nowMs, await this.shape(spender, nowMs));
  }

  private async shape({ teamId, keyId }: { teamId: string; keyId: string | null }, nowMs: number) {
    const name = keyId ?? teamId;
    const known = this.shapes.get(name);
    if (known && known.untilMs > nowMs) return known.shape;
    // One hour more than the weeks, because the current hour is not over.
    const since = new Date(nowMs - WEEKS_LOOKED_AT * WEEK_MS - SHAPE_MS);
    const shape = shapeOf(await this.spend.ofTeam(teamId, keyId, since), nowMs);
    if (this.shapes.size >= MAX_SHAPES) this.shapes.clear();
    this.shapes.set(name, { shape, untilMs: nowMs + SHAPE_MS });
    return shape;
  }
}
