import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { newId } from '../../common/ids';
import { toJcs } from '../../common/jcs';

const PAGE = 1_000;
const NO_HASH = '0'.repeat(64);

interface EarlierEvent {
  id: string;
  created_at: string;
}

/**
 * The audit is a chain of hashes. `audit_head` has the number and the hash of the newest entry, and moves with each inserted row
 * alone: an event that does not follow it is refused, also one of a process of an older version. The first entry has a hash over all
 * events of before, which stay without numbers. No row can be changed or removed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`ALTER TABLE audit_events ADD COLUMN seq bigint, ADD COLUMN prev_hash text, ADD COLUMN hash text`,
    sql`CREATE UNIQUE INDEX audit_events_seq ON audit_events (seq)`,
    sql`CREATE INDEX audit_events_earlier ON audit_events (id) WHERE seq IS NULL`,
    sql`CREATE TABLE audit_head (
      id boolean PRIMARY KEY DEFAULT true CHECK (id), seq bigint NOT NULL, hash text NOT NULL)`,
    sql`INSERT INTO audit_head (seq, hash) VALUES (0, ${sql.lit(NO_HASH)})`,
    sql`CREATE FUNCTION audit_events_append() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE seq = NEW.seq - 1 AND hash = NEW.prev_hash;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'audit_events: entry % does not follow audit_head; processes of an older version cannot write it',
            coalesce(NEW.seq::text, 'without a number');
        END IF;
        RETURN NEW;
      END $$`,
    sql`CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_events is only added to: % is refused', TG_OP;
      END $$`,
    sql`CREATE TRIGGER audit_events_append BEFORE INSERT ON audit_events
      FOR EACH ROW EXECUTE FUNCTION audit_events_append()`,
    sql`CREATE TRIGGER audit_events_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
      FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()`,
  ];
  for (const statement of statements) await statement.execute(db);
  await start(db);
}

/** Writes the first entry. */
async function start(db: Kysely<unknown>): Promise<void> {
  const details = await earlier(db);
  const createdAt = new Date().toISOString();
  const entry = {
    seq: 1,
    prev_hash: NO_HASH,
    id: newId('audit'),
    created_at: createdAt,
    actor: 'gateway',
    action: 'audit.chain_started',
    subject: null,
    team_id: null,
    before: null,
    after: null,
    details,
  };
  const hash = createHash('sha256').update(toJcs(entry)).digest('hex');
  await sql`INSERT INTO audit_events (seq, prev_hash, hash, id, created_at, actor, action, details)
    VALUES (1, ${NO_HASH}, ${hash}, ${entry.id}, ${createdAt}, ${entry.actor}, ${entry.action}, ${JSON.stringify(details)})`.execute(
    db,
  );
}

/** How many events there are, and SHA-256 of their canonical JSON, each ended by a line feed, in the order of their ids. */
async function earlier(db: Kysely<unknown>): Promise<{ events: number; digest: string }> {
  const digest = createHash('sha256');
  let events = 0;
  let last = '';
  for (;;) {
    const { rows } = await sql<EarlierEvent>`
      SELECT id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at, actor, action, subject, team_id,
        before, after, details
      FROM audit_events WHERE id > ${last} AND seq IS NULL ORDER BY id LIMIT ${PAGE}`.execute(db);
    for (const row of rows) digest.update(`${toJcs({ ...row, created_at: row.created_at.replace(/000Z$/, 'Z') })}\n`);
    events += rows.length;
    last = rows.at(-1)?.id ?? '';
    if (rows.length < PAGE) return { events, digest: digest.digest('hex') };
  }
}
