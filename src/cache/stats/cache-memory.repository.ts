import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { DailyCount } from './daily-counts';

/** What each process counts for itself: evictions from memory, and the causes of refreshes. */
@Injectable()
export class CacheMemoryRepository {
  constructor(private readonly database: Database) {}

  /** Adds to what was counted before, in the order of the keys: two processes never wait for each other in a circle. */
  async addEvictions(counts: readonly DailyCount[]): Promise<void> {
    await sql`
      INSERT INTO cache_evictions AS kept (day, team_id, model, generation, evictions)
      SELECT day, "teamId", model, generation, count
      FROM jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
        AS counted (day date, "teamId" text, model text, generation int, count bigint)
      ORDER BY 1, 2, 3, 4
      ON CONFLICT (day, team_id, model, generation) DO UPDATE SET evictions = kept.evictions + excluded.evictions`.execute(
      this.database.db,
    );
  }

  /** As {@link addEvictions}. */
  async addRefreshes(counts: readonly DailyCount[]): Promise<void> {
    await sql`
      INSERT INTO cache_refreshes AS kept (day, team_id, model, cause, refreshes)
      SELECT day, "teamId", model, cause, sum(count)
      FROM jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
        AS counted (day date, "teamId" text, model text, cause text, count bigint)
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (day, team_id, model, cause) DO UPDATE SET refreshes = kept.refreshes + excluded.refreshes`.execute(
      this.database.db,
    );
  }
}
