import type { AuditRepository } from '../../audit/audit.repository';
import { Clock } from '../../common/clock';
import type { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import type { GenerationsService } from '../../models/generations.service';
import type { TeamsService } from '../../teams/teams.service';
import type { Share } from '../sharing/share';
import type { SharesRepository } from '../sharing/shares.repository';
import type { CacheMemory } from '../stats/cache-memory.service';
import type { CacheStatsRepository, GroupCounts } from '../stats/cache-stats.repository';
import type { AnswerFinder, FoundAnswers } from './answer-finder.service';
import { InvalidationPreview } from './invalidation-preview.service';

const NOW_MS = Date.parse('2026-11-23T09:00:00Z');
const NAMES = new Map([
  ['team_1', 'Search'],
  ['team_2', 'Support'],
  ['team_3', 'Sales'],
]);

const countsOf = (model: string, hits: number, coalesced: number, savedPusd: bigint): GroupCounts => ({
  groups: { model } as GroupCounts['groups'],
  hits,
  misses: 0,
  coalesced,
  bypassed: 0,
  refreshed: 0,
  refused: {},
  savedPusd,
});

describe('the preview of an invalidation', () => {
  let found: FoundAnswers;
  let recent: GroupCounts[];
  let shares: Share[];
  const counts = jest.fn<ReturnType<CacheStatsRepository['counts']>, Parameters<CacheStatsRepository['counts']>>();
  const audits = jest.fn<ReturnType<AuditRepository['list']>, Parameters<AuditRepository['list']>>();
  const preview = new InvalidationPreview(
    { find: () => Promise.resolve(found) } as Partial<AnswerFinder> as AnswerFinder,
    {
      count: () =>
        Promise.resolve([
          { model: 'o3', generation: 1, keys: 9, bytes: 1 },
          { model: 'o3', generation: 2, keys: 7, bytes: 7_000 },
        ]),
    } as Pick<CacheMemory, 'count'> as CacheMemory,
    {
      counts,
      teams: () => Promise.resolve([...NAMES.keys()]),
    } as Partial<CacheStatsRepository> as CacheStatsRepository,
    { list: () => Promise.resolve(shares) } as Partial<SharesRepository> as SharesRepository,
    {
      names: (ids: readonly string[]) => Promise.resolve(new Map([...NAMES].filter(([id]) => ids.includes(id)))),
    } as Partial<TeamsService> as TeamsService,
    {
      current: (model) => ({ model, generation: 2, version: 'v2' }),
    } as Partial<GenerationsService> as GenerationsService,
    { list: audits } as Partial<AuditRepository> as AuditRepository,
    { flush: () => Promise.resolve() } as LedgerDrain,
    Object.assign(new Clock(), { now: () => NOW_MS }),
  );

  beforeEach(() => {
    jest.resetAllMocks();
    found = { byModel: new Map([['gpt-4.1', { answers: 4, bytes: 400 }]]), scopes: new Set(['team_1', 'team_2']) };
    [recent, shares] = [[], []];
    counts.mockImplementation(() => Promise.resolve({ byGeneration: [], data: recent }));
    audits.mockResolvedValue([{ id: 'audit_1' }] as Awaited<ReturnType<AuditRepository['list']>>);
  });

  it('has answers and bytes by model, and their sum', async () => {
    found = { ...found, byModel: new Map([...found.byModel, ['o3', { answers: 7, bytes: undefined }]]) };
    const { invalidatedKeys, dryRun } = await preview.of({}, {});
    expect(dryRun.models).toEqual([
      { model: 'gpt-4.1', version: 'v2', generation: 2, answers: 4, bytes: 400, refill_cost_usd: '0' },
      { model: 'o3', version: 'v2', generation: 2, answers: 7, bytes: 7_000, refill_cost_usd: '0' },
    ]);
    expect([invalidatedKeys, dryRun.bytes]).toEqual([11, 7_400]);
  });

  it('costs as much as hits of the last week did, for no more responses than had hits', async () => {
    const perHit = 20_000_000_000n;
    recent = [countsOf('gpt-4.1', 6, 2, 8n * perHit)];
    expect((await preview.of({}, {})).dryRun.refill_cost_usd).toBe('0.08');
    recent = [countsOf('gpt-4.1', 2, 1, 3n * perHit)];
    expect((await preview.of({}, {})).dryRun.refill_cost_usd).toBe('0.06');
    expect(counts.mock.calls[0]?.[0]).toEqual({ fromDay: '2026-11-16', teamId: undefined });
  });

  it('has the teams that have the responses, and those that share them', async () => {
    expect((await preview.of({}, {})).dryRun.teams).toEqual([
      { id: 'team_1', name: 'Search' },
      { id: 'team_2', name: 'Support' },
    ]);
    const share = { id: 'share_1', name: 'shared', all: false, teamIds: ['team_3'], models: null };
    [shares, found] = [[share], { ...found, scopes: new Set(['share_1']) }];
    expect((await preview.of({}, {})).dryRun.teams.map(({ id }) => id)).toEqual(['team_3']);
    shares = [{ ...share, all: true, teamIds: [] }];
    expect((await preview.of({}, {})).dryRun.teams.map(({ id }) => id)).toEqual(['team_1', 'team_2', 'team_3']);
  });

  it('tells a team nothing of others', async () => {
    const { dryRun } = await preview.of({ teamId: 'team_1' }, { teamId: 'team_1' });
    expect(dryRun.teams).toEqual([{ id: 'team_1', name: 'Search' }]);
    expect(dryRun.last_audit_id).toBeNull();
    expect(counts.mock.calls[0]?.[0]).toMatchObject({ teamId: 'team_1' });
    expect(audits).not.toHaveBeenCalled();
  });

  it('names the last invalidation of the same model', async () => {
    expect((await preview.of({ model: 'gpt-4.1' }, {})).dryRun.last_audit_id).toBe('audit_1');
    expect(audits).toHaveBeenCalledWith({ action: 'cache.invalidated', subject: 'gpt-4.1' }, undefined, 1);
    audits.mockResolvedValue([]);
    expect((await preview.of({}, {})).dryRun.last_audit_id).toBeNull();
  });
});
