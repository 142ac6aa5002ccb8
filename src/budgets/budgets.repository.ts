import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { AuditAction } from '@thriftgate/contracts';
import { AuditRepository } from '../audit/audit.repository';
import type { Actor } from '../audit/seen-version';
import type { PageQuery } from '../common/pages';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { Schema } from '../database/schema';
import type { BudgetsTable } from '../database/tables/budget-tables';
import { type Budget, settingsToWire } from './budget';

/** A budget as it is stored. */
export interface StoredBudget extends Budget {
  createdAt: Date;
  updatedAt: Date;
}

/** Changes of a budget; omitted members do not change. */
export type BudgetChanges = Partial<Omit<Budget, 'id' | 'teamId' | 'keyId'>>;

/** Which budgets to list. */
export interface BudgetsFilter {
  teamId?: string | undefined;
  keyId?: string | undefined;
  page?: PageQuery;
}

@Injectable()
export class BudgetsRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
  ) {}

  /** All budgets that are not deleted, or those of a team or a key, oldest first; with a page one more than its limit. */
  async list(filter: BudgetsFilter = {}): Promise<StoredBudget[]> {
    const { page } = filter;
    const rows = await this.database.db
      .selectFrom('budgets')
      .selectAll()
      .where('deleted_at', 'is', null)
      .$if(filter.teamId !== undefined, (query) => query.where('team_id', '=', filter.teamId ?? ''))
      .$if(filter.keyId !== undefined, (query) => query.where('key_id', '=', filter.keyId ?? ''))
      .$if(page?.cursor !== undefined, (query) => query.where('id', '>', page?.cursor ?? ''))
      .orderBy('id')
      .$if(page !== undefined, (query) => query.limit((page?.limit ?? 0) + 1))
      .execute();
    return rows.map(toBudget);
  }

  find(id: string): Promise<StoredBudget | undefined> {
    return find(id, this.database.db);
  }

  insert(budget: Budget, actor: Actor): Promise<StoredBudget> {
    return this.change(async (transaction) => {
      const values = {
        id: budget.id,
        team_id: budget.teamId,
        key_id: budget.keyId,
        limit_pusd: budget.limitPusd,
        window_kind: budget.window,
        timezone: budget.timezone,
        action: budget.action,
        downgrade_to: budget.downgradeTo,
        thresholds: JSON.stringify(budget.thresholds),
        revision: 0n,
      };
      const query = transaction.insertInto('budgets').values(values).returningAll();
      const after = toBudget(await query.executeTakeFirstOrThrow());
      await this.record('budget.created', { actor, after }, transaction);
      return after;
    });
  }

  /** @returns undefined if there is no such budget */
  update(id: string, changes: BudgetChanges, actor: Actor): Promise<StoredBudget | undefined> {
    const columns = {
      ...(changes.limitPusd !== undefined && { limit_pusd: changes.limitPusd }),
      ...(changes.window !== undefined && { window_kind: changes.window }),
      ...(changes.timezone !== undefined && { timezone: changes.timezone }),
      ...(changes.action !== undefined && { action: changes.action }),
      ...(changes.downgradeTo !== undefined && { downgrade_to: changes.downgradeTo }),
      ...(changes.thresholds !== undefined && { thresholds: JSON.stringify(changes.thresholds) }),
    };
    return this.change(async (transaction) => {
      const before = await find(id, transaction);
      if (!before) return undefined;
      const row = await transaction
        .updateTable('budgets')
        .set({ ...columns, updated_at: sql`now()` })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      const after = toBudget(row);
      await this.record('budget.updated', { actor, before, after }, transaction);
      return after;
    });
  }

  /** @returns false if there is no such budget */
  delete(id: string, actor: Actor): Promise<boolean> {
    return this.change(async (transaction) => {
      const before = await find(id, transaction);
      if (!before) return false;
      await transaction
        .updateTable('budgets')
        .set({ deleted_at: sql`now()` })
        .where('id', '=', id)
        .execute();
      await this.record('budget.deleted', { actor, before }, transaction);
      return true;
    });
  }

  private record(
    action: AuditAction,
    { actor, before, after }: { actor: Actor; before?: Budget; after?: Budget },
    transaction: Transaction<Schema>,
  ): Promise<string> {
    const subject = (before ?? after)?.id ?? null;
    const objects = { before: before && settingsToWire(before), after: after && settingsToWire(after) };
    return this.audit.record({ actor, action, subject, ...objects }, transaction);
  }

  /** Runs a transaction that changes budgets. It raises the revision first, so such transactions run one after the other. */
  private change<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.database.db.transaction().execute(async (transaction) => {
      await this.revisions.raise('budgets', transaction);
      return work(transaction);
    });
  }
}

async function find(id: string, db: Kysely<Schema>): Promise<StoredBudget | undefined> {
  const query = db.selectFrom('budgets').selectAll().where('id', '=', id).where('deleted_at', 'is', null);
  const row = await query.executeTakeFirst();
  return row && toBudget(row);
}

function toBudget(row: Selectable<BudgetsTable>): StoredBudget {
  return {
    id: row.id,
    teamId: row.team_id,
    keyId: row.key_id,
    limitPusd: row.limit_pusd,
    window: row.window_kind,
    timezone: row.timezone,
    action: row.action,
    downgradeTo: row.downgrade_to,
    thresholds: row.thresholds,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
