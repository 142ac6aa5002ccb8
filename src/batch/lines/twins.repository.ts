import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { LineAnswer, LineState, Schema } from '../../database/schema';
import { LedgerRepository } from '../../ledger/ledger.repository';
import { pageOf, smallBody } from './line-bodies.repository';
import type { StoredLine } from './line-calls.service';
import type { LineResult } from './line-result';
import { LinesRepository } from './lines.repository';

/** Of a line that waits, whether its equal has ended. */
const IS_SETTLED = sql`state = 'same' AND EXISTS (
  SELECT FROM batch_lines AS first WHERE first.batch_id = batch_lines.batch_id AND first.line_no = batch_lines.same_as
    AND first.state IN ('done', 'failed', 'cancelled', 'expired'))`;

/** What a line and the result that it gets have. */
const OF_LINE_AND_RESULT = sql`octet_length(line.body) + coalesce((
  SELECT octet_length(first.result) FROM batch_lines AS first
  WHERE first.batch_id = line.batch_id AND first.line_no = line.same_as), 0)`;

/** A line that waits for the answer of an equal one, with what became of that one. */
export interface Twin extends StoredLine {
  firstState: LineState;
  /** Of the response; null without one. */
  status: number | null;
  result: string | null;
  answer: LineAnswer | null;
}

/** Ends lines with the results of equal lines. */
@Injectable()
export class TwinsRepository {
  constructor(
    private readonly database: Database,
    private readonly lines: LinesRepository,
    private readonly ledger: LedgerRepository,
  ) {}

  /**
   * Ends some lines whose equal has ended, with their rows of the ledger, in one transaction.
   *
   * @returns how many
   */
  settle(
    batchId: string,
    endsOf: (twins: readonly Twin[], db: Kysely<Schema>) => Promise<{ rows: string[]; results: LineResult[] }>,
  ): Promise<number> {
    return this.database.db.transaction().execute(async (transaction) => {
      const { rows: twins } = await sql<Twin>`
        SELECT line.batch_id AS "batchId", batch.team_id AS "teamId", batch.key_id AS "keyId", line.line_no AS "lineNo",
          line.custom_id AS "customId", line.url AS endpoint, ${smallBody('line')} AS body, first.state AS "firstState",
          first.response_status AS status, first.result, first.answer
        FROM batch_lines line
        JOIN batch_lines first ON first.batch_id = line.batch_id AND first.line_no = line.same_as
        JOIN batches batch ON batch.id = line.batch_id
        WHERE line.batch_id = ${batchId} AND line.state = 'same'
          AND line.line_no IN (SELECT line_no FROM ${pageOf(sql`batch_id = ${batchId} AND ${IS_SETTLED}`, OF_LINE_AND_RESULT)})
        ORDER BY line.line_no FOR UPDATE OF line`.execute(transaction);
      const ended = twins.filter(({ firstState }) => firstState === 'done' || firstState === 'failed');
      const { rows, results } = await endsOf(ended, transaction);
      if (rows.length > 0)
        await this.ledger.write(
          rows.map((row) => Buffer.from(row)),
          transaction,
        );
      if (results.length > 0) await this.lines.record(batchId, results, 'same', transaction);
      const closed = twins.filter((twin) => !ended.includes(twin));
      if (closed.length > 0)
        await sql`
          UPDATE batch_lines line SET state = first.state FROM batch_lines first
          WHERE line.batch_id = ${batchId} AND line.line_no = ANY (${closed.map(({ lineNo }) => lineNo)}::int[])
            AND line.state = 'same' AND first.batch_id = line.batch_id AND first.line_no = line.same_as`.execute(
          transaction,
        );
      return twins.length;
    });
  }
}
