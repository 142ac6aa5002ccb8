import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import type { OpenStatus } from '../batch-state';
import { LeasePace } from '../lines/lease-pace';
import { hasNoOpenLines } from '../lines/lines.repository';
import type { BatchEnd } from './batch-end';
import { endedPage } from './ended-page.repository';
import type { EndedLine } from './output-line';

const LEASE = sql<Date>`now() + interval '30 seconds'`;

/** A batch whose lines have all ended and whose files this instance writes. */
export interface FinishingBatch {
  id: string;
  team_id: string;
  status: OpenStatus;
  /** How long the files are kept, in seconds; null keeps them until they are deleted. */
  output_expires_after_s: number | null;
  token: string;
}

/** A batch that has ended. */
export interface EndedBatch {
  total_lines: number;
  completed_lines: number;
  failed_lines: number;
  cost_pusd: bigint;
  saved_pusd: bigint;
  files: { output_file_id: string | null; error_file_id: string | null };
}

/** Another instance took over the files of a batch. */
export class FinishingLostError extends Error {}

/** Ends batches: one instance at a time writes the files and publishes them with the final status. */
@Injectable()
export class FinishingRepository {
  constructor(private readonly database: Database) {}

  /** Leases a batch that has no open line and that no other instance is finishing. */
  async take(batchId: string, token: string): Promise<FinishingBatch | undefined> {
    const { rows } = await sql<FinishingBatch>`
      UPDATE batches SET lease_token = ${token}, lease_until = ${LEASE},
        status = CASE WHEN status = 'in_progress' THEN 'finalizing' ELSE status END,
        finalizing_at = coalesce(finalizing_at, now())
      WHERE id = ${batchId} AND status IN ('in_progress', 'finalizing', 'cancelling')
        AND (lease_until IS NULL OR lease_until < now())
        AND planned_at IS NOT NULL AND ${hasNoOpenLines(sql.val(batchId))}
      RETURNING id, team_id, status, output_expires_after_s, lease_token AS token`.execute(this.database.db);
    return rows[0];
  }

  /** The lines in order. Renews the lease of the batch while they are read. @throws FinishingLostError */
  async *lines({ id, token }: FinishingBatch): AsyncGenerator<EndedLine, void, undefined> {
    const pace = new LeasePace();
    for (let last = 0; ;) {
      const page = await endedPage(this.database.db, sql`batch_id = ${id} AND line_no > ${last}`);
      if (page.length === 0) return;
      yield* page;
      last = page.at(-1)?.lineNo ?? last;
      if (pace.isDue()) await this.hold(id, token);
    }
  }

  /**
   * Ends a batch in one transaction.
   *
   * @param alongside what else the transaction does: it publishes the files and stores the alert
   * @returns what `alongside` returns
   * @throws FinishingLostError
   */
  publish<Made>(
    { id, token }: FinishingBatch,
    { status, errors }: BatchEnd,
    files: EndedBatch['files'],
    alongside: (db: Kysely<Schema>, ended: EndedBatch) => Promise<Made>,
  ): Promise<Made> {
    return this.database.db.transaction().execute(async (transaction) => {
      const ended = await transaction
        .updateTable('batches')
        .set({
          status,
          errors: JSON.stringify(errors),
          ...files,
          [`${status}_at`]: sql`now()`,
          lease_token: null,
          lease_until: null,
        })
        .where('id', '=', id)
        .where('lease_token', '=', token)
        .returning(['total_lines', 'completed_lines', 'failed_lines', 'cost_pusd', 'saved_pusd'])
        .executeTakeFirst();
      if (!ended) throw new FinishingLostError(id);
      return alongside(transaction, { ...ended, files });
    });
  }

  private async hold(id: string, token: string): Promise<void> {
    const { numUpdatedRows } = await this.database.db
      .updateTable('batches')
      .set({ lease_until: LEASE })
      .where('id', '=', id)
      .where('lease_token', '=', token)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new FinishingLostError(id);
  }
}
