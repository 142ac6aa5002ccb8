import { Clock } from '../common/clock';
import type { ChangeFeed } from '../database/change-feed.service';
import { GatewayError } from '../common/errors';
import type { ModelRegistry } from '../models/model-registry.service';
import type { Team } from '../teams/team';
import type { TeamsService } from '../teams/teams.service';
import type { ApiKey, ApiKeySettings } from './api-key';
import type { KeyHasher } from './key-hasher.service';
import { KeyRules } from './key-rules.service';
import type { KeysRepository } from './keys.repository';
import { KeysService } from './keys.service';

const NOW = Date.parse('2026-11-23T09:00:00Z');

class SetClock extends Clock {
  override now(): number {
    return NOW;
  }
}

const SETTINGS: ApiKeySettings = {
  name: 'search',
  models: null,
  rpmLimit: null,
  batchLinesCount: false,
  defaultMaxTokens: null,
  cache: null,
  expiresAt: null,
};
const STORED: ApiKey = {
  ...SETTINGS,
  id: 'key_1',
  teamId: 'team_1',
  role: 'member',
  prefix: 'sk-tg-abcd',
  createdAt: new Date(NOW),
  managed: false,
  replacedBy: null,
  revokedAt: null,
};

const BY = { keyId: 'admin', role: 'platform_admin' } as const;

