import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';

/** Answers of one team, model and generation that a day saw go for lack of room. */
export interface Evictions {
  /** UTC, `2026-11-23`. */
  day: string;
  teamId: string;
  model: string;
  generation: number;
  evictions: number;
}

/** Evictions from memory, which each process counts for itself. */
@Injectable()
export class CacheMemoryRepository {
  constructor(private readonly database: Database) {}

  /** Adds to what was counted before, in the order of the keys: two processes never wait for each other in a circle. */
  async addEvictions(evictions: readonly Evictions[]): Promise<void> {
    await sql`
      INSERT INTO cache_evictions AS kept (day, team_id, model, generation, evictions)
      SELECT day, "teamId", model, generation, evictions
      FROM jsonb_to_recordset(${JSON.stringify(evictions)}::jsonb)
        AS counted (day date, "teamId" text, model text, generation int, evictions bigint)
      ORDER BY 1, 2, 3, 4
      ON CONFLICT (day, team_id, model, generation) DO UPDATE SET evictions = kept.evictions + excluded.evictions`.execute(
      this.database.db,
    );
  }
}
