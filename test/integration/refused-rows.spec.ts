import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Logger } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import type { NewAlert } from '../../src/alerts/alert';
import type { Budget } from '../../src/budgets/budget';
import type { Schema } from '../../src/database/schema';
import { startLedger, violationsOf } from '../support/ledger-parts';
import { intentOf, outcomeOf } from '../support/made-journal';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const budget = { id: 'budget_1', teamId: 'team_1', keyId: null, limitPusd: 1_000_000n } as Budget;
const window = { budget, startMs: 0 };
const payer = { teamId: 'team_1', keyId: 'key_1', window: 'budget_1@0' };
/** A constraint: the database refuses each ended row of the model `poison`, as the index of A1 did. */
const POISON = `CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'index row size exceeds the maximum' USING ERRCODE = '54000'; END $$;
  CREATE TRIGGER poison BEFORE INSERT ON usage_rollups FOR EACH ROW WHEN (NEW.model = 'poison') EXECUTE FUNCTION refuse_poison()`;

/** A1, A3: a refused row delays no other row, and its cost is not lost. */
describe.each(DATABASE_PROFILES)('rows that the ledger refuses, %s', (profile) => {
  let directory: string;
  let database: TestDatabase;
  let db: Kysely<Schema>;
  const alerts: NewAlert[] = [];

  beforeAll(() => Logger.overrideLogger(false));
  beforeAll(async () => {
    database = await openTestDatabase(profile);
    ({ db } = database);
  }, 60_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'thriftgate-refused-'));
    alerts.length = 0;
    await sql`DROP TRIGGER IF EXISTS ledger_no_delete ON ledger`.execute(db);
    for (const table of [
      'ledger',
      'usage_rollups',
      'cache_rollups',
      'accounts',
      'budget_leases',
      'ledger_refusals',
      'journal_damages',
    ])
      await sql`DELETE FROM ${sql.table(table)}`.execute(db);
    for (const statement of POISON.split(';\n')) await sql.raw(statement).execute(db);
  });
  afterEach(async () => {
    await heal();
    rmSync(directory, { recursive: true, force: true });
  });

  const heal = async () => {
    await sql`DROP TRIGGER IF EXISTS poison ON usage_rollups`.execute(db);
    await sql`DROP FUNCTION IF EXISTS refuse_poison`.execute(db);
  };
  /** A start of a gateway on the same data directory. */
  const start = () => startLedger({ db, profile }, directory, alerts);
  const rows = async () => {
    const all = await db.selectFrom('ledger').select(['model', 'state', 'cost_pusd']).orderBy('request_id').execute();
    return all.map(({ model, state, cost_pusd }) => [model, state, cost_pusd]);
  };
  const violations = () => violationsOf(db);
  const spentPusd = async () => (await start().leases.states([window])).get('budget_1@0')?.spentPusd;

  it('are set aside with their cost and reported by verify, and other rows are written', async () => {
    const { ledger, drain, leases } = start();
    await leases.lease(window, { owner: { kind: 'instance', id: 'instance_other' }, leastPusd: 1n, idealPusd: 1n });
    const opened = [];
    for (const model of ['m', 'poison', 'm']) opened.push(await ledger.open(intentOf(payer, model, 'openai'), 1, 9n));
    await drain.flush();
    expect(await rows()).toEqual(['m', 'poison', 'm'].map((model) => [model, 'dispatched', 9n]));
    for (const open of opened) await ledger.settle(open, outcomeOf(7n));
    await drain.flush();
    await drain.flush();
    expect(await rows()).toEqual([
      ['m', 'settled', 7n],
      ['poison', 'dispatched', 9n],
      ['m', 'settled', 7n],
    ]);
    expect([await spentPusd(), drain.state]).toEqual([21n, 'refused']);
    expect(await violations()).toEqual([
      expect.stringMatching(/^01\w{24}\.1 of team_1: 7 pico-dollars, 54000: index row size exceeds/),
    ]);
    expect(alerts).toEqual([
      expect.objectContaining({
        kind: 'ledger_row_refused',
        severity: 'critical',
        data: expect.objectContaining({ cost_usd: '0.000000000007', refused: 1 }),
      }),
    ]);
  });

  it('count in the budget after a restart, and are written once the database accepts them', async () => {
    const before = start();
    await before.ledger.settle(await before.ledger.open(intentOf(payer, 'poison', 'openai'), 1, 9n), outcomeOf(7n));
    await before.drain.flush();
    const next = start();
    await next.drain.flush();
    expect([await rows(), await spentPusd(), next.drain.state]).toEqual([[], 7n, 'refused']);
    await heal();
    const last = start();
    await last.drain.flush();
    expect([await rows(), await spentPusd(), last.drain.state]).toEqual([[['poison', 'settled', 7n]], 7n, 'ok']);
    expect(await violations()).toEqual([]);
  });

  it('keep their estimate if the process stops before their end', async () => {
    const { ledger, drain } = start();
    await ledger.open(intentOf(payer, 'poison', 'openai'), 1, 9n);
    await drain.flush();
    await ledger.open(intentOf(payer, 'm', 'openai'), 1, 9n);
    expect(await spentPusd()).toBeUndefined();
    const next = start();
    const done = await next.ledger.open(intentOf(payer, 'm', 'openai'), 1, 9n);
    await next.ledger.settle(done, outcomeOf(1n));
    await next.drain.flush();
    expect(await rows()).toEqual([
      ['poison', 'dispatched', 9n],
      ['m', 'unknown', 9n],
      ['m', 'settled', 1n],
    ]);
    expect([await spentPusd(), next.drain.state]).toEqual([19n, 'refused']);
    expect(await violations()).toHaveLength(1);
    await heal();
    await start().drain.flush();
    expect([(await rows())[0], await spentPusd(), await violations()]).toEqual([['poison', 'unknown', 9n], 19n, []]);
  });

  it('are not set aside while the database accepts no row at all', async () => {
    const { ledger, drain } = start();
    await ledger.settle(await ledger.open(intentOf(payer, 'm', 'openai'), 1, 9n), outcomeOf(7n));
    await sql`ALTER TABLE accounts RENAME TO accounts_away`.execute(db);
    await drain.flush();
    await sql`ALTER TABLE accounts_away RENAME TO accounts`.execute(db);
    expect([await rows(), alerts]).toEqual([[], []]);
    await drain.flush();
    expect([await rows(), await violations()]).toEqual([[['m', 'settled', 7n]], []]);
  });

  it('A16: damaged lines of a journal are reported by verify, and all other lines are written', async () => {
    const dead = start();
    for (const model of ['m', 'damaged', 'm'])
      await dead.ledger.settle(await dead.ledger.open(intentOf(payer, model, 'openai'), 1, 9n), outcomeOf(7n));
    const [{ path } = { path: '' }] = dead.journal.segments();
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('damaged', 'dxmaged'));
    const next = start();
    await next.drain.flush();
    await start().drain.flush();
    expect((await rows()).map(([model]) => model)).toEqual(['m', 'm']);
    const segment = basename(path);
    const kept = `2 lines of ${statSync(`${path}.damaged`).size - 2} bytes, kept in journal/${segment}.damaged`;
    expect(await violations()).toEqual([`${segment} from byte 0 on: ${kept}`]);
    expect(alerts).toEqual([
      expect.objectContaining({
        kind: 'journal_damaged',
        severity: 'critical',
        data: expect.objectContaining({ segment, lines: 2 }),
      }),
    ]);
  });
});
