import { GatewayError } from '../common/errors';
import type { ChangeFeed } from '../database/change-feed.service';
import type { ApiKey } from '../keys/api-key';
import type { KeysService } from '../keys/keys.service';
import type { ModelRegistry } from '../models/model-registry.service';
import type { TeamsService } from '../teams/teams.service';
import type { Budget } from './budget';
import { BudgetsService } from './budgets.service';
import type { BudgetsRepository, StoredBudget } from './budgets.repository';

const SETTINGS: Omit<Budget, 'id' | 'teamId' | 'keyId'> = {
  limitPusd: 1_000n,
  window: 'month',
  timezone: 'Asia/Seoul',
  action: 'block',
  downgradeTo: null,
  thresholds: [0.8, 1],
};
const STORED: StoredBudget = {
  ...SETTINGS,
  id: 'budget_1',
  teamId: 'team_1',
  keyId: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
};

const KEY: ApiKey = {
  id: 'key_1',
  teamId: 'team of the key',
  name: '',
  role: 'member',
  prefix: '',
  models: null,
  rpmLimit: null,
  batchLinesCount: false,
  defaultMaxTokens: null,
  managed: false,
  cache: null,
  expiresAt: null,
  createdAt: new Date(0),
  replacedBy: null,
  revokedAt: null,
};

/** A platform admin. */
const BY = { actor: 'admin', scope: {} };

