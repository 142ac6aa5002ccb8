import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { forecast } from './forecast';
import { HourlySpendRepository } from './hourly-spend.repository';

const HISTORY_MS = 4 * 7 * 24 * 3_600_000;

/** Tells what will be spent by the end of a window. */
@Injectable()
export class ForecastService {
  constructor(
    private readonly spend: HourlySpendRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * @param keyId null for the whole team
   * @param spentPusd what is spent of the window so far
   */
  async ofWindow(
    whose: { teamId: string; keyId: string | null },
    window: { startMs: number; endMs: number },
    spentPusd: PicoUsd,
  ): Promise<PicoUsd> {
    const history = await this.spend.ofTeam(whose.teamId, whose.keyId, new Date(window.startMs - HISTORY_MS));
    return forecast(spentPusd, window, this.clock.now(), history);
  }
}
