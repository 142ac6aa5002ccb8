import { Injectable } from '@nestjs/common';
import { type Selectable, sql, type Transaction, type Updateable } from 'kysely';
import { newRequestId } from '../../common/ids';
import { Database } from '../../database/database.connection';
import type { BatchShardsTable, BatchStatus, Schema } from '../../database/schema';
import { LedgerRepository } from '../../ledger/ledger.repository';
import type { StoredLine } from '../lines/line-calls.service';
import type { LineResult } from '../lines/line-result';
import { pageOf, smallBody } from '../lines/line-bodies.repository';
import { LinesRepository } from '../lines/lines.repository';

const LEASE = sql<Date>`now() + interval '20 seconds'`;
const ROWS_PER_WRITE = 200;
const UNIQUE_VIOLATION = '23505';

/** A shard that this instance works on, with what its batch says. */
export interface LeasedShard extends Selectable<BatchShardsTable> {
  token: string;
  teamId: string;
  keyId: string;
  batchStatus: BatchStatus;
  /** The end of the batch's completion window. */
  expiresAt: Date;
  batchCreatedAt: Date;
  escalate: boolean;
}

/** A line of a shard, with the id of its call. */
export interface ShardLine extends StoredLine {
  requestId: string;
}

/** What becomes of lines without a result: they run as live calls, or end. */
export type Leftover = 'pending' | 'escalated' | 'cancelled' | 'expired';

/** Another instance works on the shard. */
export class ShardLostError extends Error {}

