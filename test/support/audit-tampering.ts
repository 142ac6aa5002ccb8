import { type Kysely, sql, type Transaction } from 'kysely';
import { AuditRepository } from '../../src/audit/audit.repository';
import { ChainRepository } from '../../src/audit/chain.repository';
import { hashOf } from '../../src/audit/chained-entry';
import type { Database } from '../../src/database/database.connection';
import type { Schema } from '../../src/database/schema';

/** How long the chain must be, with the first entry. */
export const ENTRIES = 13;
/** What a transaction throws to be rolled back. */
export const UNDONE = new Error('undone');

export type Tampering = string | ((db: Kysely<Schema>) => Promise<unknown>);

/** What writes and what reads the chain of a database. */
export const partsOf = (db: Kysely<Schema>) => {
  const database = { db } as Database;
  return { audit: new AuditRepository(database), chain: new ChainRepository(database) };
};

/** What an owner of the tables can do: switch the triggers off, and undo nothing of it. */
export async function tamper(db: Kysely<Schema>, tampering: Tampering): Promise<void> {
  await sql`ALTER TABLE audit_events DISABLE TRIGGER USER`.execute(db);
  if (typeof tampering === 'function') await tampering(db);
  else for (const statement of tampering.split(';')) await sql.raw(statement).execute(db);
  await sql`ALTER TABLE audit_events ENABLE TRIGGER USER`.execute(db);
}

/** Runs work on a changed database, and takes the change back. */
export async function during<T>(
  db: Kysely<Schema>,
  tampering: Tampering,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  let result: T | undefined;
  await db
    .transaction()
    .execute(async (transaction) => {
      await tamper(transaction, tampering);
      result = await work(transaction);
      throw UNDONE;
    })
    .catch((error: unknown) => {
      if (error !== UNDONE) throw error;
    });
  return result as T;
}

/** Computes the hashes of all entries from a number on anew, and moves the head. */
async function chainAnew(db: Kysely<Schema>, from: number): Promise<void> {
  const { chain } = partsOf(db);
  const entries = await chain.entries(undefined, 1_000, 1_000);
  let hash = entries[from - 2]?.hash ?? '0'.repeat(64);
  for (const entry of entries.slice(from - 1)) {
    const prev_hash = hash;
    hash = hashOf({ ...entry, prev_hash });
    await sql`UPDATE audit_events SET prev_hash = ${prev_hash}, hash = ${hash} WHERE seq = ${entry.seq}`.execute(db);
  }
  await sql`UPDATE audit_head SET hash = ${hash}`.execute(db);
}

const COPY_OF_7 = (seq: number) =>
  `INSERT INTO audit_events (id, actor, action, subject, details, created_at, seq, prev_hash, hash)
    SELECT 'audit_copy', actor, action, subject, details, created_at, ${seq}, prev_hash, hash FROM audit_events WHERE seq = 7`;

