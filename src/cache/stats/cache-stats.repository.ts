import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';

/** What a generation of a model's cache has done, counted from the ledger, so it is the same on every replica. */
export interface GenerationCounts {
  model: string;
  generation: number;
  hits: number;
  misses: number;
  savedPusd: bigint;
}

@Injectable()
export class CacheStatsRepository {
  constructor(private readonly database: Database) {}

  async countByGeneration(): Promise<GenerationCounts[]> {
    const { rows } = await sql<{ model: string; generation: number; hits: string; misses: string; saved: string }>`
      SELECT model, cache_generation AS generation,
        (count(*) FILTER (WHERE cache_status = 'HIT'))::text AS hits,
        (count(*) FILTER (WHERE cache_status = 'MISS' AND attempt = 1))::text AS misses,
        coalesce(sum(saved_pusd) FILTER (WHERE cache_status = 'HIT'), 0)::text AS saved
      FROM ledger WHERE cache_status IN ('HIT', 'MISS') GROUP BY model, cache_generation`.execute(this.database.db);
    return rows.map((row) => ({
      model: row.model,
      generation: row.generation,
      hits: Number(row.hits),
      misses: Number(row.misses),
      savedPusd: BigInt(row.saved),
    }));
  }
}
