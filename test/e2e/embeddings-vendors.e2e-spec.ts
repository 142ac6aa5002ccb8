import { eventually } from '../support/eventually';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { type RunningGateway, startGateway } from '../support/gateway';
import { VectorUpstream } from '../support/vector-upstream';

let fake: FakeOpenAi;
let gateway: RunningGateway;
let key: string;
let others: VectorUpstream;

beforeAll(async () => {
  fake = await FakeOpenAi.start();
  others = await VectorUpstream.start();
  const env = {
    SIMULATOR: 'on',
    GEMINI_API_KEY: 'gm-0123456789',
    GEMINI_BASE_URL: others.baseUrl,
    COHERE_API_KEY: 'co-0123456789',
    COHERE_BASE_URL: others.baseUrl,
  };
  gateway = await startGateway({ fake, configFile: configOf(fake.baseUrl), env });
  ({ key } = await gateway.createKey());
});
afterAll(async () => {
  await gateway.stop();
  await fake.stop();
  await others.stop();
});

const post = (input: unknown, members: object) => gateway.request('POST', '/v1/embeddings', key, { input, ...members });
const asked = () => fake.calls.filter(({ path }) => path.endsWith('/embeddings'));
const rowsOf = async (requestId: string | null): Promise<any[]> =>
  eventually(async () => {
    const { body } = await gateway.admin('GET', `/admin/requests?request_id=${requestId}`);
    const rows = body.data.toSorted((a: { attempt: number }, b: { attempt: number }) => a.attempt - b.attempt);
    return rows.length > 0 && rows.every(({ state }: { state: string }) => state !== 'dispatched') && rows;
  });
const facts = ({ headers }: { headers: Headers }) => ({
  status: headers.get('x-cache-status'),
  inputs: headers.get('x-gateway-cached-inputs'),
});

