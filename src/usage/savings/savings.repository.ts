import { Injectable } from '@nestjs/common';
import type { SavedBy, SavingsGroup } from '@thriftgate/contracts';
import type { TokenUsage } from '@thriftgate/providers';
import { type RawBuilder, sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import { snapshot } from '../../database/snapshot';
import { partsOf } from '../reports/report-parts.repository';
import type { UsageFilter } from '../reports/report-span';
import { groupName } from '../reports/group-name';
import { requestIdBounds } from '../reports/request-key';
import type { RollupDimension } from '../../ledger/rollup-levels';

/** Sums of one group and one source of savings. Costs are pico-dollars. */
export interface SavingsRow {
  groups: Partial<Record<SavingsGroup, string>>;
  /** '' for calls without savings. */
  savedBy: string;
  requests: number;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
}

/** A group of calls that could have cost less. */
export interface MissedSaving {
  reason: string;
  model: string | null;
  keyId: string | null;
  calls: number;
  costPusd: PicoUsd;
  /** Whether the figures are from a sample. */
  estimated: boolean;
}

/** What a team paid for live calls of a model that were no streams. */
export interface LiveTraffic {
  teamId: string;
  model: string;
  /** Whether they are lines of batches. */
  isBatch: boolean;
  calls: number;
  costPusd: PicoUsd;
  usage: Pick<TokenUsage, 'inputTokens' | 'cachedInputTokens' | 'outputTokens' | 'reasoningTokens'>;
}

/** What has cost nothing, or the price of a batch. */
const SAVED_ALREADY: readonly SavedBy[] = ['cache', 'coalesced', 'dedupe', 'batch'];

/** Repeated requests are counted in all calls of a span up to this many calls, above it in a sample. */
const WHOLE_CALLS = 50_000;
/** The index `ledger_sample` has all calls of the requests whose hash ends in six zero bits. */
const SAMPLED = sql`(question & 63) = 0`;
const SAMPLE_SHARE = 64;
const MAX_BIGINT = sql.raw('9223372036854775807');

const COLUMNS: Record<SavingsGroup, RawBuilder<string | Date>> = {
  team: sql`part.team_id`,
  model: sql`part.model`,
  day: sql`part.period`,
};

const DIMENSIONS: Partial<Record<SavingsGroup, RollupDimension>> = { team: 'team_id', model: 'model' };

/**
 * Why the response of the repeat's predecessor was not used. A predecessor's response that was stored may be of another
 * generation, match an invalidation that came after it, or be older than the TTL of its model.
 */
const REASON = (ttls: RawBuilder<unknown>) => sql<string>`CASE
  WHEN cache_status = 'BYPASS' THEN 'bypass' WHEN cache_status = 'REFRESH' THEN 'refresh'
  WHEN uncached_before IS NOT NULL THEN uncached_before
  WHEN cache_generation > generation_before THEN CASE WHEN EXISTS (SELECT FROM model_generations AS started
      WHERE started.model = repeats.model AND started.generation > generation_before
        AND started.generation <= cache_generation AND started.reason = 'invalidated') THEN 'invalidated' ELSE 'new_version' END
  WHEN EXISTS (SELECT FROM invalidation_rules AS rule
      WHERE rule.created_at BETWEEN at_before AND repeats.created_at AND coalesce(rule.model, repeats.model) = repeats.model
        AND coalesce(rule.team_id, repeats.team_id) = repeats.team_id
        AND (rule.key IS NULL OR (('x' || left(substring(rule.key FROM '[^:]*$'), 16))::bit(64)::bigint >> 1) & ${MAX_BIGINT} = question)
        AND (rule.tag IS NULL OR EXISTS (SELECT FROM ledger AS stored
          WHERE stored.request_id = id_before AND stored.tags ? rule.tag))) THEN 'invalidated'
  WHEN extract(epoch FROM repeats.created_at - at_before) >= (${ttls} ->> repeats.model)::numeric THEN 'expired'
  ELSE 'not_there' END`;

@Injectable()
export class SavingsRepository {
  constructor(private readonly database: Database) {}

  async sums(filter: UsageFilter, groups: SavingsGroup[]): Promise<SavingsRow[]> {
    const columns = [...groups.map((group) => COLUMNS[group]), sql<string>`part.saved_by`];
    const rows = await snapshot(this.database, (transaction) =>
      transaction
        .selectFrom(partsOf(filter, [...groups.flatMap((group) => DIMENSIONS[group] ?? []), 'saved_by']).as('part'))
        .select([
          sql<string>`part.saved_by`.as('saved_by'),
          sql<string>`sum(part.requests)`.as('requests'),
          sql<string>`sum(part.list_cost_pusd)`.as('list'),
          sql<string>`sum(part.cost_pusd)`.as('cost'),
          sql<string>`sum(part.saved_pusd)`.as('saved'),
        ])
        .select(groups.map((group) => COLUMNS[group].as(group)))
        .groupBy(columns)
        .orderBy(sql.join(columns))
        .execute(),
    );
    return rows.map((row) => ({
      groups: Object.fromEntries(groups.map((group) => [group, groupName(group, row[group])])),
      savedBy: row.saved_by,
      requests: Number(row.requests),
      listCostPusd: BigInt(row.list),
      costPusd: BigInt(row.cost),
      savedPusd: BigInt(row.saved),
    }));
  }

  /**
   * Repeated requests that were charged, by the reason why the earlier response was not used; the most expensive first.
   * For a span of more than 50,000 calls the figures are from all calls of one request in 64.
   *
   * @param ttlSeconds the TTL of each model
   */
  async repeats(filter: UsageFilter, limit: number, ttlSeconds: Record<string, number>): Promise<MissedSaving[]> {
    const { team_id, from, to } = filter;
    const { least = '', below = '' } = requestIdBounds(from, to);
    const estimated = (await this.calls(filter)) > WHOLE_CALLS;
    const share = estimated ? SAMPLE_SHARE : 1;
    const { rows } = await snapshot(this.database, (transaction) =>
      sql<{ reason: string; model: string; calls: bigint; cost: string }>`
      SELECT ${REASON(sql`${JSON.stringify(ttlSeconds)}::text::jsonb`)} AS reason, model, count(*) AS calls, sum(cost_pusd) AS cost
      FROM (
        SELECT team_id, model, question, cache_status, cache_generation, cost_pusd, created_at, row_number() OVER repeated AS time,
          lag(uncached) OVER repeated AS uncached_before, lag(cache_generation) OVER repeated AS generation_before,
          lag(created_at) OVER repeated AS at_before, lag(request_id) OVER repeated AS id_before
        FROM ledger
        WHERE ${estimated ? SAMPLED : sql`question IS NOT NULL`} AND state = 'settled' AND corrects IS NULL AND cost_pusd > 0
          AND request_id >= ${least} AND request_id < ${below} AND created_at >= ${from} AND created_at < ${to}
          ${team_id === undefined ? sql`` : sql`AND team_id = ${team_id}`}
        WINDOW repeated AS (PARTITION BY team_id, model, question ORDER BY request_id, attempt)
      ) AS repeats WHERE time > 1
      GROUP BY 1, 2 ORDER BY sum(cost_pusd) DESC LIMIT ${limit}`.execute(transaction),
    );
    return rows.map(({ reason, model, calls, cost }) => {
      return {
        reason,
        model,
        keyId: null,
        calls: Number(calls) * share,
        costPusd: BigInt(cost) * BigInt(share),
        estimated,
      };
    });
  }

  /** What live calls without a stream cost at upstreams. */
  async live(filter: UsageFilter): Promise<LiveTraffic[]> {
    const rows = await snapshot(this.database, (transaction) =>
      transaction
        .selectFrom(partsOf(filter, ['team_id', 'model', 'saved_by', 'stream', 'batch']).as('part'))
        .select([
          sql<string>`part.team_id`.as('teamId'),
          sql<string>`part.model`.as('model'),
          sql<boolean>`part.batch`.as('isBatch'),
          sql<string>`sum(part.paid)`.as('calls'),
          sql<string>`sum(part.cost_pusd)`.as('cost'),
          sql<string>`sum(part.input_tokens)`.as('input'),
          sql<string>`sum(part.cached_input_tokens)`.as('cachedInput'),
          sql<string>`sum(part.output_tokens)`.as('output'),
          sql<string>`sum(part.reasoning_tokens)`.as('reasoning'),
        ])
        .where(sql<boolean>`NOT part.stream AND part.saved_by <> ALL (${SAVED_ALREADY}::text[])`)
        .groupBy([sql`part.team_id`, sql`part.model`, sql`part.batch`])
        .having(sql<boolean>`sum(part.cost_pusd) > 0`)
        .orderBy(sql`part.team_id, part.model, part.batch`)
        .execute(),
    );
    return rows.map(({ teamId, model, isBatch, calls, cost, input, cachedInput, output, reasoning }) => ({
      teamId,
      model,
      isBatch,
      calls: Number(calls),
      costPusd: BigInt(cost),
      usage: {
        inputTokens: Number(input),
        cachedInputTokens: Number(cachedInput),
        outputTokens: Number(output),
        reasoningTokens: Number(reasoning),
      },
    }));
  }

  private async calls(filter: UsageFilter): Promise<number> {
    const { calls } = await this.database.db
      .selectFrom(partsOf(filter, []).as('part'))
      .select(sql<string>`coalesce(sum(part.requests), 0)`.as('calls'))
      .executeTakeFirstOrThrow();
    return Number(calls);
  }
}