describe('BudgetsService', () => {
  const repository = {
    insert: jest.fn<Promise<StoredBudget>, Parameters<BudgetsRepository['insert']>>(),
    find: jest.fn<Promise<StoredBudget | undefined>, Parameters<BudgetsRepository['find']>>(),
    update: jest.fn<Promise<StoredBudget | undefined>, Parameters<BudgetsRepository['update']>>(),
    delete: jest.fn<Promise<boolean>, Parameters<BudgetsRepository['delete']>>(),
  };
  const announce = jest.fn(() => Promise.resolve());
  const budgets = new BudgetsService(
    repository as Partial<BudgetsRepository> as BudgetsRepository,
    { announce } as Pick<ChangeFeed, 'announce'> as ChangeFeed,
    { get: (id: string) => Promise.resolve({ id }) } as Partial<TeamsService> as TeamsService,
    { get: () => Promise.resolve(KEY) } as Partial<KeysService> as KeysService,
    {
      resolve: (name) => (name === 'gpt-4.1-nano' ? {} : undefined),
      notFound: () => new GatewayError('model_not_found'),
    } as Pick<ModelRegistry, 'resolve' | 'notFound'> as ModelRegistry,
  );

  beforeEach(() => {
    jest.resetAllMocks();
    repository.insert.mockResolvedValue(STORED);
    repository.find.mockResolvedValue(STORED);
    repository.update.mockResolvedValue(STORED);
    repository.delete.mockResolvedValue(true);
  });

  it('lets a team admin limit keys of the own team only', async () => {
    const byTeamAdmin = { actor: 'key_9', scope: { teamId: 'team of the key' } };
    await budgets.create({ keyId: 'key_1' }, SETTINGS, byTeamAdmin);
    const forbidden = { code: 'forbidden' };
    await expect(budgets.create({ teamId: 'team of the key' }, SETTINGS, byTeamAdmin)).rejects.toMatchObject(forbidden);
    repository.find.mockResolvedValue({ ...STORED, teamId: 'team of the key', keyId: null });
    await expect(budgets.update('budget_1', {}, byTeamAdmin)).rejects.toMatchObject(forbidden);
    await expect(budgets.delete('budget_1', byTeamAdmin)).rejects.toMatchObject(forbidden);

    const elsewhere = { actor: 'key_9', scope: { teamId: 'team_2' } };
    const notFound = { code: 'not_found' };
    await expect(budgets.create({ keyId: 'key_1' }, SETTINGS, elsewhere)).rejects.toMatchObject(notFound);
    await expect(budgets.create({ teamId: 'team_1' }, SETTINGS, elsewhere)).rejects.toMatchObject(notFound);
    await expect(budgets.get('budget_1', elsewhere.scope)).rejects.toMatchObject(notFound);
    await expect(budgets.update('budget_1', {}, elsewhere)).rejects.toMatchObject(notFound);
    await expect(budgets.delete('budget_1', elsewhere)).rejects.toMatchObject(notFound);
    expect(repository.insert).toHaveBeenCalledTimes(1);
    expect(repository.update).not.toHaveBeenCalled();
    expect(repository.delete).not.toHaveBeenCalled();
  });

  it('stores a budget of a team, and one of a key with the key’s team', async () => {
    await budgets.create({ teamId: 'team_1' }, SETTINGS, BY);
    await budgets.create({ keyId: 'key_1' }, SETTINGS, BY);
    const id = expect.stringMatching(/^budget_/);
    expect(repository.insert).toHaveBeenNthCalledWith(1, { id, teamId: 'team_1', keyId: null, ...SETTINGS }, 'admin');
    const ofKey = { id, teamId: 'team of the key', keyId: 'key_1', ...SETTINGS };
    expect(repository.insert).toHaveBeenNthCalledWith(2, ofKey, 'admin');
  });

  it('announces each change to all instances', async () => {
    await budgets.create({ teamId: 'team_1' }, SETTINGS, BY);
    await budgets.update('budget_1', { limitPusd: 5n }, BY);
    await budgets.delete('budget_1', BY);
    expect(announce.mock.calls).toEqual([['budgets'], ['budgets'], ['budgets']]);
  });

  it.each<[string, Partial<Budget>, string]>([
    ['an unknown time zone', { timezone: 'Mars/Olympus' }, 'timezone'],
    ['an offset for a time zone', { timezone: 'utc+9' }, 'timezone'],
    ['the zone of the machine', { timezone: 'local' }, 'timezone'],
    ['a downgrade without a model', { action: 'downgrade' }, 'downgrade_to'],
    ['a downgrade to a model that is not served', { action: 'downgrade', downgradeTo: 'gpt-9' }, 'downgrade_to'],
  ])('refuses %s', async (_, wrong, param) => {
    const refusal = { code: 'invalid_request', param };
    await expect(budgets.create({ teamId: 'team_1' }, { ...SETTINGS, ...wrong }, BY)).rejects.toMatchObject(refusal);
    await expect(budgets.update('budget_1', wrong, BY)).rejects.toMatchObject(refusal);
    expect(repository.insert).not.toHaveBeenCalled();
    expect(repository.update).not.toHaveBeenCalled();
    expect(announce).not.toHaveBeenCalled();
  });

  it('changes the limit of a budget whose time zone is an offset of an earlier version', async () => {
    repository.find.mockResolvedValue({ ...STORED, timezone: 'utc+9' });
    await budgets.update('budget_1', { limitPusd: 5n }, BY);
    expect(repository.update).toHaveBeenCalledWith('budget_1', { limitPusd: 5n }, 'admin');
  });

  it('checks a change together with the stored settings', async () => {
    repository.find.mockResolvedValue({ ...STORED, downgradeTo: 'gpt-4.1-nano' });
    await budgets.update('budget_1', { action: 'downgrade' }, BY);
    expect(repository.update).toHaveBeenCalledWith('budget_1', { action: 'downgrade' }, 'admin');
    repository.find.mockResolvedValue({ ...STORED, action: 'downgrade', downgradeTo: 'gpt-4.1-nano' });
    await expect(budgets.update('budget_1', { downgradeTo: null }, BY)).rejects.toMatchObject({
      param: 'downgrade_to',
    });
  });

  it('throws not_found for an unknown id', async () => {
    repository.find.mockResolvedValue(undefined);
    repository.delete.mockResolvedValue(false);
    const notFound = { code: 'not_found' };
    await expect(budgets.get('budget_9', {})).rejects.toMatchObject(notFound);
    await expect(budgets.update('budget_9', {}, BY)).rejects.toMatchObject(notFound);
    await expect(budgets.delete('budget_9', BY)).rejects.toMatchObject(notFound);
    repository.find.mockResolvedValue(STORED);
    repository.update.mockResolvedValue(undefined);
    await expect(budgets.update('budget_1', {}, BY)).rejects.toMatchObject(notFound);
    expect(announce).not.toHaveBeenCalled();
  });
});
