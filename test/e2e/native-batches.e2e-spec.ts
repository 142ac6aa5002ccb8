import { BatchClient, line, lines } from '../support/batch-client';
import { type RunningGateway, startGateway } from '../support/gateway';
import { VendorServer } from '../support/vendors/vendor-server';
import { parseUsd } from '../../src/common/money';

/** Batches that ride the vendor's own batch API. */
describe("batches over the vendor's batch API", () => {
  let gateway: RunningGateway;
  let batches: BatchClient;
  let teamId: string;

  beforeAll(async () => {
    gateway = await startGateway();
    const key = await gateway.createKey();
    teamId = key.teamId;
    batches = new BatchClient(gateway, key.key);
  });
  afterAll(() => gateway?.stop());

  const rowsOf = async (id: string) =>
    (await gateway.admin('GET', `/admin/requests?batch_id=${id}&limit=500`)).body.data as any[];
  const vendorLines = () => gateway.fake.batchLines.map(({ customId }) => customId);
  const live = () => gateway.fake.calls.filter(({ path }) => path === '/v1/chat/completions').length;

  it('cost half, and each answer comes under its own custom_id', async () => {
    const requests = lines(20, 'native');
    const before = live();
    const created = await batches.create({ requests, completion_window: '24h' });
    const batch = await batches.ended(created.id);
    expect(batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 20, completed: 20, failed: 0 },
      gateway: { cached: 0, deduplicated: 0, escalated: 0, providers: ['openai'] },
    });
    expect(live()).toBe(before);
    const results = await batches.resultsOf(batch.output_file_id);
    expect(results.map(({ custom_id }) => custom_id)).toEqual(requests.map(({ custom_id }) => custom_id));
    for (const { response } of results) expect(response).toMatchObject({ status_code: 200, body: { cached: false } });
    const rows = await rowsOf(batch.id);
    expect(rows).toHaveLength(20);
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'settled', saved_by: 'batch', cache_status: 'MISS', latency_ms: null });
      expect(parseUsd(row.list_cost_usd)).toBe(2n * parseUsd(row.cost_usd));
    }
    const sum = (member: string) => rows.reduce((all, row) => all + parseUsd(row[member]), 0n);
    expect(parseUsd(batch.gateway.cost_usd)).toBe(sum('cost_usd'));
    expect(parseUsd(batch.gateway.saved_usd)).toBe(sum('saved_usd'));
    // The vendor never sees callers' names.
    expect(vendorLines().some((id) => id.startsWith('native'))).toBe(false);
    // The input is deleted at the vendor.
    const kept = await fetch(`${gateway.fake.baseUrl}/files`, { headers: { authorization: 'Bearer sk-any' } });
    expect(((await kept.json()) as any).data.filter(({ purpose }: any) => purpose === 'batch')).toEqual([]);
    // The answers fill the cache.
    const again = await gateway.chat(batches.key, 'native: question 3');
    expect(again.headers.get('x-cache-status')).toBe('HIT');
    expect(teamId).toMatch(/^team_/);
  });

  it('run equal lines once, and what is stored not at all', async () => {
    await gateway.chat(batches.key, 'known already');
    const requests = [
      line('a', 'asked twice'),
      line('b', 'asked twice'),
      line('c', 'known already'),
      line('d', 'asked once'),
      line('e', 'asked twice'),
    ];
    const before = vendorLines().length;
    const batch = await batches.ended((await batches.create({ requests, completion_window: '24h' })).id);
    expect(batch).toMatchObject({ status: 'completed', gateway: { cached: 1, deduplicated: 2 } });
    expect(vendorLines().length - before).toBe(2);
    const results = await batches.resultsOf(batch.output_file_id);
    expect(results.map(({ custom_id }) => custom_id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    const [a, b, , , e] = results.map(({ response }) => response?.body.choices[0].message.content);
    expect([b, e]).toEqual([a, a]);
    const rows = await rowsOf(batch.id);
    const by = (id: string) => rows.find(({ custom_id }) => custom_id === id);
    expect(['a', 'b', 'c'].map((id) => [by(id).saved_by, by(id).cost_usd === '0'])).toEqual([
      ['batch', false],
      ['dedupe', true],
      ['cache', true],
    ]);
  });
});

