import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AlertsService } from '../alerts/alerts.service';
import { Clock } from '../common/clock';
import { formatUsd } from '../common/money';
import { CreditDirectory } from './credit-directory.service';
import { CreditsRepository } from './credits.repository';
import { CreditsService } from './credits.service';

const CHECK_EVERY_MS = 30_000;
const WARN_BEFORE_MS = 7 * 24 * 3_600_000;
/** Alert thresholds: the balance in percent of all credits, less expired ones. */
const LOW_PERCENT = [5n, 20n];

/** Expires credits, and raises alerts when a balance is low or a credit expires soon. */
@Injectable()
export class CreditWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger(CreditWatch.name);
  private working: Promise<void> | undefined;

  constructor(
    private readonly credits: CreditsService,
    private readonly repository: CreditsRepository,
    private readonly directory: CreditDirectory,
    private readonly alerts: AlertsService,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    setInterval(() => this.check(), CHECK_EVERY_MS).unref();
    this.check();
  }

  private check(): void {
    this.working ??= this.checkAll()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'credits could not be checked'))
      .finally(() => (this.working = undefined));
  }

  private async checkAll(): Promise<void> {
    const now = this.clock.now();
    for (const teamId of await this.repository.teamsWithCreditsEnding(new Date(now + WARN_BEFORE_MS))) {
      await this.credits.expire(teamId);
      await this.warnOfExpiry(teamId, now);
    }
    for (const teamId of this.directory.prepaidTeams()) await this.warnOfLowBalance(teamId);
  }

  private async warnOfExpiry(teamId: string, now: number): Promise<void> {
    const { credits } = await this.credits.status(teamId);
    for (const { id, remainingPusd, expiresAt } of credits) {
      if (!expiresAt || remainingPusd === 0n) continue;
      const left = expiresAt.getTime() - now;
      if (left <= 0 || left > WARN_BEFORE_MS) continue;
      const data = {
        team_id: teamId,
        grant_id: id,
        remaining_usd: formatUsd(remainingPusd),
        expires_at: expiresAt.toISOString(),
      };
      this.alerts.raise({
        kind: 'credit_expiring',
        severity: 'info',
        dedupeKey: `credit_expiring:${id}`,
        teamId,
        data,
      });
    }
  }

  private async warnOfLowBalance(teamId: string): Promise<void> {
    const { balancePusd, grantedPusd, toppedUpPusd, expiredPusd } = await this.credits.status(teamId);
    const creditedPusd = grantedPusd + toppedUpPusd - expiredPusd;
    const percent = LOW_PERCENT.find((part) => balancePusd * 100n <= creditedPusd * part);
    if (percent === undefined || creditedPusd <= 0n) return;
    // A top-up changes the key, so the next low balance raises an alert again.
    const dedupeKey = `credit_low:${teamId}:${creditedPusd}:${percent}`;
    const data = { team_id: teamId, share: Number(percent) / 100, balance_usd: formatUsd(balancePusd) };
    this.alerts.raise({ kind: 'credit_low', severity: 'warning', dedupeKey, teamId, data });
  }
}
