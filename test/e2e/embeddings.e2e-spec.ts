import { ThriftgateClient } from '@thriftgate/sdk';
import OpenAI, { AzureOpenAI } from 'openai';
import { eventually } from '../support/eventually';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { type RunningGateway, startGateway } from '../support/gateway';
import { usd } from '../support/money';

const MODEL = 'text-embedding-3-small';
/** Dollars for a million tokens. The fake vendor counts words. */
const PRICE = 0.02;

let fake: FakeOpenAi;
let gateway: RunningGateway;
let key: string;
let openai: OpenAI;

beforeAll(async () => {
  fake = await FakeOpenAi.start();
  gateway = await startGateway({ fake });
  ({ key } = await gateway.createKey());
  openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await gateway.stop();
  await fake.stop();
});

const post = (input: unknown, members: object = {}, headers: Record<string, string> = {}, as = key) =>
  gateway.request('POST', '/v1/embeddings', as, { model: MODEL, input, ...members }, headers);
const asked = () => fake.calls.filter(({ path }) => path.endsWith('/embeddings'));
const inputsSince = (count: number) =>
  asked()
    .slice(count)
    .map(({ body }) => (body as { input: string[] }).input);
const rowsOf = async (requestId: string | null): Promise<any[]> =>
  eventually(async () => {
    const { body } = await gateway.admin('GET', `/admin/requests?request_id=${requestId}`);
    const rows = body.data.toSorted((a: { attempt: number }, b: { attempt: number }) => a.attempt - b.attempt);
    return rows.length > 0 && rows.every(({ state }: { state: string }) => state !== 'dispatched') && rows;
  });
const facts = ({ headers }: { headers: Headers }) => ({
  status: headers.get('x-cache-status'),
  inputs: headers.get('x-gateway-cached-inputs'),
  cost: headers.get('x-gateway-cost-usd'),
  saved: headers.get('x-gateway-saved-usd'),
});

describe("OpenAI's SDK", () => {
  it('asks for base64 on its own, and gets the values that the vendor has', async () => {
    const input = ['the first text of all', '두 번째 글'];
    const { data, response } = await openai.embeddings.create({ model: MODEL, input }).withResponse();
    const direct = new OpenAI({ apiKey: 'sk-direct', baseURL: fake.baseUrl });
    const expected = await direct.embeddings.create({ model: MODEL, input });
    expect(data.data).toEqual(expected.data);
    expect(data).toMatchObject({ object: 'list', model: MODEL, usage: { prompt_tokens: 8, total_tokens: 8 } });
    const floats = await openai.embeddings.create({ model: MODEL, input, encoding_format: 'float' });
    expect(floats.data).toEqual(expected.data);
    const [row] = await rowsOf(response.headers.get('x-request-id'));
    expect(row).toMatchObject({ endpoint: '/v1/embeddings', cache_status: 'MISS', input_tokens: 8, output_tokens: 0 });
    expect(row.cost_usd).toBe(usd(8 * PRICE));
  });

  it('sends tokens', async () => {
    const { data } = await openai.embeddings.create({ model: MODEL, input: [[1820, 25], [374]] });
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    expect(asked().at(-1)).toMatchObject({ body: { input: [[1820, 25], [374]], encoding_format: 'base64' } });
  });

  it("asks at Azure's address, with the model in the path", async () => {
    const azure = new AzureOpenAI({ apiKey: key, endpoint: gateway.url, apiVersion: '2024-10-21', maxRetries: 0 });
    const { data } = await azure.embeddings.create({ model: MODEL, input: 'at the address of Azure' });
    expect(data[0]?.embedding).toHaveLength(64);
  });

  it('has the path without /v1', async () => {
    const plain = new OpenAI({ apiKey: key, baseURL: gateway.url, maxRetries: 0 });
    expect((await plain.embeddings.create({ model: MODEL, input: 'without a version' })).data).toHaveLength(1);
  });

  it('lists the model', async () => {
    expect(await openai.models.retrieve(MODEL)).toMatchObject({ id: MODEL, gateway: { input_usd_per_mtok: '0.02' } });
  });
});

describe("the gateway's own SDK", () => {
  it('has embeddings with their facts', async () => {
    const client = new ThriftgateClient({ baseUrl: gateway.url, apiKey: key });
    const { answer, facts: known } = await client.embeddings.createWithFacts({ model: MODEL, input: 'by the sdk' });
    expect(answer).toMatchObject({ cached: false, data: [{ index: 0 }] });
    expect(known).toMatchObject({ cacheStatus: 'MISS', provider: 'openai', attempts: 1, costUsd: usd(3 * PRICE) });
  });
});

