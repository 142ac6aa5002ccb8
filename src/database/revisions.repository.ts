import { Injectable } from '@nestjs/common';
import { type Kysely, sql, type Transaction } from 'kysely';
import { Database } from './database.connection';
import type { Schema } from './schema';

/** What processes hold in memory and must learn about when another one changes it. */
export type Topic =
  | 'keys'
  | 'generations'
  | 'invalidations'
  | 'shares'
  | 'budgets'
  | 'credits'
  | 'prices'
  | 'providers'
  | 'sessions'
  | 'settings';

@Injectable()
export class RevisionsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Marks a topic as changed, in the transaction that changes it. Others that raise the same topic wait for its end, so
   * revisions come into sight in their order.
   *
   * @returns the new revision
   */
  async raise(topic: Topic, transaction: Transaction<Schema> | Kysely<Schema> = this.database.db): Promise<bigint> {
    const { revision } = await transaction
      .insertInto('revisions')
      .values({ topic, revision: 1n })
      .onConflict((conflict) => conflict.column('topic').doUpdateSet({ revision: sql`revisions.revision + 1` }))
      .returning('revision')
      .executeTakeFirstOrThrow();
    return revision;
  }

  async all(): Promise<Map<string, bigint>> {
    const rows = await this.database.db.selectFrom('revisions').selectAll().execute();
    return new Map(rows.map((row) => [row.topic, row.revision]));
  }
}