/** X11. What was done to the rows, and where and how the chain is broken then. */
export const TAMPERINGS: [name: string, tampering: Tampering, seq: number, problem: string][] = [
  ['another actor', `UPDATE audit_events SET actor = 'key_other' WHERE seq = 7`, 7, 'changed'],
  ['another action', `UPDATE audit_events SET action = 'key.updated' WHERE seq = 7`, 7, 'changed'],
  ['another subject', `UPDATE audit_events SET subject = NULL WHERE seq = 7`, 7, 'changed'],
  ['another team', `UPDATE audit_events SET team_id = 'team_other' WHERE seq = 7`, 7, 'changed'],
  ['another id', `UPDATE audit_events SET id = 'audit_other' WHERE seq = 7`, 7, 'changed'],
  ['other values before', `UPDATE audit_events SET before = '{}' WHERE seq = 7`, 7, 'changed'],
  ['no values before', `UPDATE audit_events SET before = NULL WHERE seq = 7`, 7, 'changed'],
  ['other values after', `UPDATE audit_events SET after = after || '{"limit_usd": "9"}' WHERE seq = 7`, 7, 'changed'],
  ['other details', `UPDATE audit_events SET details = '{"a": 1}' WHERE seq = 7`, 7, 'changed'],
  ['a microsecond', `UPDATE audit_events SET created_at = created_at + interval '1 us' WHERE seq = 7`, 7, 'changed'],
  ['a number that no double holds', `UPDATE audit_events SET details = '{"a": 1e400}' WHERE seq = 7`, 7, 'changed'],
  ['no end of nesting', `UPDATE audit_events SET details = ('{"a":' || repeat('[', 5000) || repeat(']', 5000) || '}')::jsonb WHERE seq = 7`, 7, 'changed'],
  ['no time', `UPDATE audit_events SET created_at = 'infinity' WHERE seq = 7`, 7, 'changed'],
  ['a changed last entry', `UPDATE audit_events SET actor = 'key_other' WHERE seq = ${ENTRIES}`, ENTRIES, 'changed'],
  ['a changed first entry', `UPDATE audit_events SET details = '{}' WHERE seq = 1`, 1, 'changed'],
  [
    'a changed entry with its own hash anew',
    async (db) => {
      await sql`UPDATE audit_events SET actor = 'key_other' WHERE seq = 7`.execute(db);
      const entry = (await partsOf(db).chain.entries(undefined, 7, 100))[6]!;
      await sql`UPDATE audit_events SET hash = ${hashOf(entry)} WHERE seq = 7`.execute(db);
    },
    8,
    'unlinked',
  ],
  ['a removed entry', `DELETE FROM audit_events WHERE seq = 7`, 7, 'missing'],
  ['a removed first entry', `DELETE FROM audit_events WHERE seq = 1`, 1, 'missing'],
  ['a removed entry whose number the next ones take', `DELETE FROM audit_events WHERE seq = 7; UPDATE audit_events SET seq = -seq WHERE seq > 7; UPDATE audit_events SET seq = -seq - 1 WHERE seq < 0; UPDATE audit_head SET seq = seq - 1`, 7, 'changed'],
  ['two swapped entries', `UPDATE audit_events SET seq = 99 WHERE seq = 7; UPDATE audit_events SET seq = 7 WHERE seq = 8; UPDATE audit_events SET seq = 8 WHERE seq = 99`, 7, 'changed'],
  ['an inserted entry', `UPDATE audit_events SET seq = -seq WHERE seq > 7; UPDATE audit_events SET seq = 1 - seq WHERE seq < 0; ${COPY_OF_7(8)}; UPDATE audit_head SET seq = seq + 1`, 8, 'changed'],
  ['a second entry with a number, at the end of a page', `DROP INDEX audit_events_seq; ${COPY_OF_7(5)}`, 5, 'inserted'],
  ['an entry before the first one', COPY_OF_7(0), 0, 'inserted'],
  ['an entry behind the head', COPY_OF_7(ENTRIES + 1), ENTRIES + 1, 'head'],
  ['an entry without a number', `INSERT INTO audit_events (id, actor, action, details) VALUES ('audit_1', 'a', 'b', '{}')`, 1, 'earlier'],
  ['an entry without a number and an id', `INSERT INTO audit_events (id, actor, action, details) VALUES ('', 'a', 'b', '{}')`, 1, 'earlier'],
  ['an entry without a number that cannot be hashed', `INSERT INTO audit_events (id, actor, action, details) VALUES ('audit_1', 'a', 'b', '{"a": 1e400}')`, 1, 'earlier'],
  ['a cut-off end', `DELETE FROM audit_events WHERE seq > 10`, 11, 'missing'],
  ['a cut-off end and the number of the head', `DELETE FROM audit_events WHERE seq > 10; UPDATE audit_head SET seq = 10`, 10, 'head'],
  ['another hash of the head', `UPDATE audit_head SET hash = repeat('a', 64)`, ENTRIES, 'head'],
  ['the last number of all as the head', `UPDATE audit_head SET seq = 9223372036854775807`, ENTRIES + 1, 'missing'],
  ['a removed head', `DELETE FROM audit_head`, 1, 'head'],
  ['nothing left', `TRUNCATE audit_events; UPDATE audit_head SET seq = 0, hash = repeat('0', 64)`, 1, 'head'],
]; // prettier-ignore

/** What only an anchor shows. */
export const WHOLE_WITHOUT_ANCHOR: [name: string, tampering: Tampering][] = [
  [
    'a cut-off end with the head moved back',
    `DELETE FROM audit_events WHERE seq > 10; UPDATE audit_head SET seq = 10, hash = (SELECT hash FROM audit_events WHERE seq = 10)`,
  ],
  [
    'a changed entry with all hashes behind it anew',
    async (db) => {
      await sql`UPDATE audit_events SET actor = 'key_other' WHERE seq = 7`.execute(db);
      await chainAnew(db, 7);
    },
  ],
  [
    'a chain that was computed anew from its begin',
    async (db) => {
      await sql`UPDATE audit_events SET created_at = created_at - interval '1 day' WHERE seq = 1`.execute(db);
      await chainAnew(db, 1);
    },
  ],
];
