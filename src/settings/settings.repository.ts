import { Injectable } from '@nestjs/common';
import type * as contracts from '@thriftgate/contracts';
import { type Kysely, type Selectable, sql } from 'kysely';
import { AuditRepository } from '../audit/audit.repository';
import type { Actor } from '../audit/seen-version';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { Schema } from '../database/schema';
import type { CompanySettingsTable } from '../database/tables/settings-tables';
import { type CompanySettings, DEFAULT_SETTINGS, valuesOf } from './company-settings';

const ID = 'company';

@Injectable()
export class SettingsRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
  ) {}

  /** The stored settings, or the defaults. */
  read(db: Kysely<Schema> = this.database.db): Promise<CompanySettings> {
    const query = db.selectFrom('company_settings').selectAll().where('id', '=', ID);
    return query.executeTakeFirst().then((row) => (row ? toSettings(row) : DEFAULT_SETTINGS));
  }

  /** Replaces the settings. Changes of all instances run one after the other. */
  replace(settings: contracts.PutSettings, actor: Actor): Promise<CompanySettings> {
    return this.database.db.transaction().execute(async (transaction) => {
      await this.revisions.raise('settings', transaction);
      const before = await this.read(transaction);
      const values = {
        timezone: settings.timezone,
        currency: settings.currency,
        krw_per_usd: settings.exchange_rate?.krw_per_usd ?? null,
        rate_date: settings.exchange_rate?.date ?? null,
      };
      const row = await transaction
        .insertInto('company_settings')
        .values({ id: ID, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...values, updated_at: sql`now()` }))
        .returningAll()
        .executeTakeFirstOrThrow();
      const after = toSettings(row);
      const objects = { before: { ...valuesOf(before) }, after: { ...valuesOf(after) } };
      await this.audit.record({ actor, action: 'settings.updated', subject: ID, ...objects }, transaction);
      return after;
    });
  }
}

function toSettings(row: Selectable<CompanySettingsTable>): CompanySettings {
  const { krw_per_usd, rate_date } = row;
  return {
    timezone: row.timezone,
    currency: row.currency,
    exchange_rate: krw_per_usd !== null && rate_date !== null ? { krw_per_usd, date: rate_date } : null,
    updatedAt: row.updated_at,
  };
}
