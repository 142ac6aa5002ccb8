import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database/database.connection';
import { MIGRATIONS } from '../../src/database/migrations/migrations';
import type { Schema } from '../../src/database/schema';
import { LedgerRepository } from '../../src/ledger/ledger.repository';
import { OwnersRepository } from '../../src/ledger/owners/owners.repository';
import { VerificationRepository } from '../../src/ledger/upkeep/verification.repository';
import { seeded } from '../support/seeded';
import { toLedgerRow } from '../support/ledger-row';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const ROWS = 2_000;
const LATE = 20_001;
const STATUSES = ['HIT', 'HIT', 'MISS', 'MISS', 'COALESCED', 'BYPASS', 'REFRESH'];
const REASONS = ['not_stopped', 'cut', 'bypass'];

/** Counters written with the rows equal those that an upgrade computes from existing rows. */
describe.each(DATABASE_PROFILES)('cache counters, %s', (profile) => {
  let database: TestDatabase;
  let db: Kysely<Schema>;

  beforeAll(async () => {
    database = await openTestDatabase(profile);
    ({ db } = database);
  });
  afterAll(() => database?.close());

  const counters = async () => (await sql`SELECT * FROM cache_rollups ORDER BY 1, 2, 3, 4, 5, 6, 7`.execute(db)).rows;
  const violations = async () =>
    (await new VerificationRepository({ db } as Database).verify()).flatMap((check) => check.violations);

  it('equal the sums of the rows in any order, also after an upgrade', async () => {
    const ledger = new LedgerRepository({ db } as Database);
    const random = seeded(1);
    const rows = Array.from({ length: ROWS }, (_, index) => row(index, random));
    for (let from = 0; from < ROWS; from += 500) {
      const page = rows.slice(from, from + 500);
      await ledger.write(page.map((each) => toLedgerRow({ ...each, state: 'dispatched', uncached: null })));
      // Half of them settle twice: the second settlement counts nothing.
      await ledger.write(page.map(toLedgerRow));
      await ledger.write(page.slice(0, 250).map(toLedgerRow));
    }
    // The instance of some dies and their settlements arrive late; others are re-rated.
    const lost = Array.from({ length: 50 }, (_, index) => ({ ...row(ROWS + index, random), owner: 'instance_dead' }));
    await ledger.write(lost.map((each) => toLedgerRow({ ...each, state: 'dispatched', uncached: null })));
    await new OwnersRepository({ db } as Database).reclaimAll('instance_dead');
    await ledger.write(lost.map(toLedgerRow));
    const corrected = rows.slice(0, 50).map((each) => ({ ...each, attempt: 1001, corrects: 1, uncached: null }));
    await ledger.write(corrected.map((each) => toLedgerRow({ ...each, state: 'settled' })));

    const written = await counters();
    const { rows: sums } = await sql`
      SELECT sum(requests)::int AS calls, sum(refused)::int AS refused FROM cache_rollups`.execute(db);
    const all = [...rows, ...lost];
    expect(sums).toEqual([{ calls: all.length, refused: all.filter(({ uncached }) => uncached !== null).length }]);
    const { rows: late } = await sql`SELECT FROM ledger WHERE attempt = ${LATE}`.execute(db);
    expect(late).toHaveLength(lost.length);
    expect(await violations()).toEqual([]);

    for (const undo of [
      'DROP TABLE cache_rollups',
      'DROP TABLE cache_evictions',
      'ALTER TABLE owners DROP COLUMN cache_bytes',
      'ALTER TABLE owners RENAME TO processes',
    ])
      await sql.raw(undo).execute(db);
    await MIGRATIONS['0010-cache-statistics']?.up(db);
    expect(await counters()).toEqual(written);
    expect(await violations()).toEqual([]);
  });

  it('cause a violation if one is wrong', async () => {
    await sql`UPDATE cache_rollups SET refused = refused + 1 WHERE uncached = 'cut'`.execute(db);
    expect((await violations()).length).toBeGreaterThan(0);
  });
});

function row(index: number, random: () => number) {
  const one = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  const status = one(STATUSES);
  const isFree = status === 'HIT' || status === 'COALESCED';
  const list = 1 + Math.floor(random() * 1e9);
  const model = one(['gpt-4.1', 'ft:gpt-4.1:org:1']);
  return {
    request_id: `01KAS5T9W3E7R1Y5U8P2${String(index).padStart(6, '0')}`,
    attempt: 1,
    state: 'settled',
    team_id: one(['team_1', 'team_2', 'team_3']),
    key_id: 'key_1',
    model,
    provider: 'openai',
    // Upstreams choose their names; an index accepts no long ones.
    upstream_model: one([null, `${model}-2026-01-01`, 'x'.repeat(9_000)]),
    endpoint: '/v1/chat/completions',
    status: 200,
    stream: false,
    cache_status: status,
    cache_generation: one([1, 2]),
    uncached: !isFree && random() < 0.3 ? one(REASONS) : null,
    input_tokens: 1,
    cached_input_tokens: 0,
    output_tokens: 1,
    reasoning_tokens: 0,
    list_cost_pusd: String(list),
    cost_pusd: isFree ? '0' : String(list),
    saved_pusd: isFree ? String(list) : '0',
    saved_by: isFree ? 'cache' : null,
    estimated: false,
    created_at: `2026-11-${one(['01', '15', '28'])}T${one(['00:00:00', '23:59:59'])}.000Z`,
    owner: 'instance_1',
  };
}
