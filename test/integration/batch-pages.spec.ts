import { setTimeout as delay } from 'node:timers/promises';
import { byteLengthOf } from '@thriftgate/providers';
import type { Database } from '../../src/database/database.connection';
import { AdminBatchesRepository } from '../../src/batch/admin/admin-batches.repository';
import { BatchesRepository } from '../../src/batch/batches.repository';
import type { FilesRepository } from '../../src/batch/files/files.repository';
import { LineBodies } from '../../src/batch/lines/line-bodies.repository';
import { LinesRepository } from '../../src/batch/lines/lines.repository';
import { TwinsRepository } from '../../src/batch/lines/twins.repository';
import { type LeasedShard, ShardsRepository } from '../../src/batch/native/shards.repository';
import { PlanLostError, PlanRepository, type UnplannedBatch } from '../../src/batch/plan/plan.repository';
import { type FinishingBatch, FinishingRepository } from '../../src/batch/output/finishing.repository';
import type { LedgerRepository } from '../../src/ledger/ledger.repository';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const BATCH = { id: 'batch_1', teamId: 'team_A', keyId: 'key_A', token: 'token' } as UnplannedBatch;
const SHARD = { id: 'shard_1', teamId: 'team_A', keyId: 'key_A' } as LeasedShard;
/** Lengths of bodies, in bytes: small ones, some that fill a page, and two that are read by themselves. */
const LENGTHS = [100, 600_000, 500_000, 400_000, 2_000_000, 2_000_000, 100];
/** A page ends with the line with which it has a megabyte. */
const PAGES = [[1, 2, 3], [4, 5], [6], [7]];

/** How soon the lease of a batch that is planned is renewed. */
const RENEWAL_MS = 5_000;

async function numbersOf(pages: AsyncIterable<readonly { lineNo: number }[]>): Promise<number[][]> {
  const numbers: number[][] = [];
  for await (const page of pages) numbers.push(page.map(({ lineNo }) => lineNo));
  return numbers;
}

