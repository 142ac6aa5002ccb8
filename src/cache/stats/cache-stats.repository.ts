import { Injectable } from '@nestjs/common';
import type { CacheStatsGroup, GroupCacheStats } from '@thriftgate/contracts';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import { snapshot } from '../../database/snapshot';

/** Which calls count: whole days in UTC, `2026-11-23`; undefined is all. */
export interface CacheStatsFilter {
  fromDay?: string | undefined;
  /** Not included. */
  toDay?: string | undefined;
  model?: string | undefined;
  teamId?: string | undefined;
}

/** Numbers of calls by cache status. */
export interface CacheCounts {
  hits: number;
  misses: number;
  coalesced: number;
  bypassed: number;
  refreshed: number;
  /** Responses that were not stored, by the ledger's reason. */
  refused: Record<string, number>;
  savedPusd: PicoUsd;
}

export type GroupValues = Pick<GroupCacheStats, CacheStatsGroup>;

export interface GroupCounts extends CacheCounts {
  groups: GroupValues;
}

const COLUMNS: Record<CacheStatsGroup, RawBuilder<unknown>> = {
  team: sql`part.team_id`,
  day: sql`part.day`,
  model: sql`part.model`,
  version: sql`generations.version`,
  generation: sql`part.generation`,
  upstream_model: sql`nullif(part.upstream_model, '')`,
};

/** Those that are shown as something else than they are ordered by. */
const SHOWN: Partial<Record<CacheStatsGroup, RawBuilder<string>>> = { day: sql`to_char(part.day, 'YYYY-MM-DD')` };

type CountsRow = GroupValues & Record<'hits' | 'misses' | 'coalesced' | 'bypassed' | 'refreshed' | 'saved', string>;
type RefusedRow = GroupValues & { uncached: string; refused: string };

/** Reads the cache counters, which derive from the ledger and stay when its months are dropped. */
@Injectable()
export class CacheStatsRepository {
  constructor(private readonly database: Database) {}

  /** The counts of each generation of each model, and of each group in the order of the groups, in one snapshot. */
  counts(
    filter: CacheStatsFilter,
    groups: CacheStatsGroup[],
    limit: number | undefined,
  ): Promise<{ byGeneration: GroupCounts[]; data: GroupCounts[] }> {
    return snapshot(this.database, async (transaction) => ({
      byGeneration: await this.grouped(filter, ['model', 'generation'], undefined, transaction),
      data: groups.length === 0 ? [] : await this.grouped(filter, groups, limit, transaction),
    }));
  }

  private async grouped(
    filter: CacheStatsFilter,
    groups: CacheStatsGroup[],
    limit: number | undefined,
    transaction: Transaction<Schema>,
  ): Promise<GroupCounts[]> {
    const values = sql.join(groups.map((group) => sql`${SHOWN[group] ?? COLUMNS[group]} AS ${sql.id(group)}`));
    const columns = sql.join(groups.map((group) => COLUMNS[group]));
    const versions = sql`LEFT JOIN model_generations AS generations
      ON generations.model = part.model AND generations.generation = part.generation`;
    const counters = sql`FROM cache_rollups AS part ${groups.includes('version') ? versions : sql``} WHERE ${matches(filter)}`;
    const { rows } = await sql<CountsRow>`
      SELECT ${values}, ${requestsWith('HIT')} AS hits, ${requestsWith('MISS')} AS misses,
        ${requestsWith('COALESCED')} AS coalesced, ${requestsWith('BYPASS')} AS bypassed, ${requestsWith('REFRESH')} AS refreshed,
        coalesce(sum(part.saved_pusd) FILTER (WHERE part.cache_status IN ('HIT', 'COALESCED')), 0) AS saved
      ${counters} GROUP BY ${columns} ORDER BY ${columns} ${limit === undefined ? sql`` : sql`LIMIT ${limit}`}`.execute(
      transaction,
    );
    const { rows: refusals } = await sql<RefusedRow>`
      SELECT ${values}, part.uncached, sum(part.refused) AS refused
      ${counters} AND part.uncached <> '' GROUP BY ${columns}, part.uncached ORDER BY part.uncached`.execute(
      transaction,
    );
    const nameOf = (row: GroupValues) => JSON.stringify(groups.map((group) => row[group]));
    const refused = new Map<string, Record<string, number>>();
    for (const row of refusals)
      refused.set(nameOf(row), { ...refused.get(nameOf(row)), [row.uncached]: Number(row.refused) });
    return rows.map((row) => ({
      groups: Object.fromEntries(groups.map((group) => [group, row[group]])),
      hits: Number(row.hits),
      misses: Number(row.misses),
      coalesced: Number(row.coalesced),
      bypassed: Number(row.bypassed),
      refreshed: Number(row.refreshed),
      refused: refused.get(nameOf(row)) ?? {},
      savedPusd: BigInt(row.saved),
    }));
  }

  /** The teams with calls that are counted. */
  async teams(): Promise<string[]> {
    const { rows } = await sql<{ team_id: string }>`SELECT DISTINCT team_id FROM cache_rollups`.execute(
      this.database.db,
    );
    return rows.map(({ team_id: id }) => id);
  }

  /** How many calls asked for a fresh response on the matching days, by the member or header that asked for it. */
  async refreshes(filter: CacheStatsFilter): Promise<Record<string, number>> {
    const { rows } = await sql<{ cause: string; refreshes: string }>`
      SELECT cause, sum(refreshes) AS refreshes FROM cache_refreshes AS part
      WHERE ${matches(filter)} GROUP BY 1 ORDER BY 1`.execute(this.database.db);
    return Object.fromEntries(rows.map(({ cause, refreshes }) => [cause, Number(refreshes)]));
  }

  /** How many responses were evicted on the matching days, by model and generation. */
  async evictions(filter: CacheStatsFilter): Promise<{ model: string; generation: number; evictions: number }[]> {
    const { rows } = await sql<{ model: string; generation: number; evictions: string }>`
      SELECT model, generation, sum(evictions) AS evictions FROM cache_evictions AS part
      WHERE ${matches(filter)} GROUP BY 1, 2`.execute(this.database.db);
    return rows.map((row) => ({ ...row, evictions: Number(row.evictions) }));
  }
}

function requestsWith(cacheStatus: string): RawBuilder<string> {
  return sql`coalesce(sum(part.requests) FILTER (WHERE part.cache_status = ${sql.lit(cacheStatus)}), 0)`;
}

function matches({ fromDay, toDay, model, teamId }: CacheStatsFilter): RawBuilder<boolean> {
  const conditions = [
    sql`true`,
    ...(fromDay === undefined ? [] : [sql`part.day >= ${fromDay}::date`]),
    ...(toDay === undefined ? [] : [sql`part.day < ${toDay}::date`]),
    ...(model === undefined ? [] : [sql`part.model = ${model}`]),
    ...(teamId === undefined ? [] : [sql`part.team_id = ${teamId}`]),
  ];
  return sql`(${sql.join(conditions, sql` AND `)})`;
}
