import { Injectable } from '@nestjs/common';
import type { ListAdminBatchesQuery } from '@thriftgate/contracts';
import { type Expression, type ExpressionBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { Scope } from '../../common/caller';
import { leastUlid } from '../../common/ids';
import { Database } from '../../database/database.connection';
import type { BatchShardsTable, LineState, Schema } from '../../database/schema';
import { BEING_MADE } from '../batch-state';
import type { Batch } from '../batches.repository';
import { endedPage } from '../output/ended-page.repository';
import type { EndedLine } from '../output/output-line';

const EXAMPLES = 3;
const LONGEST_MESSAGE = 500;
/** A batch ends within its window of 24 hours and some grace; those that were made before cannot have ended just now. */
const LONGEST_BATCH_MS = 7 * 86_400_000;
/** An id is as old as the beginning of a batch's writing, which takes less than this. */
const LONGEST_WRITING_MS = 3_600_000;
const WITHOUT_RESPONSE: readonly LineState[] = ['failed', 'expired', 'cancelled'];
const ENDED: readonly LineState[] = ['done', ...WITHOUT_RESPONSE];

type BatchExpressions = ExpressionBuilder<Schema, 'batches'>;

/** A vendor's batch that runs lines of a batch. */
export type StoredShard = Selectable<BatchShardsTable>;

/** The lines of a batch with one error code. */
export interface ErrorGroup {
  code: string;
  lines: number;
  samples: { line: number; custom_id: string; message: string }[];
}

/** Reads batches of all teams, and how their lines stand. */
@Injectable()
export class AdminBatchesRepository {
  constructor(private readonly database: Database) {}

  /** Newest first; one more than the limit if there are more. */
  list({ team_id, key_id, status, from, to, cursor, limit }: ListAdminBatchesQuery): Promise<Batch[]> {
    let page = this.made();
    if (team_id !== undefined) page = page.where('team_id', '=', team_id);
    if (key_id !== undefined) page = page.where('key_id', '=', key_id);
    if (status !== undefined) page = page.where('status', 'in', status);
    if (from !== undefined) page = page.where('created_at', '>=', from);
    if (to !== undefined) page = page.where('created_at', '<', to);
    if (cursor !== undefined) page = page.where('id', '<', cursor);
    return page
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
  }

  /**
   * The batches that have not ended, those with these ids, those that were begun after a time, and those that have ended since
   * then; newest first. Of the last kind, those that were seen open have their ids here: the others ended at once.
   */
  watched(ids: readonly string[], time: Date, limit: number): Promise<Batch[]> {
    return this.made()
      .where((eb) =>
        eb.or([
          isOpen(eb),
          eb('id', '>=', leastId(time)),
          endedSince(eb, time, LONGEST_WRITING_MS),
          eb('id', '=', sql<string>`ANY(${[...ids]}::text[])`),
        ]),
      )
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  /** The batches that have not ended, and those that ended after a time; newest first. */
  openOrEndedSince(time: Date, limit: number): Promise<Batch[]> {
    return this.made()
      .where((eb) => eb.or([isOpen(eb), endedSince(eb, time, LONGEST_BATCH_MS)]))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  find(batchId: string, { teamId, keyId }: Scope): Promise<Batch | undefined> {
    let query = this.made().where('id', '=', batchId);
    if (teamId !== undefined) query = query.where('team_id', '=', teamId);
    if (keyId !== undefined) query = query.where('key_id', '=', keyId);
    return query.executeTakeFirst();
  }

  /** How many lines of a batch are in each state; states without lines are left out. */
  async lineCounts(batchId: string): Promise<Partial<Record<LineState, number>>> {
    const rows = await this.database.db
      .selectFrom('batch_lines')
      .select(['state', sql<string>`count(*)`.as('lines')])
      .where('batch_id', '=', batchId)
      .groupBy('state')
      .execute();
    return Object.fromEntries(rows.map(({ state, lines }) => [state, Number(lines)]));
  }

  shards(batchId: string): Promise<StoredShard[]> {
    return this.database.db
      .selectFrom('batch_shards')
      .selectAll()
      .where('batch_id', '=', batchId)
      .orderBy('provider')
      .orderBy('id')
      .execute();
  }

  /** The lines without a response by error code, the most frequent first, each with some examples. */
  async errors(batchId: string): Promise<ErrorGroup[]> {
    // A null character cannot be read out of JSON.
    const { rows } = await sql<{ code: string; lines: string; samples: ErrorGroup['samples'] }>`
      WITH failed AS MATERIALIZED (
        SELECT line_no, custom_id, state, CASE WHEN result NOT LIKE ${'%\\u0000%'} THEN result::json END AS error
        FROM batch_lines WHERE batch_id = ${batchId} AND state = ANY(${WITHOUT_RESPONSE}::text[])
      ), coded AS (
        SELECT line_no, custom_id,
          coalesce(error ->> 'code', error #>> '{error,code}', error #>> '{error,type}',
            CASE state WHEN 'failed' THEN 'unknown' ELSE 'batch_' || state END) AS code,
          left(coalesce(error ->> 'message', error #>> '{error,message}', ''), ${LONGEST_MESSAGE}) AS message
        FROM failed
      ), numbered AS (
        SELECT *, row_number() OVER (PARTITION BY code ORDER BY line_no) AS number FROM coded
      )
      SELECT code, count(*) AS lines,
        json_agg(json_build_object('line', line_no, 'custom_id', custom_id, 'message', message) ORDER BY line_no)
          FILTER (WHERE number <= ${EXAMPLES}) AS samples
      FROM numbered GROUP BY code ORDER BY count(*) DESC, code`.execute(this.database.db);
    return rows.map(({ lines, ...row }) => ({ ...row, lines: Number(lines) }));
  }

  /** The lines that have ended so far, in order, page by page. */
  async *endedLines(batchId: string): AsyncGenerator<EndedLine[], void, undefined> {
    for (let last = 0; ;) {
      const page = await endedPage(
        this.database.db,
        sql`batch_id = ${batchId} AND line_no > ${last} AND state = ANY (${ENDED}::text[])`,
      );
      if (page.length === 0) return;
      yield page;
      last = page.at(-1)?.lineNo ?? last;
    }
  }

  private made() {
    return this.database.db.selectFrom('batches').selectAll().where('status', '<>', BEING_MADE);
  }
}

/** As the index of open batches says it. */
function isOpen(eb: BatchExpressions): Expression<SqlBool> {
  return eb('status', 'not in', ['failed', 'completed', 'expired', 'cancelled']);
}

/** @param longestMs only batches whose ids are not older than this at that time: ends have no index */
function endedSince(eb: BatchExpressions, time: Date, longestMs: number): Expression<SqlBool> {
  const ends = (['completed_at', 'failed_at', 'expired_at', 'cancelled_at'] as const).map((at) => eb(at, '>', time));
  return eb.and([eb('id', '>=', leastId(time, longestMs)), eb.or(ends)]);
}

/** Sorts before the ids of batches that were begun after a time, less some milliseconds. */
function leastId(time: Date, lessMs = 0): string {
  return `batch_${leastUlid(time.getTime() - lessMs)}`;
}
