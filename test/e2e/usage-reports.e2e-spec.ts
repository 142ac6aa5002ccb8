import type { RequestRow, UsageRow, UsageSums } from '@thriftgate/contracts';
import { ThriftgateClient } from '@thriftgate/sdk';
import { type RunningGateway, startGateway } from '../support/gateway';

/** Pico-dollars per token, from the catalogue. */
const PRICES: Record<string, { input: bigint; cached: bigint; output: bigint }> = {
  'gpt-4.1': { input: 2_000_000n, cached: 500_000n, output: 8_000_000n },
  'gpt-4.1-mini': { input: 400_000n, cached: 100_000n, output: 1_600_000n },
};
const GROUPS = ['model', 'key', 'day', 'hour', 'provider', 'cache_status'] as const;

const tags = (list: string) => ({ 'x-gateway-tags': list });

interface Bill {
  prompt_tokens: number;
  cached_tokens: number;
  completion_tokens: number;
}

/** Decimal dollars as pico-dollars. */
function pusd(usd: string | undefined): bigint {
  const [whole = '', fraction = ''] = (usd ?? '').split('.');
  return BigInt(whole + fraction.padEnd(12, '0'));
}

function priceOf(model: string, bill: Bill): bigint {
  const { input = 0n, cached = 0n, output = 0n } = PRICES[model] ?? {};
  const fresh = BigInt(bill.prompt_tokens - bill.cached_tokens);
  return fresh * input + BigInt(bill.cached_tokens) * cached + BigInt(bill.completion_tokens) * output;
}

/** The sums by which reports are compared; calls are counted separately, because a call may be in several groups. */
type Summed = Pick<UsageSums, 'input_tokens' | 'output_tokens' | 'list_cost_usd' | 'cost_usd' | 'saved_usd'>;
function sumOf(rows: readonly Summed[]) {
  const sum = (pick: (row: Summed) => bigint) => rows.reduce((total, row) => total + pick(row), 0n);
  return {
    inputTokens: sum((row) => BigInt(row.input_tokens)),
    outputTokens: sum((row) => BigInt(row.output_tokens)),
    listCostPusd: sum((row) => pusd(row.list_cost_usd)),
    costPusd: sum((row) => pusd(row.cost_usd)),
    savedPusd: sum((row) => pusd(row.saved_usd)),
  };
}

const cellOf = (row: object, name: string) =>
  name === 'refused_by' ? '' : String((row as Record<string, unknown>)[name] ?? '');

