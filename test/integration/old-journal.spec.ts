import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import { Migrator, sql } from 'kysely';
import { MIGRATIONS } from '../../src/database/migrations/migrations';
import { startLedger, violationsOf } from '../support/ledger-parts';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

/** Recorded by the version before owners: its lines have `epoch`, and one text has a lone surrogate. */
const RECORDED = 'epoch_01M8FYA026R432Z1KPWKP096JR';

/** An upgrade of the database and the data directory of the previous version. */
describe.each(DATABASE_PROFILES)('an upgrade from the version before owners, %s', (profile) => {
  let database: TestDatabase;
  let directory: string;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'thriftgate-old-'));
    cpSync(resolve(__dirname, '../support/journals'), join(directory, 'journal'), { recursive: true });
    database = await openTestDatabase(profile, 1, '0012-wanted-windows');
  }, 60_000);
  afterEach(async () => {
    await database?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('keeps all rows, and reads the journal on the disk', async () => {
    const { db } = database;
    // Rows of another instance that still runs, and of the one whose journal is on the disk.
    for (const statement of [
      `INSERT INTO processes (epoch) VALUES ('epoch_other')`,
      `INSERT INTO budget_windows (budget_id, window_start) VALUES ('budget_old', to_timestamp(0))`,
      `INSERT INTO budget_leases (budget_id, window_start, epoch, granted_pusd) VALUES
        ('budget_old', to_timestamp(0), '${RECORDED}', 50000000), ('budget_old', to_timestamp(0), 'epoch_other', 4000000)`,
      `INSERT INTO idempotency_keys (team_id, idempotency_key, fingerprint, epoch, request_id, state, expires_at)
        VALUES ('team_old', 'key', 'print', 'epoch_other', '01', 'running', now() + interval '1 day')`,
      `INSERT INTO ledger (request_id, attempt, state, team_id, key_id, model, endpoint, stream, cache_status, cache_generation,
          input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, list_cost_pusd, cost_pusd, saved_pusd, estimated, created_at, epoch)
        VALUES ('01M8FYA0000000000000000000', 1, 'dispatched', 'team_old', 'key_old', 'gpt-4.1', 'e', false, 'MISS', 1, 10, 0, 0, 0,
          9000000, 9000000, 0, true, now(), 'epoch_other')`,
    ])
      await sql.raw(statement).execute(db);
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
    expect((await migrator.migrateToLatest()).error).toBeUndefined();

    const { drain, leases } = startLedger({ db, profile }, directory);
    await drain.flush();
    const rows = await db
      .selectFrom('ledger')
      .select(['owner', 'state', 'cost_pusd', 'custom_id', 'tags', 'error_code'])
      .orderBy('request_id')
      .execute();
    expect(rows).toEqual([
      expect.objectContaining({ owner: 'epoch_other', state: 'dispatched', cost_pusd: 9_000_000n }),
      {
        owner: RECORDED,
        state: 'settled',
        cost_pusd: 7_000_000n,
        custom_id: 'x","epoch":"y',
        tags: ['job:밤'],
        error_code: null,
      },
      expect.objectContaining({
        owner: RECORDED,
        state: 'unknown',
        cost_pusd: 9_000_000n,
        error_code: 'gateway_stopped',
      }),
      expect.objectContaining({ owner: RECORDED, state: 'settled', cost_pusd: 0n }),
      expect.objectContaining({ owner: RECORDED, state: 'settled', cost_pusd: 3_000_000n, tags: ['half:\uFFFD'] }),
    ]);
    const budget = { id: 'budget_old' } as Parameters<typeof leases.begin>[0]['budget'];
    expect(await leases.states([{ budget, startMs: 0 }])).toEqual(
      new Map([['budget_old@0', { spentPusd: 19_000_000n, leasedPusd: 4_000_000n }]]),
    );
    expect(await db.selectFrom('owners').select(['id', 'kind']).execute()).toEqual([
      { id: 'epoch_other', kind: 'instance' },
    ]);
    expect(await db.selectFrom('idempotency_keys').select(['owner', 'state']).execute()).toEqual([
      { owner: 'epoch_other', state: 'running' },
    ]);
    expect(await violationsOf(db)).toEqual([]);
    expect(readdirSync(join(directory, 'journal')).filter((name) => name.startsWith('epoch_'))).toEqual([]);
  });
});
