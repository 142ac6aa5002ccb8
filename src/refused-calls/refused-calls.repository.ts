import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.connection';

/** Calls of one key that were refused for one reason within a quarter of an hour. */
export interface RefusedCount {
  /** The start of the quarter of an hour, RFC 3339. */
  period: string;
  teamId: string;
  keyId: string;
  /** Empty for a name that the gateway does not serve. */
  model: string;
  errorCode: string;
  status: number;
  calls: number;
}

@Injectable()
export class RefusedCallsRepository {
  constructor(private readonly database: Database) {}

  /** Adds to what was counted before, in the order of the keys: two instances never wait for each other in a circle. */
  async add(counts: readonly RefusedCount[]): Promise<void> {
    await sql`
      INSERT INTO refused_calls AS kept (period, team_id, key_id, model, error_code, status, calls)
      SELECT period, "teamId", "keyId", model, "errorCode", status, calls
      FROM jsonb_to_recordset(${JSON.stringify(counts)}::jsonb) AS counted
        (period timestamptz, "teamId" text, "keyId" text, model text, "errorCode" text, status smallint, calls bigint)
      ORDER BY 1, 2, 3, 4, 5
      ON CONFLICT (period, team_id, key_id, model, error_code) DO UPDATE SET calls = kept.calls + excluded.calls`.execute(
      this.database.db,
    );
  }
}
