import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { Month } from './months';

/** A number that only this lock uses: one process at a time changes partitions. */
const LOCK = 7_261_001;

@Injectable()
export class PartitionsRepository {
  constructor(private readonly database: Database) {}

  /** Makes a month's partition where there is none. @throws when rows of that month lie in the default partition already */
  async create({ partition, least, below }: Month): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await sql`SELECT pg_advisory_xact_lock(${LOCK})`.execute(transaction);
      await sql`CREATE TABLE IF NOT EXISTS ${sql.table(partition)} PARTITION OF ledger
        FOR VALUES FROM (${sql.lit(least)}) TO (${sql.lit(below)})`.execute(transaction);
    });
  }

  /** The names of the months' partitions, oldest first. */
  async list(): Promise<string[]> {
    const { rows } = await sql<{ name: string }>`
      SELECT child.relname AS name FROM pg_inherits
      JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
      WHERE parent.relname = 'ledger' AND child.relname ~ '^ledger_\d{4}_\d{2}$' ORDER BY 1`.execute(this.database.db);
    return rows.map(({ name }) => name);
  }

  /** Takes a whole month away. What it moved between the accounts is kept, so that they still add up. */
  async drop(partition: string): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await sql`SELECT pg_advisory_xact_lock(${LOCK})`.execute(transaction);
      await sql`
        INSERT INTO ledger_closings (partition, account, debits_pusd, credits_pusd)
        SELECT ${partition}, account, sum(debit), sum(credit) FROM (
          SELECT 'team:' || team_id AS account, greatest(cost_pusd, 0) AS debit, greatest(-cost_pusd, 0) AS credit
          FROM ${sql.table(partition)} WHERE state <> 'dispatched'
          UNION ALL
          SELECT 'provider:' || coalesce(provider, ''), greatest(-cost_pusd, 0), greatest(cost_pusd, 0)
          FROM ${sql.table(partition)} WHERE state <> 'dispatched'
        ) AS sides GROUP BY account HAVING sum(debit) <> 0 OR sum(credit) <> 0`.execute(transaction);
      await sql`DROP TABLE ${sql.table(partition)}`.execute(transaction);
    });
  }
}
