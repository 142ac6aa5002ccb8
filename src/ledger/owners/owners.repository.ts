import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Owner } from '../../common/owner';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import type { CacheBytes } from '../../database/tables/ledger-tables';
import { BATCH_ENDED, ENDED_COUNTED, INSTANCE_STOPPED, LEASES_PAID } from '../ended-rows.repository';
import type { OpenRow } from '../ledger.service';

/** The end of a row that was refused is kept elsewhere. */
const NOT_REFUSED = sql`NOT EXISTS (SELECT FROM ledger_refusals AS refused
  WHERE refused.request_id = ledger.request_id AND refused.attempt = ledger.attempt AND refused.state <> 'dispatched')`;

/** What else ends, in the same transaction, with an instance of which the journal is lost. */
export type JournalLostListener = (transaction: Transaction<Schema>, ownerId: string) => Promise<void>;

/** An instance that was not seen for so long does not count; it says that it lives every five seconds. */
const SEEN_WITHIN_SECONDS = 60;

/** Registers owners and ends them, with the attempts that they have open and the money that they hold. */
@Injectable()
export class OwnersRepository {
  private readonly journalLostListeners: JournalLostListener[] = [];

  constructor(private readonly database: Database) {}

  /** Registers what ends with an instance that may have sent calls that are not in the ledger. */
  onJournalLost(listener: JournalLostListener): void {
    this.journalLostListeners.push(listener);
  }

  /** Notes that an instance lives. @returns since when, in milliseconds since 1970: anew where it had been taken for dead */
  async beat(instanceId: string): Promise<number> {
    const { rows } = await sql<{ started_at: Date }>`
      INSERT INTO owners (id, kind) VALUES (${instanceId}, 'instance') ON CONFLICT (id) DO UPDATE SET seen_at = now()
      RETURNING started_at`.execute(this.database.db);
    return rows[0]?.started_at.getTime() ?? 0;
  }

  /** Registers an owner. One that is registered stays as it is. */
  async register({ id, kind }: Owner): Promise<void> {
    await sql`INSERT INTO owners (id, kind) VALUES (${id}, ${kind}) ON CONFLICT (id) DO NOTHING`.execute(
      this.database.db,
    );
  }

  async isRegistered(ownerId: string): Promise<boolean> {
    const { rows } = await sql`SELECT FROM owners WHERE id = ${ownerId}`.execute(this.database.db);
    return rows.length > 0;
  }

