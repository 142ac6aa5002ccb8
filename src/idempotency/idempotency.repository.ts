import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.connection';
import type { CallIdentity } from './idempotency-key';

/** An answer that is given again. */
export interface StoredReply {
  requestId: string;
  status: number;
  headers: Record<string, string>;
  /** Null where it was too large to keep. */
  body: Buffer | null;
}

/** What is known of a key. */
export type Claim =
  | { kind: 'ours' }
  | { kind: 'other_call' }
  | { kind: 'done'; reply: StoredReply }
  | { kind: 'running'; epoch: string; requestId: string };

const KEPT = sql`now() + interval '24 hours'`;
const SWEEP = 1000;

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /** Takes a key for this process, where nobody has it. */
  async claim({ teamId, key, fingerprint, requestId }: CallIdentity, epoch: string): Promise<Claim> {
    const { rows: taken } = await sql`
      INSERT INTO idempotency_keys AS kept (team_id, idempotency_key, fingerprint, epoch, request_id, state, expires_at)
      VALUES (${teamId}, ${key}, ${fingerprint}, ${epoch}, ${requestId}, 'running', ${KEPT})
      ON CONFLICT (team_id, idempotency_key) DO UPDATE SET fingerprint = excluded.fingerprint, epoch = excluded.epoch,
        request_id = excluded.request_id, state = 'running', status = NULL, headers = NULL, body = NULL, expires_at = excluded.expires_at
      WHERE kept.expires_at < now()
      RETURNING 1`.execute(this.database.db);
    if (taken.length > 0) return { kind: 'ours' };
    const row = await this.database.db
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('team_id', '=', teamId)
      .where('idempotency_key', '=', key)
      .executeTakeFirst();
    // It was freed between the two questions.
    if (!row) return this.claim({ teamId, key, fingerprint, requestId }, epoch);
    if (row.fingerprint !== fingerprint) return { kind: 'other_call' };
    if (row.state === 'running') return { kind: 'running', epoch: row.epoch, requestId: row.request_id };
    return {
      kind: 'done',
      reply: { requestId: row.request_id, status: row.status ?? 200, headers: row.headers ?? {}, body: row.body },
    };
  }

  /** Keeps the answer of a call that this process made. */
  async keep({ teamId, key }: CallIdentity, epoch: string, reply: Omit<StoredReply, 'requestId'>): Promise<void> {
    await this.database.db
      .updateTable('idempotency_keys')
      .set({ state: 'done', status: reply.status, headers: JSON.stringify(reply.headers), body: reply.body })
      .where('team_id', '=', teamId)
      .where('idempotency_key', '=', key)
      .where('epoch', '=', epoch)
      .execute();
  }

  /** Gives a key up: the call came to nothing and may be sent again. */
  async free({ teamId, key }: CallIdentity, epoch: string): Promise<void> {
    await this.database.db
      .deleteFrom('idempotency_keys')
      .where('team_id', '=', teamId)
      .where('idempotency_key', '=', key)
      .where('epoch', '=', epoch)
      .where('state', '=', 'running')
      .execute();
  }

  /**
   * What became of a call whose process may be dead: `alive`, or ended with a row in the ledger (`sent`), or without one, and
   * then its key is free.
   */
  async fateOf(epoch: string, requestId: string): Promise<'alive' | 'sent' | 'not_sent'> {
    const { rows } = await sql<{ alive: boolean; sent: boolean }>`
      SELECT EXISTS (SELECT FROM processes WHERE epoch = ${epoch}) AS alive,
        EXISTS (SELECT FROM ledger WHERE request_id = ${requestId})
          OR EXISTS (SELECT FROM batches WHERE request_id = ${requestId}) AS sent`.execute(this.database.db);
    if (rows[0]?.alive) return 'alive';
    return rows[0]?.sent ? 'sent' : 'not_sent';
  }

  /** Takes away some of the keys that are a day old. @returns how many */
  async sweep(): Promise<number> {
    const { rows } = await sql`
      DELETE FROM idempotency_keys WHERE (team_id, idempotency_key) IN (
        SELECT team_id, idempotency_key FROM idempotency_keys WHERE expires_at < now() LIMIT ${SWEEP}) RETURNING 1`.execute(
      this.database.db,
    );
    return rows.length;
  }
}
