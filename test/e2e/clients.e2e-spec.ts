import { AzureOpenAI } from 'openai';
import { type RunningGateway, startGateway } from '../support/gateway';
import { http, RawUpstream } from '../support/raw-upstream';

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const completion = (message: object, finish_reason = 'stop') =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    model: 'gpt-4.1',
    choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
    usage: USAGE,
  });
const CREDENTIAL = 'kg+unusual/0815==';
const AZURE_VERSION = '2026-01-01';
const called = { name: 'answer', arguments: '{"city":"Seoul"}' };
const calls = completion({ tool_calls: [{ id: 'call_a', type: 'function', function: called }] }, 'tool_calls');
const tool = (name: string) => ({ type: 'function', function: { name, parameters: {} } });

/** Habits of other people's clients. */
describe('clients', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    upstream = await RawUpstream.start();
    gateway = await startGateway({
      configFile: `
providers:
  raw: { type: openai-compatible, base_url: "http://127.0.0.1:${upstream.port}/v1", api_key: "${CREDENTIAL}" }
  azure:
    type: openai-compatible
    base_url: "http://127.0.0.1:${upstream.port}/openai/deployments/four"
    headers: { api-key: "${CREDENTIAL}" }
    query: { api-version: "${AZURE_VERSION}" }
models:
  raw-model: { deployments: [{ provider: raw, model: gpt-4.1 }] }
  azure-model: { deployments: [{ provider: azure, model: gpt-4.1 }] }
  never-model: { deployments: [{ provider: raw, model: gpt-4.1 }], cache: { store_tool_calls: false } }
`,
    });
    ({ key } = await gateway.createKey());
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.stop();
  });

  const ask = (content: string, members: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
    gateway.chat(key, content, { model: 'raw-model', ...members }, headers);
  const statuses = async (word: string, members: Record<string, unknown>, caller = key) => {
    const asked = [];
    for (let i = 0; i < 2; i += 1) {
      const { headers } = await gateway.chat(caller, word, { model: 'raw-model', ...members });
      asked.push(headers.get('x-cache-status'));
    }
    return asked;
  };

  it('C3: get hits on streams although they send Cache-Control: no-cache by habit', async () => {
    upstream.answers.set('C3', http('200 OK', {}, completion({ content: 'pong' })));
    const habit = { accept: 'text/event-stream', 'cache-control': 'no-cache', connection: 'keep-alive' };
    const { key: bound } = await gateway.createKey({ cache: { allowed_cache_controls: [] } });
    const stream = (caller: string, members = {}) =>
      gateway.chat(caller, 'C3', { model: 'raw-model', stream: true, ...members }, habit);
    expect((await stream(key)).headers.get('x-cache-status')).toBe('MISS');
    expect((await stream(key)).headers.get('x-cache-status')).toBe('HIT');
    expect((await stream(key, { cache: { 'no-cache': true } })).headers.get('x-cache-status')).toBe('REFRESH');
    expect((await ask('C3', {}, habit)).headers.get('x-cache-status')).toBe('REFRESH');
    expect((await stream(bound)).status).toBe(200);
    const { teamId } = await gateway.createKey();
    const { key: counted } = await gateway.createKey({ teamId });
    await gateway.chat(counted, 'C3', { model: 'raw-model' }, habit);
    await gateway.chat(counted, 'C3', { model: 'raw-model', cache: { 'no-cache': true } });
    const stats = (await gateway.admin('GET', `/admin/cache/stats?team_id=${teamId}`)).body;
    expect(stats.refreshed_by).toEqual({ 'Cache-Control': 1, 'cache.no-cache': 1 });
  });

  describe('C4: structured output by tools', () => {
    const forced = { tools: [tool('answer'), tool('other')], tool_choice: tool('answer') };

    it('is stored if the request forces one function', async () => {
      upstream.answers.set('C4 forced', http('200 OK', {}, calls));
      expect(await statuses('C4 forced', forced)).toEqual(['MISS', 'HIT']);
      const { body } = await ask('C4 forced', forced);
      expect(body.choices[0].message.tool_calls[0].function).toEqual(called);
    });

    it('is stored in the older form', async () => {
      upstream.answers.set('C4 old', http('200 OK', {}, completion({ function_call: called })));
      const functions = [{ name: 'answer', parameters: {} }];
      expect(await statuses('C4 old', { functions, function_call: { name: 'answer' } })).toEqual(['MISS', 'HIT']);
    });

    it('is not stored if the model chooses, unless the call, the key or the model says so', async () => {
      upstream.answers.set('C4 free', http('200 OK', {}, calls));
      const free = { tools: [tool('answer')], tool_choice: 'auto' };
      const { key: storing } = await gateway.createKey({ cache: { store_tool_calls: true } });
      expect(await statuses('C4 free', free)).toEqual(['MISS', 'MISS']);
      expect(await statuses('C4 free', free, storing)).toEqual(['MISS', 'HIT']);
      const word = { ...free, seed: 1 };
      expect(await statuses('C4 free', { ...word, cache: { 'store-tool-calls': true } })).toEqual(['MISS', 'HIT']);
    });

    it('is not stored if the call or the model says so', async () => {
      upstream.answers.set('C4 never', http('200 OK', {}, calls));
      const call = { ...forced, cache: { 'store-tool-calls': false } };
      expect(await statuses('C4 never', call)).toEqual(['MISS', 'MISS']);
      expect(await statuses('C4 never', { ...forced, model: 'never-model' })).toEqual(['MISS', 'MISS']);
    });
  });

  it('C7: get an error with the headers of a response, and are not asked to repeat what no repeat mends', async () => {
    upstream.answers.set('C7', http('401 Unauthorized', {}, '{"error":{"message":"no"}}'));
    const { status, headers } = await ask('C7', { cache: { 'no-cache': true } });
    expect(status).toBe(502);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-gateway-provider': 'raw',
      'x-gateway-attempts': '1',
      'x-cache-status': 'REFRESH',
      'x-should-retry': 'false',
    });
    const missed = await ask('C7 miss', {}, { 'cache-control': 'only-if-cached' });
    expect([missed.status, missed.headers.get('x-cache-status')]).toEqual([504, 'MISS']);
  });

  it('A11: never get the credential of the provider, which its error repeats', async () => {
    const error = { message: `Wrong key ${CREDENTIAL}`, code: `x ${CREDENTIAL}` };
    upstream.answers.set('A11', http('400 Bad Request', {}, JSON.stringify({ error })));
    const { body } = await ask('A11');
    expect(body.error).toMatchObject({ message: 'Wrong key ***', code: 'x ***' });
  });

  it('C8: reach providers that need a header and a query', async () => {
    upstream.answers.set('C8', http('200 OK', {}, completion({ content: 'pong' })));
    expect((await ask('C8', { model: 'azure-model' })).status).toBe(200);
    const [call] = upstream.callsOf('C8');
    expect(call?.head).toMatch(/^POST \/openai\/deployments\/four\/chat\/completions\?api-version=2026-01-01 /);
    expect(call?.head).toContain(`api-key: ${CREDENTIAL}`);
    expect(call?.head).not.toMatch(/^authorization:/im);
    const error = { message: `Wrong key ${CREDENTIAL}` };
    upstream.answers.set('a wrong credential', http('400 Bad Request', {}, JSON.stringify({ error })));
    expect((await ask('a wrong credential', { model: 'azure-model' })).body.error.message).not.toContain(CREDENTIAL);
  });

  it('C10: of Azure OpenAI are served at their own address', async () => {
    upstream.answers.set('C10', http('200 OK', {}, completion({ content: 'pong' })));
    const azure = new AzureOpenAI({ endpoint: gateway.url, apiKey: key, apiVersion: AZURE_VERSION, maxRetries: 0 });
    const request = { model: 'raw-model', messages: [{ role: 'user' as const, content: 'C10' }] };
    const { choices } = await azure.chat.completions.create(request);
    expect(choices[0]?.message.content).toBe('pong');
    const listed = await azure.models.list();
    expect(listed.data.map(({ id }) => id)).toContain('raw-model');
    const path = `/openai/deployments/raw-model/chat/completions?api-version=${AZURE_VERSION}`;
    const { messages } = request;
    const raw = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ messages }),
    });
    expect([raw.status, raw.headers.get('x-cache-status')]).toEqual([200, 'HIT']);
    upstream.answers.set('C10 digits', http('200 OK', {}, completion({ content: 'pong' })));
    await fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json' },
      body: '{"messages":[{"role":"user","content":"C10 digits"}],"seed":9223372036854775807}',
    });
    expect(upstream.callsOf('C10 digits')[0]?.raw).toContain('"seed":9223372036854775807');
    const unknown = await gateway.request('POST', path.replace('raw-model', 'none'), key, { messages });
    expect(unknown.body.error.code).toBe('model_not_found');
    const invalid = await gateway.request('POST', path, key, []);
    expect(invalid.status).toBe(400);
  });
});
