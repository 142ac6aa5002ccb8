import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { CacheBytes } from '../../database/tables/ledger-tables';

/** A process that was not seen for so long does not count; it says that it lives every five seconds. */
const SEEN_WITHIN_SECONDS = 60;

/** Answers of one team, model and generation that a day saw go for lack of room. */
export interface Evictions {
  /** UTC, `2026-11-23`. */
  day: string;
  teamId: string;
  model: string;
  generation: number;
  evictions: number;
}

/** What processes tell of their memory, for all to read. */
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

  /** Says what answers take of a process's memory. @returns false where the process has not said that it lives */
  async putBytes(instanceId: string, bytes: readonly CacheBytes[]): Promise<boolean> {
    const { numUpdatedRows } = await this.database.db
      .updateTable('owners')
      .set({ cache_bytes: JSON.stringify(bytes) })
      .where('id', '=', instanceId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** What answers take of the memory of all processes that live. */
  async bytes(): Promise<CacheBytes[]> {
    const { rows } = await sql<{ model: string; generation: number; bytes: string }>`
      SELECT held.model, held.generation, sum(held.bytes) AS bytes
      FROM owners, jsonb_to_recordset(cache_bytes) AS held (model text, generation int, bytes bigint)
      WHERE seen_at > now() - make_interval(secs => ${SEEN_WITHIN_SECONDS}) GROUP BY 1, 2`.execute(this.database.db);
    return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
  }
}
