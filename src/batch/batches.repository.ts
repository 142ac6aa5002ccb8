import { Injectable } from '@nestjs/common';
import type { ListBatchesQuery } from '@thriftgate/contracts';
import { byteLengthOf } from '@thriftgate/providers';
import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import { Database } from '../database/database.connection';
import type { BatchesTable, Schema } from '../database/schema';
import { CANCELLABLE_STATUSES } from './batch-state';
import type { BatchLine } from './input/batch-line';
import { isLarge, LineBodies, pageOf, smallBody } from './lines/line-bodies.repository';

const LINES_PER_INSERT = 1_000;
const BYTES_PER_INSERT = 256 * 1024;
/** Batches of this many lines or more get fresh table statistics, for the query planner. */
const LINES_WORTH_ANALYZING = 1_000;

const FAILED = sql`state IN ('failed', 'expired', 'cancelled')`;

/** A line without a response; its body is null where it is large. */
interface FailedLine {
  lineNo: number;
  customId: string;
  url: string;
  body: string | null;
}

/** A stored batch. */
export type Batch = Selectable<BatchesTable>;

/** The members of a new batch. */
export type NewBatch = Pick<
  Insertable<BatchesTable>,
  | 'id'
  | 'team_id'
  | 'key_id'
  | 'request_id'
  | 'endpoint'
  | 'completion_window'
  | 'input_file_id'
  | 'output_expires_after_s'
  | 'total_lines'
  | 'created_at'
  | 'expires_at'
  | 'escalate'
> & { metadata: Record<string, string> | null };

/** Creates, reads and cancels batches. */
@Injectable()
export class BatchesRepository {
  constructor(
    private readonly database: Database,
    private readonly bodies: LineBodies,
  ) {}

  /**
   * Creates a batch with its lines in one transaction.
   *
   * @param linesFrom reads the lines through the transaction
   * @param alongside further writes of the transaction
   */
  async create(
    batch: NewBatch,
    linesFrom: (db: Kysely<Schema>) => AsyncIterable<BatchLine>,
    alongside: (db: Kysely<Schema>, batch: Batch) => Promise<unknown>,
  ): Promise<Batch> {
    const created = await this.database.db.transaction().execute(async (transaction) => {
      const row = await transaction
        .insertInto('batches')
        .values({
          ...batch,
          metadata: JSON.stringify(batch.metadata),
          errors: JSON.stringify(null),
          status: 'in_progress',
          in_progress_at: batch.created_at,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await alongside(transaction, row);
      const inserted = await this.insertLines(transaction, batch, linesFrom(transaction));
      if (inserted !== batch.total_lines) throw new Error(`${batch.id} lost its input file while it was created`);
      return row;
    });
    // Without statistics each claim sorts all open lines. The embedded database collects none by itself.
    if (batch.total_lines >= LINES_WORTH_ANALYZING) {
      await sql`ANALYZE batch_lines (batch_id, line_no, state)`.execute(this.database.db);
    }
    return created;
  }

  find(teamId: string, batchId: string): Promise<Batch | undefined> {
    return this.database.db
      .selectFrom('batches')
      .selectAll()
      .where('id', '=', batchId)
      .where('team_id', '=', teamId)
      .executeTakeFirst();
  }

  /** Whether a batch has lines without a response. */
  async hasFailedLines(batchId: string): Promise<boolean> {
    const { rows } = await sql`
      SELECT FROM batch_lines WHERE batch_id = ${batchId} AND ${FAILED} LIMIT 1`.execute(this.database.db);
    return rows.length > 0;
  }

  /** Lines without a response, as the content of an input file. */
  async *failedContent(batchId: string): AsyncGenerator<Buffer, void, undefined> {
    for (let behind = 0; ;) {
      const { rows: page } = await sql<FailedLine>`
        SELECT line_no AS "lineNo", custom_id AS "customId", url, ${smallBody()} AS body
        FROM ${pageOf(sql`batch_id = ${batchId} AND line_no > ${behind} AND ${FAILED}`)}
        ORDER BY line_no`.execute(this.database.db);
      if (page.length === 0) return;
      for (const { lineNo, customId, url, body } of page) {
        const members = `{"custom_id":${JSON.stringify(customId)},"method":"POST","url":${JSON.stringify(url)},"body":`;
        yield Buffer.from(members + (body ?? ''));
        if (body === null) yield* this.bodies.pieces(batchId, lineNo);
        yield Buffer.from('}\n');
      }
      behind = page.at(-1)?.lineNo ?? behind;
    }
  }

  /** Batches of a team, newest first; one more than the limit if there are more. */
  list(teamId: string, { after, limit }: ListBatchesQuery): Promise<Batch[]> {
    let page = this.database.db.selectFrom('batches').selectAll().where('team_id', '=', teamId);
    if (after !== undefined) page = page.where('id', '<', after);
    return page
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
  }

  /** Starts a cancellation, or finds one that has started. @returns undefined if the batch has ended or does not exist */
  cancel(
    teamId: string,
    batchId: string,
    alongside: (db: Kysely<Schema>, batch: Batch) => Promise<unknown>,
  ): Promise<Batch | undefined> {
    return this.database.db.transaction().execute(async (transaction) => {
      const batch = await transaction
        .updateTable('batches')
        .set({ status: 'cancelling', cancelling_at: sql`coalesce(cancelling_at, now())` })
        .where('id', '=', batchId)
        .where('team_id', '=', teamId)
        .where('status', 'in', CANCELLABLE_STATUSES)
        .returningAll()
        .executeTakeFirst();
      if (batch) await alongside(transaction, batch);
      return batch;
    });
  }

  private async insertLines(db: Kysely<Schema>, batch: NewBatch, lines: AsyncIterable<BatchLine>): Promise<number> {
    let inserted = 0;
    let group: BatchLine[] = [];
    let bytes = 0;
    const insert = async () => {
      if (group.length > 0) await insertGroup(db, batch.id, group);
      inserted += group.length;
      group = [];
      bytes = 0;
    };
    for await (const line of lines) {
      if (isLarge(line.body)) {
        await this.bodies.write(batch, line, db);
        inserted += 1;
        continue;
      }
      group.push(line);
      bytes += byteLengthOf(line.body);
      if (group.length === LINES_PER_INSERT || bytes >= BYTES_PER_INSERT) await insert();
    }
    await insert();
    return inserted;
  }
}

function insertGroup(db: Kysely<Schema>, batchId: string, group: readonly BatchLine[]) {
  return sql`
    INSERT INTO batch_lines (batch_id, line_no, custom_id, state, url, body)
    SELECT ${batchId}, line_no, custom_id, 'pending', url, body FROM unnest(
      ${group.map(({ line }) => line)}::int[], ${group.map(({ customId }) => customId)}::text[],
      ${group.map(({ url }) => url)}::text[], ${group.map(({ body }) => String(body))}::text[]
    ) AS line (line_no, custom_id, url, body)`.execute(db);
}
