import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { formatUsd, type PicoUsd } from '../common/money';
import type { AuditAction } from '@thriftgate/contracts';
import type { NewAuditEvent } from '../audit/audit-event';
import { AuditRepository } from '../audit/audit.repository';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { Schema } from '../database/schema';
import { snapshot } from '../database/snapshot';
import type { TransferKind, TransfersTable } from '../database/tables/ledger-tables';
import { AccountsRepository, teamAccount } from '../ledger/accounts.repository';
import { TeamsRepository } from '../teams/teams.repository';
import type { Credit } from './credit';

const UNIQUE_VIOLATION = '23505';

/** A change of a team's credits. */
export interface CreditTransfer {
  id: string;
  kind: TransferKind;
  teamId: string;
  amountPusd: PicoUsd;
  grantId: string | null;
  expiresAt: Date | null;
  note: string | null;
  reference: string | null;
  actor: string;
}

/** Another transfer has the same reference, or expires the same credit. */
export class TransferExistsError extends Error {}

/** The counter account of each kind of transfer. */
const COUNTERPART: Record<TransferKind, string> = { grant: 'grants', top_up: 'top_ups', expiry: 'expired' };

@Injectable()
export class CreditsRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly accounts: AccountsRepository,
    private readonly audit: AuditRepository,
    teams: TeamsRepository,
  ) {
    teams.onDelete(async (teamId, transaction) => ({ live: await this.balanceOfDeleted(teamId, transaction) }));
  }

  /** Stores a transfer and books both accounts in one transaction. @throws TransferExistsError */
  async book(transfer: CreditTransfer, at: Date): Promise<void> {
    const team = teamAccount(transfer.teamId);
    const other = COUNTERPART[transfer.kind];
    const [debit, credit] = transfer.kind === 'expiry' ? [team, other] : [other, team];
    try {
      await this.database.db.transaction().execute(async (transaction) => {
        await this.revisions.raise('credits', transaction);
        await transaction
          .insertInto('transfers')
          .values({
            id: transfer.id,
            kind: transfer.kind,
            debit_account: debit,
            credit_account: credit,
            amount_pusd: transfer.amountPusd,
            team_id: transfer.teamId,
            grant_id: transfer.grantId,
            expires_at: transfer.expiresAt,
            note: transfer.note,
            reference: transfer.reference,
            actor: transfer.actor,
            created_at: at,
          })
          .execute();
        await this.accounts.book({ debit, credit, amountPusd: transfer.amountPusd }, transaction);
        await this.audit.record(eventOf(transfer), transaction);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) throw new TransferExistsError();
      throw error;
    }
  }

  async findByReference(teamId: string, reference: string): Promise<Selectable<TransfersTable> | undefined> {
    return this.database.db
      .selectFrom('transfers')
      .selectAll()
      .where('team_id', '=', teamId)
      .where('reference', '=', reference)
      .executeTakeFirst();
  }

  /** A team's credits, each with its expired part. */
  creditsOf(teamId: string): Promise<Credit[]> {
    return credits(this.database.db, teamId);
  }

  /** A team's credits and the cost of its calls, read from one snapshot. */
  standingOf(teamId: string): Promise<{ credits: Credit[]; usedPusd: PicoUsd }> {
    return snapshot(this.database, async (transaction) => {
      const debitedPusd = await this.accounts.debitBalanceOf(teamAccount(teamId), transaction);
      const ofTeam = await credits(transaction, teamId);
      const creditedPusd = ofTeam.reduce((sum, { amountPusd, expiredPusd }) => sum + amountPusd - expiredPusd, 0n);
      return { credits: ofTeam, usedPusd: debitedPusd + creditedPusd };
    });
  }

  /** What is left of a team's credits, in words. Raises the revision, so that no credit is booked until the team is deleted. */
  private async balanceOfDeleted(teamId: string, transaction: Transaction<Schema>): Promise<string | undefined> {
    await this.revisions.raise('credits', transaction);
    const balancePusd = -(await this.accounts.debitBalanceOf(teamAccount(teamId), transaction));
    return balancePusd > 0n ? `a balance of $${formatUsd(balancePusd)}` : undefined;
  }

  /** Teams with a credit that expires before a time, or has expired and was not taken back. */
  async teamsWithCreditsEnding(before: Date): Promise<string[]> {
    const { rows } = await sql<{ team_id: string }>`
      SELECT DISTINCT team_id FROM transfers credit WHERE expires_at < ${before} AND kind <> 'expiry'
        AND NOT EXISTS (SELECT FROM transfers expiry WHERE expiry.grant_id = credit.id AND expiry.kind = 'expiry')`.execute(
      this.database.db,
    );
    return rows.map((row) => row.team_id);
  }

  async setPrepaid(teamId: string, prepaid: boolean, actor: string): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await this.revisions.raise('credits', transaction);
      const before = { prepaid: await isPrepaid(teamId, transaction) };
      await transaction
        .insertInto('credit_settings')
        .values({ team_id: teamId, prepaid })
        .onConflict((conflict) => conflict.column('team_id').doUpdateSet({ prepaid }))
        .execute();
      const event = { actor, action: 'credits.updated' as const, subject: teamId, before, after: { prepaid } };
      await this.audit.record(event, transaction);
    });
  }

  isPrepaid(teamId: string): Promise<boolean> {
    return isPrepaid(teamId, this.database.db);
  }

  /** The credits of each prepaid team, less their expired parts. */
  async limits(): Promise<Map<string, PicoUsd>> {
    const { rows } = await sql<{ team_id: string; credited: string }>`
      SELECT team_id, (SELECT coalesce(sum(CASE WHEN kind = 'expiry' THEN -amount_pusd ELSE amount_pusd END), 0)
        FROM transfers WHERE transfers.team_id = credit_settings.team_id) AS credited
      FROM credit_settings WHERE prepaid`.execute(this.database.db);
    return new Map(rows.map((row) => [row.team_id, BigInt(row.credited)]));
  }
}

const ACTIONS: Record<TransferKind, AuditAction> = {
  grant: 'credit.granted',
  top_up: 'credit.topped_up',
  expiry: 'credit.expired',
};

function eventOf(transfer: CreditTransfer): NewAuditEvent {
  const { id, kind, teamId, actor, amountPusd, expiresAt, note, reference, grantId } = transfer;
  const after = {
    id,
    team_id: teamId,
    amount_usd: formatUsd(amountPusd),
    expires_at: expiresAt?.toISOString() ?? null,
    note,
    reference,
    ...(grantId !== null && { credit_id: grantId }),
  };
  return { actor, action: ACTIONS[kind], subject: teamId, after };
}

async function isPrepaid(teamId: string, db: Kysely<Schema>): Promise<boolean> {
  const query = db.selectFrom('credit_settings').select('prepaid').where('team_id', '=', teamId);
  return (await query.executeTakeFirst())?.prepaid ?? false;
}

async function credits(db: Kysely<Schema>, teamId: string): Promise<Credit[]> {
  const { rows } = await sql<Selectable<TransfersTable> & { expired: bigint }>`
    SELECT credit.*, coalesce(expiry.amount_pusd, 0) AS expired FROM transfers credit
    LEFT JOIN transfers expiry ON expiry.grant_id = credit.id AND expiry.kind = 'expiry'
    WHERE credit.team_id = ${teamId} AND credit.kind <> 'expiry' ORDER BY credit.id`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as Credit['kind'],
    amountPusd: row.amount_pusd,
    expiredPusd: row.expired,
    expiresAt: row.expires_at,
    note: row.note,
    createdAt: row.created_at,
  }));
}
