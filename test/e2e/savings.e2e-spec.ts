import { parseUsd } from '../../src/common/money';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

/** Paying users read what the gateway saves. */
describe('savings', () => {
  let gateway: RunningGateway;
  let team: { key: string; teamId: string };

  beforeAll(async () => {
    gateway = await sharedGateway();
    team = await gateway.createKey();
    const { key } = team;
    const dear = { input_usd_per_mtok: '200000', output_usd_per_mtok: '200000', cached_input_usd_per_mtok: '100000' };
    await gateway.admin('POST', '/admin/prices', { team_id: team.teamId, model: 'gpt-4.1', ...dear });
    for (let call = 0; call < 3; call += 1) await gateway.chat(key, 'asked three times');
    await gateway.chat(key, '[[cached=5]] a long prompt that the vendor has cached in part, by its own account');
    for (let call = 0; call < 2; call += 1) await gateway.chat(key, 'past the cache', { use_cache: false });
    for (let call = 0; call < 2; call += 1) await gateway.chat(key, '[[finish=length]] cut off');
  });
  afterAll(() => gateway.stop());

  const report = async (query = '') =>
    (await gateway.admin('GET', `/admin/savings?team_id=${team.teamId}${query}`)).body;
  const rows = async () => (await gateway.admin('GET', `/admin/requests?team_id=${team.teamId}`)).body.data as any[];
  const sum = (all: any[], member: string) => all.reduce((total, row) => total + parseUsd(row[member]), 0n);

  it('equal the ledger, by source', async () => {
    const { total, data } = await report('&group_by=model');
    const all = await rows();
    expect(total.requests).toBe(8);
    expect(parseUsd(total.list_cost_usd)).toBe(sum(all, 'list_cost_usd'));
    expect(parseUsd(total.cost_usd)).toBe(sum(all, 'cost_usd'));
    const by = (name: string) =>
      sum(
        all.filter((row) => row.saved_by === name),
        'saved_usd',
      );
    expect(parseUsd(total.saved_by.cache)).toBe(by('cache'));
    expect(parseUsd(total.saved_by.prompt_cache)).toBe(by('prompt_cache'));
    expect(by('cache') > 0n && by('prompt_cache') > 0n).toBe(true);
    expect(data).toEqual([{ model: 'gpt-4.1', ...total }]);
  });

  it('that were missed are listed with their reason and the setting to change', async () => {
    const { opportunities } = await report();
    expect(opportunities).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'repeated_question',
          reason: 'bypass',
          calls: 1,
          setting: expect.stringContaining('use_cache'),
        }),
        expect.objectContaining({ kind: 'repeated_question', reason: 'not_stopped', calls: 1 }),
        expect.objectContaining({ kind: 'deferrable_traffic', reason: 'not_batched', model: 'gpt-4.1', calls: 6 }),
      ]),
    );
    expect(opportunities).toHaveLength(3);
    const paid = (await rows()).filter(({ cost_usd: cost }) => cost !== '0');
    const waiting = opportunities.find(({ kind }: any) => kind === 'deferrable_traffic');
    expect([paid.length, parseUsd(waiting.cost_usd)]).toEqual([6, sum(paid, 'cost_usd')]);
    expect(2n * parseUsd(waiting.could_save_usd)).toBe(parseUsd(waiting.cost_usd));
  });

  it('N8: leave out sums below a dollar a month', async () => {
    const job = await gateway.createKey();
    const calls = Array.from({ length: 100 }, (_, call) =>
      gateway.chat(job.key, `job ${call % 99}`, { use_cache: false }),
    );
    await Promise.all(calls);
    const { opportunities } = (await gateway.admin('GET', `/admin/savings?team_id=${job.teamId}`)).body;
    expect(opportunities).toEqual([]);
  });

  it('are summed for a month, with the cost before and after', async () => {
    const month = new Date().toISOString().slice(0, 7);
    const { total } = await report(`&from=${month}-01`);
    const roi = (await gateway.admin('GET', `/admin/savings/roi?team_id=${team.teamId}&month=${month}`)).body;
    expect(roi).toMatchObject({
      team_id: team.teamId,
      before_usd: total.list_cost_usd,
      after_usd: total.cost_usd,
      saved_usd: total.saved_usd,
      models: [{ model: 'gpt-4.1', before_usd: total.list_cost_usd }],
    });
    expect(roi.saved_percent).toBeGreaterThan(0);
    expect(parseUsd(roi.projected.before_usd) > parseUsd(roi.before_usd)).toBe(true);
    const past = (await gateway.admin('GET', '/admin/savings/roi?month=2020-01&timezone=Asia/Seoul')).body;
    expect(past).toMatchObject({ before_usd: '0', saved_percent: 0, models: [], projected: null });
  });

  it('can be a table, and unknown parameters are refused', async () => {
    const csv = (await gateway.admin('GET', `/admin/savings?team_id=${team.teamId}&group_by=day,team&format=csv`)).body;
    expect(csv).toMatch(
      /^day,team,requests,list_cost_usd,cost_usd,saved_usd,cache,coalesced,dedupe,batch,prompt_cache,routing\r\n/,
    );
    const status = async (query: string) => (await gateway.admin('GET', `/admin/savings${query}`)).body.error?.param;
    expect(await status('?group_by=weather')).toBe('group_by');
    expect(await status('?from=2020-01-01&to=2021-01-01')).toBe('from');
    expect(await status('/roi?month=2026-13')).toBe('month');
    expect(await status('/roi?month=2026-11&timezone=Mars')).toBe('timezone');
  });
});
