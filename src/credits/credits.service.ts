import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GATEWAY } from '../audit/audit-event';
import { Clock } from '../common/clock';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { parseUsd, type PicoUsd } from '../common/money';
import { GatewayConfig } from '../config/gateway-config';
import { ChangeFeed } from '../database/change-feed.service';
import { TeamsService } from '../teams/teams.service';
import { type Credit, type RemainingCredit, remainingOf } from './credit';
import { type CreditTransfer, CreditsRepository, TransferExistsError } from './credits.repository';

const DAY_MS = 24 * 3_600_000;

export interface CreditStatus {
  prepaid: boolean;
  balancePusd: PicoUsd;
  grantedPusd: PicoUsd;
  toppedUpPusd: PicoUsd;
  expiredPusd: PicoUsd;
  usedPusd: PicoUsd;
  credits: RemainingCredit[];
}

/** A credit to book. */
export type NewCredit = Pick<CreditTransfer, 'kind' | 'amountPusd' | 'expiresAt' | 'note' | 'reference' | 'actor'>;

/** Prepaid balances: grants, top-ups, expiries and usage. Methods throw `not_found` for an unknown team. */
@Injectable()
export class CreditsService implements OnModuleInit {
  constructor(
    private readonly repository: CreditsRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly teams: TeamsService,
    private readonly config: GatewayConfig,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.teams.onCreated((team) => this.grantToNewTeam(team.id));
  }

  /**
   * Books a credit. A credit with a reference is booked once.
   *
   * @throws GatewayError `conflict` if the reference belongs to another credit
   */
  async book(teamId: string, credit: NewCredit): Promise<Credit> {
    await this.teams.get(teamId);
    const id = newId('transfer');
    try {
      await this.repository.book({ id, teamId, grantId: null, ...credit }, new Date(this.clock.now()));
    } catch (error) {
      if (!(error instanceof TransferExistsError) || credit.reference === null) throw error;
      return this.bookedBefore(teamId, credit, credit.reference);
    }
    await this.changeFeed.announce('credits');
    return this.creditOf(teamId, id);
  }

  async setPrepaid(teamId: string, prepaid: boolean, actor: string): Promise<void> {
    await this.teams.get(teamId);
    await this.repository.setPrepaid(teamId, prepaid, actor);
    await this.changeFeed.announce('credits');
  }

  /** Also of a deleted team. */
  async status(teamId: string): Promise<CreditStatus> {
    await this.teams.show(teamId);
    const { credits, usedPusd } = await this.repository.standingOf(teamId);
    const sum = (kind: Credit['kind']) =>
      credits.filter((credit) => credit.kind === kind).reduce((total, { amountPusd }) => total + amountPusd, 0n);
    const expiredPusd = credits.reduce((total, credit) => total + credit.expiredPusd, 0n);
    const [grantedPusd, toppedUpPusd] = [sum('grant'), sum('top_up')];
    return {
      prepaid: await this.repository.isPrepaid(teamId),
      balancePusd: grantedPusd + toppedUpPusd - expiredPusd - usedPusd,
      grantedPusd,
      toppedUpPusd,
      expiredPusd,
      usedPusd,
      credits: remainingOf(credits, usedPusd),
    };
  }

  /** Takes back the rest of expired credits, once over all instances. */
  async expire(teamId: string): Promise<void> {
    const now = new Date(this.clock.now());
    const { credits } = await this.status(teamId);
    for (const credit of credits) {
      if (!credit.expiresAt || credit.expiresAt > now || credit.remainingPusd === 0n) continue;
      const { id, remainingPusd: amountPusd } = credit;
      const expiry = { id: newId('transfer'), kind: 'expiry' as const, teamId, amountPusd, grantId: id };
      const rest = { expiresAt: null, note: null, reference: null, actor: GATEWAY };
      await this.repository.book({ ...expiry, ...rest }, now).catch((error: unknown) => {
        if (!(error instanceof TransferExistsError)) throw error;
      });
      await this.changeFeed.announce('credits');
    }
  }

  /** Books the credits that gateway.yaml grants to each new team. */
  private async grantToNewTeam(teamId: string): Promise<void> {
    const { new_team_usd: usd, expires_after_days: days, prepaid } = this.config.credits;
    if (prepaid) await this.setPrepaid(teamId, true, GATEWAY);
    if (usd === undefined) return;
    const expiresAt = days === undefined ? null : new Date(this.clock.now() + days * DAY_MS);
    const base = { kind: 'grant' as const, note: null, reference: 'welcome', actor: GATEWAY };
    await this.book(teamId, { ...base, amountPusd: parseUsd(usd), expiresAt });
  }

  private async bookedBefore(teamId: string, credit: NewCredit, reference: string): Promise<Credit> {
    const row = await this.repository.findByReference(teamId, reference);
    if (!row || row.kind !== credit.kind || row.amount_pusd !== credit.amountPusd) {
      throw new GatewayError('conflict', {
        message: `The reference '${reference}' belongs to another credit of this team.`,
        param: 'reference',
      });
    }
    return this.creditOf(teamId, row.id);
  }

  private async creditOf(teamId: string, id: string): Promise<Credit> {
    const credit = (await this.repository.creditsOf(teamId)).find((each) => each.id === id);
    if (!credit) throw new Error('the booked credit is missing');
    return credit;
  }
}
