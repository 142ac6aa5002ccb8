import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { LedgerState } from '../../database/tables/ledger-tables';
import { LEASES_PAID } from '../ended-rows.repository';
import { LedgerRepository } from '../ledger.repository';
import type { Damage } from './damaged-lines';

/** A row that the ledger did not take, as far as its money needs it. */
export interface RefusedRow {
  requestId: string;
  attempt: number;
  state: LedgerState;
  owner: string;
  teamId: string;
  keyId: string;
  /** Pico-dollars, in decimals. */
  costPusd: string;
  /** The windows of budgets that pay. */
  charged: string[] | null;
  createdAt: string;
  /** JSON text of the row. */
  json: Buffer;
}

/** Keeps the rows that the ledger refuses, with the money that they move, and what could not be read of the journals. */
@Injectable()
export class RefusalsRepository {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerRepository,
  ) {}

  /**
   * Sets a row aside. One that has ended is counted in its budgets, once: as in the ledger, a row changes only from
   * dispatched to its end.
   */
  async add(row: RefusedRow, reason: string): Promise<void> {
    await sql`
      WITH set_aside AS (
        INSERT INTO ledger_refusals AS kept (request_id, attempt, state, owner, team_id, key_id, cost_pusd, charged, reason, row, created_at)
        VALUES (${row.requestId}, ${row.attempt}, ${row.state}, ${row.owner}, ${row.teamId}, ${row.keyId},
          ${row.costPusd}::numeric, ${row.charged}::text[], ${reason}, ${row.json}, ${row.createdAt}::timestamptz)
        ON CONFLICT (request_id, attempt) DO UPDATE SET state = excluded.state, cost_pusd = excluded.cost_pusd,
          charged = excluded.charged, reason = excluded.reason, row = excluded.row, refused_at = now()
        WHERE kept.state = 'dispatched' AND excluded.state <> 'dispatched'
        RETURNING *
      ), ended AS (SELECT owner, charged, cost_pusd FROM set_aside WHERE state <> 'dispatched')
      ${LEASES_PAID} SELECT 1`.execute(this.database.db);
  }

  /** Sets an open attempt aside whose row the ledger has and cannot end; it keeps its estimate. */
  async addOpen(key: string, reason: string): Promise<void> {
    await sql`
      WITH set_aside AS (
        INSERT INTO ledger_refusals (request_id, attempt, state, owner, team_id, key_id, cost_pusd, charged, reason, row, created_at)
        SELECT request_id, attempt, 'unknown', owner, team_id, key_id, cost_pusd, charged, ${reason},
          convert_to(row_to_json(ledger)::text, 'UTF8'), created_at
        FROM ledger WHERE request_id || '.' || attempt = ${key} AND request_id = split_part(${key}, '.', 1) AND state = 'dispatched'
        ON CONFLICT (request_id, attempt) DO NOTHING
        RETURNING *
      ), ended AS (SELECT owner, charged, cost_pusd FROM set_aside)
      ${LEASES_PAID} SELECT 1`.execute(this.database.db);
  }

  /** @returns false where the damage is known already */
  async addDamage({ segment, position, lines, bytes }: Damage): Promise<boolean> {
    const { rows } = await sql`
      INSERT INTO journal_damages AS known (segment, position, lines, bytes) VALUES (${segment}, ${position}, ${lines}, ${bytes})
      ON CONFLICT (segment, position) DO UPDATE SET lines = excluded.lines, bytes = excluded.bytes WHERE known.lines < excluded.lines
      RETURNING segment`.execute(this.database.db);
    return rows.length > 0;
  }

  async count(): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM ledger_refusals`.execute(
      this.database.db,
    );
    return rows[0]?.count ?? 0;
  }

  /** The keys of the rows that are set aside, `request id.attempt`. */
  async keys(): Promise<string[]> {
    const { rows } = await sql<{ key: string }>`
      SELECT request_id || '.' || attempt AS key FROM ledger_refusals ORDER BY request_id, attempt`.execute(
      this.database.db,
    );
    return rows.map(({ key }) => key);
  }

  /** Moves a row into the ledger. @throws what the ledger refuses it by; then the row stays where it is */
  async admit(key: string): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ row: Buffer; state: LedgerState }>`
        WITH admitted AS (
          DELETE FROM ledger_refusals
          WHERE request_id = split_part(${key}, '.', 1) AND attempt = split_part(${key}, '.', 2)::smallint RETURNING *
        ), ended AS (SELECT owner, charged, -cost_pusd AS cost_pusd FROM admitted WHERE state <> 'dispatched')
        ${LEASES_PAID} SELECT row, state FROM admitted`.execute(transaction);
      for (const { row, state } of rows) {
        const entry = { ...(JSON.parse(String(row)) as object), state };
        await this.ledger.write([Buffer.from(JSON.stringify(entry))], transaction);
      }
    });
  }
}