  /** Notes what answers take of an instance's memory. @returns false where the instance has not said that it lives */
  async putCacheBytes(instanceId: string, bytes: readonly CacheBytes[]): Promise<boolean> {
    const { numUpdatedRows } = await this.database.db
      .updateTable('owners')
      .set({ cache_bytes: JSON.stringify(bytes) })
      .where('id', '=', instanceId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** What answers take of the memory of all instances that live. */
  async cacheBytes(): Promise<CacheBytes[]> {
    const { rows } = await sql<{ model: string; generation: number; bytes: string }>`
      SELECT held.model, held.generation, sum(held.bytes) AS bytes
      FROM owners, jsonb_to_recordset(cache_bytes) AS held (model text, generation int, bytes bigint)
      WHERE seen_at > now() - make_interval(secs => ${SEEN_WITHIN_SECONDS}) GROUP BY 1, 2`.execute(this.database.db);
    return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
  }

  /**
   * Owners to be ended: instances that were not seen for so long, and owners that are not registered and have attempts open for
   * so long, because something came after their end. A batch that is registered is never among them.
   */
  async abandoned(afterSeconds: number): Promise<string[]> {
    const { rows } = await sql<{ owner: string }>`
      SELECT id AS owner FROM owners WHERE kind = 'instance' AND seen_at < now() - make_interval(secs => ${afterSeconds})
      UNION
      SELECT owner FROM ledger WHERE state = 'dispatched' AND created_at < now() - make_interval(secs => ${afterSeconds})
        AND NOT EXISTS (SELECT FROM owners WHERE owners.id = ledger.owner) AND ${NOT_REFUSED}`.execute(
      this.database.db,
    );
    return rows.map(({ owner }) => owner);
  }

  /**
   * Ends an owner. Its open attempts keep their estimate and have an unknown end: the upstream may have answered them.
   * What it leased of budgets and did not spend is free again. What others own is not touched.
   *
   * @param journalLost whether an instance may have sent calls that are not in the ledger
   * @returns how many attempts have an unknown end now
   */
  reclaimAll(ownerId: string, journalLost = false): Promise<number> {
    return this.database.db.transaction().execute(async (transaction) => {
      // First: what the owner writes meanwhile is seen below, or has it registered again.
      const { rows } = await sql<{
        kind: Owner['kind'];
      }>`DELETE FROM owners WHERE id = ${ownerId} RETURNING kind`.execute(transaction);
      if (journalLost) for (const listener of this.journalLostListeners) await listener(transaction, ownerId);
      const errorCode = rows[0]?.kind === 'batch' ? BATCH_ENDED : INSTANCE_STOPPED;
      const attempts = await endAsUnknown(transaction, [ownerId], sql`true`, errorCode);
      await sql`
        WITH ended AS (
          UPDATE ledger_refusals SET state = 'unknown' WHERE owner = ${ownerId} AND state = 'dispatched'
          RETURNING owner, charged, cost_pusd
        ) ${LEASES_PAID} SELECT 1`.execute(transaction);
      await sql`UPDATE budget_leases SET granted_pusd = used_pusd, closed = true WHERE owner = ${ownerId}`.execute(
        transaction,
      );
      return attempts;
    });
  }

  /** The keys of the attempts of owners, `request id.attempt`, that have no end in the database yet. */
  async openKeys(ownerIds: string[]): Promise<string[]> {
    const { rows } = await sql<{ key: string }>`
      SELECT request_id || '.' || attempt AS key FROM ledger WHERE owner = ANY(${ownerIds}::text[]) AND state = 'dispatched'
        AND ${NOT_REFUSED}`.execute(this.database.db);
    return rows.map(({ key }) => key);
  }

  /** The rows of an owner's attempts that have no end in the database yet, in the order of their keys, from behind a key. */
  async openRows(ownerId: string, after: string, limit: number): Promise<OpenRow[]> {
    const [requestId = '', attempt = '0'] = after.split('.');
    const { rows } = await sql<OpenRow>`
      SELECT * FROM ledger WHERE owner = ${ownerId} AND state = 'dispatched' AND ${NOT_REFUSED}
        AND (request_id, attempt) > (${requestId}, ${Number(attempt)}::smallint)
      ORDER BY request_id, attempt LIMIT ${limit}`.execute(this.database.db);
    return rows;
  }

  /** Ends attempts of instances that have stopped, of which their journals know no end. They keep their estimate. @returns how many */
  closeAttempts(instanceIds: string[], keys: string[]): Promise<number> {
    const named = sql`request_id || '.' || attempt = ANY(${keys}::text[])`;
    return this.database.db
      .transaction()
      .execute((transaction) => endAsUnknown(transaction, instanceIds, named, INSTANCE_STOPPED));
  }
}

/** Gives open attempts of owners an unknown end. */
async function endAsUnknown(
  transaction: Transaction<Schema>,
  ownerIds: string[],
  which: RawBuilder<unknown>,
  errorCode: string,
): Promise<number> {
  const theirs = sql`owner = ANY(${ownerIds}::text[])`;
  // In the order in which rows are written: a process that is only cut off may come back and write the same ones.
  await sql`SELECT FROM ledger WHERE ${theirs} AND state = 'dispatched' AND ${which}
    ORDER BY request_id, attempt FOR UPDATE`.execute(transaction);
  await sql`SELECT FROM budget_leases WHERE ${theirs} ORDER BY budget_id, window_start, owner FOR UPDATE`.execute(
    transaction,
  );
  const { rows } = await sql<{ attempts: bigint }>`
    WITH written AS (
      UPDATE ledger SET state = 'unknown', estimated = true, error_code = ${errorCode}
      WHERE ${theirs} AND state = 'dispatched' AND ${which} AND ${NOT_REFUSED}
      RETURNING *
    )
    ${ENDED_COUNTED}`.execute(transaction);
  return Number(rows[0]?.attempts ?? 0);
}