describe('a list with overlaps', () => {
  it('asks for new inputs alone; rows, headers and statistics have what was charged and what was saved', async () => {
    const { teamId, key: own } = await gateway.createKey();
    const list = (input: string[]) => post(input, {}, {}, own);
    const first = await list(['aa bb', 'cc']);
    expect(facts(first)).toEqual({ status: 'MISS', inputs: '0/2', cost: usd(3 * PRICE), saved: '0' });
    const before = asked().length;
    const second = await list(['dd ee ff', 'cc', 'dd ee ff', 'aa bb']);
    expect(inputsSince(before)).toEqual([['dd ee ff']]);
    expect(facts(second)).toEqual({ status: 'MISS', inputs: '2/4', cost: usd(3 * PRICE), saved: usd(3 * PRICE) });
    expect(second.body).toMatchObject({ cached: false, usage: { prompt_tokens: 9 } });
    expect(second.body.data[1].embedding).toEqual(first.body.data[1].embedding);
    expect(second.body.data[0].embedding).toEqual(second.body.data[2].embedding);
    const third = await list(['aa bb', 'dd ee ff']);
    expect(facts(third)).toEqual({ status: 'HIT', inputs: '2/2', cost: '0', saved: usd(5 * PRICE) });
    expect(third.body.cached).toBe(true);
    expect(Number(third.headers.get('age'))).toBeGreaterThanOrEqual(0);

    const rows = await rowsOf(second.headers.get('x-request-id'));
    expect(rows).toMatchObject([
      { attempt: 1, cache_status: 'MISS', input_tokens: 3, cost_usd: usd(3 * PRICE), saved_usd: '0' },
      { attempt: 2, cache_status: 'HIT', input_tokens: 3, cost_usd: '0', saved_usd: usd(3 * PRICE), saved_by: 'cache' },
    ]);
    const total = await eventually(async () => {
      const { body } = await gateway.admin('GET', `/admin/usage?team_id=${teamId}`);
      return body.total.requests === 3 && body.total;
    });
    expect(total).toMatchObject({
      cost_usd: usd(6 * PRICE),
      saved_usd: usd(8 * PRICE),
      list_cost_usd: usd(14 * PRICE),
    });
    const stats = await gateway.admin('GET', `/admin/cache/stats?team_id=${teamId}`);
    expect(stats.body).toMatchObject({ hits: 1, misses: 2, saved_usd: usd(8 * PRICE) });
  });

  it('is one call to the vendor for all who ask at the same time', async () => {
    const before = asked().length;
    fake.script({ delayMs: 300 }, { path: '/v1/embeddings' });
    const responses = await Promise.all(Array.from({ length: 5 }, () => post(['at the same', 'time'])));
    expect(inputsSince(before)).toEqual([['at the same', 'time']]);
    expect(responses.map((each) => facts(each).status).toSorted()).toEqual([...Array(4).fill('COALESCED'), 'MISS']);
    const data = responses.map(({ body }) => JSON.stringify(body.data));
    expect(new Set(data).size).toBe(1);
  });

  it('leaves to another list at the same time what that one asks for', async () => {
    const before = asked().length;
    fake.script({ delayMs: 1_000 }, { path: '/v1/embeddings', times: 2 });
    const first = post(['shared by two', 'of the first']);
    await eventually(() => asked().length > before);
    const [one, two] = await Promise.all([first, post(['of the second', 'shared by two'])]);
    expect(inputsSince(before)).toEqual([['shared by two', 'of the first'], ['of the second']]);
    expect([facts(one), facts(two)]).toMatchObject([{ inputs: '0/2' }, { inputs: '1/2' }]);
    expect(two.body.data[1].embedding).toEqual(one.body.data[0].embedding);
  });

  it('is charged once for each Idempotency-Key', async () => {
    const headers = { 'idempotency-key': `embeddings-${Date.now()}` };
    const first = await post(['once only', 'again'], { use_cache: false }, headers);
    const before = asked().length;
    const second = await post(['once only', 'again'], { use_cache: false }, headers);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(asked()).toHaveLength(before);
  });
});

