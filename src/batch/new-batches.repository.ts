import { Injectable } from '@nestjs/common';
import { type Insertable, type Kysely, type RawBuilder, sql } from 'kysely';
import { newRequestId } from '../common/ids';
import { Database } from '../database/database.connection';
import type { BatchesTable, Schema } from '../database/schema';
import { BEING_MADE } from './batch-state';
import type { Batch } from './batches.repository';
import type { BatchLine } from './input/batch-line';
import { LeasePace } from './lines/lease-pace';
import { NewLines } from './lines/new-lines.repository';

/** Longer than any step takes. At its end the batch is taken for one whose process died. */
const LEASE = sql<Date>`now() + interval '10 minutes'`;
const LINES_PER_DELETE = 1_000;
/** Batches of this many lines or more get fresh table statistics, for the query planner. */
const LINES_WORTH_ANALYZING = 1_000;

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

/**
 * Makes batches. Their lines are written in many short steps, for the embedded database has one connection; until all of them
 * are there, the batch has the status {@link BEING_MADE}, with which it is neither shown nor run.
 */
@Injectable()
export class NewBatchesRepository {
  constructor(
    private readonly database: Database,
    private readonly lines: NewLines,
  ) {}

  /**
   * Creates a batch with its lines: all of it or nothing.
   *
   * @param alongside further writes of the transaction that starts the batch
   */
  async create(
    batch: NewBatch,
    lines: AsyncIterable<BatchLine>,
    alongside: (db: Kysely<Schema>, batch: Batch) => Promise<unknown>,
  ): Promise<Batch> {
    const token = newRequestId();
    const pace = new LeasePace();
    await this.begin(batch, token);
    try {
      const inserted = await this.lines.write(batch, lines, async () => {
        if (pace.isDue()) await this.renew(batch.id, token);
      });
      if (inserted !== batch.total_lines) throw new Error(`${batch.id} lost its input file while it was created`);
      // Without statistics each claim sorts all open lines. The embedded database collects none by itself.
      if (batch.total_lines >= LINES_WORTH_ANALYZING)
        await sql`ANALYZE batch_lines (batch_id, line_no, state)`.execute(this.database.db);
      return await this.start(batch, token, alongside);
    } catch (error) {
      // What cannot be removed now is removed when its lease has ended.
      await this.remove(sql`id = ${batch.id} AND lease_token = ${token}`).catch(() => undefined);
      throw error;
    }
  }

  /** Removes batches whose processes died while they made them. */
  async removeAbandoned(): Promise<void> {
    await this.remove(sql`(lease_until IS NULL OR lease_until < now())`);
  }

  private async begin(batch: NewBatch, token: string): Promise<void> {
    await this.database.db
      .insertInto('batches')
      .values({
        ...batch,
        metadata: JSON.stringify(batch.metadata),
        errors: JSON.stringify(null),
        status: BEING_MADE,
        in_progress_at: batch.created_at,
        lease_token: token,
        lease_until: LEASE as never,
      })
      .execute();
  }

  /** @throws Error where the batch was taken for abandoned meanwhile; then nothing of `alongside` is there */
  private start(
    { id }: NewBatch,
    token: string,
    alongside: (db: Kysely<Schema>, batch: Batch) => Promise<unknown>,
  ): Promise<Batch> {
    return this.database.db.transaction().execute(async (transaction) => {
      const started = await transaction
        .updateTable('batches')
        .set({ status: 'in_progress', lease_token: null, lease_until: null })
        .where('id', '=', id)
        .where('lease_token', '=', token)
        .returningAll()
        .executeTakeFirst();
      if (!started) throw lost(id);
      await alongside(transaction, started);
      return started;
    });
  }

  private async renew(id: string, token: string): Promise<void> {
    const { numUpdatedRows } = await this.database.db
      .updateTable('batches')
      .set({ lease_until: LEASE })
      .where('id', '=', id)
      .where('lease_token', '=', token)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw lost(id);
  }

  /**
   * Removes batches that are still being made. Each gets a new token first: this waits for a start whose COMMIT is not over yet,
   * passes over the batch if it has started, and lets it not start later.
   */
  private async remove(which: RawBuilder<unknown>): Promise<void> {
    const token = newRequestId();
    const { rows } = await sql<{ id: string }>`
      UPDATE batches SET lease_token = ${token}, lease_until = ${LEASE}
      WHERE status = ${sql.lit(BEING_MADE)} AND ${which} RETURNING id`.execute(this.database.db);
    for (const { id } of rows) await this.delete(id, token);
  }

  /** The batch takes late lines with it. */
  private async delete(id: string, token: string): Promise<void> {
    const isHeld = sql`EXISTS (SELECT FROM batches WHERE id = ${id} AND lease_token = ${token})`;
    for (let deleted = LINES_PER_DELETE; deleted === LINES_PER_DELETE;) {
      const { rows } = await sql`
        DELETE FROM batch_lines WHERE batch_id = ${id} AND ${isHeld} AND line_no IN (
          SELECT line_no FROM batch_lines WHERE batch_id = ${id} ORDER BY line_no LIMIT ${LINES_PER_DELETE})
        RETURNING 1`.execute(this.database.db);
      deleted = rows.length;
    }
    await this.database.db.deleteFrom('batches').where('id', '=', id).where('lease_token', '=', token).execute();
  }
}

function lost(id: string): Error {
  return new Error(`${id} was taken for abandoned while it was created`);
}
