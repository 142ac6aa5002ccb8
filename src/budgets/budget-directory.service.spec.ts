import type { CreditDirectory } from '../credits/credit-directory.service';
import type { ChangeFeed } from '../database/change-feed.service';
import type { KeysService } from '../keys/keys.service';
import type { TeamsService } from '../teams/teams.service';
import type { Budget } from './budget';
import { BudgetDirectory } from './budget-directory.service';
import type { BudgetsRepository, StoredBudget } from './budgets.repository';

const budget = (id: string, teamId: string, keyId: string | null): StoredBudget => ({
  id,
  teamId,
  keyId,
  limitPusd: 1_000n,
  window: 'day',
  timezone: 'UTC',
  action: 'block',
  downgradeTo: null,
  thresholds: [],
  createdAt: new Date(0),
  updatedAt: new Date(0),
});

describe('BudgetDirectory', () => {
  let stored: StoredBudget[];
  let successors: { id: string; replacedBy: string }[];
  let credits: Map<string, bigint>;
  let reloads: Map<string, () => Promise<void>>;
  let directory: BudgetDirectory;
  /** How long the next reads of the budgets take. */
  let readMs: number[];

  beforeEach(async () => {
    stored = [budget('of team', 'team_1', null), budget('of key', 'team_1', 'key_1'), budget('other', 'team_2', null)];
    successors = [];
    readMs = [];
    credits = new Map();
    reloads = new Map();
    directory = new BudgetDirectory(
      {
        list: async () => {
          const read = stored;
          await new Promise((resolve) => setTimeout(resolve, readMs.shift() ?? 0));
          return read;
        },
      } as Partial<BudgetsRepository> as BudgetsRepository,
      { limitOf: (teamId) => credits.get(teamId) } as Pick<CreditDirectory, 'limitOf'> as CreditDirectory,
      {
        successors: () => Promise.resolve(successors),
        names: () => Promise.resolve(new Map([['key_1', 'nightly']])),
      } as Pick<KeysService, 'successors' | 'names'> as KeysService,
      {
        list: () => Promise.resolve([{ id: 'team_1', name: 'Search' }]),
      } as Partial<TeamsService> as TeamsService,
      {
        onChange: (topic, reload) => void reloads.set(topic, reload),
      } as Pick<ChangeFeed, 'onChange'> as ChangeFeed,
    );
    await directory.onModuleInit();
  });

  const idsOf = (teamId: string, keyId: string) => directory.of({ teamId, keyId }).map(({ id }: Budget) => id);

  it('forgets no budget where two are made at once and the first is read last', async () => {
    readMs = [20, 0];
    const reload = reloads.get('budgets');
    const first = reload?.();
    await new Promise((resolve) => setImmediate(resolve));
    stored = [...stored, budget('new', 'team_3', null)];
    await Promise.all([first, reload?.()]);
    expect(idsOf('team_3', 'key_3')).toEqual(['new']);
  });

  it('counts a call against the budgets of its team and of its key', () => {
    expect(idsOf('team_1', 'key_1')).toEqual(['of team', 'of key']);
    expect(idsOf('team_1', 'key_2')).toEqual(['of team']);
    expect(idsOf('team_3', 'key_3')).toEqual([]);
    expect(directory.all()).toMatchObject(
      stored.toSorted((a, b) => Number(a.keyId !== null) - Number(b.keyId !== null)),
    );
  });

  it('N9: has the names of teams and keys, for errors', async () => {
    expect(directory.of({ teamId: 'team_1', keyId: 'key_1' }).map(({ scopeName }) => scopeName)).toEqual([
      'Search',
      'nightly',
    ]);
    expect(directory.of({ teamId: 'team_2', keyId: 'key_9' })[0]?.scopeName).toBeUndefined();
    credits.set('team_1', 1n);
    await reloads.get('credits')?.();
    expect(directory.of({ teamId: 'team_1', keyId: 'key_1' })[0]).toMatchObject({
      scopeName: 'Search',
      window: 'total',
    });
  });

  it('counts the calls of the keys that replaced a key against its budget', async () => {
    successors = [
      { id: 'key_1', replacedBy: 'key_2' },
      { id: 'key_2', replacedBy: 'key_3' },
    ];
    expect(idsOf('team_1', 'key_3')).toEqual(['of team']);
    await reloads.get('keys')?.();
    expect(idsOf('team_1', 'key_3')).toEqual(['of team', 'of key']);
    expect(idsOf('team_1', 'key_4')).toEqual(['of team']);
    expect(['key_1', 'key_2', 'key_3', 'key_4'].map((id) => directory.successorsOf(id))).toEqual([
      ['key_2', 'key_3'],
      ['key_3'],
      [],
      [],
    ]);
  });

  it('reads each key once if the keys replace each other in a cycle', async () => {
    successors = [
      { id: 'key_1', replacedBy: 'key_2' },
      { id: 'key_2', replacedBy: 'key_1' },
    ];
    await reloads.get('keys')?.();
    expect(idsOf('team_1', 'key_2')).toEqual(['of team', 'of key']);
    expect(directory.successorsOf('key_1')).toEqual(['key_2']);
  });

  it('limits a prepaid team to its credits, also if it has none', async () => {
    credits.set('team_3', 0n);
    expect(directory.of({ teamId: 'team_3', keyId: 'key_3' })).toEqual([
      expect.objectContaining({ id: 'credits_team_3', limitPusd: 0n, window: 'total', action: 'block' }),
    ]);
    credits.set('team_1', 700n);
    await reloads.get('credits')?.();
    expect(idsOf('team_1', 'key_1')).toEqual(['credits_team_1', 'of team', 'of key']);
  });

  it('applies a new credit when the change is announced', async () => {
    credits.set('team_3', 100n);
    expect(directory.of({ teamId: 'team_3', keyId: 'key_3' })[0]?.limitPusd).toBe(100n);
    credits.set('team_3', 900n);
    await reloads.get('credits')?.();
    expect(directory.of({ teamId: 'team_3', keyId: 'key_3' })[0]?.limitPusd).toBe(900n);
  });

  it('returns the same array until budgets change', async () => {
    const before = directory.of({ teamId: 'team_1', keyId: 'key_1' });
    expect(directory.of({ teamId: 'team_1', keyId: 'key_1' })).toBe(before);
    stored = stored.slice(1);
    await reloads.get('budgets')?.();
    expect(idsOf('team_1', 'key_1')).toEqual(['of key']);
  });
});
