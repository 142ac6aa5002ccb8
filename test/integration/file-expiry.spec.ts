import type { Database } from '../../src/database/database.connection';
import { FilesRepository } from '../../src/batch/files/files.repository';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const HOUR_S = 3_600;
const QUERY = { limit: 10, order: 'asc' as const };

describe.each(DATABASE_PROFILES)('files that expire, on %s', (profile) => {
  let database: TestDatabase;
  let files: FilesRepository;

  beforeAll(async () => {
    database = await openTestDatabase(profile);
    files = new FilesRepository({ db: database.db } as Database);
    await database.db.insertInto('teams').values({ id: 'team_A', name: 'A' }).execute();
  });
  afterAll(() => database?.close());

  const upload = async (id: string, expiresAfterSeconds: number | undefined) => {
    await files.create({ id, teamId: 'team_A', filename: 'a.jsonl', purpose: 'batch' });
    await files.writeChunk(id, 0, Buffer.from('{}'));
    return files.publish(id, { bytes: 2, expiresAfterSeconds });
  };
  const age = (id: string, seconds: number) =>
    database.db
      .updateTable('files')
      .set({ expires_at: new Date(Date.now() - seconds * 1000) })
      .where('id', '=', id)
      .execute();
  const chunksOf = async (id: string) =>
    (await database.db.selectFrom('file_chunks').select('chunk').where('file_id', '=', id).execute()).length;

  it('C2: are there until then, and deleted with their content after it', async () => {
    const stays = await upload('file_STAYS', undefined);
    const goes = await upload('file_GOES', HOUR_S);
    expect(stays.expiresAt).toBeNull();
    expect(goes.expiresAt?.getTime()).toBe(goes.createdAt.getTime() + HOUR_S * 1000);
    await files.deleteOutdated();
    expect((await files.list('team_A', QUERY)).map(({ id }) => id)).toEqual(['file_GOES', 'file_STAYS']);

    await age('file_GOES', 1);
    expect(await files.find('team_A', 'file_GOES')).toBeUndefined();
    expect((await files.list('team_A', QUERY)).map(({ id }) => id)).toEqual(['file_STAYS']);
    expect(await chunksOf('file_GOES')).toBe(1);
    await files.deleteOutdated();
    expect([await chunksOf('file_GOES'), await chunksOf('file_STAYS')]).toEqual([0, 1]);
    expect(await files.find('team_A', 'file_STAYS')).toEqual(stays);
  });
});
