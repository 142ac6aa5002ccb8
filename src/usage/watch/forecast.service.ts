import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { type Forecast, forecast, shapeOf, WEEK_MS, type WeekShape, WEEKS_LOOKED_AT } from './forecast';
import { HourlySpendRepository } from './hourly-spend.repository';

/** Shapes change with the hours that are over; who asks every few seconds reads them from memory. */
const SHAPE_MS = 3_600_000;
const MOST_SHAPES = 5_000;

/** Tells what will be spent by the end of a window. */
@Injectable()
export class ForecastService {
  private readonly shapes = new Map<string, { shape: WeekShape | undefined; untilMs: number }>();

  constructor(
    private readonly spend: HourlySpendRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * @param whose keyId null is the whole team
   * @param spentPusd what is spent of the window so far
   */
  async ofWindow(
    whose: { teamId: string; keyId: string | null },
    window: { startMs: number; endMs: number },
    spentPusd: PicoUsd,
  ): Promise<Forecast> {
    const nowMs = this.clock.now();
    return forecast(spentPusd, window, nowMs, await this.shape(whose, nowMs));
  }

  private async shape({ teamId, keyId }: { teamId: string; keyId: string | null }, nowMs: number) {
    const name = keyId ?? teamId;
    const known = this.shapes.get(name);
    if (known && known.untilMs > nowMs) return known.shape;
    // An hour more than the weeks, because the hour of now is not over.
    const since = new Date(nowMs - WEEKS_LOOKED_AT * WEEK_MS - SHAPE_MS);
    const shape = shapeOf(await this.spend.ofTeam(teamId, keyId, since), nowMs);
    if (this.shapes.size >= MOST_SHAPES) this.shapes.clear();
    this.shapes.set(name, { shape, untilMs: nowMs + SHAPE_MS });
    return shape;
  }
}
