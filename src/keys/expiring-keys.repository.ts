import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.connection';
import type { ApiKey } from './api-key';
import { toApiKey } from './keys.repository';

/** Reads which keys end soon. */
@Injectable()
export class ExpiringKeysRepository {
  constructor(private readonly database: Database) {}

  /**
   * Keys that end before a time and are neither replaced nor revoked; the next to end first.
   *
   * @param teamId undefined for all teams
   */
  async list(before: Date, teamId: string | undefined, limit: number): Promise<ApiKey[]> {
    const rows = await this.database.db
      .selectFrom('api_keys')
      .selectAll()
      .where('revoked_at', 'is', null)
      .where('replaced_by', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .where('expires_at', '<', before)
      .$if(teamId !== undefined, (query) => query.where('team_id', '=', teamId ?? ''))
      .orderBy('expires_at')
      .limit(limit)
      .execute();
    return rows.map(toApiKey);
  }
}
