import { sql } from 'kysely';
import type { Database } from '../../src/database/database.connection';
import { LedgerRepository } from '../../src/ledger/ledger.repository';
import { SavingsRepository } from '../../src/usage/savings/savings.repository';
import { toLedgerRow } from '../support/ledger-row';
import { idAt, row, START_MS } from '../support/report-rows';
import { seeded } from '../support/seeded';
import { DATABASE_PROFILES, openTestDatabase } from '../support/test-database';

const HOUR_MS = 3_600_000;
const KEY = `ai_cache:team_1:by-key:1:${'8'.repeat(64)}`;
const KEY_QUESTION = (BigInt(`0x${'8'.repeat(16)}`) >> 1n).toString();

/** Each model has one request that is charged twice, three hours apart. */
describe.each(DATABASE_PROFILES)('missed savings, %s', (profile) => {
  it('N8: have the reason of each', async () => {
    const database = await openTestDatabase(profile);
    const { db, close } = database;
    try {
      const ledger = new LedgerRepository(database as unknown as Database);
      const cases: [reason: string, first?: object, second?: object][] = [
        ['bypass', {}, { cache_status: 'BYPASS' }],
        ['cut', { uncached: 'cut' }],
        ['new_version', {}, { cache_generation: 2 }],
        ['invalidated', {}, { cache_generation: 2 }],
        ['expired'],
        ['not_there'],
        ['by-tag', { tags: ['a', 'b'] }],
        ['by-key', { question: KEY_QUESTION }, { question: KEY_QUESTION }],
        ['other-tag', { tags: ['c'] }],
      ];
      const random = seeded(1);
      const rows = cases.flatMap(([model, first, second], index) =>
        [first, second].map((members, time) => {
          const atMs = START_MS + time * 3 * HOUR_MS;
          const id = `${idAt(atMs)}${String(index).padStart(16, '0')}`;
          return {
            ...row(index, random),
            request_id: id,
            attempt: 1,
            state: 'settled',
            status: 200,
            team_id: 'team_1',
            model,
            list_cost_pusd: '100',
            cost_pusd: '100',
            saved_pusd: '0',
            saved_by: null,
            cache_status: 'MISS',
            cache_generation: 1,
            uncached: null,
            question: String(index + 1),
            tags: null,
            corrects: null,
            batch_id: null,
            custom_id: null,
            created_at: new Date(atMs).toISOString(),
            ...members,
          };
        }),
      );
      await ledger.write(rows.map((each) => toLedgerRow({ ...each, state: 'dispatched' } as never)));
      await ledger.write(rows.map((each) => toLedgerRow(each as never)));
      await sql`INSERT INTO model_generations (model, generation, reason)
        VALUES ('new_version', 2, 'drift'), ('invalidated', 2, 'invalidated')`.execute(db);
      const at = new Date(START_MS + HOUR_MS);
      await sql`INSERT INTO invalidation_rules (revision, model, tag, key, created_at, expires_at)
        VALUES (1, NULL, 'b', NULL, ${at}, ${at}), (2, NULL, NULL, ${KEY}, ${at}, ${at})`.execute(db);
      const filter = { from: new Date(START_MS), to: new Date(START_MS + 24 * HOUR_MS) };
      const found = await new SavingsRepository({ db } as Database).repeats(filter, 20, {
        expired: 7_200,
        not_there: 86_400,
      });
      expect(Object.fromEntries(found.map(({ model, reason }) => [model, reason]))).toEqual({
        ...Object.fromEntries(cases.slice(0, 6).map(([reason]) => [reason, reason])),
        'by-tag': 'invalidated',
        'by-key': 'invalidated',
        'other-tag': 'not_there',
      });
      expect(found.every(({ calls, costPusd }) => calls === 1 && costPusd === 100n)).toBe(true);
    } finally {
      await close();
    }
  });
});
