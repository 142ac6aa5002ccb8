import { sql } from 'kysely';
import { LinesRepository } from '../../src/batch/lines/lines.repository';
import { ShardsRepository } from '../../src/batch/native/shards.repository';
import type { Database } from '../../src/database/database.connection';
import type { LedgerRepository } from '../../src/ledger/ledger.repository';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

describe.each(DATABASE_PROFILES)('the turns of shards, %s', (profile) => {
  let database: TestDatabase;
  let shards: ShardsRepository;

  beforeAll(async () => {
    database = await openTestDatabase(profile);
    const connection = { db: database.db } as Database;
    shards = new ShardsRepository(connection, {} as LedgerRepository, new LinesRepository(connection));
  }, 60_000);
  afterAll(() => database?.close());

  /** Shards of a team's batch, which are due for so many seconds. */
  async function batchOf(teamId: string, dueForSeconds: number[]): Promise<void> {
    const batchId = `batch_${teamId}`;
    await database.db.insertInto('teams').values({ id: teamId, name: teamId }).execute();
    await sql`
      INSERT INTO batches
        (id, team_id, key_id, request_id, endpoint, status, completion_window, input_file_id, total_lines, created_at, expires_at)
      VALUES (${batchId}, ${teamId}, 'key_1', 'req_1', '/v1/chat/completions', 'in_progress', '24h', 'file_1', 1, now(),
        now() + interval '1 day')`.execute(database.db);
    await sql`
      INSERT INTO batch_shards
        (id, batch_id, provider, model, upstream_model, deployment, state, lines, worst_pusd, next_at)
      SELECT ${teamId} || place, ${batchId}, 'openai', 'gpt-4.1', 'gpt-4.1', 'd_1', 'planned', 1, 0,
        now() - seconds * interval '1 second'
      FROM unnest(${dueForSeconds}::int[]) WITH ORDINALITY AS due (seconds, place)`.execute(database.db);
  }

  it('A6: the team with the fewest at work is next, and of its shards the one that is due longest', async () => {
    await batchOf('a', [90, 100, 80]);
    await batchOf('b', [20]);
    await batchOf('c', [10, -60]);
    const taken: string[] = [];
    const atWork: string[] = [];
    for (let shard = await shards.claimDue(atWork); shard; shard = await shards.claimDue(atWork)) {
      taken.push(shard.id);
      atWork.push(shard.teamId);
    }
    expect(taken).toEqual(['a2', 'b1', 'c1', 'a1', 'a3']);
  });
});
