import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql } from 'kysely';
import { Database } from '../database/database.connection';
import type { IdempotencyKeysTable, IdempotencyState } from '../database/tables/idempotency-tables';
import type { Schema } from '../database/schema';

/** What writes: the database, or a transaction. */
export type Writer = Kysely<Schema>;

/** Whose key it is, and which. */
export interface KeyName {
  teamId: string;
  keyId: string;
  key: string;
}

/** A call that wants a key for itself. */
export interface Claim extends KeyName {
  endpoint: string;
  fingerprint: string;
  repeatable: boolean;
  epoch: string;
  requestId: string;
  createdAt: Date;
  expiresAt: Date;
}

/** A key that a call has. */
export interface KeyRow {
  fingerprint: string;
  requestId: string;
  state: IdempotencyState;
  epoch: string;
  /** True when the process that has it was not heard of for {@link SILENT_SECONDS}. */
  silent: boolean;
  status: number | null;
  headers: Record<string, string> | null;
  body: Buffer | null;
}

/** How a call ended. */
export interface KeptOutcome {
  state: 'done' | 'too_large';
  status: number;
  headers: Record<string, string>;
  body: Buffer | null;
}

/** A living process says so every 5 seconds. */
const SILENT_SECONDS = 30;

/** Which calls have which keys. A row changes hands only when it has expired or was released. */
@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes a key that is free or expired. The process is entered among the living in the same statement: a key whose
   * process is not among them would count as left behind.
   *
   * @returns false when another call has the key
   */
  async claim(claim: Claim): Promise<boolean> {
    const { rows } = await sql`
      WITH alive AS (INSERT INTO processes (epoch) VALUES (${claim.epoch}) ON CONFLICT (epoch) DO NOTHING)
      INSERT INTO idempotency_keys AS kept
        (team_id, key_id, idempotency_key, endpoint, fingerprint, state, repeatable, epoch, request_id, created_at, expires_at)
      VALUES (${claim.teamId}, ${claim.keyId}, ${claim.key}, ${claim.endpoint}, ${claim.fingerprint}, 'running',
        ${claim.repeatable}, ${claim.epoch}, ${claim.requestId}, ${claim.createdAt}, ${claim.expiresAt})
      ON CONFLICT (team_id, key_id, idempotency_key) DO UPDATE SET
        endpoint = excluded.endpoint, fingerprint = excluded.fingerprint, state = excluded.state,
        repeatable = excluded.repeatable, epoch = excluded.epoch, request_id = excluded.request_id, status = NULL,
        headers = NULL, body = NULL, created_at = excluded.created_at, expires_at = excluded.expires_at
      WHERE kept.expires_at <= ${claim.createdAt}
      RETURNING request_id`.execute(this.database.db);
    return rows.length > 0;
  }

  async find(name: KeyName): Promise<KeyRow | undefined> {
    const row = await this.database.db
      .selectFrom('idempotency_keys')
      .leftJoin('processes', 'processes.epoch', 'idempotency_keys.epoch')
      .select(['fingerprint', 'request_id', 'state', 'idempotency_keys.epoch', 'status', 'headers', 'body'])
      .select(
        sql<boolean>`coalesce(processes.seen_at < now() - make_interval(secs => ${SILENT_SECONDS}), true)`.as('silent'),
      )
      .where((eb) => eb.and(columnsOf(name)))
      .executeTakeFirst();
    return row && toKeyRow(row);
  }

  /**
   * Writes how a call ended. A call that was given up as dead and was not still tells its end.
   *
   * @returns false when the key is not the call's any more
   */
  async finish(
    name: KeyName,
    requestId: string,
    outcome: KeptOutcome,
    writer: Writer = this.database.db,
  ): Promise<boolean> {
    const { numUpdatedRows } = await writer
      .updateTable('idempotency_keys')
      .set({ ...outcome, headers: JSON.stringify(outcome.headers) })
      .where((eb) => eb.and({ ...columnsOf(name), request_id: requestId }))
      .where('state', 'in', ['running', 'unknown'])
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Frees a key whose call ended and may be made again. A call whose end is kept keeps its key. */
  async release(name: KeyName, requestId: string): Promise<void> {
    await this.database.db
      .deleteFrom('idempotency_keys')
      .where((eb) => eb.and({ ...columnsOf(name), request_id: requestId }))
      .where('state', '=', 'running')
      .execute();
  }

  /** Deletes keys that have expired, a few at a time. @returns how many there were */
  async deleteExpired(now: Date, atMost: number): Promise<number> {
    const { numAffectedRows } = await sql`
      DELETE FROM idempotency_keys WHERE (team_id, key_id, idempotency_key) IN (
        SELECT team_id, key_id, idempotency_key FROM idempotency_keys WHERE expires_at <= ${now}
        ORDER BY expires_at LIMIT ${atMost} FOR UPDATE SKIP LOCKED)`.execute(this.database.db);
    return Number(numAffectedRows ?? 0n);
  }
}

function columnsOf({ teamId, keyId, key }: KeyName) {
  return { team_id: teamId, key_id: keyId, idempotency_key: key };
}

type FoundRow = Pick<
  Selectable<IdempotencyKeysTable>,
  'fingerprint' | 'request_id' | 'state' | 'epoch' | 'status' | 'headers' | 'body'
> & { silent: boolean };

function toKeyRow({ request_id: requestId, ...row }: FoundRow): KeyRow {
  return { ...row, requestId };
}
