import { setTimeout as delay } from 'node:timers/promises';
import { LongText, stringifyExact } from '@thriftgate/providers';
import type { Transaction } from 'kysely';
import { AdminBatchesRepository } from '../../src/batch/admin/admin-batches.repository';
import { BatchesRepository } from '../../src/batch/batches.repository';
import { FilesRepository } from '../../src/batch/files/files.repository';
import type { BatchLine } from '../../src/batch/input/batch-line';
import { LineBodies } from '../../src/batch/lines/line-bodies.repository';
import { LinesRepository } from '../../src/batch/lines/lines.repository';
import { NewLines } from '../../src/batch/lines/new-lines.repository';
import { type NewBatch, NewBatchesRepository } from '../../src/batch/new-batches.repository';
import { leastUlid } from '../../src/common/ids';
import type { GatewayConfig } from '../../src/config/gateway-config';
import type { Database } from '../../src/database/database.connection';
import type { Schema } from '../../src/database/schema';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const LINES = 2_500;
/** How long the database is at a COMMIT whose answer is lost. */
const COMMIT_MS = 500;

function newBatch(id: string, lines = LINES): NewBatch {
  return {
    id,
    team_id: 'team_A',
    key_id: 'key_A',
    request_id: 'req_1',
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    input_file_id: 'file_1',
    output_expires_after_s: null,
    total_lines: lines,
    metadata: null,
    escalate: false,
    created_at: new Date(),
    expires_at: new Date(Date.now() + 3_600_000),
  };
}

const lineOf = (line: number, body: BatchLine['body'] = '{"a":1}'): BatchLine => ({
  line,
  customId: `${line}`,
  url: '/v1/chat/completions',
  model: 'gpt-4.1',
  body,
  directives: [],
});

/** Lines that stop before the last one, until `halt` ends. */
async function* halting(halt: () => Promise<unknown>): AsyncGenerator<BatchLine> {
  for (let line = 1; line < LINES; line += 1) yield lineOf(line);
  await halt();
  yield lineOf(LINES);
}

const noHalt = async () => undefined;