describe('vendors of embeddings', () => {
  it('that take fewer inputs at once get several requests, whose sums the response has', async () => {
    const before = asked().length;
    const input = Array.from({ length: 25 }, (_, at) => `long list ${at}`);
    const response = await post(input, { model: 'few-at-once' });
    const sizes = asked()
      .slice(before)
      .map(({ body }) => (body as { input: string[] }).input.length);
    expect(sizes.toSorted()).toEqual([10, 10, 5]);
    expect(response.body.data.map(({ index }: { index: number }) => index)).toEqual([...input.keys()]);
    expect(response.body.usage).toEqual({ prompt_tokens: 75, total_tokens: 75 });
    expect(response.headers.get('x-gateway-attempts')).toBe('3');
    const rows = await rowsOf(response.headers.get('x-request-id'));
    expect(rows.map(({ input_tokens: tokens }) => tokens).reduce((a, b) => a + b)).toBe(75);
    expect(rows[0].attempt).toBe(1);
    const again = await post(input.toReversed(), { model: 'few-at-once' });
    expect(facts(again)).toMatchObject({ status: 'HIT', inputs: '25/25' });
    expect(again.body.data[24].embedding).toEqual(response.body.data[0].embedding);
  });

  it('that take no tokens refuse them, before anything is sent', async () => {
    const before = asked().length;
    expect(await post([[1, 2]], { model: 'few-at-once' })).toMatchObject({
      status: 422,
      body: { error: { code: 'unsupported_parameter', param: 'input' } },
    });
    expect(asked()).toHaveLength(before);
  });

  it('that fail hand over to the next deployment', async () => {
    fake.script({ status: 500 }, { path: '/v1/embeddings', model: 'first', times: 10 });
    const response = await post(['handed over'], { model: 'two-vendors' });
    expect(response).toMatchObject({ status: 200, body: { data: [{ index: 0 }] } });
    expect(asked().at(-1)).toMatchObject({ body: { model: 'second' } });
    expect(facts(await post(['handed over'], { model: 'two-vendors' }))).toMatchObject({ status: 'MISS' });
  });

  it('by a key in the environment: Cohere, with its own members and its own count of tokens', async () => {
    const model = 'embed-multilingual-v3.0';
    const first = await post(['하나', 'second'], { model, input_type: 'query', user: 'someone' });
    expect(first.body.data.map(({ embedding }: { embedding: number[] }) => embedding)).toEqual([
      [2, -0.5],
      [6, -0.5],
    ]);
    expect(others.calls.at(-1)).toEqual({
      path: '/v2/embed',
      body: { model, texts: ['하나', 'second'], input_type: 'search_query', embedding_types: ['float'] },
    });
    expect(first.headers.get('x-gateway-dropped-params')).toBe('user');
    expect(first.body.usage.prompt_tokens).toBe(20);
    expect(first.headers.get('x-gateway-cost-usd')).toBe('0.000002');
    const partly = await post(['second', 'third'], { model, input_type: 'query' });
    expect(facts(partly)).toEqual({ status: 'MISS', inputs: '1/2' });
    expect(partly.headers.get('x-gateway-dropped-params')).toBe('user');
  });

  it('that tell no usage: it is estimated and marked, and the vectors are stored', async () => {
    const model = 'gemini-embedding-001';
    const first = await post('a text of Gemini', { model, encoding_format: 'base64' });
    expect(others.calls.at(-1)).toMatchObject({ path: `/v1beta/models/${model}:batchEmbedContents` });
    const bytes = Buffer.from(first.body.data[0].embedding, 'base64');
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([4, 0.125]);
    const [row] = await rowsOf(first.headers.get('x-request-id'));
    expect(row).toMatchObject({ estimated: true, status: 200 });
    expect(row.input_tokens).toBeGreaterThan(3);
    const second = await post(['a text of Gemini'], { model });
    expect(facts(second)).toEqual({ status: 'HIT', inputs: '1/1' });
    expect(second.body.data[0].embedding).toEqual([4, 0.125]);
    expect(second.body.usage.prompt_tokens).toBe(row.input_tokens);
  });

  it('with tokens for one that takes none, and for one that does: the next deployment answers', async () => {
    const { status, body } = await post([[1, 2]], { model: 'tokens-at-second' });
    expect([status, body.data?.length]).toEqual([200, 1]);
    expect(asked().at(-1)).toMatchObject({ body: { model: 'second', input: [[1, 2]] } });
  });

  it('get long lists of tokens, and long texts, in requests that they take', async () => {
    const before = asked().length;
    const tokens = Array.from({ length: 250 }, (_, at) => Array.from({ length: 1000 }, (__, token) => at + token));
    expect(await post(tokens, { model: 'text-embedding-3-small' })).toMatchObject({ status: 200 });
    const texts = [`${'word '.repeat(100_000)}a`, `${'word '.repeat(100_000)}b`];
    const response = await post(texts, { model: 'text-embedding-3-small' });
    expect(response.body.usage.prompt_tokens).toBe(200_002);
    expect(facts(await post([texts[1], texts[0]], { model: 'text-embedding-3-small' }))).toMatchObject({
      status: 'HIT',
    });
    const sizes = asked()
      .slice(before)
      .map(({ body }) => (body as { input: unknown[] }).input.length);
    expect(sizes).toEqual([250, 1, 1]);
  });

  it('are simulated without a key', async () => {
    const { body, headers } = await post(['made up', 'made up too'], { model: 'simulated', dimensions: 4 });
    expect(body.data[0].embedding).toHaveLength(4);
    expect(headers.get('x-gateway-cost-usd')).toBe('0');
  });
});

function configOf(baseUrl: string): string {
  const provider = (type: string) => `{ type: ${type}, base_url: '${baseUrl}', api_key: sk-other-0123456789 }`;
  return `
providers:
  few: ${provider('dashscope')}
  one: ${provider('openai-compatible')}
  two: ${provider('openai-compatible')}
  sim: { type: simulator }
models:
  few-at-once: { deployments: [{ provider: few, model: text-embedding-v4 }] }
  two-vendors: { deployments: [{ provider: one, model: first, priority: 1 }, { provider: two, model: second, priority: 2 }] }
  tokens-at-second: { deployments: [{ provider: few, model: first, priority: 1 }, { provider: two, model: second, priority: 2 }] }
  simulated: { deployments: [{ provider: sim, model: text-embedding-3-large }] }
`;
}
