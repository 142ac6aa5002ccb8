import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database/database.connection';
import { MIGRATIONS } from '../../src/database/migrations/migrations';
import type { Schema } from '../../src/database/schema';
import { LedgerRepository } from '../../src/ledger/ledger.repository';
import { OwnersRepository } from '../../src/ledger/owners/owners.repository';
import { ROLLUP_LEVELS } from '../../src/ledger/rollup-levels';
import { SavingsRepository } from '../../src/usage/savings/savings.repository';
import { VerificationRepository } from '../../src/ledger/upkeep/verification.repository';
import { filterOf, idAt, matches, row, START_MS } from '../support/report-rows';
import { seeded } from '../support/seeded';
import { toLedgerRow } from '../support/ledger-row';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const ROWS = 2_000;
const REPORTS = 30;
const DAY_MS = 24 * 3_600_000;

/** Every report is the sum of the ledger's rows, from every roll-up level and for spans within an hour. */
describe.each(DATABASE_PROFILES)('reports, %s', (profile) => {
  let database: TestDatabase;
  let db: Kysely<Schema>;
  const random = seeded(7);
  const rows = Array.from({ length: ROWS }, (_, index) => row(index, random));

  beforeAll(async () => {
    database = await openTestDatabase(profile);
    ({ db } = database);
    const ledger = new LedgerRepository(database as unknown as Database);
    for (let from = 0; from < ROWS; from += 300) {
      const page = rows.slice(from, from + 300);
      await ledger.write(page.map((each) => toLedgerRow({ ...each, state: 'dispatched' })));
      await ledger.write(page.map(toLedgerRow));
    }
  });
  afterAll(() => database?.close());

  const violations = async () =>
    (await new VerificationRepository({ db } as Database).verify()).flatMap((check) => check.violations);

  it('of savings equal the sums of the rows, by source', async () => {
    const savings = new SavingsRepository({ db } as Database);
    for (let each = 0; each < REPORTS; each += 1) {
      const filter = filterOf(random);
      const matching = rows.filter((one) => matches(one, filter));
      const sums = await savings.sums(filter, ['team', 'day']);
      const saved = new Map<string, bigint>();
      for (const one of matching) {
        const name = [one.team_id, one.created_at.slice(0, 10), one.saved_by ?? ''].join();
        saved.set(name, (saved.get(name) ?? 0n) + BigInt(one.saved_pusd));
      }
      expect(
        new Map(sums.map(({ groups, savedBy, savedPusd }) => [[groups.team, groups.day, savedBy].join(), savedPusd])),
      ).toEqual(saved);
    }
  });

  it('cause a violation if a roll-up of any level differs from the rows', async () => {
    expect(await violations()).toEqual([]);
    const { rows: grains } = await sql<{ grain: string }>`SELECT DISTINCT grain FROM usage_rollups`.execute(db);
    expect(grains.length).toBe(ROLLUP_LEVELS.flatMap(({ units }) => units).length);
    for (const { grain } of grains) {
      const shift = (by: number) =>
        sql`UPDATE usage_rollups SET requests = requests + ${by} WHERE (grain, period, team_id, key_id, model, tags) = (
          SELECT grain, period, team_id, key_id, model, tags FROM usage_rollups WHERE grain = ${grain} ORDER BY 1, 2, 3, 4, 5, 6 LIMIT 1)`.execute(
          db,
        );
      await shift(1);
      expect((await violations()).join()).toContain(grain);
      await shift(-1);
    }
    expect(await violations()).toEqual([]);
  });

  it('include the roll-ups of an older version', async () => {
    const levels = async () =>
      (
        await sql`SELECT grain, period, team_id, key_id, model, provider, cache_status, saved_by, stream, tags,
          sum(requests) AS requests, sum(attempts) AS attempts, sum(failures) AS failures, sum(paid) AS paid,
          sum(input_tokens) AS input, sum(cached_input_tokens) AS cached, sum(output_tokens) AS output,
          sum(reasoning_tokens) AS reasoning, sum(list_cost_pusd) AS list, sum(cost_pusd) AS cost, sum(saved_pusd) AS saved
        FROM usage_rollups GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`.execute(db)
      ).rows;
    const before = await levels();
    for (const statement of [
      `CREATE TABLE older AS SELECT grain, period, team_id, key_id, model, provider, cache_status, saved_by, stream, tags,
        sum(requests)::bigint AS requests, sum(attempts)::bigint AS attempts, sum(failures)::bigint AS failures,
        sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
        sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
        sum(list_cost_pusd) AS list_cost_pusd, sum(cost_pusd) AS cost_pusd, sum(saved_pusd) AS saved_pusd
        FROM (
          SELECT * FROM usage_rollups WHERE grain = 'hour'
          UNION ALL SELECT (json_populate_record(hourly, json_build_object('grain', 'day',
            'period', date_trunc('day', period, 'UTC')))).* FROM usage_rollups AS hourly WHERE grain = 'hour'
        ) AS finest GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`,
      'DROP TABLE usage_rollups',
      'ALTER TABLE older RENAME TO usage_rollups',
      `ALTER TABLE usage_rollups ADD CONSTRAINT usage_rollups_pkey
        PRIMARY KEY (grain, period, team_id, key_id, model, provider, cache_status, saved_by, stream, tags)`,
      'CREATE INDEX usage_rollups_team ON usage_rollups (team_id, grain, period)',
      'DROP INDEX ledger_created',
      'DROP INDEX ledger_key',
      'DROP INDEX ledger_sample',
      'DROP INDEX ledger_failed',
    ])
      await sql.raw(statement).execute(db);
    await MIGRATIONS['0011-rollup-levels']?.up(db);
    await sql`ALTER TABLE usage_rollups ADD COLUMN tags_hash bytea NOT NULL DEFAULT ''`.execute(db);
    await sql`UPDATE usage_rollups SET tags_hash = sha256(convert_to(tags, 'UTF8')) WHERE tags <> ''`.execute(db);
    await MIGRATIONS['0020-more-sums']?.up(db);
    await MIGRATIONS['0033-report-levels']?.up(db);
    await MIGRATIONS['0043-traffic-that-can-wait']?.up(db);
    expect(await levels()).toEqual(before);
    expect(await violations()).toEqual([]);
  });

  it.each(['day by manner', 'day'])(
    'lack no sums of rows that an older version writes, with %s: it cannot write them',
    async (grain) => {
      await expect(
        sql`INSERT INTO usage_rollups SELECT * FROM json_populate_record(
        (SELECT rollup FROM usage_rollups AS rollup LIMIT 1), json_build_object('grain', ${grain}::text))`.execute(db),
      ).rejects.toThrow('no partition');
    },
  );
});

