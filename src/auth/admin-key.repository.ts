import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.connection';

const ADMIN_KEY = 'admin_key_hmac';
const SECRET_KEY_CHECK = 'secret_key_check';

/** The hashes that the database keeps of the platform administrator's key and of a text under SECRET_KEY. */
@Injectable()
export class AdminKeyRepository {
  constructor(private readonly database: Database) {}

  put(hash: string): Promise<void> {
    return this.replace(ADMIN_KEY, hash);
  }

  /** Stores the hash if none is stored. @returns the stored hash: of several processes at once, one wins */
  putIfAbsent(hash: string): Promise<string> {
    return this.settingOr(ADMIN_KEY, hash);
  }

  /** Stores the hash of a known text if none is stored. @returns the stored hash, which is another one under another SECRET_KEY */
  secretKeyCheck(hash: string): Promise<string> {
    return this.settingOr(SECRET_KEY_CHECK, hash);
  }

  /** Stores the hash of the known text under a new SECRET_KEY. */
  replaceSecretKeyCheck(hash: string): Promise<void> {
    return this.replace(SECRET_KEY_CHECK, hash);
  }

  private async replace(name: string, value: string): Promise<void> {
    await this.database.db
      .insertInto('settings')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  }

  private async settingOr(name: string, value: string): Promise<string> {
    await this.database.db
      .insertInto('settings')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    const row = await this.database.db
      .selectFrom('settings')
      .select('value')
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    return row.value;
  }
}