describe('usage', () => {
  let gateway: RunningGateway;
  let admin: ThriftgateClient['admin'];
  let search: { teamId: string; key: string; keyId: string; client: ThriftgateClient };
  let ads: typeof search;
  let rows: RequestRow[];
  const requestIds: Record<string, string> = {};

  const newTeam = async () => {
    const key = await gateway.createKey();
    return { ...key, client: new ThriftgateClient({ baseUrl: gateway.url, apiKey: key.key }) };
  };
  const usageBy = (groups: string, query = '') => gateway.admin('GET', `/admin/usage?group_by=${groups}${query}`);

  beforeAll(async () => {
    gateway = await startGateway();
    admin = new ThriftgateClient({ baseUrl: gateway.url, apiKey: gateway.adminKey }).admin;
    search = await newTeam();
    ads = await newTeam();
    const chat = async (name: string, key: string, prompt: string, members = {}, headers = {}) => {
      const answer = await gateway.chat(key, prompt, members, headers);
      requestIds[name] = answer.headers.get('x-request-id') ?? '';
      return answer.status;
    };
    const mini = { model: 'gpt-4.1-mini' };
    const statuses = [
      await chat('miss', search.key, 'Why is the sky blue?', {}, tags('a,b')),
      await chat('hit', search.key, 'Why is the sky blue?', {}, tags('a')),
      await chat('stream', search.key, 'And the sea?', { stream: true }, tags('b')),
      await chat('mini', search.key, 'And the grass, is it green?', mini),
      await chat('refused', search.key, 'What then? [[status=400]]', {}, tags('a')),
      await chat('retried', search.key, 'Once more? [[fail-first=1 status=500]]', {}, tags('a,b')),
      await chat('discounted', search.key, 'A long and well known beginning [[cached=4]]'),
      await chat('other', ads.key, 'Why is the sky blue?', mini),
      await chat('broken', ads.key, 'Tell me a story [[words=20 cut-after=5]]', { stream: true }),
    ];
    expect(statuses).toEqual([200, 200, 200, 200, 400, 200, 200, 200, 200]);
    rows = [];
    for await (const row of admin.requests.all({ limit: 3 })) rows.push(row);
  });
  afterAll(() => gateway.stop());

  const rowsOf = (name: string) => rows.filter(({ request_id }) => request_id === requestIds[name]);
  it('has a row for each attempt, newest first', () => {
    const names = ['broken', 'other', 'discounted', 'retried', 'retried', 'refused', 'mini', 'stream', 'hit', 'miss'];
    expect(rows.map(({ request_id }) => request_id)).toEqual(names.map((name) => requestIds[name]));
    expect(rowsOf('retried')).toMatchObject([
      { attempt: 2, state: 'settled', status: 200, error_code: null },
      { attempt: 1, state: 'failed', status: 500, cost_usd: '0' },
    ]);
  });

  it('has all facts of an attempt in its row', () => {
    const [miss] = rowsOf('miss');
    const { inputTokens, outputTokens, costPusd } = sumOf(rowsOf('miss'));
    expect(miss).toEqual({
      request_id: requestIds.miss,
      attempt: 1,
      corrects: null,
      price_id: null,
      team_id: search.teamId,
      team_name: expect.stringMatching(/^team /),
      key_id: search.keyId,
      key_name: 'test',
      model: 'gpt-4.1',
      provider: 'openai',
      upstream_model: 'gpt-4.1-2026-01-01',
      endpoint: '/v1/chat/completions',
      status: 200,
      state: 'settled',
      stream: false,
      cache_status: 'MISS',
      input_tokens: Number(inputTokens),
      cached_input_tokens: 0,
      output_tokens: Number(outputTokens),
      reasoning_tokens: 0,
      list_cost_usd: miss?.cost_usd,
      cost_usd: expect.stringMatching(/^0\.0\d+$/),
      saved_usd: '0',
      saved_by: null,
      estimated: false,
      error_code: null,
      batch_id: null,
      custom_id: null,
      tags: ['a', 'b'],
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      latency_ms: expect.any(Number),
      ttft_ms: null,
    });
    expect(costPusd).toBe(inputTokens * 2_000_000n + outputTokens * 8_000_000n);
    expect(rowsOf('hit')).toMatchObject([
      { cache_status: 'HIT', cost_usd: '0', saved_usd: miss?.cost_usd, saved_by: 'cache', tags: ['a'] },
    ]);
    expect(rowsOf('stream')).toMatchObject([{ stream: true, ttft_ms: expect.any(Number), estimated: false }]);
    expect(rowsOf('discounted')).toMatchObject([{ cached_input_tokens: 4, saved_by: 'prompt_cache' }]);
    expect(rowsOf('refused')).toMatchObject([{ state: 'failed', status: 400, cost_usd: '0' }]);
    expect(rowsOf('broken')).toMatchObject([{ team_id: ads.teamId, error_code: 'upstream_stream_cut' }]);
  });

  it('equals the vendor’s bill in its rows', () => {
    const { requests } = gateway.fake.invoice();
    const told = rows.filter(({ estimated, cache_status }) => !estimated && cache_status !== 'HIT');
    const billed = Object.keys(requests);
    expect(billed.every((id) => rows.some(({ request_id }) => request_id === id))).toBe(true);
    for (const row of told.filter(({ state }) => state === 'settled')) {
      const bill = requests[row.request_id];
      expect(bill).toMatchObject({
        prompt_tokens: row.input_tokens,
        cached_tokens: row.cached_input_tokens,
        completion_tokens: row.output_tokens,
      });
      if (bill) expect(pusd(row.cost_usd)).toBe(priceOf(row.model, bill));
    }
    for (const row of rows) expect(pusd(row.list_cost_usd) - pusd(row.cost_usd)).toBe(pusd(row.saved_usd));
  });

  it('of a team is the vendor’s bill at the prices', async () => {
    const { data } = await search.client.usage.get({ group_by: ['model'] });
    const { models } = gateway.fake.invoice();
    const [large] = data.filter(({ model }) => model === 'gpt-4.1');
    const brokenBill = gateway.fake.invoice().requests[requestIds.broken ?? ''];
    const bill = models['gpt-4.1']?.standard;
    if (!bill || !brokenBill) throw new Error('the fake has billed nothing');
    expect(pusd(large?.cost_usd)).toBe(priceOf('gpt-4.1', bill) - priceOf('gpt-4.1', brokenBill));
  });

  it.each([...GROUPS, 'team', GROUPS.join(',')])('by %s equals the total and the sums of the rows', async (groups) => {
    const { status, body } = await usageBy(groups);
    expect(status).toBe(200);
    expect(sumOf(body.data)).toEqual(sumOf(rows));
    expect(sumOf([body.total])).toEqual(sumOf(rows));
    expect(body.total.requests).toBe(9);
    expect(Object.keys(body.data[0] as UsageRow)).toEqual(expect.arrayContaining([...groups.split(','), 'requests']));
  });

  it('counts a call once, regardless of its attempts', async () => {
    const { data, total } = await search.client.usage.get({ group_by: ['cache_status'] });
    expect(data).toMatchObject([
      { cache_status: 'HIT', requests: 1 },
      { cache_status: 'MISS', requests: 6 },
    ]);
    expect(total.requests).toBe(7);
  });

  it('counts a call under each of its tags, and once in the total', async () => {
    const { data, total } = await search.client.usage.get({ group_by: ['tag'] });
    expect(data.map(({ tag, requests }) => [tag, requests])).toEqual([
      ['a', 4],
      ['b', 3],
      [null, 2],
    ]);
    expect(total.requests).toBe(7);
    expect(sumOf([total])).toEqual(sumOf(rows.filter(({ team_id }) => team_id === search.teamId)));
  });

  it('has days and hours in UTC', async () => {
    const [row] = (await usageBy('day,hour')).body.data;
    const oldest = rows.at(-1)?.created_at ?? '';
    expect(row).toMatchObject({ day: oldest.slice(0, 10), hour: `${oldest.slice(0, 13)}:00:00Z` });
  });

  it('of a team shows only its own calls', async () => {
    const [ofSearch, ofAds] = await Promise.all([search, ads].map(({ client }) => client.usage.get()));
    const all = (await admin.usage.get()).total;
    expect(sumOf([ofSearch?.total, ofAds?.total].flatMap((total) => total ?? []))).toEqual(sumOf([all]));
    const { body } = await usageBy('key', `&team_id=${ads.teamId}`);
    expect(body.data.map(({ key }: UsageRow) => key)).toEqual([ads.keyId]);
    expect(body.total).toEqual(ofAds?.total);
    expect((await gateway.request('GET', '/v1/usage?group_by=team', ads.key)).body.error.param).toBe('group_by');
    expect((await gateway.request('GET', `/v1/usage?team_id=${search.teamId}`, ads.key)).status).toBe(400);
    expect((await gateway.request('GET', '/admin/usage', ads.key)).status).toBe(403);
    expect((await gateway.request('GET', '/admin/requests', ads.key)).status).toBe(403);
  });

  it('can be a table for spreadsheets', async () => {
    const { headers, body } = await gateway.request<string>('GET', '/v1/usage?group_by=model&format=csv', search.key);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="usage.csv"');
    const { data } = await search.client.usage.get({ group_by: ['model'] });
    const [header, ...lines] = body.trim().split('\r\n');
    const names = (header ?? '').replace('\ufeff', '').split(',');
    const rowsOfTable = lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])));
    expect(rowsOfTable).toEqual(data.map((row) => Object.fromEntries(names.map((name) => [name, cellOf(row, name)]))));
  });

  it('prevents a spreadsheet from running a formula in a tag', async () => {
    await gateway.chat(ads.key, 'One for the spreadsheet', {}, { 'x-gateway-tags': '=1+1' });
    const csv = await ads.client.usage.csv({ group_by: ['tag'] });
    expect(csv).toContain("\r\n'=1+1,1,");
    expect((await ads.client.usage.get({ group_by: ['tag'] })).data.map(({ tag }) => tag)).toContain('=1+1');
  });

  it.each([
    ['team', () => ({ team_id: ads.teamId }), ['broken', 'other']],
    ['key and model', () => ({ key_id: search.keyId, model: 'gpt-4.1-mini' }), ['mini']],
    ['call', () => ({ request_id: requestIds.retried }), ['retried', 'retried']],
    ['batch', () => ({ batch_id: 'batch_0' }), []],
  ])('can be filtered in its rows by %s', async (_, filter, names) => {
    const { data } = await admin.requests.list(filter());
    const known = data.filter(({ request_id }) => Object.values(requestIds).includes(request_id));
    expect(known.map(({ request_id }) => request_id)).toEqual(names.map((name) => requestIds[name]));
  });

  it('includes calls at from and excludes calls at to', async () => {
    const from = rowsOf('stream')[0]?.created_at ?? '';
    const to = rowsOf('discounted')[0]?.created_at ?? '';
    const { data } = await admin.requests.list({ from, to });
    expect(data).toEqual(rows.filter(({ created_at }) => created_at >= from && created_at < to));
    expect(data.map(({ request_id }) => request_id)).toContain(requestIds.mini);
    expect((await search.client.usage.get({ from: '2020-01-01', to: '2020-01-31' })).total.requests).toBe(0);
    const today = new Date().toISOString().slice(0, 10);
    const { total } = await search.client.usage.get({ from: rows.at(-1)?.created_at.slice(0, 10), to: today });
    expect(total.requests).toBe(7);
  });

  it.each([
    ['/admin/requests?limit=0', 'limit'],
    ['/admin/requests?limit=1001', 'limit'],
    ['/admin/requests?cursor=nonsense', 'cursor'],
    ['/admin/requests?model=a%00b', 'model'],
    ['/admin/requests?from=yesterday', 'from'],
    ['/admin/requests?colour=red', 'colour'],
    ['/admin/usage?group_by=model,colour', 'group_by'],
    ['/admin/usage?format=xml', 'format'],
    ['/admin/usage?to=2026-13-01', 'to'],
    ['/admin/usage?from=2026-11-23&to=2026-11-01', 'from'],
  ])('refuses an invalid query by name: %s', async (path, name) => {
    const { status, body } = await gateway.admin('GET', path);
    expect(status).toBe(400);
    expect(body.error.code).toBe('invalid_request');
    expect(`${body.error.param} ${body.error.message}`).toContain(name);
  });
});
