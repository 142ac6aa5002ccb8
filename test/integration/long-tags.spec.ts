import { randomBytes } from 'node:crypto';
import { type Kysely, Migrator, sql } from 'kysely';
import type { Database } from '../../src/database/database.connection';
import { MIGRATIONS } from '../../src/database/migrations/migrations';
import type { Schema } from '../../src/database/schema';
import { LedgerRepository } from '../../src/ledger/ledger.repository';
import { VerificationRepository } from '../../src/ledger/upkeep/verification.repository';
import { ReportsRepository } from '../../src/usage/reports/reports.repository';
import { toLedgerRow } from '../support/ledger-row';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const DAY = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-11-02T00:00:00Z') };
const BEFORE = '0012-wanted-windows';

/** A1: the metadata of one call made the index row of its roll-up too large, so no later row was written. */
describe.each(DATABASE_PROFILES)('roll-ups of long lists of tags, %s', (profile) => {
  let database: TestDatabase;
  let db: Kysely<Schema>;

  beforeEach(async () => {
    database = await openTestDatabase(profile, 1, BEFORE);
    ({ db } = database);
  }, 60_000);
  afterEach(() => database?.close());

  const upgrade = async () => {
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  };
  const violations = async () =>
    (await new VerificationRepository({ db } as Database).verify()).flatMap((check) => check.violations);
  const costByTag = async () => {
    const question = { filter: DAY, groups: ['tag' as const], periods: undefined };
    const { rows } = await new ReportsRepository({ db } as Database).usage(question, 1000);
    return new Map(rows.map(({ names, sums: { costPusd, requests } }) => [names.tag, [costPusd, requests]]));
  };
  /** At OpenAI's limits for metadata, and larger than a page of an index. */
  const random = Array.from({ length: 16 }, (_, index) => `name ${index}:${randomBytes(384).toString('base64')}`);
  const korean = Array.from({ length: 4 }, (_, index) => `이름 ${index}:${randomHangul(500)}`);

  it.each([
    ['16 texts of 512 random characters', random],
    ['4 texts of 500 random characters in Korean', korean],
  ])('are written and reported exactly: %s', async (_what, tags) => {
    await upgrade();
    const ledger = new LedgerRepository({ db } as Database);
    await ledger.write([row(1, tags, 5n), row(2, tags, 7n), row(3, tags.slice(1), 11n)].map(toLedgerRow));
    await ledger.write([row(4, null, 13n), row(5, ['short'], 17n)].map(toLedgerRow));
    const costs = await costByTag();
    expect(costs.get(tags[0] ?? '')).toEqual([12n, 2]);
    expect(costs.get(tags[1] ?? '')).toEqual([23n, 3]);
    expect([costs.get('short'), costs.get(null)]).toEqual([
      [17n, 1],
      [13n, 1],
    ]);
    expect(await violations()).toEqual([]);
  });

  it('keep the sums from before the upgrade, and add to them', async () => {
    // Rows as the previous version wrote them.
    await sql`INSERT INTO usage_rollups (grain, period, team_id, key_id, model, provider, cache_status, saved_by, stream, batch, tags,
        requests, attempts, failures, paid, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, list_cost_pusd, cost_pusd,
        saved_pusd)
      SELECT 'day by tag', ${DAY.from}, 'team_1', '', 'm', 'openai', 'MISS', '', false, false, tags, 1, 1, 0, 1, 1, 0, 1, 0, 100, 100, 0
      FROM unnest(ARRAY['', '["밤"]']) AS tags`.execute(db);
    await upgrade();
    await new LedgerRepository({ db } as Database).write([row(1, ['밤'], 5n), row(2, null, 7n)].map(toLedgerRow));
    expect(await costByTag()).toEqual(
      new Map<string | null, unknown>([
        ['밤', [105n, 2]],
        [null, [107n, 2]],
      ]),
    );
  });
});

function randomHangul(length: number): string {
  return [...randomBytes(length * 2)]
    .flatMap((byte, at, all) =>
      at % 2 ? String.fromCharCode(0xac00 + (((all[at - 1] ?? 0) * 256 + byte) % 11_172)) : [],
    )
    .join('');
}

function row(number: number, tags: string[] | null, costPusd: bigint) {
  return {
    request_id: `01KAS5T9W3E7R1Y5U8P2${String(number).padStart(6, '0')}`,
    attempt: 1,
    state: 'settled',
    team_id: 'team_1',
    key_id: 'key_1',
    model: 'm',
    provider: 'openai',
    endpoint: '/v1/chat/completions',
    status: 200,
    stream: false,
    cache_status: 'MISS',
    cache_generation: 1,
    input_tokens: 1,
    cached_input_tokens: 0,
    output_tokens: 1,
    reasoning_tokens: 0,
    list_cost_pusd: String(costPusd),
    cost_pusd: String(costPusd),
    saved_pusd: '0',
    estimated: false,
    tags,
    created_at: '2026-11-01T12:00:00.000Z',
    owner: 'instance_1',
  };
}
