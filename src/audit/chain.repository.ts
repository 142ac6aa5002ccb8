import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.connection';
import type { ChainedEntry } from './chained-entry';

/** An entry of the chain by its number and its hash. */
export interface ChainPlace {
  seq: number;
  /** In hex. */
  hash: string;
}

/** An entry as its row is, with the hash that it says it has. */
export type StoredEntry = ChainedEntry & { hash: string };

/** An event from before the chain. */
export type EarlierEvent = Omit<ChainedEntry, 'seq' | 'prev_hash'>;

/** The time of a row to the last digit that it has, so that no change of it is too small to be seen. Infinity is a time, too. */
const CREATED_AT = sql<string>`
  coalesce(to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), created_at::text)`.as('created_at');
const COLUMNS = ['id', 'actor', 'action', 'subject', 'team_id', 'before', 'after', 'details', CREATED_AT] as const;

/** Reads the chain of the audit, for its verification. */
@Injectable()
export class ChainRepository {
  constructor(private readonly database: Database) {}

  /** The head, and the number of the last row, which is the same in a whole chain; undefined without a head. */
  async head(): Promise<(ChainPlace & { lastSeq: number }) | undefined> {
    const lastSeq = sql<bigint | null>`(SELECT max(seq) FROM audit_events)`.as('last_seq');
    const row = await this.database.db.selectFrom('audit_head').select(['seq', 'hash', lastSeq]).executeTakeFirst();
    return row && { seq: Number(row.seq), hash: row.hash, lastSeq: Number(row.last_seq) };
  }

  /** The entries behind one, or from the first, in order. @param upTo the number of the last entry to read */
  async entries(after: StoredEntry | undefined, upTo: number, limit: number): Promise<StoredEntry[]> {
    const rows = await this.database.db
      .selectFrom('audit_events')
      .select(['seq', 'prev_hash', 'hash', ...COLUMNS])
      // A head that was written by hand may have any number.
      .where('seq', '<=', BigInt(Math.min(upTo, Number.MAX_SAFE_INTEGER)))
      // By both, so that a second row with the number of another one cannot hide between two pages.
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(seq, id) > (${after?.seq ?? 0}::bigint, ${after?.id ?? ''}::text)`),
      )
      .orderBy('seq')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(({ seq, prev_hash, hash, ...row }) => ({
      ...row,
      seq: Number(seq),
      prev_hash: prev_hash ?? '',
      hash: hash ?? '',
      created_at: toIso(row.created_at),
    }));
  }

  /** The events from before the chain with ids behind one, or from the first, in the order of their ids. */
  async earlier(after: EarlierEvent | undefined, limit: number): Promise<EarlierEvent[]> {
    const rows = await this.database.db
      .selectFrom('audit_events')
      .select(COLUMNS)
      .where('seq', 'is', null)
      // Also an empty id, which no event has that was recorded.
      .$if(after !== undefined, (query) => query.where('id', '>', after?.id ?? ''))
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ ...row, created_at: toIso(row.created_at) }));
  }

  /** The hash of an entry; undefined if there is no such entry. */
  async hashAt(seq: number): Promise<string | undefined> {
    const query = this.database.db.selectFrom('audit_events').select('hash').where('seq', '=', BigInt(seq));
    return (await query.executeTakeFirst())?.hash ?? undefined;
  }
}

/** Milliseconds, as `Date.toISOString()` writes them, unless the time has more digits. */
function toIso(text: string): string {
  return text.replace(/000Z$/, 'Z');
}
