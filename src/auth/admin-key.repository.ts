import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.connection';

const SETTING = 'admin_key_hmac';

/** The hash of the platform administrator's key. */
@Injectable()
export class AdminKeyRepository {
  constructor(private readonly database: Database) {}

  async put(hash: string): Promise<void> {
    await this.database.db
      .insertInto('settings')
      .values({ name: SETTING, value: hash })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: hash }))
      .execute();
  }

  /** Stores the hash if none is stored. @returns the stored hash: of several processes at once, one wins */
  async putIfAbsent(hash: string): Promise<string> {
    await this.database.db
      .insertInto('settings')
      .values({ name: SETTING, value: hash })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    const row = await this.database.db
      .selectFrom('settings')
      .select('value')
      .where('name', '=', SETTING)
      .executeTakeFirstOrThrow();
    return row.value;
  }
}