/** Transactions end with an error while the database still makes their changes: the connection is lost during COMMIT. */
function losingCommits(db: TestDatabase['db']): TestDatabase['db'] {
  const execute = (work: (transaction: Transaction<Schema>) => Promise<unknown>) =>
    new Promise((_resolve, reject) => {
      void db.transaction().execute(async (transaction) => {
        await work(transaction);
        reject(new Error('the connection is lost'));
        await delay(COMMIT_MS);
      });
    });
  return new Proxy(db, {
    get(target, name) {
      if (name === 'transaction') return () => ({ execute });
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** Faults A4 and A6: a new batch of 200 MB held the only connection of the embedded database until all its lines were there. */
describe.each(DATABASE_PROFILES)('the creation of a batch, on %s', (profile) => {
  let database: TestDatabase;
  let asked: Database;
  let created: NewBatchesRepository;
  let lines: LinesRepository;

  beforeAll(async () => {
    database = await openTestDatabase(profile, 2);
    asked = { db: database.db } as Database;
    const files = new FilesRepository(asked, { batch: {} } as GatewayConfig);
    created = new NewBatchesRepository(asked, new NewLines(asked, new LineBodies(asked, files)));
    lines = new LinesRepository(asked);
    await database.db.insertInto('teams').values({ id: 'team_A', name: 'A' }).execute();
  });
  afterAll(() => database?.close());

  const countOf = async (batchId: string) => {
    const rows = await database.db
      .selectFrom('batch_lines')
      .select('line_no')
      .where('batch_id', '=', batchId)
      .execute();
    return rows.length;
  };
  /** Waits until all lines are there that come before the halt. */
  const untilHalf = async (batchId: string) => {
    while ((await countOf(batchId)) < 2_000) await delay(10);
  };
  const namesOf = async () => {
    const [ofTeam, ofAll] = [new BatchesRepository(asked, {} as LineBodies), new AdminBatchesRepository(asked)];
    const batches = [
      ...(await ofTeam.list('team_A', { limit: 10 })),
      ...(await ofAll.list({ limit: 10 })),
      ...(await ofAll.watched([], new Date(0), 10)),
      ...(await ofAll.openOrEndedSince(new Date(0), 10)),
      ...(await lines.batchesToWorkOn()),
    ];
    return [...new Set(batches.map(({ id }) => id))];
  };
  const canBeFound = async (batchId: string) => {
    const [ofTeam, ofAll] = [new BatchesRepository(asked, {} as LineBodies), new AdminBatchesRepository(asked)];
    const found = [
      await ofTeam.find('team_A', batchId),
      await ofAll.find(batchId, {}),
      (await lines.claim(batchId, 1))[0],
      await ofTeam.cancel('team_A', batchId, async () => undefined),
    ];
    return found.some((batch) => batch !== undefined);
  };

  it('A6: lets others ask the database meanwhile, which neither see nor run the half of it', async () => {
    let goOn: (value?: unknown) => void = () => undefined;
    const halt = new Promise((resolve) => (goOn = resolve));
    let ended = false;
    const creation = created
      .create(
        newBatch('batch_half'),
        halting(() => halt),
        async () => undefined,
      )
      .finally(() => (ended = true));
    await untilHalf('batch_half');
    await created.removeAbandoned();
    expect([await namesOf(), await canBeFound('batch_half'), ended]).toEqual([[], false, false]);
    goOn();
    expect(await creation).toMatchObject({ id: 'batch_half', status: 'in_progress', lease_until: null });
    expect(await countOf('batch_half')).toBe(LINES);
    expect([await namesOf(), await canBeFound('batch_half')]).toEqual([['batch_half'], true]);
    await database.db.deleteFrom('batches').execute();
  });

  it('leaves nothing where it fails, at its lines or at its end', async () => {
    const fails = async () => {
      throw new Error('no more lines');
    };
    await expect(created.create(newBatch('batch_1'), halting(fails), async () => undefined)).rejects.toThrow('no more');
    const few = newBatch('batch_2', LINES + 1);
    await expect(created.create(few, halting(noHalt), async () => undefined)).rejects.toThrow('input file');
    const refuses = async () => {
      throw new Error('the key is not ours');
    };
    await expect(created.create(newBatch('batch_3'), halting(noHalt), refuses)).rejects.toThrow('not ours');
    expect(await database.db.selectFrom('batches').select('id').execute()).toEqual([]);
  });

  it('is undone where its process died, and does not end after that', async () => {
    let goOn: (value?: unknown) => void = () => undefined;
    const halt = new Promise((resolve) => (goOn = resolve));
    const alongside = jest.fn(async () => undefined);
    const creation = created.create(
      newBatch('batch_dead'),
      halting(() => halt),
      alongside,
    );
    const failure = creation.catch((error: unknown) => error);
    await untilHalf('batch_dead');
    // As a start does on a database that no other process has.
    await lines.reclaimAll();
    await created.removeAbandoned();
    expect(await database.db.selectFrom('batches').select('id').execute()).toEqual([]);
    expect(await countOf('batch_dead')).toBe(0);
    goOn();
    expect(await failure).toBeInstanceOf(Error);
    expect(alongside).not.toHaveBeenCalled();
  });

  it('keeps all lines where the batch starts, and the answer to COMMIT is lost', async () => {
    const db = losingCommits(database.db);
    const files = new FilesRepository(asked, { batch: {} } as GatewayConfig);
    const losing = new NewBatchesRepository({ db } as Database, new NewLines(asked, new LineBodies(asked, files)));
    const creation = losing.create(newBatch('batch_lost'), halting(noHalt), async () => undefined);
    await expect(creation).rejects.toThrow('connection is lost');
    const batch = await new BatchesRepository(asked, {} as LineBodies).find('team_A', 'batch_lost');
    expect([batch?.status, await countOf('batch_lost')]).toEqual(['in_progress', LINES]);
    await database.db.deleteFrom('batches').execute();
  });

  it('is seen where its end came at once, however long its lines took', async () => {
    const nowMs = Date.now();
    const time = new Date(nowMs - 10_000);
    async function* one(): AsyncGenerator<BatchLine> {
      yield lineOf(1);
    }
    const endAt = async (id: string, endMs: number) => {
      await created.create(newBatch(id, 1), one(), async () => undefined);
      const end = { status: 'completed' as const, completed_at: new Date(endMs) };
      await database.db.updateTable('batches').set(end).where('id', '=', id).execute();
    };
    const [begun, before] = [leastUlid(nowMs - 120_000), leastUlid(nowMs - 60_000)];
    await endAt(`batch_${begun}`, nowMs - 9_000);
    await endAt(`batch_${before}`, nowMs - 11_000);
    const watched = await new AdminBatchesRepository(asked).watched([], time, 10);
    expect(watched.map(({ id }) => id)).toEqual([`batch_${begun}`]);
    await database.db.deleteFrom('batches').execute();
  });

  it('writes large lines of batches that are made at the same time, and leaves no pieces of them', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(1_500_000));
    const bodies = texts.map((text) => stringifyExact({ text: new LongText(Buffer.from(text), true) }));
    const creations = bodies.map((body, at) => {
      async function* one(): AsyncGenerator<BatchLine> {
        yield lineOf(1, body);
      }
      return created.create(newBatch(`batch_large${at}`, 1), one(), async () => undefined);
    });
    await Promise.all(creations);
    const stored = await database.db
      .selectFrom('batch_lines')
      .select(['batch_id', 'body'])
      .orderBy('batch_id')
      .execute();
    expect(stored.map(({ body }) => body === `{"text":"${texts[0]}"}` || body === `{"text":"${texts[1]}"}`)).toEqual([
      true,
      true,
    ]);
    expect(await database.db.selectFrom('file_chunks').select('chunk').execute()).toEqual([]);
    expect(await database.db.selectFrom('files').select('id').execute()).toEqual([]);
  });
});
