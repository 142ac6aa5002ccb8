import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { PicoUsd } from '../common/money';
import { pause } from '../common/runtime/pause';
import { SavingsService } from '../usage/savings/savings.service';

const FRESH_MS = 10 * 60_000;
/** A small ledger is read in less; a page does not wait longer for a figure that may be old anyway. */
const WAIT_MS = 150;
const MAX_TEAMS = 5_000;

/** What the savings report finds, in all. */
export interface Advice {
  pusdPerMonth: PicoUsd;
  opportunities: number;
  asOf: Date;
}

/** Keeps the sum of missed savings of the last 30 days, since to find them takes longer than a page may. */
@Injectable()
export class SavingsAdvice {
  private readonly logger = new Logger(SavingsAdvice.name);
  private readonly known = new Map<string, Advice>();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly savings: SavingsService,
    private readonly clock: Clock,
  ) {}

  /** The advice for a team, or for all; after ten minutes it is read anew. @returns undefined until it is read */
  async of(teamId: string | undefined): Promise<Advice | undefined> {
    const name = teamId ?? '';
    const found = this.known.get(name);
    if (found && this.clock.now() - found.asOf.getTime() < FRESH_MS) return found;
    if (!this.running.has(name)) this.running.set(name, this.read(name, teamId));
    await Promise.race([this.running.get(name), pause(WAIT_MS)]);
    return this.known.get(name);
  }

  private async read(name: string, teamId: string | undefined): Promise<void> {
    try {
      const asOf = new Date(this.clock.now());
      const found = await this.savings.opportunities({ team_id: teamId });
      if (this.known.size >= MAX_TEAMS) this.known.clear();
      const pusdPerMonth = found.reduce((sum, { couldSavePusd }) => sum + couldSavePusd, 0n);
      this.known.set(name, { pusdPerMonth, opportunities: found.length, asOf });
    } catch (error) {
      this.logger.debug({ err: error }, 'missed savings could not be read');
    } finally {
      this.running.delete(name);
    }
  }
}
