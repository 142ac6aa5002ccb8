import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../database/database.connection';
import type { Owner } from '../common/owner';
import { LedgerRepository } from '../ledger/ledger.repository';
import { OwnersRepository } from '../ledger/owners/owners.repository';
import { writeWhileRegistered } from '../ledger/owners/registered-owner.repository';
import type { Schema } from '../database/schema';
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
  | { kind: 'running'; owner: string; requestId: string }
  | { kind: 'lost'; requestId: string };

/**
 * A call runs or has ended, or its process is dead: with an attempt in the ledger that may be charged (`sent`), or without one,
 * and then its key is free.
 */
export type CallState = 'running' | 'ended' | 'sent' | 'not_sent';

/** What writes: the database, or the transaction of another repository. */
export type Writer = Kysely<Schema>;

const KEPT = sql`now() + interval '24 hours'`;
const SWEEP = 1000;

/** How `pg` says that a question never reached the database. */
const NO_CONNECTION = /^(ECONNREFUSED|ENOENT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|57P03|53300)$/;

/** Whether a statement that failed may have been carried out all the same. */
export function mayBeDone(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return !NO_CONNECTION.test(String(code)) && !String(message).startsWith('timeout exceeded when trying to connect');
}

@Injectable()
export class IdempotencyRepository {
  constructor(
    private readonly database: Database,
    private readonly owners: OwnersRepository,
    private readonly ledger: LedgerRepository,
  ) {
    owners.onJournalLost((transaction, ownerId) => this.markLost(transaction, ownerId));
  }

  /**
   * Takes a key for an instance, where none has it. The instance is registered when it has the key, for the key of one that
   * is not counts as left behind.
   */
  async claim({ teamId, key, fingerprint, requestId }: CallIdentity, owner: Owner): Promise<Claim> {
    const taken = await writeWhileRegistered(
      this.database.db,
      owner,
      sql`INSERT INTO idempotency_keys AS kept (team_id, idempotency_key, fingerprint, owner, request_id, state, expires_at)
        SELECT ${teamId}, ${key}, ${fingerprint}, id, ${requestId}, 'running', ${KEPT} FROM registered
        ON CONFLICT (team_id, idempotency_key) DO UPDATE SET fingerprint = excluded.fingerprint, owner = excluded.owner,
          request_id = excluded.request_id, state = 'running', status = NULL, headers = NULL, body = NULL, expires_at = excluded.expires_at
        WHERE kept.expires_at < now()
        RETURNING 1`,
    );
    if (taken > 0) return { kind: 'ours' };
    const row = await this.database.db
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('team_id', '=', teamId)
      .where('idempotency_key', '=', key)
      .executeTakeFirst();
    // It was freed between the two questions.
    if (!row) return this.claim({ teamId, key, fingerprint, requestId }, owner);
    if (row.fingerprint !== fingerprint) return { kind: 'other_call' };
    if (row.state === 'lost') return { kind: 'lost', requestId: row.request_id };
    if (row.state === 'running') return { kind: 'running', owner: row.owner, requestId: row.request_id };
    return {
      kind: 'done',
      reply: { requestId: row.request_id, status: row.status ?? 200, headers: row.headers ?? {}, body: row.body },
    };
  }

  /**
   * Keeps the answer of a call that this process made, also if it was marked as lost meanwhile.
   *
   * @returns false when the key is not the call's any more
   */
  async keep(
    { teamId, key, requestId }: CallIdentity,
    reply: Omit<StoredReply, 'requestId'>,
    writer: Writer = this.database.db,
  ): Promise<boolean> {
    const { numUpdatedRows } = await writer
      .updateTable('idempotency_keys')
      .set({ state: 'done', status: reply.status, headers: JSON.stringify(reply.headers), body: reply.body })
      .where('team_id', '=', teamId)
      .where('idempotency_key', '=', key)
      .where('request_id', '=', requestId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Gives a key up: the call came to nothing and may be sent again. One whose answer is kept keeps its key. */
  async free({ teamId, key }: Pick<CallIdentity, 'teamId' | 'key'>, requestId: string): Promise<void> {
    await this.database.db
      .deleteFrom('idempotency_keys')
      .where('team_id', '=', teamId)
      .where('idempotency_key', '=', key)
      .where('request_id', '=', requestId)
      .where('state', '=', 'running')
      .execute();
  }

  /**
   * What became of a call that another one asks for. Where its owner is gone, the key is read again, for the owner may have
   * kept the answer before it ended.
   */
  async fateOf(identity: CallIdentity, requestId: string): Promise<CallState> {
    const owner = await this.runningOwner(identity, requestId);
    if (owner === undefined) return 'ended';
    if (await this.owners.isRegistered(owner)) return 'running';
    if ((await this.runningOwner(identity, requestId)) === undefined) return 'ended';
    return (await this.ledger.mayBeCharged(requestId)) ? 'sent' : 'not_sent';
  }

  private async runningOwner({ teamId, key }: CallIdentity, requestId: string): Promise<string | undefined> {
    const row = await this.database.db
      .selectFrom('idempotency_keys')
      .select('owner')
      .where('team_id', '=', teamId)
      .where('idempotency_key', '=', key)
      .where('request_id', '=', requestId)
      .where('state', '=', 'running')
      .executeTakeFirst();
    return row?.owner;
  }

  /** Takes away some of the keys that are a day old. @returns how many */
  async sweep(): Promise<number> {
    const { rows } = await sql`
      DELETE FROM idempotency_keys WHERE (team_id, idempotency_key) IN (
        SELECT team_id, idempotency_key FROM idempotency_keys WHERE expires_at < now() LIMIT ${SWEEP} FOR UPDATE SKIP LOCKED)
      RETURNING 1`.execute(this.database.db);
    return rows.length;
  }

  /** The calls of an instance that is gone with its journal may have been charged. */
  private async markLost(writer: Writer, ownerId: string): Promise<void> {
    await writer
      .updateTable('idempotency_keys')
      .set({ state: 'lost' })
      .where('owner', '=', ownerId)
      .where('state', '=', 'running')
      .execute();
  }
}
