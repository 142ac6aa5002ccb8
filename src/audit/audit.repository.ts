import { Injectable } from '@nestjs/common';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { newId } from '../common/ids';
import { Database } from '../database/database.connection';
import type { Schema } from '../database/schema';
import type { AuditEventsTable } from '../database/tables/model-tables';
import type { AuditEvent, NewAuditEvent } from './audit-event';
import { teamOf } from './audit-team';
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

  /**
   * Records a change, in its transaction.
   *
   * @returns the event's id
   * @throws GatewayError `precondition_failed` if the actor has seen another version of the object that is changed or deleted
   */
  async record(
    event: NewAuditEvent,
    transaction: Transaction<Schema> | Kysely<Schema> = this.database.db,
  ): Promise<string> {
    const { actor, action, subject, before, after, details = {} } = event;
    if (before) requireSeen(actor, before);
    const id = newId('audit');
    await transaction
      .insertInto('audit_events')
      .values({
        id,
        actor: idOf(actor),
        action,
        subject,
        team_id: teamOf(event),
        before: before ? JSON.stringify(before) : null,
        after: after ? JSON.stringify(after) : null,
        details: JSON.stringify(details),
      })
      .execute();
    return id;
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

function toEvent(row: Selectable<AuditEventsTable>): AuditEvent {
  const { id, actor, action, subject, team_id, before, after, details, created_at: createdAt } = row;
  return { id, actor, action, subject, team_id, before, after, details, createdAt };
}
