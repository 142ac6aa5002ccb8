import { Injectable } from '@nestjs/common';
import type { AuditAction } from '@thriftgate/contracts';
import { type Selectable, sql, type Transaction } from 'kysely';
import { AuditRepository } from '../../audit/audit.repository';
import { Database } from '../../database/database.connection';
import { RevisionsRepository } from '../../database/revisions.repository';
import type { Schema } from '../../database/schema';
import type { CacheSharesTable } from '../../database/tables/model-tables';
import { TeamsRepository } from '../../teams/teams.repository';
import { type Share, type StoredShare, toWire } from './share';

/** A change of a share and its actor, for the audit. */
export interface ShareChange {
  action: Extract<AuditAction, `cache_share.${string}`>;
  actor: string;
}

@Injectable()
export class SharesRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
    private readonly teams: TeamsRepository,
  ) {}

  /** Every share, oldest first. Deleted teams are left out. */
  async list(transaction?: Transaction<Schema>): Promise<StoredShare[]> {
    const db = transaction ?? this.database.db;
    const rows = await db.selectFrom('cache_shares').selectAll().orderBy('id').execute();
    const teams = await this.teams.existing([...new Set(rows.flatMap((row) => row.team_ids))], db);
    return rows.map((row) => toShare(row, teams));
  }

  /**
   * Changes a share. Changes run one at a time over all instances, so the shares do not change while `work` runs.
   *
   * @param work returns the changed share, or null to delete it
   * @returns the stored share; undefined if it was deleted
   */
  change(
    id: string,
    { action, actor }: ShareChange,
    work: (shares: StoredShare[]) => Share | null,
  ): Promise<StoredShare | undefined> {
    return this.database.db.transaction().execute(async (transaction) => {
      await this.revisions.raise('shares', transaction);
      const shares = await this.list(transaction);
      const wanted = work(shares);
      const before = shares.find((share) => share.id === id);
      const { name, all, teamIds, models } = wanted ?? before ?? {};
      const details = { name, ...(all ? { all } : { team_ids: teamIds }), models };
      if (wanted === null) await transaction.deleteFrom('cache_shares').where('id', '=', id).execute();
      else await this.put(wanted, transaction);
      const after = (await this.list(transaction)).find((share) => share.id === id);
      const objects = { before: before && toWire(before), after: after && toWire(after) };
      await this.audit.record({ actor, action, subject: id, ...objects, details }, transaction);
      return after;
    });
  }

  private async put({ id, name, all, teamIds, models }: Share, transaction: Transaction<Schema>): Promise<void> {
    const row = { name, all_teams: all, team_ids: JSON.stringify(teamIds), models: models && JSON.stringify(models) };
    await transaction
      .insertInto('cache_shares')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...row, updated_at: sql`now()` }))
      .execute();
  }
}

function toShare(row: Selectable<CacheSharesTable>, teams: ReadonlySet<string>): StoredShare {
  return {
    id: row.id,
    name: row.name,
    all: row.all_teams,
    teamIds: row.team_ids.filter((id) => teams.has(id)).toSorted(),
    models: row.models,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
