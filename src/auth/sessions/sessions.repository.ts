import { Injectable } from '@nestjs/common';
import { type Selectable, sql, type Transaction } from 'kysely';
import { AuditRepository } from '../../audit/audit.repository';
import type { PageQuery } from '../../common/pages';
import { Database } from '../../database/database.connection';
import { RevisionsRepository } from '../../database/revisions.repository';
import type { Schema } from '../../database/schema';
import type { SessionsTable } from '../../database/tables/access-tables';
import type { Session } from './session';

/** How long an ended session can be read. */
const KEPT = sql<Date>`now() - interval '30 days'`;

export type SessionRow = Selectable<SessionsTable>;

/** A session with what proves it. */
export type NewSession = Session & {
  tokenHash: string;
  /** For the administrator's key: its hash, so that the session ends with it. */
  adminKeyHash: string | null;
  teamId: string;
};

@Injectable()
export class SessionsRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
  ) {}

  /** Stores a session and forgets those that ended long ago. */
  insert(session: NewSession): Promise<void> {
    return this.change(async (transaction, revision) => {
      await transaction.deleteFrom('sessions').where('ends_at', '<', KEPT).execute();
      await transaction
        .insertInto('sessions')
        .values({
          id: session.id,
          token_hash: session.tokenHash,
          key_id: session.keyId,
          team_id: session.teamId,
          admin_key_hash: session.adminKeyHash,
          created_at: session.createdAt,
          seen_at: session.seenAt,
          ends_at: session.endsAt,
          address: session.address,
          agent: session.agent,
          revision,
        })
        .execute();
      const details = { session_id: session.id, address: session.address };
      const { keyId, teamId } = session;
      const event = { actor: keyId, action: 'session.started', subject: keyId, teamId, details } as const;
      await this.audit.record(event, transaction);
    });
  }

  /** The sessions that changed after a revision, ended ones too. */
  changedSince(revision: bigint): Promise<SessionRow[]> {
    const query = this.database.db.selectFrom('sessions').selectAll();
    return query
      .where('revision', '>', revision)
      .where('ends_at', '>', sql<Date>`now()`)
      .execute();
  }

  withHash(tokenHash: string): Promise<SessionRow | undefined> {
    return this.database.db.selectFrom('sessions').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
  }

  /** The sessions that have not ended, newest first: one more than the limit of the page. */
  open(nowMs: number, idleMs: number, { limit, cursor }: PageQuery): Promise<SessionRow[]> {
    return this.database.db
      .selectFrom('sessions')
      .selectAll()
      .where('ended_at', 'is', null)
      .where('ends_at', '>', new Date(nowMs))
      .where('seen_at', '>', new Date(nowMs - idleMs))
      .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
  }

  /** Moves the time of the last use forward. */
  async touch(id: string, seenAt: Date): Promise<void> {
    const query = this.database.db.updateTable('sessions').set({ seen_at: seenAt });
    await query.where('id', '=', id).where('seen_at', '<', seenAt).execute();
  }

  /** @returns false if there is no such session, or it has ended */
  end(id: string, actor: string): Promise<boolean> {
    return this.change(async (transaction, revision) => {
      const row = await transaction
        .updateTable('sessions')
        .set({ ended_at: sql`now()`, revision })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .returning(['key_id', 'team_id'])
        .executeTakeFirst();
      if (!row) return false;
      const [subject, teamId, details] = [row.key_id, row.team_id, { session_id: id }];
      const event = { actor, action: 'session.ended', subject, teamId, details } as const;
      await this.audit.record(event, transaction);
      return true;
    });
  }

  private change<T>(work: (transaction: Transaction<Schema>, revision: bigint) => Promise<T>): Promise<T> {
    return this.database.db.transaction().execute(async (transaction) => {
      const revision = await this.revisions.raise('sessions', transaction);
      return work(transaction, revision);
    });
  }
}
