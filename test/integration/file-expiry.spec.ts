import type { GatewayConfig } from '../../src/config/gateway-config';
import type { Database } from '../../src/database/database.connection';
import type { StoredFile } from '../../src/batch/files/file';
import { FilesRepository } from '../../src/batch/files/files.repository';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const HOUR_S = 3_600;
const QUERY = { limit: 10, order: 'asc' as const };

describe.each(DATABASE_PROFILES)('files that expire, on %s', (profile) => {
  let database: TestDatabase;
  let files: FilesRepository;

  beforeAll(async () => {
    database = await openTestDatabase(profile);
    files = filesKeptFor(undefined);
    await database.db.insertInto('teams').values({ id: 'team_A', name: 'A' }).execute();
  });
  afterAll(() => database?.close());

  const filesKeptFor = (fileExpirySeconds: number | undefined) =>
    new FilesRepository({ db: database.db } as Database, { batch: { fileExpirySeconds } } as GatewayConfig);
  const upload = async (id: string, expiresAfterSeconds: number | undefined, kept = files) => {
    await kept.create({ id, teamId: 'team_A', filename: 'a.jsonl', purpose: 'batch' });
    await kept.writeChunk(id, 0, Buffer.from('{}'));
    return kept.publish(id, { bytes: 2, sha256: '', expiresAfterSeconds });
  };
  const age = (id: string, seconds: number) =>
    database.db
      .updateTable('files')
      .set({ expires_at: new Date(Date.now() - seconds * 1000) })
      .where('id', '=', id)
      .execute();
  const chunksOf = async (id: string) =>
    (await database.db.selectFrom('file_chunks').select('chunk').where('file_id', '=', id).execute()).length;

  it('have the expiry of the setting where they name none, and files that are there keep theirs', async () => {
    const before = await upload('file_BEFORE', undefined);
    const month = filesKeptFor(30 * 24 * HOUR_S);
    const file = await upload('file_MONTH', undefined, month);
    const own = await upload('file_OWN', HOUR_S, month);
    const days = ({ expiresAt, createdAt }: StoredFile) =>
      expiresAt && (expiresAt.getTime() - createdAt.getTime()) / 86_400_000;
    expect([before, file, own].map(days)).toEqual([null, 30, 1 / 24]);
    expect((await month.find('team_A', 'file_BEFORE'))?.expiresAt).toBeNull();
    for (const id of ['file_BEFORE', 'file_MONTH', 'file_OWN']) await month.delete('team_A', id);
  });

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