/** Repeated requests are counted in a sample if there are many calls. */
describe.each(DATABASE_PROFILES)('repeated requests, %s', (profile) => {
  it('are estimated from one request in 64 if there are many', async () => {
    const { db, close } = await openTestDatabase(profile);
    const [many, questions] = [51_000, 2_560];
    const from = new Date(START_MS);
    const filter = { from, to: new Date(START_MS + DAY_MS) };
    try {
      // Each request is sent about twenty times, in random order, and is charged each time.
      await sql`INSERT INTO ledger (request_id, attempt, state, team_id, key_id, model, endpoint, stream, cache_status, cache_generation,
          question, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, list_cost_pusd, cost_pusd, saved_pusd,
          estimated, created_at, owner)
        SELECT ${idAt(START_MS)} || lpad(n::text, 16, '0'), 1, 'dispatched', 'team_1', 'key_1', 'm', 'e', false, 'MISS', 1,
          (n * 7) % ${questions}, 1, 0, 1, 0, 1000, 1000, 0, false, ${from}, 'e' FROM generate_series(1, ${many}::int) AS n`.execute(
        db,
      );
      await new OwnersRepository({ db } as Database).reclaimAll('e');
      await sql`DROP TRIGGER ledger_append_only ON ledger`.execute(db);
      await sql`UPDATE ledger SET state = 'settled'`.execute(db);
      const [found, ...others] = await new SavingsRepository({ db } as Database).repeats(filter, 10, {});
      expect(others).toEqual([]);
      expect(found).toMatchObject({ reason: 'not_there', model: 'm', estimated: true });
      const again = many - questions;
      expect(Math.abs((found?.calls ?? 0) - again) / again).toBeLessThan(0.05);
      expect(found?.costPusd).toBe(BigInt(found?.calls ?? 0) * 1000n);
      const few = { ...filter, to: new Date(START_MS + 1), team_id: 'team_none' };
      expect(await new SavingsRepository({ db } as Database).repeats(few, 10, {})).toEqual([]);
    } finally {
      await close();
    }
  }, 120_000);
});
