import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { type Forecast, forecast, shapeOf, WEEK_MS, type WeekShape, WEEKS_LOOKED_AT } from './forecast';
import { dailyDeviation } from './forecast-band';
import { HourlySpendRepository } from './hourly-spend.repository';

/** How long a shape is cached: it changes when an hour ends, and forecasts may be requested every few seconds. */
const SHAPE_MS = 3_600_000;
const MAX_SHAPES = 5_000;

/** Whose spending is forecast. */
export interface Spender {
  teamId: string | null;
  keyId: string | null;
}

/** What is known of a spender's weeks. */
interface Known {
  shape: WeekShape | undefined;
  deviationPusd: PicoUsd | undefined;
  untilMs: number;
}

/** Forecasts the spending of a budget window, or of a month. */
@Injectable()
export class ForecastService {
  private readonly shapes = new Map<string, Known>();

  constructor(
    private readonly spend: HourlySpendRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * @param spender a team, or one of its keys: keyId null is the whole team, teamId null all teams
   * @param spentPusd spending of the window so far
   */
  async ofWindow(spender: Spender, window: { startMs: number; endMs: number }, spentPusd: PicoUsd): Promise<Forecast> {
    const nowMs = this.clock.now();
    const { shape, deviationPusd } = await this.known(spender, nowMs);
    return forecast(spentPusd, window, nowMs, shape, deviationPusd);
  }

  private async known({ teamId, keyId }: Spender, nowMs: number): Promise<Known> {
    const name = keyId ?? teamId ?? '';
    const known = this.shapes.get(name);
    if (known && known.untilMs > nowMs) return known;
    // One hour more than the weeks, because the current hour is not over.
    const since = new Date(nowMs - WEEKS_LOOKED_AT * WEEK_MS - SHAPE_MS);
    const history = await this.spend.ofTeam(teamId, keyId, since);
    const deviationPusd = dailyDeviation(history, nowMs);
    const found = { shape: shapeOf(history, nowMs), deviationPusd, untilMs: nowMs + SHAPE_MS };
    if (this.shapes.size >= MAX_SHAPES) this.shapes.clear();
    this.shapes.set(name, found);
    return found;
  }
}
