import { sql } from 'kysely';
import type { Budget } from '../../src/budgets/budget';
import { LedgerRepository } from '../../src/ledger/ledger.repository';
import { LeasesRepository } from '../../src/ledger/leases/leases.repository';
import type { Owner } from '../../src/common/owner';
import type { Database } from '../../src/database/database.connection';
import { IdempotencyRepository } from '../../src/idempotency/idempotency.repository';
import { OwnersRepository } from '../../src/ledger/owners/owners.repository';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const OWNER: Owner = { kind: 'instance', id: 'instance_cut_off' };
const ROUNDS = 150;
const budget = { id: 'budget_x', teamId: 'team_x', keyId: null, limitPusd: 1_000_000_000n } as Budget;
const window = { budget, startMs: 0 };
const wish = { owner: OWNER, leastPusd: 10n, idealPusd: 100n };
const call = { teamId: 'team_x', key: 'order 7', fingerprint: 'of the body', requestId: 'req_x' };

/** An instance that loses its database is declared dead, and returns. */
describe.each(DATABASE_PROFILES)('the lease of an instance that was declared dead, %s', (profile) => {
  let database: TestDatabase;
  let leases: LeasesRepository;
  let owners: OwnersRepository;
  let keys: IdempotencyRepository;

  beforeAll(async () => {
    database = await openTestDatabase(profile, 4);
    const opened = { db: database.db, isEmbedded: profile === 'embedded' } as Database;
    leases = new LeasesRepository(opened);
    owners = new OwnersRepository(opened);
    keys = new IdempotencyRepository(opened, owners, new LedgerRepository(opened));
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    for (const table of ['budget_leases', 'budget_windows', 'owners', 'idempotency_keys'])
      await sql`DELETE FROM ${sql.table(table)}`.execute(database.db);
  });

  const leasedPusd = async () => (await leases.states([window])).get('budget_x@0')?.leasedPusd;
  /** All instances stop sending heartbeats, and are declared dead. */
  const passLongTime = async () => {
    for (const owner of await owners.abandoned(-1)) await owners.reclaimAll(owner, true);
  };

  it('is leased again when the instance reports it, and is free when the instance dies', async () => {
    await leases.lease(window, wish);
    await owners.reclaimAll(OWNER.id, true);
    expect(await leasedPusd()).toBe(0n);

    await leases.keep(window, OWNER, 60n);
    expect(await leasedPusd()).toBe(60n);
    expect(await owners.abandoned(-1)).toEqual([OWNER.id]);
    await passLongTime();
    expect(await leasedPusd()).toBe(0n);
  });

  it('stays free if the instance ended and returned it', async () => {
    await leases.lease(window, wish);
    await leases.keep(window, OWNER, 0n);
    await owners.reclaimAll(OWNER.id);
    await leases.keep(window, OWNER, 0n);
    expect(await owners.abandoned(-1)).toEqual([]);
  });

  it('is free in the end, in any order of events', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round % 3 > 0) await owners.beat(OWNER.id);
      await Promise.all([
        owners.reclaimAll(OWNER.id, true),
        leases.lease(window, wish),
        keys.claim({ ...call, requestId: `req_${round}` }, OWNER),
        round % 2 === 0 ? leases.keep(window, OWNER, 50n) : undefined,
        round % 5 === 0 ? owners.beat(OWNER.id) : undefined,
      ]);
      await passLongTime();
      expect([round, await leasedPusd()]).toEqual([round, 0n]);
      const { rows } = await sql`SELECT FROM idempotency_keys WHERE state = 'running'`.execute(database.db);
      expect([round, rows.length]).toEqual([round, 0]);
      await sql`DELETE FROM idempotency_keys`.execute(database.db);
    }
  });
});