/** Fault A5: 200 lines of a megabyte were one answer of the database. */
describe.each(DATABASE_PROFILES)('A5: pages of lines, on %s', (profile) => {
  let database: TestDatabase;
  let asked: Database;
  const inState = (state: 'pending' | 'sharded' | 'same' | 'failed' | 'done') =>
    database.db.updateTable('batch_lines').set({ state }).where('line_no', '>', 0).execute();

  const setResults = async (lengthOf: (lineNo: number) => number | null) => {
    for (const lineNo of [0, ...LENGTHS].keys()) {
      const length = lengthOf(lineNo);
      const result = length === null ? null : 'y'.repeat(length);
      await database.db.updateTable('batch_lines').set({ result }).where('line_no', '=', lineNo).execute();
    }
  };

  beforeAll(async () => {
    database = await openTestDatabase(profile);
    asked = { db: database.db } as Database;
    const { db } = database;
    await db.insertInto('teams').values({ id: 'team_A', name: 'A' }).execute();
    await db
      .insertInto('batches')
      .values({
        id: 'batch_1',
        team_id: 'team_A',
        key_id: 'key_A',
        request_id: 'req_1',
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
        input_file_id: 'file_1',
        output_expires_after_s: null,
        total_lines: LENGTHS.length,
        created_at: new Date(),
        expires_at: new Date(),
        escalate: false,
        metadata: JSON.stringify(null),
        errors: JSON.stringify(null),
        status: 'in_progress',
        in_progress_at: new Date(),
        lease_token: BATCH.token,
      })
      .execute();
    // The equal of all others is a line that has ended.
    for (const [index, length] of [0, ...LENGTHS].entries())
      await db
        .insertInto('batch_lines')
        .values({
          batch_id: 'batch_1',
          line_no: index,
          custom_id: `${index}`,
          url: '/v1/chat/completions',
          state: index === 0 ? 'cancelled' : 'pending',
          shard_id: 'shard_1',
          same_as: 0,
          answer: JSON.stringify(null),
          body: 'x'.repeat(length),
        })
        .execute();
  });
  afterAll(() => database?.close());

  it('of a batch that is planned', async () => {
    expect(await numbersOf(new PlanRepository(asked).pages(BATCH))).toEqual(PAGES);
  });

  it('of a batch whose lease is renewed while a page of it is planned, and lost to another instance', async () => {
    const setLease = (lease: { lease_token?: string; lease_until?: Date }) =>
      database.db.updateTable('batches').set(lease).execute();
    const leaseEnd = async () => {
      const row = await database.db.selectFrom('batches').select('lease_until').executeTakeFirstOrThrow();
      return row.lease_until?.getTime() ?? 0;
    };
    jest.useFakeTimers({
      doNotFake: ['Date', 'nextTick', 'performance', 'setImmediate', 'setTimeout', 'clearTimeout'],
    });
    try {
      const pages = new PlanRepository(asked).pages(BATCH);
      await pages.next();
      await setLease({ lease_until: new Date() });
      jest.advanceTimersByTime(RENEWAL_MS);
      const soon = Date.now() + 10_000;
      for (let looks = 0; looks < 20 && (await leaseEnd()) < soon; looks += 1) await delay(10);
      expect(await leaseEnd()).toBeGreaterThan(soon);

      await setLease({ lease_token: 'of another instance' });
      jest.advanceTimersByTime(RENEWAL_MS);
      // The renewal was sent first.
      for (let looks = 0; looks < 5; looks += 1) await leaseEnd();
      await expect(pages.next()).rejects.toBeInstanceOf(PlanLostError);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
      await setLease({ lease_token: BATCH.token });
    }
  });

  it('of a shard, of all its lines or of some', async () => {
    await inState('sharded');
    const shards = new ShardsRepository(asked, {} as LedgerRepository, new LinesRepository(asked));
    expect(await numbersOf(shards.pages(SHARD))).toEqual(PAGES);
    expect(await numbersOf(shards.pages(SHARD, [7, 1, 4]))).toEqual([[1, 4, 7]]);
  });

  it('of lines whose equal has ended', async () => {
    await inState('same');
    const twins = new TwinsRepository(asked, new LinesRepository(asked), {} as LedgerRepository);
    const settle = () => twins.settle('batch_1', async () => ({ rows: [], results: [] }));
    expect([await settle(), await settle(), await settle(), await settle(), await settle()]).toEqual([3, 2, 1, 1, 0]);
  });

  it('of lines that have results, by their lengths', async () => {
    await inState('done');
    await setResults((lineNo) => LENGTHS[lineNo - 1] ?? null);
    expect(await numbersOf(new AdminBatchesRepository(asked).endedLines('batch_1'))).toEqual(PAGES);
    // The files of a batch are written line by line: how many are read with them shows in the length of the answers.
    const answers: number[] = [];
    const counted = {
      db: database.db.withPlugin({
        transformQuery: ({ node }) => node,
        transformResult: ({ result }) => {
          answers.push(JSON.stringify(result.rows, (_, value) => (typeof value === 'bigint' ? 0 : value)).length);
          return Promise.resolve(result);
        },
      }),
    } as unknown as Database;
    const read: number[] = [];
    const batch = { id: 'batch_1', token: BATCH.token } as FinishingBatch;
    for await (const { result } of new FinishingRepository(counted).lines(batch)) read.push(result?.length ?? 0);
    expect(read).toEqual(LENGTHS);
    expect(Math.max(...answers)).toBeLessThan(2_700_000);
  });

  it('of lines that get the result of another one, with the result for each of them', async () => {
    await inState('same');
    await setResults((lineNo) => (lineNo === 0 ? 400_000 : null));
    const twins = new TwinsRepository(asked, new LinesRepository(asked), {} as LedgerRepository);
    const settle = () => twins.settle('batch_1', async () => ({ rows: [], results: [] }));
    const settled: number[] = [];
    for (let count = await settle(); count > 0; count = await settle()) settled.push(count);
    // [100, 600,000], [500,000, 400,000], and the large ones, each with 400,000 more.
    expect(settled).toEqual([2, 2, 1, 1, 1]);
  });

  it('of lines that are claimed, which read the bodies beyond a megabyte in their turns', async () => {
    await inState('pending');
    const { db } = database;
    await db
      .updateTable('batches')
      .set({ planned_at: new Date(), expires_at: new Date(Date.now() + 60_000) })
      .execute();
    const lines = await new LinesRepository(asked).claim('batch_1', 5);
    expect(lines.map(({ lineNo, body }) => [lineNo, body ? byteLengthOf(body) : undefined])).toEqual([
      [1, 100],
      [2, 600_000],
      [3, undefined],
      [4, undefined],
      [5, undefined],
    ]);
    expect(lines[0]).toMatchObject({
      batchId: 'batch_1',
      teamId: 'team_A',
      keyId: 'key_A',
      starts: 1,
      escalate: false,
    });
    const bodies = new LineBodies(asked, {} as FilesRepository);
    expect((await bodies.read('batch_1', 3)).length).toBe(500_000);
    await db.updateTable('batch_lines').set({ lease_until: null, lease_token: null, starts: 0 }).execute();
  });

  it('of lines that are run again, with the bodies of all', async () => {
    await inState('failed');
    const batches = new BatchesRepository(asked, new LineBodies(asked, {} as FilesRepository));
    expect(await batches.hasFailedLines('batch_1')).toBe(true);
    const bodies: number[] = [];
    let content = '';
    for await (const piece of batches.failedContent('batch_1')) content += piece.toString();
    for (const line of content.trimEnd().split('\n')) bodies.push(line.slice(line.indexOf('"body":') + 7, -1).length);
    expect(bodies).toEqual(LENGTHS);
    expect(await batches.hasFailedLines('batch_2')).toBe(false);
  });
});
