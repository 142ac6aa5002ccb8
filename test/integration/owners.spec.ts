import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import type { Budget } from '../../src/budgets/budget';
import { OwnerEndedError } from '../../src/common/owner';
import type { Schema } from '../../src/database/schema';
import { startLedger, violationsOf } from '../support/ledger-parts';
import { intentOf, outcomeOf } from '../support/made-journal';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const BATCH = 'batch_01KAS5T9W3E7R1Y5U8P2000001';
const OTHER_BATCH = 'batch_01KAS5T9W3E7R1Y5U8P2000002';
const budget = {
  id: 'budget_1',
  teamId: 'team_1',
  keyId: null,
  limitPusd: 1_000n,
  window: 'total',
  timezone: 'UTC',
  action: 'block',
} as Budget;
const keyBudget = { ...budget, id: 'budget_2', keyId: 'key_1', limitPusd: 100n };
const window = { budget, startMs: 0 };
const payer = { teamId: 'team_1', keyId: 'key_1', window: 'budget_1@0' };

/** A batch outlives the instances that run it: its hold and its open attempts end only with the batch. */
describe.each(DATABASE_PROFILES)('the hold and the attempts of a batch, %s', (profile) => {
  let root: string;
  let database: TestDatabase;
  let db: Kysely<Schema>;

  beforeAll(() => Logger.overrideLogger(false));
  beforeAll(async () => {
    database = await openTestDatabase(profile, 4);
    ({ db } = database);
    await sql`DROP TRIGGER ledger_no_delete ON ledger`.execute(db);
  }, 60_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'thriftgate-owners-'));
    const written = [
      'ledger',
      'usage_rollups',
      'cache_rollups',
      'accounts',
      'budget_leases',
      'budget_windows',
      'owners',
    ];
    for (const table of written) await sql`DELETE FROM ${sql.table(table)}`.execute(db);
  });
  afterEach(async () => {
    expect(await violationsOf(db)).toEqual([]);
    rmSync(root, { recursive: true, force: true });
  });

  const start = (directory = 'one') => startLedger({ db, profile }, join(root, directory));
  const states = async () => {
    const rows = await db.selectFrom('ledger').select(['owner', 'state', 'cost_pusd']).orderBy('request_id').execute();
    return rows.map(({ owner, state, cost_pusd }) => [
      owner.startsWith('batch') ? 'batch' : 'instance',
      state,
      cost_pusd,
    ]);
  };
  const budgetState = async () => (await start('reader').leases.states([window])).get('budget_1@0');
  const three = <T>(item: T) => [item, item, item];
  /** An instance has holds and attempts of its own and of a batch, and is killed. */
  const killed = async () => {
    const instance = start();
    const { ledger, leases, journal, owners, ownerHolds, drain, ownersRepository } = instance;
    await ownersRepository.beat(journal.instanceId);
    const batch = await owners.register(BATCH);
    await leases.lease(window, { owner: journal.owner, leastPusd: 9n, idealPusd: 9n });
    expect(await ownerHolds.hold(batch, [budget], 30n, true)).toEqual(['budget_1@0']);
    await ledger.open(intentOf(payer, 'm', 'openai'), 1, 9n);
    const sent = [];
    for (const custom_id of ['a', 'b', 'c']) {
      const intent = { ...intentOf(payer, 'm', 'openai'), batch_id: BATCH, custom_id };
      sent.push(await ledger.open(intent, 1, 10n, batch));
    }
    return { instance, batch, sent, drained: () => drain.flush() };
  };

  it.each(['in the database', 'only in its journal'])(
    'stay open if the instance dies and restarts, unlike those of the instance; attempts are %s',
    async (where) => {
      const { drained } = await killed();
      if (where === 'in the database') await drained();
      await start().drain.flush();
      expect(await states()).toEqual([
        ['instance', 'unknown', 9n],
        ['batch', 'dispatched', 10n],
        ['batch', 'dispatched', 10n],
        ['batch', 'dispatched', 10n],
      ]);
      expect(await budgetState()).toEqual({ spentPusd: 9n, leasedPusd: 30n });
    },
  );

  it('stay open if the instance is lost with its disk, however long ago', async () => {
    const { instance, drained } = await killed();
    await drained();
    const { ownersRepository } = start('two');
    const abandoned = await ownersRepository.abandoned(-1);
    expect(abandoned).toEqual([instance.journal.instanceId]);
    for (const owner of abandoned) await ownersRepository.reclaimAll(owner, true);
    expect((await states()).map(([, state]) => state)).toEqual(['unknown', 'dispatched', 'dispatched', 'dispatched']);
    expect(await budgetState()).toEqual({ spentPusd: 9n, leasedPusd: 30n });
    expect(await ownersRepository.abandoned(-1)).toEqual([]);
  });

  it('are settled by another instance, and end with the batch as unknown if they are not settled', async () => {
    const { drained } = await killed();
    await drained();
    const other = start('two');
    const batch = await other.owners.register(BATCH);
    const first = await other.owners.openAttempts(batch, '', 2);
    const rest = await other.owners.openAttempts(batch, first.at(-1)?.open.key);
    expect([...first, ...rest].map(({ customId }) => customId)).toEqual(['a', 'b', 'c']);
    for (const { open } of first) await other.ledger.settle(open, outcomeOf(4n));
    await other.drain.flush();
    expect(await other.owners.openAttempts(batch)).toEqual([expect.objectContaining({ customId: 'c' })]);
    expect(await budgetState()).toEqual({ spentPusd: 8n, leasedPusd: 31n });
    const row = await db.selectFrom('ledger').selectAll().where('custom_id', '=', 'a').executeTakeFirstOrThrow();
    expect(row).toMatchObject({ owner: BATCH, batch_id: BATCH, state: 'settled', charged: ['budget_1@0'] });

    expect(await other.owners.end(batch)).toBe(1);
    expect((await states()).slice(1)).toEqual([
      ['batch', 'settled', 4n],
      ['batch', 'settled', 4n],
      ['batch', 'unknown', 10n],
    ]);
    // The lease of the first instance still exists; the batch holds nothing.
    expect(await budgetState()).toEqual({ spentPusd: 18n, leasedPusd: 9n });
    expect(await other.owners.end(batch)).toBe(0);
  });

  it('have one end for each attempt, whichever journal is read first', async () => {
    const { batch, sent } = await killed();
    const other = start('two');
    // The other instance settles the attempt before the database has the row that opens it.
    const [attempt] = sent;
    if (attempt) await other.ledger.settle(attempt, outcomeOf(4n));
    await other.drain.flush();
    expect(await states()).toEqual([['batch', 'settled', 4n]]);
    await start().drain.flush();
    expect(await states()).toEqual([
      ['instance', 'unknown', 9n],
      ['batch', 'settled', 4n],
      ['batch', 'dispatched', 10n],
      ['batch', 'dispatched', 10n],
    ]);
    await other.owners.end(batch);
    expect(await budgetState()).toEqual({ spentPusd: 33n, leasedPusd: 0n });
  });

  it('are corrected by settlements that another instance writes after the end of the batch', async () => {
    const { batch, sent, drained } = await killed();
    await drained();
    const other = start('two');
    for (const attempt of sent) await other.ledger.settle(attempt, outcomeOf(4n));
    await start('three').owners.end(batch);
    expect((await states()).slice(1)).toEqual(three(['batch', 'unknown', 10n]));
    const { rows } = await sql<{ error_code: string }>`
      SELECT DISTINCT error_code FROM ledger WHERE state = 'unknown'`.execute(db);
    expect(rows).toEqual([{ error_code: 'batch_ended' }]);
    await other.drain.flush();
    expect((await states()).slice(1).filter(([, state]) => state === 'settled')).toEqual(
      three(['batch', 'settled', -6n]),
    );
    expect((await budgetState())?.spentPusd).toBe(12n);
  });

  it('cannot begin before the batch is registered or after its end', async () => {
    const { owners, ownerHolds } = start();
    const hold = () => ownerHolds.hold({ kind: 'batch', id: BATCH }, [budget], 1n, true);
    await expect(hold()).rejects.toThrow(OwnerEndedError);
    const batch = await owners.register(BATCH);
    await hold();
    await owners.end(batch);
    await expect(hold()).rejects.toThrow(OwnerEndedError);
    expect(await budgetState()).toEqual({ spentPusd: 0n, leasedPusd: 0n });
  });

  it('include one hold, however often and from however many instances it is requested', async () => {
    const { owners, ownerHolds } = start();
    const batch = await owners.register(BATCH);
    const asked = [ownerHolds, start('two').ownerHolds, ownerHolds, start('three').ownerHolds];
    const held = await Promise.all(asked.map((holds) => holds.hold(batch, [budget, keyBudget], 20n, true)));
    expect(new Set(held.map(String))).toEqual(new Set(['budget_1@0,budget_2@0']));
    expect(await budgetState()).toEqual({ spentPusd: 0n, leasedPusd: 20n });
  });

  it('are held in all budgets or in none, and never above a limit', async () => {
    const { owners, ownerHolds, leases } = start();
    const batches = [await owners.register(BATCH), await owners.register(OTHER_BATCH)];
    const holds = await Promise.allSettled(
      batches.map((batch) => ownerHolds.hold(batch, [budget, keyBudget], 60n, true)),
    );
    expect(holds.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(holds.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'budget_reserved', window: { budget: { id: 'budget_2' } } },
    });
    const held = await leases.states([window, { budget: keyBudget, startMs: 0 }]);
    expect([...held.values()].map(({ leasedPusd }) => leasedPusd)).toEqual([60n, 60n]);
    const { grantedPusd } = await leases.lease(
      { budget: keyBudget, startMs: 0 },
      { owner: { kind: 'instance', id: 'instance_x' }, leastPusd: 41n, idealPusd: 41n },
    );
    expect(grantedPusd).toBe(0n);
  });

  it('count without a hold in a budget that only warns, and in one from which the call is excused', async () => {
    const { owners, ownerHolds, ledger, drain } = start();
    const batch = await owners.register(BATCH);
    const warning = { ...budget, action: 'warn', limitPusd: 1n } as Budget;
    const charged = await ownerHolds.hold(batch, [warning, keyBudget], 500n, true, keyBudget.id);
    expect([charged, await budgetState()]).toEqual([['budget_1@0', 'budget_2@0'], { spentPusd: 0n, leasedPusd: 0n }]);
    const open = await ledger.open({ ...intentOf(payer, 'm', 'openai'), charged }, 1, 9n, batch);
    await ledger.settle(open, outcomeOf(7n));
    await drain.flush();
    expect(await budgetState()).toEqual({ spentPusd: 7n, leasedPusd: 0n });
  });
});
