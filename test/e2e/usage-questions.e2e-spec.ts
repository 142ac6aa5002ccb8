import type { UsageReport, UsageRow } from '@thriftgate/contracts';
import { ThriftgateClient } from '@thriftgate/sdk';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const SUMS = [
  'requests',
  'refused',
  'errors',
  'estimated',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'list_cost_usd',
  'cost_usd',
  'estimated_cost_usd',
  'saved_usd',
  'latency_p50_ms',
  'latency_p95_ms',
];
const tags = (list: string) => ({ 'x-gateway-tags': list });

/** Questions that people ask of usage: whose, which part, when by their clock, compared with what. */
describe('usage as people ask for it', () => {
  let gateway: RunningGateway;
  let team: { teamId: string; key: string; keyId: string };
  let limited: { id: string; key: string };

  const usage = async (query: string, key = team.key): Promise<UsageReport> => {
    const { status, body } = await gateway.request('GET', `/v1/usage?${query}`, key);
    expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
    return body;
  };
  const csv = async (query: string) =>
    (await gateway.request<string>('GET', `/v1/usage?${query}&format=csv`, team.key)).body;

  beforeAll(async () => {
    gateway = await startGateway();
    team = await gateway.createKey();
    const { body } = await gateway.admin('POST', `/admin/teams/${team.teamId}/keys`, { name: 'limited', rpm_limit: 1 });
    limited = body;
    const mini = { model: 'gpt-4.1-mini' };
    await gateway.chat(team.key, 'First question', {}, tags('a,b'));
    await gateway.chat(team.key, 'First question', {}, tags('a'));
    await gateway.chat(team.key, 'A second, long and well known beginning [[cached=4]]', mini, tags('b'));
    await gateway.chat(team.key, 'Third [[no-usage]]', {});
    await gateway.chat(team.key, 'Fourth [[status=400]]', {});
    await gateway.chat(team.key, 'Fifth [[fail-first=1 status=500]]', mini);
    await gateway.chat(team.key, 'Sixth', { model: 'no-such-model' });
    await gateway.chat(team.key, 'Seventh', {}, { 'cache-control': 'only-if-cached' });
    await gateway.chat(limited.key, 'Eighth', mini);
    await gateway.chat(limited.key, 'Ninth', mini);
    await eventually(async () => (await usage('')).total.refused === 3);
  });
  afterAll(() => gateway.stop());

  it('N15: sums calls, errors, tokens and latencies', async () => {
    const { data, total, as_of } = await usage('group_by=model');
    expect(Object.keys(total)).toEqual([...SUMS, 'refused_by']);
    expect(total).toMatchObject({ requests: 7, errors: 1, estimated: 1, refused: 3, cached_input_tokens: 4 });
    expect(total.latency_p95_ms).toBeGreaterThanOrEqual(total.latency_p50_ms ?? Infinity);
    expect(Number(total.estimated_cost_usd)).toBeGreaterThan(0);
    expect(Math.abs(Date.now() - Date.parse(as_of))).toBeLessThan(60_000);
    expect(data.map(({ model, requests, errors }) => [model, requests, errors])).toEqual([
      ['gpt-4.1', 4, 1],
      ['gpt-4.1-mini', 3, 0],
      [null, 0, 0],
    ]);
  });

  it('N4: counts refused calls by their reason', async () => {
    const { data, total } = await usage('group_by=key,model');
    expect(total.refused_by).toEqual({ cache_only_miss: 1, model_not_found: 1, rate_limit_exceeded: 1 });
    const of = (key: string, model: string | null) => data.find((row) => row.key === key && row.model === model);
    expect(of(limited.id, 'gpt-4.1-mini')?.refused_by).toEqual({ rate_limit_exceeded: 1 });
    expect(of(team.keyId, null)).toMatchObject({ requests: 0, refused: 1, refused_by: { model_not_found: 1 } });
    expect((await usage('status=429')).total).toMatchObject({ requests: 0, refused: 1 });
    expect((await usage('provider=openai')).total.refused).toBe(0);
  });

  it.each([
    ['model=gpt-4.1', 4],
    ['model=gpt-4.1,gpt-4.1-mini', 7],
    ['model=gpt-4.1&model=gpt-4.1-mini', 7],
    ['cache_status=hit', 1],
    ['tag=a', 2],
    ['tag=a,b', 3],
    ['status=4xx', 1],
    ['provider=none', 0],
    ['exclude_model=gpt-4.1', 3],
    ['exclude_cache_status=hit', 6],
    ['exclude_tag=b', 5],
    ['tag=a&exclude_tag=b', 1],
    ['exclude_provider=openai', 0],
    ['exclude_model=gpt-4.1&status=4xx', 0],
  ])('N15: can be filtered by %s', async (query, requests) => {
    expect((await usage(query)).total.requests).toBe(requests);
  });

  it('N15: can be filtered by key, and shows only the tags that are asked for', async () => {
    expect((await usage(`key=${limited.id}`)).total).toMatchObject({ requests: 1, refused: 1 });
    expect((await usage(`exclude_key=${limited.id}`)).total).toMatchObject({ requests: 6, refused: 2 });
    expect((await usage('group_by=tag&tag=b')).data.map(({ tag, requests }) => [tag, requests])).toEqual([['b', 2]]);
  });

  it('N9: has names beside ids, also after deletion', async () => {
    await gateway.admin('DELETE', `/admin/keys/${limited.id}`);
    const { data } = await usage('group_by=key');
    expect(data.map(({ key, key_name }) => [key, key_name])).toContainEqual([limited.id, 'limited']);
    const { body } = await gateway.admin('GET', `/admin/usage?group_by=team,key&team_id=${team.teamId}`);
    expect(Object.keys(body.data[0] as UsageRow).slice(0, 4)).toEqual(['team', 'team_name', 'key', 'key_name']);
    const { body: named } = await gateway.admin('GET', `/admin/teams/${team.teamId}`);
    expect(body.data[0].team_name).toBe(named.name);
    expect(await csv('group_by=key')).toContain(`${limited.id},limited,`);
  });

  it('N15: has days, weeks and months of a time zone', async () => {
    const { data, from, to, timezone } = await usage('group_by=day,week,month,hour&timezone=Asia/Kolkata');
    expect(timezone).toBe('Asia/Kolkata');
    expect([from, to].map((time) => new Date(time).toISOString().slice(11))).toEqual([
      '18:30:00.000Z',
      '18:30:00.000Z',
    ]);
    const local = new Date(Date.now() + 5.5 * 3_600_000).toISOString();
    const last = data.at(-1);
    expect(last?.day).toBe(local.slice(0, 10));
    expect(last?.month).toBe(local.slice(0, 7));
    expect(last?.hour).toBe(`${local.slice(0, 13)}:00:00+05:30`);
    expect(last?.week).toMatch(/^\d{4}-W\d\d$/);
    const today = await usage(`from=${local.slice(0, 10)}&to=${local.slice(0, 10)}&timezone=Asia/Kolkata`);
    expect(today.to).toBe(to);
  });

  it('N15: sums what is beyond the limit in one more row', async () => {
    const all = await usage('group_by=model,cache_status');
    const { data, total } = await usage('group_by=model,cache_status&limit=1');
    expect(data).toHaveLength(2);
    expect(data[1]).toMatchObject({ model: null, cache_status: null, others: all.data.length - 1 });
    expect(data.reduce((sum, { requests }) => sum + requests, 0)).toBe(total.requests);
    expect(data.reduce((sum, { refused }) => sum + refused, 0)).toBe(total.refused);
  });

  it('N15: stands beside the period before', async () => {
    const { data, total, previous } = await usage('group_by=model&compare=previous');
    expect(total.previous).toMatchObject({ requests: 0, cost_usd: '0' });
    expect(data[0]?.previous).toMatchObject({ requests: 0 });
    const { from } = await usage('');
    expect(previous?.to).toBe(from);
    expect((await csv('group_by=model&compare=previous')).split('\r\n')[0]).toContain('previous_cost_usd');
  });

  it('N15: has the same columns as CSV, which Excel reads as UTF-8', async () => {
    const bytes = await fetch(`${gateway.url}/v1/usage?group_by=model&format=csv`, {
      headers: { authorization: `Bearer ${team.key}` },
    }).then((response) => response.arrayBuffer());
    expect(Buffer.from(bytes).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const [header] = (await csv('group_by=model')).replace('\ufeff', '').split('\r\n');
    expect(header).toBe(['model', ...SUMS, 'refused_by'].join(','));
    const { usage: client } = new ThriftgateClient({ baseUrl: gateway.url, apiKey: team.key });
    expect(await client.csv({ group_by: ['model'], model: ['gpt-4.1'], timezone: 'Asia/Seoul' })).toContain(
      'gpt-4.1,4,',
    );
  });

  it.each([
    ['timezone=Mars/Olympus', 'timezone'],
    ['timezone=local', 'timezone'],
    ['compare=last', 'compare'],
    ['limit=0', 'limit'],
    ['cache_status=COLD', 'cache_status'],
    ['status=600', 'status'],
    ['from=2026-11-23&to=2026-11-22&timezone=Asia/Seoul', 'from'],
  ])('N15: names what is wrong in %s', async (query, name) => {
    const { status, body } = await gateway.request('GET', `/v1/usage?${query}`, team.key);
    expect(status).toBe(400);
    expect(`${body.error.param} ${body.error.message}`).toContain(name);
  });
});