/** One batch for models of three vendors and for three APIs, each vendor's part through its own batch API. */
describe('a batch for several vendors and APIs', () => {
  let vendors: VendorServer;
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    vendors = await VendorServer.start();
    gateway = await startGateway({ env: vendors.env });
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });
  afterAll(async () => {
    await gateway?.stop();
    await vendors?.stop();
  });

  it('runs each line at its vendor, and every answer is in the shape of its API', async () => {
    const messages = [{ role: 'user', content: '안녕하세요, 세 줄로 답해 주세요.' }];
    const requests = ['gpt-4.1', 'claude-sonnet-5-5', 'gemini-3.8-flash'].flatMap((model) => [
      { custom_id: `chat ${model}`, url: '/v1/chat/completions', body: { model, messages } },
      { custom_id: `message ${model}`, url: '/v1/messages', body: { model, messages, max_tokens: 100 } },
      { custom_id: `response ${model}`, url: '/v1/responses', body: { model, input: 'Hello' } },
    ]);
    const batch = await batches.ended((await batches.create({ requests, completion_window: '24h' })).id);
    const failed = await batches.resultsOf(batch.error_file_id);
    expect(failed).toEqual([]);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 9, completed: 9, failed: 0 } });
    expect(batch.gateway.providers.toSorted()).toEqual(['anthropic', 'gemini', 'openai']);
    const results = await batches.resultsOf(batch.output_file_id);
    const shapes = results.map(({ response }) => response?.body.object ?? response?.body.type);
    expect(shapes).toEqual(requests.map(({ url }) => SHAPES[url]));
    expect(vendors.anthropic.batches.ran).toHaveLength(3);
    expect(vendors.gemini.batches.ran).toHaveLength(3);
    expect(vendors.openai.batchLines).toHaveLength(3);
    const { data } = (await gateway.admin('GET', `/admin/requests?batch_id=${batch.id}`)).body;
    expect(data).toHaveLength(9);
    for (const row of data) {
      expect([row.custom_id, row.state, row.saved_by, row.estimated]).toEqual([
        row.custom_id,
        'settled',
        'batch',
        false,
      ]);
      expect([row.custom_id, parseUsd(row.list_cost_usd)]).toEqual([row.custom_id, 2n * parseUsd(row.cost_usd)]);
    }
  });
});

const SHAPES: Record<string, string> = {
  '/v1/chat/completions': 'chat.completion',
  '/v1/messages': 'message',
  '/v1/responses': 'response',
};

describe('a quote and a second run', () => {
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    gateway = await startGateway();
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });
  afterAll(() => gateway?.stop());

  it('says what a batch costs before it runs, and spends nothing', async () => {
    await gateway.chat(batches.key, 'quoted 0');
    const requests = [...Array(20).keys()].map((n) => line(`q-${n}`, `quoted ${n % 10}`, { max_tokens: 200 }));
    const body = {
      requests: requests.map((each, n) => (n === 0 ? line('q-0', 'quoted 0') : each)),
      completion_window: '24h',
    };
    const rows = async () => (await gateway.admin('GET', '/admin/requests?limit=500')).body.data.length;
    const before = await rows();
    const { status, body: quote } = await gateway.request('POST', '/v1/batches/quote', batches.key, body);
    expect(status).toBe(200);
    expect(quote).toMatchObject({ object: 'batch.quote', lines: 20, duplicates: 9, cached: 1 });
    expect([await rows(), gateway.fake.batchLines.length]).toEqual([before, 0]);
    const batch = await batches.ended((await batches.create(body)).id);
    expect(batch.gateway).toMatchObject({ cached: quote.cached, deduplicated: quote.duplicates });
    const cost = Number(batch.gateway.cost_usd);
    expect(cost).toBeGreaterThanOrEqual(Number(quote.cost_usd.at_least));
    expect(cost).toBeLessThanOrEqual(Number(quote.cost_usd.at_most));
    expect(Number(quote.cost_usd.likely)).toBeGreaterThan(0);
    expect(Number(quote.saved_usd)).toBeGreaterThan(Number(quote.cost_usd.likely));
    expect(quote.models.map(({ model, provider, lines: count }: any) => [model, provider, count])).toEqual([
      ['gpt-4.1', null, 10],
      ['gpt-4.1', 'openai', 10],
    ]);
    // The draft of the lines is not kept.
    const files = await gateway.request('GET', '/v1/files', batches.key);
    expect(files.body.data.filter(({ purpose }: any) => purpose === 'batch')).toHaveLength(1);
  });

  it('refuses bad lines in a quote as in a batch', async () => {
    const { status, body } = await gateway.request('POST', '/v1/batches/quote', batches.key, { requests: [{}] });
    expect([status, body.error.param]).toEqual([400, 'requests']);
  });

  it('runs the lines that failed again', async () => {
    gateway.fake.script({ status: 400 }, { prompt: 'fails once', times: 1 });
    const requests = [...lines(2, 'fine'), line('bad', 'fails once')];
    const first = await batches.ended((await batches.create({ requests })).id);
    expect(first.request_counts).toEqual({ total: 3, completed: 2, failed: 1 });
    const once = { 'idempotency-key': `retry-${first.id}` };
    const retry = () => gateway.request('POST', `/v1/batches/${first.id}/retry`, batches.key, undefined, once);
    const { status, body } = await retry();
    expect(status).toBe(200);
    expect((await retry()).body).toEqual(body);
    const second = await batches.ended(body.id);
    expect(second.request_counts).toEqual({ total: 1, completed: 1, failed: 0 });
    expect((await batches.resultsOf(second.output_file_id)).map(({ custom_id: id }) => id)).toEqual(['bad']);
    const again = await gateway.request('POST', `/v1/batches/${second.id}/retry`, batches.key);
    expect([again.status, again.body.error.code]).toEqual([409, 'conflict']);
  });
});
