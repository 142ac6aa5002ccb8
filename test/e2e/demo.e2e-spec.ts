import { existsSync } from 'node:fs';
import { DemoGateway } from '../support/demo-gateway';

interface Row {
  team_name: string;
  requests: number;
  cost_usd: string;
  saved_usd: string;
}

/** Two starts of a gateway and its first database, on a loaded machine. */
const START_TIMEOUT_MS = 300_000;

/** A visitor looks at the gateway for the first time, with `npm run demo`. */
describe('the demo', () => {
  let demo: DemoGateway;

  beforeAll(async () => {
    demo = await DemoGateway.start();
  }, START_TIMEOUT_MS);
  // A test ends it; this is for those that fail before.
  afterAll(() => demo.stop(), 30_000);

  it('has calls of several teams, with costs and savings', async () => {
    const { data, total } = await demo.get<{ data: Row[]; total: Row }>(
      `/admin/usage?group_by=team&from=${daysAgo(4)}`,
    );
    expect(data.map(({ team_name: name }) => name)).toEqual(
      expect.arrayContaining(['검색팀', '고객지원팀', 'Data Platform']),
    );
    for (const { requests, cost_usd: cost } of data) expect([requests > 0, Number(cost) > 0]).toEqual([true, true]);
    expect(Number(total.saved_usd)).toBeGreaterThan(0);
  });

  it('has hits, calls that were answered together, and lines of batches', async () => {
    const { total } = await demo.get<{ total: { saved_by: Record<string, string> } }>(
      `/admin/savings?from=${daysAgo(4)}`,
    );
    const saved = Object.entries(total.saved_by).filter(([, usd]) => Number(usd) > 0);
    expect(saved.map(([source]) => source)).toEqual(
      expect.arrayContaining(['cache', 'coalesced', 'batch', 'prompt_cache']),
    );
  });

  it('has a ledger that adds up, by its own statement', async () => {
    const { ok, checks } = await demo.get<{ ok: boolean; checks: { violations: string[] }[] }>('/admin/ledger/verify');
    expect([ok, checks.flatMap(({ violations }) => violations)]).toEqual([true, []]);
  });

  it('has what a company has done before: an invalidation, a changed model, a revoked key', async () => {
    const { data } = await demo.get<{ data: { action: string; created_at: string }[] }>('/admin/audit?limit=100');
    const actions = data.map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['cache.invalidated', 'model.drifted', 'key.revoked', 'budget.updated']),
    );
    const times = data.map(({ created_at: time }) => time);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(times.at(-1)! < daysAgo(200)).toBe(true);
    expect(await demo.get('/admin/audit/verify')).toMatchObject({ ok: true, first_at: times.at(-1) });
    const { data: alerts } = await demo.get<{ data: { kind: string }[] }>('/admin/alerts?limit=100');
    expect(alerts.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['cache_invalidated', 'model_drift', 'batch.completed']),
    );
  });

  it('has people who see what their role allows', async () => {
    const { data } = await demo.get<{ data: Row[] }>(
      `/admin/usage?group_by=team&from=${daysAgo(4)}`,
      demo.keyOf('auditor'),
    );
    expect(data.length).toBeGreaterThan(5);
    const own = await demo.get<{ data: Row[] }>(
      `/admin/usage?group_by=team&from=${daysAgo(4)}`,
      demo.keyOf('team_admin'),
    );
    expect(own.data.map(({ team_name: name }) => name)).toEqual(['검색팀']);
  });

  it('removes its data at the end', async () => {
    expect(existsSync(demo.directory)).toBe(true);
    expect(await demo.stop()).toBe(0);
    expect(existsSync(demo.directory)).toBe(false);
  });
});

/** The day so many days ago in UTC, as `2026-11-25`. */
function daysAgo(days: number): string {
  return new Date(Date.now() - days * 24 * 3_600_000).toISOString().slice(0, 10);
}
