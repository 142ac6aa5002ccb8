import { Injectable } from '@nestjs/common';
import type { ListBatchesQuery } from '@thriftgate/contracts';
import { type Kysely, type Selectable, sql } from 'kysely';
import { Database } from '../database/database.connection';
import type { BatchesTable, Schema } from '../database/schema';
import { BEING_MADE, CANCELLABLE_STATUSES } from './batch-state';
import { LineBodies, pageOf, smallBody } from './lines/line-bodies.repository';

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

/** Reads and cancels batches. */
@Injectable()
export class BatchesRepository {
  constructor(
    private readonly database: Database,
    private readonly bodies: LineBodies,
  ) {}

  find(teamId: string, batchId: string): Promise<Batch | undefined> {
    return this.database.db
      .selectFrom('batches')
      .selectAll()
      .where('id', '=', batchId)
      .where('team_id', '=', teamId)
      .where('status', '<>', BEING_MADE)
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
    let page = this.database.db
      .selectFrom('batches')
      .selectAll()
      .where('team_id', '=', teamId)
      .where('status', '<>', BEING_MADE);
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
}