/** Shards: who works on them, what is known of them at the vendor, and the results of their lines. */
@Injectable()
export class ShardsRepository {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerRepository,
    private readonly lines: LinesRepository,
  ) {}

  /**
   * Leases a shard that is to be looked at now; no two instances have the same.
   *
   * @param atWork the team of each shard that this instance works on: the team with the fewest has the next turn
   * @returns undefined where none is due
   */
  async claimDue(atWork: readonly string[]): Promise<LeasedShard | undefined> {
    const { rows } = await sql<LeasedShard>`
      WITH chosen AS (
        SELECT due.id FROM batch_shards due JOIN batches ON batches.id = due.batch_id
        WHERE due.state <> 'ended' AND due.next_at <= now() AND (due.lease_until IS NULL OR due.lease_until < now())
        ORDER BY cardinality(array_positions(${atWork}::text[], batches.team_id)), due.next_at
        LIMIT 1 FOR UPDATE OF due SKIP LOCKED)
      UPDATE batch_shards shard SET lease_token = ${newRequestId()}, lease_until = ${LEASE}
      FROM chosen, batches batch WHERE shard.id = chosen.id AND batch.id = shard.batch_id
      RETURNING shard.*, shard.lease_token AS token, batch.team_id AS "teamId", batch.key_id AS "keyId",
        batch.status AS "batchStatus", batch.expires_at AS "expiresAt", batch.created_at AS "batchCreatedAt",
        batch.escalate`.execute(this.database.db);
    return rows[0];
  }

  /** Ends all leases and requests. Only for a database that this process has alone. */
  async reclaimAll(): Promise<void> {
    await sql`UPDATE batch_shards SET lease_until = NULL, creating_by = NULL
      WHERE lease_until IS NOT NULL OR creating_by IS NOT NULL`.execute(this.database.db);
  }

  /** Has the shards of a batch looked at soon. */
  async wake(batchId: string): Promise<void> {
    await sql`UPDATE batch_shards SET next_at = now() WHERE batch_id = ${batchId} AND state <> 'ended'`.execute(
      this.database.db,
    );
  }

  /** @throws ShardLostError */
  async renew({ id, token }: LeasedShard): Promise<void> {
    await this.update({ id, token }, { lease_until: LEASE as never });
  }

  /** @throws ShardLostError */
  async update(
    { id, token }: Pick<LeasedShard, 'id' | 'token'>,
    values: Updateable<BatchShardsTable>,
    db: Transaction<Schema> | Database['db'] = this.database.db,
  ): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('batch_shards')
      .set(values)
      .where('id', '=', id)
      .where('lease_token', '=', token)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new ShardLostError(id);
  }

  /**
   * Ends a shard in one transaction.
   *
   * @param alongside what else the transaction does
   */
  async end<Made>(shard: LeasedShard, alongside: (db: Transaction<Schema>) => Promise<Made>): Promise<Made> {
    return this.database.db.transaction().execute(async (transaction) => {
      const ended = { state: 'ended', alone_at: null, lease_token: null, lease_until: null } as const;
      await this.update(shard, { ...ended, ended_at: sql<Date>`now()` as never }, transaction);
      return alongside(transaction);
    });
  }

  /** Gives a shard back, to be looked at again. */
  async release(shard: LeasedShard, nextAt: Date): Promise<void> {
    await this.update(shard, { next_at: nextAt, lease_token: null, lease_until: null });
  }

  /** Opens the attempts of a shard, all at once. @param rows of the ledger */
  async open(shard: LeasedShard, charged: string[], rows: readonly string[]): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await this.update(shard, { state: 'sending', charged }, transaction);
      await this.writeRows(rows, transaction);
    });
  }

  /**
   * Notes that a batch is about to be created at the vendor.
   *
   * @param by the instance that asks for it
   * @param aloneAt a name of which one creation at a time may be in doubt; null for any number
   * @returns false where another one is in doubt
   */
  async beginCreation(shard: LeasedShard, by: string, aloneAt: string | null): Promise<boolean> {
    try {
      const creatingAt = sql<Date>`now()` as never;
      await this.update(shard, { creating_at: creatingAt, creating_by: by, missing_at: null, alone_at: aloneAt });
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  /** Those of the ids that a shard knows as its vendor's batch. */
  async known(vendorBatchIds: readonly string[]): Promise<Set<string>> {
    if (vendorBatchIds.length === 0) return new Set();
    const rows = await this.database.db
      .selectFrom('batch_shards')
      .select('vendor_batch_id')
      .where('vendor_batch_id', 'in', vendorBatchIds)
      .execute();
    return new Set(rows.map(({ vendor_batch_id: id }) => id ?? ''));
  }

  /** The lines of a shard that have no result, in pages. @param lineNos only those of these */
  async *pages(shard: LeasedShard, lineNos?: readonly number[]): AsyncGenerator<ShardLine[], void, undefined> {
    const only = lineNos ? sql`AND line_no = ANY (${lineNos}::int[])` : sql``;
    for (let last = 0; ;) {
      const { rows } = await sql<ShardLine>`
        SELECT ${columnsOf(shard)}
        FROM ${pageOf(sql`shard_id = ${shard.id} AND line_no > ${last} AND state = 'sharded' ${only}`)}
        ORDER BY line_no`.execute(this.database.db);
      if (rows.length === 0) return;
      yield rows;
      last = rows.at(-1)?.lineNo ?? last;
    }
  }

  /**
   * Writes the ends of attempts with the results of their lines, in one transaction.
   *
   * @param again lines that are run as live calls
   */
  async settle(
    shard: LeasedShard,
    rows: readonly string[],
    results: readonly LineResult[],
    again: readonly number[],
  ): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      // Locks the shard: no two instances settle it at once.
      await this.update(shard, { lease_until: LEASE as never }, transaction);
      await this.writeRows(rows, transaction);
      if (results.length > 0) await this.lines.record(shard.batch_id, results, 'sharded', transaction);
      if (again.length > 0) await closeLines(transaction, shard, again, 'pending');
    });
  }

  /** Ends the attempts of lines without a result, with the lines. */
  async close(shard: LeasedShard, rows: readonly string[], lineNos: readonly number[], how: Leftover): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await this.update(shard, { lease_until: LEASE as never }, transaction);
      await this.writeRows(rows, transaction);
      await closeLines(transaction, shard, lineNos, how);
    });
  }

  private async writeRows(rows: readonly string[], transaction: Transaction<Schema>): Promise<void> {
    for (let at = 0; at < rows.length; at += ROWS_PER_WRITE) {
      const part = rows.slice(at, at + ROWS_PER_WRITE).map((row) => Buffer.from(row));
      await this.ledger.write(part, transaction);
    }
  }
}

function columnsOf({ teamId, keyId }: LeasedShard) {
  return sql`batch_id AS "batchId", ${teamId} AS "teamId", ${keyId} AS "keyId", line_no AS "lineNo",
    custom_id AS "customId", url AS endpoint, ${smallBody()} AS body, request_id AS "requestId"`;
}

async function closeLines(
  db: Transaction<Schema>,
  { id, batch_id: batchId }: LeasedShard,
  lineNos: readonly number[],
  how: Leftover,
): Promise<void> {
  const state = how === 'escalated' ? 'pending' : how;
  await sql`
    WITH closed AS (
      UPDATE batch_lines SET state = ${state}, request_id = NULL
      WHERE batch_id = ${batchId} AND shard_id = ${id} AND line_no = ANY (${lineNos}::int[]) AND state = 'sharded'
      RETURNING line_no)
    UPDATE batches SET escalated_lines = escalated_lines + (SELECT count(*) FROM closed)
    WHERE id = ${batchId} AND ${how} = 'escalated'`.execute(db);
}
