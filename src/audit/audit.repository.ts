import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { newId } from '../common/ids';
import { Database } from '../database/database.connection';
import type { Schema } from '../database/schema';
import type { AuditEventsTable } from '../database/tables/model-tables';
import type { AuditEvent, NewAuditEvent } from './audit-event';
import { teamOf } from './audit-team';
import { type ChainedEntry, hashOf } from './chained-entry';
import { idOf, requireSeen } from './seen-version';

export interface AuditFilter {
  team_id?: string | undefined;
  action?: string | undefined;
  actor?: string | undefined;
  subject?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Audit events: actor, action, object before and after, and time. Events are only added, in the transaction of their action. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** Records a change, in its transaction, as {@link recordAll}. @returns the event's id */
  async record(event: NewAuditEvent, db: Transaction<Schema> | Kysely<Schema> = this.database.db): Promise<string> {
    const [id] = await this.recordAll([event], db);
    return id as string;
  }

  /**
   * Records changes, in their transaction, as the next entries of the chain. They lock its head until the transaction ends. So that
   * no two transactions wait for each other, this is the last thing that a transaction does: it locks nothing afterwards that another
   * one may hold that records an event too.
   *
   * @param db the transaction of the changes; without one the events have their own
   * @returns the events' ids
   * @throws GatewayError `precondition_failed` if the actor has seen another version of the object that is changed or deleted
   */
  async recordAll(events: readonly NewAuditEvent[], db: Transaction<Schema> | Kysely<Schema>): Promise<string[]> {
    for (const { actor, before } of events) if (before) requireSeen(actor, before);
    if (events.length === 0) return [];
    return db.isTransaction
      ? append(events, db)
      : db.transaction().execute((transaction) => append(events, transaction));
  }

  /** Events after `after`, newest first. */
  async list(filter: AuditFilter, after: string | undefined, limit: number): Promise<AuditEvent[]> {
    const rows = await this.database.db
      .selectFrom('audit_events')
      .selectAll()
      .$if(filter.team_id !== undefined, (query) => query.where('team_id', '=', filter.team_id ?? ''))
      .$if(filter.action !== undefined, (query) => query.where('action', '=', filter.action ?? ''))
      .$if(filter.actor !== undefined, (query) => query.where('actor', 'in', idsNamed(filter.actor ?? '')))
      .$if(filter.subject !== undefined, (query) => query.where('subject', 'in', idsNamed(filter.subject ?? '')))
      .$if(filter.from !== undefined, (query) => query.where('created_at', '>=', filter.from ?? new Date(0)))
      .$if(filter.to !== undefined, (query) => query.where('created_at', '<', filter.to ?? new Date(0)))
      .$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toEvent);
  }
}

/** What a filter means: an id or a word itself, and the keys and teams of that name. */
const idsNamed = (text: string) =>
  sql<string>`(SELECT ${text}::text UNION SELECT id FROM api_keys WHERE name = ${text} UNION SELECT id FROM teams WHERE name = ${text})`;

async function append(events: readonly NewAuditEvent[], db: Kysely<Schema>): Promise<string[]> {
  // Milliseconds, as JavaScript's dates and the API have them: the hash is over the time that is stored.
  const at = sql<Date>`date_trunc('milliseconds', clock_timestamp())`.as('at');
  const head = await db.selectFrom('audit_head').select(['seq', 'hash', at]).forUpdate().executeTakeFirstOrThrow();
  let { hash } = head;
  const rows = events.map((event, index) => {
    const entry: ChainedEntry = {
      ...toStored(event),
      seq: Number(head.seq) + index + 1,
      prev_hash: hash,
      created_at: head.at.toISOString(),
    };
    hash = hashOf(entry);
    return { ...entry, hash };
  });
  await db
    .insertInto('audit_events')
    .values(
      rows.map(({ before, after, details, ...row }) => ({
        ...row,
        seq: BigInt(row.seq),
        created_at: head.at,
        before: before && JSON.stringify(before),
        after: after && JSON.stringify(after),
        details: JSON.stringify(details),
      })),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/** An event as the database reads it back: dates are texts, undefined members are not there. */
function toStored(event: NewAuditEvent): Omit<ChainedEntry, 'seq' | 'prev_hash' | 'created_at'> {
  const { actor, action, subject, before = null, after = null, details = {} } = event;
  const id = newId('audit');
  return { id, actor: idOf(actor), action, subject, team_id: teamOf(event), ...asJson({ before, after, details }) };
}

function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function toEvent(row: Selectable<AuditEventsTable>): AuditEvent {
  const { id, seq, hash, actor, action, subject, team_id, before, after, details, created_at: createdAt } = row;
  const place = seq === null ? null : Number(seq);
  return { id, seq: place, hash, actor, action, subject, team_id, before, after, details, createdAt };
}
