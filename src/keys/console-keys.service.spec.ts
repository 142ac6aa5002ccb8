import type { Caller } from '../common/caller';
import { GatewayError } from '../common/errors';
import type { ChangeFeed } from '../database/change-feed.service';
import type { Team } from '../teams/team';
import type { TeamsService } from '../teams/teams.service';
import type { ApiKey } from './api-key';
import type { ApiKeyDirectory } from './api-key-directory.service';
import { ConsoleKeys } from './console-keys.service';
import type { KeyHasher } from './key-hasher.service';
import type { KeysRepository } from './keys.repository';

const callerOf = (keyId: string, role: Caller['role'] = 'member'): Caller => ({
  role,
  teamId: 'team_1',
  keyId,
  models: null,
  rpmLimit: null,
});

describe('the console keys', () => {
  const admin = { caller: callerOf('admin', 'platform_admin'), scope: {} };
  const inserted: Parameters<KeysRepository['insert']>[] = [];
  let managed: string | undefined;
  /** What the directory has at once, and after it was read again. */
  let inMemory: string[];
  let inDatabase: string[];
  let insert: (id: string) => ApiKey | undefined;
  const announce = jest.fn(() => Promise.resolve());
  const findTeam = jest.fn<Promise<Team>, [string]>();

  const keys = () =>
    new ConsoleKeys(
      {
        managedOf: () => Promise.resolve(managed),
        insert: (...args) => {
          inserted.push(args);
          return Promise.resolve(insert(args[1].id));
        },
      } as Pick<KeysRepository, 'managedOf' | 'insert'> as KeysRepository,
      { get: findTeam } as Partial<TeamsService> as TeamsService,
      {
        working: (id) => (inMemory.includes(id) ? callerOf(id) : undefined),
        lookUpWorking: async (id) => ([...inMemory, ...inDatabase].includes(id) ? callerOf(id) : undefined),
      } as Pick<ApiKeyDirectory, 'working' | 'lookUpWorking'> as ApiKeyDirectory,
      { hash: (text) => `hash of ${text}` } as Pick<KeyHasher, 'hash'> as KeyHasher,
      { announce } as Pick<ChangeFeed, 'announce'> as ChangeFeed,
    );

  beforeEach(() => {
    jest.clearAllMocks();
    inserted.length = 0;
    [managed, inMemory, inDatabase] = [undefined, [], []];
    insert = (id) => {
      inDatabase = [...inDatabase, id];
      return { id } as ApiKey;
    };
    findTeam.mockResolvedValue({} as Team);
  });

  it('are not for a person who reaches one key: that one pays', async () => {
    const caller = callerOf('key_own');
    const scope = { teamId: 'team_1', keyId: 'key_own' };
    expect(await keys().callerFor('team_1', { caller, scope })).toBe(caller);
    expect(inserted).toEqual([]);
  });

  it('are not made for what costs nothing', async () => {
    expect(await keys().readerFor('team_1', admin)).toMatchObject({ teamId: 'team_1', models: null });
    expect(inserted).toEqual([]);
    [managed, inMemory] = ['key_known', ['key_known']];
    expect((await keys().readerFor('team_1', admin)).keyId).toBe('key_known');
    const unknown = new GatewayError('not_found', { message: 'no' });
    findTeam.mockRejectedValue(unknown);
    managed = undefined;
    await expect(keys().readerFor('team_9', admin)).rejects.toBe(unknown);
  });

  it('are made at the first use: a member, managed, and of its text only the hash', async () => {
    const caller = await keys().callerFor('team_1', admin);
    const [teamId, key, actor] = inserted[0] ?? [];
    expect([teamId, key?.id, actor]).toEqual(['team_1', caller.keyId, 'admin']);
    expect(key).toMatchObject({ name: 'console playground', role: 'member', managed: true, models: null });
    expect(key?.hash).toMatch(/^hash of sk-tg-[\w-]{43}$/);
    expect(JSON.stringify({ ...key, hash: '' })).not.toContain(key?.hash.slice('hash of '.length));
    expect(announce).toHaveBeenCalledWith('keys');
  });

  it('are used again, also where another replica has made them a moment ago', async () => {
    [managed, inMemory] = ['key_known', ['key_known']];
    expect((await keys().callerFor('team_1', admin)).keyId).toBe('key_known');
    [managed, inDatabase] = ['key_new', ['key_new']];
    expect((await keys().callerFor('team_1', admin)).keyId).toBe('key_new');
    expect(inserted).toEqual([]);
  });

  it('are one of a team, also where another request makes it meanwhile', async () => {
    insert = () => {
      [managed, inDatabase] = ['key_first', ['key_first']];
      return undefined;
    };
    expect((await keys().callerFor('team_1', admin)).keyId).toBe('key_first');
    expect(announce).not.toHaveBeenCalled();
  });

  it('that have expired say what to do', async () => {
    managed = 'key_old';
    await expect(keys().callerFor('team_1', admin)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/key_old.*expired.*PATCH \/admin\/keys\/key_old/),
    });
  });

  it('are of a team that there is', async () => {
    const unknown = new GatewayError('not_found', { message: 'no team' });
    findTeam.mockRejectedValue(unknown);
    await expect(keys().callerFor('team_9', admin)).rejects.toBe(unknown);
    expect(inserted).toEqual([]);
    findTeam.mockResolvedValue({} as Team);
    insert = () => undefined;
    await expect(keys().callerFor('team_9', admin)).rejects.toMatchObject({ code: 'not_found' });
  });
});
