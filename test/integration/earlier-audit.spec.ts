import { type Kysely, Migrator, sql } from 'kysely';
import { verifyChain } from '../../src/audit/chain-verifier';
import { MIGRATIONS } from '../../src/database/migrations/migrations';
import type { Schema } from '../../src/database/schema';
import { during, partsOf } from '../support/audit-tampering';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const BEFORE_THE_CHAIN = '0043-traffic-that-can-wait';

describe.each(DATABASE_PROFILES)('the chain of an audit with earlier events, on %s', (profile) => {
  let database: TestDatabase;
  let db: Kysely<Schema>;
  const EVENTS = 2_345;

  beforeAll(async () => {
    database = await openTestDatabase(profile, 2, BEFORE_THE_CHAIN);
    ({ db } = database);
    await sql`INSERT INTO audit_events (id, actor, action, before, after, details, created_at)
      SELECT 'audit_' || lpad(n::text, 26, '0'), 'key_A', 'key.updated', '{"b": 1, "a": 0.10}', NULL, jsonb_build_object('n', n / 7.0),
        now() - n * interval '1.000001 second' FROM generate_series(1, ${sql.lit(EVENTS)}) n`.execute(db);
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
    expect((await migrator.migrateToLatest()).error).toBeUndefined();
    await partsOf(db).audit.record({ actor: 'admin', action: 'team.created', subject: 'team_1' });
  });
  afterAll(() => database?.close());

  it('covers them all by its first entry', async () => {
    const { chain, audit } = partsOf(db);
    expect(await verifyChain(chain)).toMatchObject({ entries: 2, earlierEvents: EVENTS, broken: null });
    const [newest, first, earlier] = await audit.list({}, undefined, 3);
    expect([newest?.seq, first?.seq, earlier?.seq]).toEqual([2, 1, null]);
    expect(first?.details).toMatchObject({ events: EVENTS });
  });

  const NTH = (n: number) => `'audit_${String(n).padStart(26, '0')}'`;
  it.each([
    ['changed', `UPDATE audit_events SET actor = 'key_other' WHERE id = ${NTH(1_000)}`],
    [
      'changed by a microsecond',
      `UPDATE audit_events SET created_at = created_at + interval '1 us' WHERE id = ${NTH(7)}`,
    ],
    ['removed', `DELETE FROM audit_events WHERE id = ${NTH(EVENTS)}`],
    ['added', `INSERT INTO audit_events (id, actor, action, details) VALUES ('audit_1', 'a', 'b', '{}')`],
  ])('X11: shows that one of them was %s', async (_, tampering) => {
    const { broken } = await during(db, tampering, (transaction) => verifyChain(partsOf(transaction).chain));
    expect(broken).toEqual({ seq: 1, problem: 'earlier' });
  });
});
