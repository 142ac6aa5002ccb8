import OpenAI from 'openai';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';
import { usd } from '../support/money';

/** An application changes only its key and its base URL. */
describe('chat completions', () => {
  let gateway: RunningGateway;
  let key: string;
  let openai: OpenAI;

  beforeAll(async () => {
    gateway = await sharedGateway();
    ({ key } = await gateway.createKey());
    openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  afterAll(() => gateway.stop());

  it('work with the official SDK', async () => {
    const completion = await openai.chat.completions.create({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: '안녕하세요, whole answer' }],
    });
    expect(completion.choices[0]?.message.content).toBe('echo: 안녕하세요, whole answer');
    expect(completion).toMatchObject({ model: 'gpt-4.1-2026-01-01', cached: false });
  });

  it('return the provider and the cost with each response', async () => {
    const { status, headers, body } = await gateway.chat(key, 'two words');
    expect(status).toBe(200);
    expect(body.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 3 });
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-cache-status': 'MISS',
      'x-gateway-provider': 'openai',
      'x-gateway-model': 'gpt-4.1-2026-01-01',
      'x-gateway-attempts': '1',
      'x-cache-ttl': '604800',
      'x-gateway-cost-usd': usd(2 * 2 + 3 * 8),
      'x-gateway-saved-usd': '0',
    });
    expect(headers.get('x-request-id')).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(headers.get('x-cache-key')).toMatch(/^ai_cache:team_\w+:gpt-4\.1:1:[0-9a-f]{64}$/);
  });

  const tagsOf = async ({ headers }: { headers: Headers }) => {
    const { body } = await gateway.admin('GET', `/admin/requests?request_id=${headers.get('x-request-id')}`);
    return body.data[0].tags;
  };
  const sentWith = ({ headers }: { headers: Headers }) =>
    gateway.fake.calls.find(({ requestId }) => requestId === headers.get('x-request-id'))?.body;

  it('R35: takes tags in UTF-8, and refuses bytes that are no UTF-8', async () => {
    const header = (bytes: Buffer) => ({ 'x-gateway-tags': bytes.toString('latin1') });
    const tagged = await gateway.chat(key, 'tags of the header', {}, header(Buffer.from('검색,요약')));
    expect([tagged.status, await tagsOf(tagged)]).toEqual([200, ['검색', '요약']]);
    const reached = gateway.fake.calls.length;
    const cp949 = Buffer.from([0xb0, 0xcb, 0xbb, 0xf6]);
    const { status, body } = await gateway.chat(key, 'tags of the header in CP949', {}, header(cp949));
    expect([status, body.error.param]).toEqual([400, 'x-gateway-tags']);
    expect(gateway.fake.calls).toHaveLength(reached);
  });

  it('C11: takes the list metadata.tags as tags, and sends it to no provider', async () => {
    const both = await gateway.chat(key, 'a list of tags', { metadata: { tags: ['검색', 'b'], job: 'nightly' } });
    expect([both.status, await tagsOf(both)]).toEqual([200, ['검색', 'b', 'job:nightly']]);
    expect(sentWith(both)).toMatchObject({ metadata: { job: 'nightly' } });
    expect(sentWith(both)).not.toHaveProperty('metadata.tags');
    const alone = await gateway.chat(key, 'only a list of tags', { metadata: { tags: ['a'] } });
    expect([alone.status, await tagsOf(alone)]).toEqual([200, ['a']]);
    expect(sentWith(alone)).not.toHaveProperty('metadata');
  });

  it('pass unknown members in both directions, and not the gateway’s own', async () => {
    const { headers, body } = await gateway.chat(key, 'members', {
      x_vendor: { deep: [1, { two: '둘' }] },
      temperature: 0.25,
      metadata: { purpose: 'test' },
      use_cache: true,
      cache: { ttl: 60 },
    });
    const call = gateway.fake.calls.find(({ requestId }) => requestId === headers.get('x-request-id'));
    expect(call?.body).toMatchObject({
      x_vendor: { deep: [1, { two: '둘' }] },
      temperature: 0.25,
      metadata: { purpose: 'test' },
    });
    expect(call?.body).not.toHaveProperty('use_cache');
    expect(call?.body).not.toHaveProperty('cache');
    expect(body).toHaveProperty('x_fake');
    expect(headers.get('x-cache-ttl')).toBe('60');
  });

  it.each([
    ['[[finish=length]] cut short', {}],
    ['not to be stored', { use_cache: false, cache: { 'no-store': true } }],
  ])('return no TTL for a response that is not stored: %s', async (prompt, members) => {
    const { status, headers } = await gateway.chat(key, prompt, members);
    expect([status, headers.get('x-cache-ttl')]).toEqual([200, null]);
  });

  it('find a model with slashes in its id, escaped or not', async () => {
    const id = 'meta-llama/llama-3/한국어';
    const deployments = [{ provider: 'openai', model: 'gpt-4.1' }];
    await gateway.admin('POST', '/admin/models', { name: id, deployments });
    for (const sent of [encodeURI(id), encodeURIComponent(id), `${encodeURI(id)}?of=nothing/known`]) {
      expect((await gateway.request('GET', `/v1/models/${sent}`, key)).body.id).toBe(id);
    }
    expect((await gateway.request('GET', '/v1/models/no/such', key)).body.error.code).toBe('model_not_found');
  });

  it('pass tool calls and their results', async () => {
    const completion = await openai.chat.completions.create({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'please call tool' }],
      tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }],
    });
    expect(completion.choices[0]?.finish_reason).toBe('tool_calls');
    expect(completion.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      type: 'function',
      function: { name: 'weather' },
    });
  });

  it('have a list of models with prices', async () => {
    const models = await openai.models.list();
    expect(models.data.length).toBeGreaterThan(20);
    expect(models.data.find(({ id }) => id === 'gpt-4.1')).toMatchObject({
      object: 'model',
      owned_by: 'openai',
      gateway: { version: null, generation: 1, input_usd_per_mtok: '2', output_usd_per_mtok: '8' },
    });
    expect((await openai.models.retrieve('gpt-4.1')).id).toBe('gpt-4.1');
    await expect(openai.models.retrieve('nobody-knows')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });

  it.each([
    ['no model', { messages: [{ role: 'user', content: 'x' }] }, 'model'],
    [
      'an invalid cache directive',
      { model: 'gpt-4.1', messages: [{ role: 'user', content: 'x' }], cache: { ttl: -1 } },
      'cache.ttl',
    ],
    [
      'too much metadata',
      { model: 'gpt-4.1', messages: [{ role: 'user', content: 'x' }], metadata: { a: 1 } },
      'metadata.a',
    ],
  ])('are refused with the invalid member: %s', async (_, body, param) => {
    const result = await gateway.request('POST', '/v1/chat/completions', key, body);
    expect(result).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', param, code: 'invalid_request' } },
    });
  });

  it('return errors in OpenAI’s shape for invalid requests', async () => {
    const post = (body: string, type = 'application/json') =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': type },
        body,
      });
    for (const [body, type, status] of [
      ['"text"', 'application/json', 400],
      ['{"__proto__":{"a":1},"model":"gpt-4.1","messages":[]}', 'application/json', 400],
      ['<xml/>', 'application/xml', 415],
    ] as const) {
      const response = await post(body, type);
      expect(response.status).toBe(status);
      expect(((await response.json()) as any).error).toMatchObject({
        message: expect.any(String),
        type: 'invalid_request_error',
      });
    }
    expect(await gateway.request('GET', '/nowhere', key)).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
    expect(await gateway.chat(key, 'x', { model: 'no-such-model' })).toMatchObject({
      status: 404,
      body: { error: { code: 'model_not_found', param: 'model' } },
    });
  });

  it.each([
    ['a missing key', undefined],
    ['a wrong key', 'sk-tg-wrong'],
    ["a vendor's key", 'sk-proj-abcdefghijklmnop'],
  ])('are refused with %s', async (_, wrong) => {
    const result = await gateway.request('POST', '/v1/chat/completions', wrong, { model: 'gpt-4.1', messages: [] });
    expect(result).toMatchObject({ status: 401, body: { error: { code: 'invalid_api_key' } } });
  });

  it.each<[string, string, Record<string, string>, string | null]>([
    ['a credential that the provider refuses', '[[status=401]]', {}, 'false'],
    ['an account without credit', '[[status=402]]', {}, 'false'],
    ['a miss that may not be asked', 'never asked', { 'cache-control': 'only-if-cached' }, 'false'],
    ['a rate limit', '[[status=429]]', {}, null],
  ])("C7: tells OpenAI's client whether to repeat after %s", async (what, prompt, headers, shouldRetry) => {
    const { status, headers: answer } = await gateway.chat(key, `${prompt} ${what}`, {}, headers);
    expect([status >= 429, answer.get('x-should-retry')]).toEqual([true, shouldRetry]);
    if (shouldRetry === null) return;
    const ids = new Set<string | null>();
    const client = new OpenAI({
      apiKey: key,
      baseURL: `${gateway.url}/v1`,
      maxRetries: 2,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        ids.add(response.headers.get('x-request-id'));
        return response;
      },
    });
    const messages = [{ role: 'user' as const, content: `${prompt} ${what}, by the client` }];
    await expect(client.chat.completions.create({ model: 'gpt-4.1', messages }, { headers })).rejects.toThrow();
    expect(ids.size).toBe(1);
  });

  it('do not reveal the credential that the provider refuses', async () => {
    const result = await gateway.chat(key, '[[status=401]] refused credential');
    expect(result.status).toBe(502);
    expect(JSON.stringify(result.body)).not.toContain('sk-upstream');
    expect(result.body.error).toMatchObject({ type: 'upstream_error', code: 'upstream_auth' });
  });

  it('are retried after a failure, with the number of attempts in a header', async () => {
    const { status, headers } = await gateway.chat(key, '[[fail-first=1 status=500]] again');
    expect([status, headers.get('x-gateway-attempts')]).toEqual([200, '2']);
    const rows = await gateway.admin('GET', `/admin/requests?request_id=${headers.get('x-request-id')}`);
    expect(rows.body.data.map((row: any) => [row.attempt, row.state, row.status, row.cost_usd === '0'])).toEqual([
      [2, 'settled', 200, false],
      [1, 'failed', 500, true],
    ]);
  });

  it.each([
    ['[[status=400]] bad', 400],
    ['[[reset]] socket', 502],
  ])('return the error for %s with status %d', async (prompt, status) => {
    const result = await gateway.chat(key, prompt);
    expect(result.status).toBe(status);
    expect(result.body.error).toMatchObject({ message: expect.any(String), type: expect.any(String) });
  });

  it('return the provider’s rate limit with its Retry-After', async () => {
    // For seven seconds its deployment gets no calls; no other test uses this model.
    const result = await gateway.chat(key, '[[status=429 retry-after=7]] busy', { model: 'gpt-4-turbo' });
    expect(result).toMatchObject({ status: 429, body: { error: { code: 'upstream_rate_limited' } } });
    expect(result.headers.get('retry-after')).toBe('7');
  });
});
