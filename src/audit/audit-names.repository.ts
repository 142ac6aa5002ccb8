import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { Database } from '../database/database.connection';
import type { Schema } from '../database/schema';
import type { AuditEvent } from './audit-event';
import { idsOf, subjectName } from './subject-name';

/** What people call the actor and the subject of an event; null where that is not known, or is what the event has anyway. */
export interface EventNames {
  actor_name: string | null;
  subject_name: string | null;
}

/** The names of those whom audit events have by their ids. */
@Injectable()
export class AuditNamesRepository {
  constructor(private readonly database: Database) {}

  /** The events, each with its names as they are now. */
  async withNames(events: readonly AuditEvent[]): Promise<(AuditEvent & EventNames)[]> {
    const names = await namesOf([...new Set(events.flatMap(idsOf))], this.database.db);
    return events.map((event) => ({
      ...event,
      actor_name: names.get(event.actor) ?? null,
      subject_name: subjectName(event, names),
    }));
  }
}

/** The names of teams and keys, also of deleted ones, by their ids. */
export async function namesOf(ids: readonly string[], db: Kysely<Schema>): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const teams = db.selectFrom('teams').select(['id', 'name']).where('id', 'in', ids);
  const keys = db.selectFrom('api_keys').select(['id', 'name']).where('id', 'in', ids);
  return new Map((await teams.unionAll(keys).execute()).map(({ id, name }) => [id, name]));
}
