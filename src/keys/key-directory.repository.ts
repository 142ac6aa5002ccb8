import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { Database } from '../database/database.connection';
import type { ApiKeysTable } from '../database/schema';

const DIRECTORY_COLUMNS = [
  'id',
  'team_id',
  'name',
  'role',
  'hash',
  'models',
  'rpm_limit',
  'batch_lines_count',
  'default_max_tokens',
  'cache',
  'expires_at',
  'revoked_at',
  'replaced_by',
  'revision',
] as const satisfies readonly (keyof ApiKeysTable)[];

/** The columns that the directory in memory holds. */
export type DirectoryRow = Pick<Selectable<ApiKeysTable>, (typeof DIRECTORY_COLUMNS)[number]>;

/** Reads keys for the directory in memory. */
@Injectable()
export class KeyDirectoryRepository {
  constructor(private readonly database: Database) {}

  /** The keys that changed after a revision, including revoked ones. After revision 0: all valid or replaced keys. */
  changedSince(revision: bigint): Promise<DirectoryRow[]> {
    const query = this.database.db.selectFrom('api_keys').select(DIRECTORY_COLUMNS);
    if (revision > 0n) return query.where('revision', '>', revision).execute();
    return query.where((eb) => eb.or([eb('revoked_at', 'is', null), eb('replaced_by', 'is not', null)])).execute();
  }

  /** The keys with these hashes, including revoked ones. */
  withHashes(hashes: readonly string[]): Promise<DirectoryRow[]> {
    return this.database.db.selectFrom('api_keys').select(DIRECTORY_COLUMNS).where('hash', 'in', hashes).execute();
  }
}
