import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CacheStats, GroupCacheStats } from '@thriftgate/contracts';
import { ThriftgateClient } from '@thriftgate/sdk';
import { formatUsd, parseUsd } from '../../src/common/money';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { runSql } from '../support/run-sql';

/** Drops months as the retention does, but all of them. */
const DROP_EVERY_MONTH = `DO $$ DECLARE month text; BEGIN
  FOR month IN SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'ledger'::regclass AND child.relname <> 'ledger_rest' LOOP
    EXECUTE format($f$INSERT INTO ledger_closings (partition, account, debits_pusd, credits_pusd)
      SELECT %L, account, sum(debit), sum(credit) FROM (
        SELECT 'team:' || team_id AS account, cost_pusd AS debit, 0 AS credit FROM %I
        UNION ALL SELECT 'provider:' || coalesce(provider, ''), 0, cost_pusd FROM %I) AS sides GROUP BY account$f$, month, month, month);
    EXECUTE format('DROP TABLE %I', month);
  END LOOP; END $$`;

type Counts = Omit<GroupCacheStats, 'team' | 'day' | 'model' | 'version' | 'generation' | 'upstream_model'>;

/** Operators read the statistics of the cache. */
describe('the statistics of the cache', () => {
  let gateway: RunningGateway;
  let admin: ThriftgateClient['admin'];
  let search: { key: string; teamId: string };
  let ads: typeof search;
  /** The days of the calls: two if midnight was between them. */
  let days: string[];

  const today = () => new Date().toISOString().slice(0, 10);
  const status = async (answer: Promise<{ headers: Headers }>) => (await answer).headers.get('x-cache-status');
  const NOTHING = { hits: 0, misses: 0, coalesced: 0, bypassed: 0, refreshed: 0, refused: {}, hit_rate: 0 };

  beforeAll(async () => {
    gateway = await startGateway({
      env: { CACHE_MEMORY_MB: '1' },
    });
    admin = new ThriftgateClient({ baseUrl: gateway.url, apiKey: gateway.adminKey }).admin;
    search = await gateway.createKey();
    ads = await gateway.createKey();
    days = [today()];
    const chat = (text: string, members = {}, headers = {}) => status(gateway.chat(search.key, text, members, headers));
    const statuses = [
      await chat('Why is the sky blue?'),
      await chat('Why is the sky blue?'),
      await chat('Why is the sky blue?', { stream: true }),
      await chat('Why is the sky blue?', { use_cache: false }),
      await chat('Why is the sky blue?', {}, { 'cache-control': 'no-cache' }),
      await chat('Not to be kept', {}, { 'cache-control': 'no-store' }),
      await chat('[[finish=length]] cut short'),
      await chat('[[finish=length]] cut short, too'),
      await chat('[[refuse]] how?'),
      await chat('[[no-usage]] for nothing?'),
      await chat('[[status=400]] wrong'),
      await chat('[[fail-first=1 status=500]] at last'),
    ];
    const alone = 'MISS HIT HIT BYPASS REFRESH MISS MISS MISS MISS MISS';
    expect(statuses).toEqual([...alone.split(' '), 'MISS', 'MISS']);
    const equal = await Promise.all(Array.from({ length: 4 }, () => chat('[[delay=500]] all at once')));
    expect(equal.toSorted()).toEqual(['COALESCED', 'COALESCED', 'COALESCED', 'MISS']);
    const stream = await gateway.chat(ads.key, '[[words=20 cut-after=5]] a story', { stream: true, model: 'o3' });
    expect(stream.body).toContain('upstream_error');
    if (today() !== days[0]) days.push(today());
  });
  afterAll(() => gateway.stop());

  const byTeam = async ({ teamId }: { teamId: string }): Promise<Counts> => {
    const { data = [] } = await admin.cache.stats({ group_by: ['team'] });
    const found = data.find(({ team }) => team === teamId);
    if (!found) throw new Error(`nothing of ${teamId}`);
    const { team: _team, ...counts } = found;
    return counts;
  };
  /** The comparable part: without the stored responses, which a restart removes from memory. */
  const countsOf = ({ data, models, ...all }: CacheStats) => {
    const { total_keys: _keys, bytes: _bytes, ...total } = all;
    return { total, data, models: models.map(({ keys: _k, bytes: _b, ...counts }) => counts) };
  };
  const allCounts = async (asked = admin) => countsOf(await asked.cache.stats({ group_by: ['team', 'day', 'model'] }));
  const expected = {
    hits: 2,
    misses: 9,
    coalesced: 3,
    bypassed: 1,
    refreshed: 1,
    refused: { bypass: 2, not_stopped: 2, refused: 1, usage_missing: 1 },
    hit_rate: 2 / 11,
  };

  it('count each call once, and each response that was not stored by its reason', async () => {
    expect(await byTeam(search)).toMatchObject(expected);
    expect(await byTeam(ads)).toEqual({ ...NOTHING, misses: 1, refused: { cut: 1 }, saved_usd: '0' });
  });

  it('are the sums of the groups by model, by team and by day', async () => {
    const { data = [], ...stats } = await admin.cache.stats({ group_by: ['team', 'day', 'model'] });
    const sum = (
      rows: { [name in 'hits' | 'misses' | 'coalesced']: number }[],
      name: 'hits' | 'misses' | 'coalesced',
    ) => rows.reduce((total, row) => total + row[name], 0);
    for (const name of ['hits', 'misses', 'coalesced'] as const)
      expect([sum(data, name), sum(stats.models, name)]).toEqual([stats[name], stats[name]]);
    expect(stats.refused).toEqual({ ...expected.refused, cut: 1 });
    expect(data.map(({ team }) => team)).toEqual(expect.arrayContaining([search.teamId, ads.teamId]));
    for (const { day } of data) expect(days).toContain(day);
    expect(stats.models).toMatchObject([
      { model: 'gpt-4.1', version: null, hits: 2, coalesced: 3 },
      { model: 'o3', version: null, misses: 1 },
    ]);
    expect(stats.total_keys).toBe(stats.models.reduce((all, { keys }) => all + keys, 0));
    expect(stats.bytes).toBeGreaterThan(3 * 512);
  });

  it('equal the reports of usage and savings', async () => {
    const { data } = await admin.usage.get({ group_by: ['team', 'cache_status'] });
    for (const team of [search, ads]) {
      const ofTeam = data.filter(({ team: id }) => id === team.teamId);
      const requests = (name: string) => ofTeam.find(({ cache_status: found }) => found === name)?.requests ?? 0;
      const saved = ofTeam.filter(({ cache_status: found }) => found === 'HIT' || found === 'COALESCED');
      expect(await byTeam(team)).toMatchObject({
        hits: requests('HIT'),
        misses: requests('MISS'),
        coalesced: requests('COALESCED'),
        bypassed: requests('BYPASS'),
        refreshed: requests('REFRESH'),
        saved_usd: formatUsd(saved.reduce((sum, { saved_usd: usd }) => sum + parseUsd(usd), 0n)),
      });
    }
    const { total } = (await gateway.admin('GET', `/admin/savings?team_id=${search.teamId}`)).body;
    const { saved_usd: savedUsd } = await byTeam(search);
    expect(parseUsd(total.saved_by.cache) + parseUsd(total.saved_by.coalesced)).toBe(parseUsd(savedUsd));
    expect(parseUsd(total.saved_by.coalesced)).toBeGreaterThan(0n);
    const rows = (await gateway.allRows()).filter(({ cache_status: found }) => found === 'COALESCED');
    const coalescedUsd = rows.reduce((sum, { saved_usd: usd }) => sum + parseUsd(usd), 0n);
    expect(rows.every(({ saved_by: by, cost_usd: cost }) => by === 'coalesced' && cost === '0')).toBe(true);
    expect(parseUsd(total.saved_by.coalesced)).toBe(coalescedUsd);
  });

  it('can be filtered by team, model and whole days', async () => {
    const of = (query: Parameters<typeof admin.cache.stats>[0]) => admin.cache.stats(query);
    expect(await of({ team_id: search.teamId })).toMatchObject(expected);
    expect(await of({ model: 'o3' })).toMatchObject({ hits: 0, misses: 1, models: [{ model: 'o3' }] });
    const span = { from: days[0] ?? '', to: days.at(-1) ?? '' };
    expect(await of({ ...span, team_id: search.teamId })).toMatchObject(expected);
    expect(await of({ from: new Date(span.from), team_id: search.teamId })).toMatchObject(expected);
    expect(await of({ to: new Date(span.from) })).toMatchObject({ ...NOTHING, saved_usd: '0' });
    expect(await of({ from: '2020-01-01', to: '2020-01-31' })).toMatchObject({ ...NOTHING, saved_usd: '0' });
    expect(await of({})).not.toHaveProperty('data');
  });

  it.each([
    ['from=2026-11-23T09:00:00Z', 'from', 'kept by day'],
    ['to=1795424400', 'to', 'kept by day'],
    ['from=yesterday', 'from', 'RFC 3339'],
    ['from=2026-11-23&to=2026-11-01', 'from', 'before to'],
    ['group_by=team,colour', 'group_by', "'colour' is not known"],
    ['model=a%00b', 'model', 'control characters'],
    ['colour=red', '', 'colour'],
  ])('refuse %s by name', async (query, param, words) => {
    const { status: code, body } = await gateway.admin('GET', `/admin/cache/stats?${query}`);
    expect([code, body.error.code]).toEqual([400, 'invalid_request']);
    expect(`${body.error.param} ${body.error.message}`).toContain(param);
    expect(body.error.message).toContain(words);
  });

  it('count the versions of a model separately', async () => {
    await gateway.admin('PUT', '/admin/models/o3/version', { version: '2026-11-01' });
    const versioned = { model: 'o3' };
    expect(await status(gateway.chat(ads.key, 'after the new version', versioned))).toBe('MISS');
    expect(await status(gateway.chat(ads.key, 'after the new version', versioned))).toBe('HIT');
    // With Redis the keys in Redis are counted, and a response is stored there shortly after its caller gets it.
    await eventually(async () => (await admin.cache.stats({ model: 'o3' })).models.some(({ keys }) => keys > 0));
    const { data, models } = await admin.cache.stats({
      model: 'o3',
      group_by: ['version', 'generation', 'upstream_model'],
    });
    const wrote = { upstream_model: expect.stringContaining('o3') };
    expect(data).toEqual([
      expect.objectContaining({ version: '2026-11-01', generation: 2, hits: 1, misses: 1, hit_rate: 0.5, ...wrote }),
      expect.objectContaining({ version: null, generation: 1, hits: 0, misses: 1, ...wrote }),
    ]);
    expect(models).toMatchObject([
      { version: '2026-11-01', generation: 2, keys: 1, hits: 1 },
      { version: null, generation: 1, keys: 0, misses: 1 },
    ]);
  });

  it('count responses that are evicted from memory', async () => {
    for (let call = 0; call < 30; call += 1) await gateway.chat(ads.key, `[[words=8000]] long ${call}`);
    const { evictions, bytes, models } = await admin.cache.stats();
    expect(evictions).toBeGreaterThan(5);
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(models.reduce((sum, { evictions: ofModel }) => sum + ofModel, 0)).toBe(evictions);
    expect(models.find(({ model }) => model === 'gpt-4.1')?.evictions).toBeGreaterThan(5);
    expect((await admin.cache.stats({ team_id: ads.teamId })).evictions).toBeGreaterThan(5);
    expect((await admin.cache.stats({ to: new Date(days[0] ?? '') })).evictions).toBe(0);
  });

  it('are the same on every replica', async () => {
    // Embedded storage allows one process.
    if (!gateway.env.DATABASE_URL) return;
    const directory = mkdtempSync(join(tmpdir(), 'thriftgate-test-'));
    const twin = await gateway.twin(directory);
    try {
      const asked = new ThriftgateClient({ baseUrl: twin.url, apiKey: gateway.adminKey }).admin;
      for (let call = 0; call < 10; call += 1) await twin.chat(search.key, `[[words=8000]] on the twin ${call}`);
      await twin.chat(search.key, 'Why is the sky blue?');
      const same = await eventually(async () => {
        const [here, there] = [await admin.cache.stats(), await asked.cache.stats()];
        return JSON.stringify(here) === JSON.stringify(there) ? here : undefined;
      }, 30_000);
      expect(same.bytes).toBeGreaterThan(0);
      expect(await allCounts()).toEqual(await allCounts(asked));
    } finally {
      await twin.terminate();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('persist over a restart and kill -9', async () => {
    const before = await allCounts();
    await gateway.restart();
    expect(await allCounts()).toEqual(before);
    const asked = Array.from({ length: 20 }, (_, call) => gateway.chat(ads.key, `before the kill ${call % 10}`));
    const statuses = (await Promise.all(asked)).map(({ headers }) => headers.get('x-cache-status'));
    // By now all rows are in the ledger; counts that are missing now would be lost.
    await gateway.allRows();
    await gateway.kill();
    await gateway.start();
    const { total } = await allCounts();
    const seen = (name: string) => statuses.filter((found) => found === name).length;
    expect([total.hits, total.misses, total.coalesced]).toEqual([
      before.total.hits + seen('HIT'),
      before.total.misses + seen('MISS'),
      before.total.coalesced + seen('COALESCED'),
    ]);
    expect(total.evictions).toBeGreaterThanOrEqual(before.total.evictions);
  });

  it('do not change if months of the ledger are dropped', async () => {
    const before = await allCounts();
    await gateway.terminate();
    await runSql(gateway, DROP_EVERY_MONTH);
    await gateway.start();
    expect(await gateway.allRows()).toEqual([]);
    expect(await allCounts()).toEqual(before);
  });
});
