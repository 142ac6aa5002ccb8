import { Injectable } from '@nestjs/common';
import type { Preferences } from '@thriftgate/contracts';
import { type Kysely, sql } from 'kysely';
import { AuditRepository } from '../audit/audit.repository';
import type { Caller } from '../common/caller';
import { Database } from '../database/database.connection';
import type { Schema } from '../database/schema';

/** What people have chosen for the console, by the key that they sign in with. */
@Injectable()
export class PreferencesRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditRepository,
  ) {}

  /** @returns undefined for a person who has chosen nothing */
  async find(keyId: string, db: Kysely<Schema> = this.database.db): Promise<Preferences | undefined> {
    const row = await db.selectFrom('preferences').select('value').where('key_id', '=', keyId).executeTakeFirst();
    return row?.value;
  }

  replace({ keyId, teamId }: Pick<Caller, 'keyId' | 'teamId'>, after: Preferences): Promise<void> {
    return this.database.db.transaction().execute(async (transaction) => {
      const before = await this.find(keyId, transaction);
      const value = JSON.stringify(after);
      await transaction
        .insertInto('preferences')
        .values({ key_id: keyId, value })
        .onConflict((conflict) => conflict.column('key_id').doUpdateSet({ value, updated_at: sql`now()` }))
        .execute();
      const objects = { before: before && { ...before }, after: { ...after }, teamId };
      await this.audit.record({ actor: keyId, action: 'preferences.updated', subject: keyId, ...objects }, transaction);
    });
  }
}