describe('the keys', () => {
  const repository = {
    insert: jest.fn<Promise<ApiKey | undefined>, Parameters<KeysRepository['insert']>>(),
    find: jest.fn<Promise<ApiKey | undefined>, Parameters<KeysRepository['find']>>(),
    update: jest.fn<Promise<ApiKey | undefined>, Parameters<KeysRepository['update']>>(),
    revoke: jest.fn<Promise<boolean>, Parameters<KeysRepository['revoke']>>(),
    replace: jest.fn<Promise<ApiKey | undefined>, Parameters<KeysRepository['replace']>>(),
  };
  const findTeam = jest.fn<Promise<Team>, [string]>();
  const announce = jest.fn(() => Promise.resolve());
  const keys = new KeysService(
    repository as Partial<KeysRepository> as KeysRepository,
    { get: findTeam } as Partial<TeamsService> as TeamsService,
    { hash: (text) => `hash of ${text}` } as Pick<KeyHasher, 'hash'> as KeyHasher,
    { announce } as Pick<ChangeFeed, 'announce'> as ChangeFeed,
    new KeyRules(new SetClock(), {
      resolve: (name) => (name === 'gpt-4.1' ? {} : undefined),
      notFound: (name) => new GatewayError('model_not_found', { message: `no ${name}` }),
    } as Pick<ModelRegistry, 'resolve' | 'notFound'> as ModelRegistry),
  );

  beforeEach(() => {
    jest.resetAllMocks();
    repository.insert.mockResolvedValue(STORED);
    repository.find.mockResolvedValue(STORED);
    repository.update.mockResolvedValue(STORED);
    repository.revoke.mockResolvedValue(true);
    repository.replace.mockResolvedValue({ ...STORED, id: 'key_2' });
  });

  it('are 256 random bits, of which only a hash and a prefix are stored', async () => {
    const { keyText } = await keys.create('team_1', 'member', SETTINGS, BY);
    expect(keyText).toMatch(/^sk-tg-[\w-]{43}$/);
    const stored = {
      ...SETTINGS,
      id: expect.stringMatching(/^key_/),
      role: 'member',
      prefix: keyText.slice(0, 10),
      hash: `hash of ${keyText}`,
    };
    expect(repository.insert).toHaveBeenCalledWith('team_1', stored, 'admin');
    expect(announce).toHaveBeenCalledWith('keys');
  });

  it('are not issued, changed, replaced or revoked by a role with fewer rights', async () => {
    const by = { keyId: 'key_9', role: 'team_admin' } as const;
    await keys.create('team_1', 'team_admin', SETTINGS, by);
    for (const role of ['platform_admin', 'auditor'] as const) {
      repository.find.mockResolvedValue({ ...STORED, role });
      const forbidden = { code: 'forbidden', message: expect.stringContaining(role) };
      await expect(keys.create('team_1', role, SETTINGS, by)).rejects.toMatchObject(forbidden);
      await expect(keys.update('key_1', { name: 'x' }, by)).rejects.toMatchObject(forbidden);
      await expect(keys.rotate('key_1', 0, by)).rejects.toMatchObject(forbidden);
      await expect(keys.revoke('key_1', by)).rejects.toMatchObject(forbidden);
    }
    expect(repository.insert).toHaveBeenCalledTimes(1);
    for (const change of [repository.update, repository.replace, repository.revoke])
      expect(change).not.toHaveBeenCalled();
  });

  it('must expire in the future', async () => {
    const expired = { ...SETTINGS, expiresAt: new Date(NOW) };
    await expect(keys.create('team_1', 'member', expired, BY)).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'expires_at',
    });
    await expect(keys.update('key_1', expired, BY)).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'expires_at',
    });
    await keys.update('key_1', { expiresAt: new Date(NOW + 1) }, BY);
    await keys.update('key_1', { expiresAt: null }, BY);
  });

  it('N17: name models that are served', async () => {
    const unknown = { ...SETTINGS, models: ['gpt-4.1', 'gpt4.1'] };
    const refusal = { code: 'invalid_request', param: 'models.1', message: "'models.1': no gpt4.1" };
    await expect(keys.create('team_1', 'member', unknown, BY)).rejects.toMatchObject(refusal);
    await expect(keys.update('key_1', { models: unknown.models }, BY)).rejects.toMatchObject(refusal);
    await keys.update('key_1', { models: ['gpt-4.1'] }, BY);
  });

  it('are not found under unknown ids', async () => {
    repository.insert.mockResolvedValue(undefined);
    repository.find.mockResolvedValue(undefined);
    repository.update.mockResolvedValue(undefined);
    repository.revoke.mockResolvedValue(false);
    const notFound = { code: 'not_found' };
    await expect(keys.create('team_9', 'member', SETTINGS, BY)).rejects.toMatchObject(notFound);
    await expect(keys.get('key_9')).rejects.toMatchObject(notFound);
    await expect(keys.update('key_9', { name: 'x' }, BY)).rejects.toMatchObject(notFound);
    await expect(keys.revoke('key_9', BY)).rejects.toMatchObject(notFound);
    await expect(keys.rotate('key_9', 0, BY)).rejects.toMatchObject(notFound);
    expect(announce).not.toHaveBeenCalled();
  });

  it('are replaced at once, or after the grace', async () => {
    const { key, keyText } = await keys.rotate('key_1', 0, BY);
    expect(key.id).toBe('key_2');
    expect(repository.replace).toHaveBeenCalledWith(
      'key_1',
      expect.objectContaining({ hash: `hash of ${keyText}` }),
      undefined,
      'admin',
    );
    await keys.rotate('key_1', 90, BY);
    expect(repository.replace).toHaveBeenLastCalledWith('key_1', expect.anything(), new Date(NOW + 90_000), 'admin');
  });

  it('are not replaced twice, nor after their expiry', async () => {
    repository.find.mockResolvedValueOnce({ ...STORED, replacedBy: 'key_2' });
    await expect(keys.rotate('key_1', 0, BY)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('key_2'),
    });
    repository.find.mockResolvedValueOnce({ ...STORED, expiresAt: new Date(NOW) });
    await expect(keys.rotate('key_1', 0, BY)).rejects.toMatchObject({ code: 'conflict' });
    repository.replace.mockResolvedValueOnce(undefined);
    await expect(keys.rotate('key_1', 0, BY)).rejects.toMatchObject({ code: 'conflict' });
  });
});
