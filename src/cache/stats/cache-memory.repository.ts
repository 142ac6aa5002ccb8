import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { CacheBytes } from '../../database/tables/ledger-tables';

/** A process counts while its last heartbeat is at most this old; heartbeats are five seconds apart. */
const SEEN_WITHIN_SECONDS = 60;

/** How many responses of a team, model and generation were evicted on a day. */
export interface Evictions {
  /** UTC, `2026-11-23`. */
  day: string;
  teamId: string;
  model: string;
  generation: number;
  evictions: number;
}

/** Stores the cache figures of each process, for the statistics on every replica. */
@Injectable()
export class CacheMemoryRepository {
  constructor(private readonly database: Database) {}

  /** Adds to the counts in the order of the keys, so that two processes never deadlock. */
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

  /** Stores how much memory the responses of a process take. @returns false where the process is not registered */
  async putBytes(epoch: string, bytes: readonly CacheBytes[]): Promise<boolean> {
    const { numUpdatedRows } = await this.database.db
      .updateTable('processes')
      .set({ cache_bytes: JSON.stringify(bytes) })
      .where('epoch', '=', epoch)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** How much memory the responses of all live processes take. */
  async bytes(): Promise<CacheBytes[]> {
    const { rows } = await sql<{ model: string; generation: number; bytes: string }>`
      SELECT held.model, held.generation, sum(held.bytes) AS bytes
      FROM processes, jsonb_to_recordset(cache_bytes) AS held (model text, generation int, bytes bigint)
      WHERE seen_at > now() - make_interval(secs => ${SEEN_WITHIN_SECONDS}) GROUP BY 1, 2`.execute(this.database.db);
    return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
  }
}