describe('controls of the cache', () => {
  it.each([
    ['use_cache: false', { use_cache: false }, 'BYPASS', 'BYPASS'],
    ['no-cache', { cache: { 'no-cache': true } }, 'REFRESH', 'REFRESH'],
    ['a namespace', { cache: { namespace: 'mine' } }, 'MISS', 'HIT'],
    ['a task', { input_type: 'query' }, 'MISS', 'HIT'],
    ['dimensions', { dimensions: 8 }, 'MISS', 'HIT'],
    ['an encoding', { encoding_format: 'base64' }, 'HIT', 'HIT'],
    ['a user', { user: 'someone' }, 'HIT', 'HIT'],
  ])('%s', async (name, members, ...statuses) => {
    const input = [`controlled by ${name}`, `also ${name}`];
    await post(input);
    const found = [await post(input, members), await post(input, members)];
    expect(found.map((each) => facts(each).status)).toEqual(statuses);
  });

  it('only-if-cached is 504 where an input is missing', async () => {
    await post(['is there']);
    const ask = (input: string[]) => post(input, {}, { 'cache-control': 'only-if-cached' });
    expect(await ask(['is there'])).toMatchObject({ status: 200 });
    expect(await ask(['is there', 'is not'])).toMatchObject({
      status: 504,
      body: { error: { code: 'cache_only_miss' } },
    });
  });

  it('an invalidated input, list or model is asked again', async () => {
    const invalidate = (body: object) => gateway.admin('POST', '/admin/cache/invalidate', body);
    const status = async (input: unknown) => facts(await post(input));
    const list = ['to be removed', 'to stay'];
    await post(list);
    const single = await post('to be removed');
    await invalidate({ key: single.headers.get('x-cache-key') });
    expect(await status(list)).toMatchObject({ status: 'MISS', inputs: '1/2' });
    const whole = await post(list);
    await invalidate({ key: whole.headers.get('x-cache-key') });
    expect(await status(list)).toMatchObject({ status: 'MISS', inputs: '0/2' });
    expect(await status(list)).toMatchObject({ status: 'HIT' });
    await invalidate({ model: MODEL });
    expect(await status(list)).toMatchObject({ status: 'MISS', inputs: '0/2' });
  });

  it('teams have nothing of each other', async () => {
    const { key: other } = await gateway.createKey();
    await post(['of one team']);
    expect(facts(await post(['of one team'], {}, {}, other))).toMatchObject({ status: 'MISS' });
  });
});

describe('errors', () => {
  it.each([
    ['an empty text', { input: ['a', 'b', 'c', ''] }, 400, 'input[3]'],
    ['an empty list', { input: [] }, 400, 'input'],
    ['an encoding', { encoding_format: 'hex' }, 400, 'encoding_format'],
    ['a model that is unknown', { model: 'none' }, 404, 'model'],
    ['a model for chat', { model: 'gpt-4.1' }, 422, 'model'],
  ])('name the member: %s', async (_, members, status, param) => {
    const before = fake.calls.length;
    expect(await post('a', members)).toMatchObject({ status, body: { error: { param } } });
    expect(fake.calls).toHaveLength(before);
  });

  it('chat refuses the model of embeddings, and says where it is served', async () => {
    const { status, body } = await gateway.chat(key, 'hello', { model: MODEL });
    expect([status, body.error.code, body.error.param]).toEqual([422, 'unsupported_parameter', 'model']);
    expect(body.error.message).toContain('/v1/embeddings');
  });

  it('a budget without room refuses the list, also where it names a model for chat in its place', async () => {
    const { teamId, key: poor } = await gateway.createKey();
    const budget = {
      team_id: teamId,
      limit_usd: '0.0000001',
      window: 'month',
      action: 'downgrade',
      downgrade_to: 'gpt-4.1-nano',
    };
    expect(await gateway.admin('POST', '/admin/budgets', budget)).toMatchObject({ status: 201 });
    const before = fake.calls.length;
    expect(await post(['too dear for it'], {}, {}, poor)).toMatchObject({ status: 402 });
    expect(fake.calls).toHaveLength(before);
  });
});

describe('a batch', () => {
  it('has lines of embeddings', async () => {
    const requests = ['a line', 'another line'].map((input, at) => ({
      custom_id: `e${at}`,
      method: 'POST',
      url: '/v1/embeddings',
      body: { model: MODEL, input },
    }));
    const { body: made } = await gateway.request('POST', '/v1/batches', key, { endpoint: '/v1/embeddings', requests });
    const batch = await eventually(async () => {
      const { body } = await gateway.request('GET', `/v1/batches/${made.id}`, key);
      return body.status === 'completed' && body;
    });
    expect(batch).toMatchObject({ request_counts: { completed: 2, failed: 0 } });
    const { body: output } = await gateway.request('GET', `/v1/files/${batch.output_file_id}/content`, key);
    const [line] = String(output)
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each));
    expect(line.response.body).toMatchObject({ object: 'list', data: [{ index: 0 }], usage: { prompt_tokens: 2 } });
    expect(facts(await post(['a line', 'another line']))).toMatchObject({ status: 'HIT' });
  });
});
