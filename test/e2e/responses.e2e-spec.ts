import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import type { ResponseInputItem, ResponseStreamEvent, Tool } from 'openai/resources/responses/responses';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const tools: Tool[] = ['weather', 'time'].map((name) => ({
  type: 'function',
  name,
  strict: true,
  parameters: {
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
    additionalProperties: false,
  },
}));

let fake: FakeOpenAi;
let gateway: RunningGateway;
let key: string;
let openai: OpenAI;

beforeAll(async () => {
  fake = await FakeOpenAi.start();
  gateway = await startGateway({ fake, configFile: configOf(fake.baseUrl), env: { SIMULATOR: 'on' } });
  ({ key } = await gateway.createKey());
  openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await gateway.stop();
  await fake.stop();
});

/** The same stories on a model of OpenAI, whose bytes pass through, and on one of a vendor with chat completions only. */
describe.each([
  ['natively', 'gpt-4.1', '/v1/responses'],
  ['over chat completions', 'other', '/v1/chat/completions'],
])('Responses %s', (_, model, upstreamPath) => {
  const post = (body: object, headers?: Record<string, string>) =>
    gateway.request('POST', '/v1/responses', key, { model, ...body }, headers);
  const rowOf = async (requestId: string | null | undefined) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${requestId}`)).body.data[0];
  const collect = async (body: object) => {
    const events: ResponseStreamEvent[] = [];
    const stream = await openai.responses.create({ model, input: 'x', ...body, stream: true });
    for await (const event of stream) events.push(event);
    return events;
  };

  it('work with the official SDK, with a row in the ledger', async () => {
    const { data, response } = await openai.responses
      .create({ model, input: '안녕하세요, whole answer' })
      .withResponse();
    expect(data.output_text).toBe('echo: 안녕하세요, whole answer');
    expect(data).toMatchObject({ object: 'response', status: 'completed', store: false, usage: { total_tokens: 7 } });
    expect(gateway.fake.calls.at(-1)).toMatchObject({ path: upstreamPath });
    const row = await rowOf(response.headers.get('x-request-id'));
    expect(row).toMatchObject({ endpoint: '/v1/responses', status: 200, input_tokens: 3, output_tokens: 4 });
    expect(Number(row.cost_usd)).toBeGreaterThan(0);
    expect(response.headers.get('x-gateway-cost-usd')).toBe(row.cost_usd);
  });

  it('stream events that the SDK reads, numbered without gaps, with the cost in the last', async () => {
    const final = await openai.responses.stream({ model, input: '한국어 stream please' }).finalResponse();
    expect([final.status, final.output_text]).toEqual(['completed', 'echo: 한국어 stream please']);
    const events = await collect({ input: 'a second stream' });
    expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
    expect(events[0]?.type).toBe('response.created');
    expect(events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { usage: { output_tokens: 4, gateway: { cache_status: 'MISS' } } },
    });
    const raw = await post({ input: 'a third stream', stream: true });
    expect(String(raw.body)).toMatch(/^event: response\.created\ndata: \{"type":"response\.created"/);
    expect(String(raw.body)).not.toContain('[DONE]');
  });

  it('come from the cache, as JSON and as a replayed stream', async () => {
    const first = await post({ input: 'to be cached', metadata: { job: 'a' }, user: 'first' });
    expect(first.headers.get('x-cache-status')).toBe('MISS');
    const second = await post({ input: 'to be cached', metadata: { job: 'b' } });
    expect(second.headers.get('x-cache-status')).toBe('HIT');
    expect(second.body).toMatchObject({ cached: true, output: first.body.output, metadata: {} });
    expect(JSON.stringify(second.body)).not.toContain('"first"');
    const events = await collect({ input: 'to be cached' });
    expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
    expect(events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { output: first.body.output, usage: { gateway: { cache_status: 'HIT', cost_usd: '0' } } },
    });
    await collect({ input: 'streamed, then cached' });
    const third = await post({ input: 'streamed, then cached' });
    expect([third.headers.get('x-cache-status'), third.body.output[0].content[0].text]).toEqual([
      'HIT',
      'echo: streamed, then cached',
    ]);
  });

  it('call tools in three rounds, with ids apart from call ids', async () => {
    const input: ResponseInputItem[] = [];
    for (const round of ['one', 'two', 'three']) {
      input.push({ role: 'user', content: `please call tool ${round}` });
      const called = await openai.responses.create({ model, input, tools });
      const [call] = called.output;
      if (call?.type !== 'function_call') throw new Error(`no call: ${JSON.stringify(called.output)}`);
      expect(call).toMatchObject({ name: 'weather', status: 'completed' });
      expect(call.id).not.toBe(call.call_id);
      input.push(...(called.output as ResponseInputItem[]));
      input.push({ type: 'function_call_output', call_id: call.call_id, output: `맑음 ${round}` });
    }
    expect((await openai.responses.create({ model, input, tools, tool_choice: 'none' })).status).toBe('completed');
    expect(JSON.stringify(gateway.fake.calls.at(-1)?.body)).toContain('맑음 three');
  });

  it('call tools in parallel, streamed one after the other', async () => {
    const stream = openai.responses.stream({ model, input: 'call tools at once', tools });
    const { output } = await stream.finalResponse();
    expect(output.map((item) => item.type === 'function_call' && [item.name, JSON.parse(item.arguments)])).toEqual([
      ['weather', { text: 'call tools at once' }],
      ['time', { text: 'call tools at once' }],
    ]);
  });

  it('have structured output', async () => {
    const schema = {
      type: 'object',
      properties: { echo: { type: 'string' } },
      required: ['echo'],
      additionalProperties: false,
    };
    const format = { type: 'json_schema' as const, name: 'echo', strict: true, schema };
    const parsed = await openai.responses.parse({ model, input: 'hi', text: { format } });
    expect(JSON.parse(parsed.output_text)).toEqual({ echo: 'hi' });
  });

  it('refuse, and end at the limit', async () => {
    const refused = await openai.responses.stream({ model, input: '[[refuse]] it' }).finalResponse();
    expect(refused.output[0]).toMatchObject({ content: [{ type: 'refusal', refusal: expect.any(String) }] });
    const cut = await openai.responses.create({ model, input: 'one two three four', max_output_tokens: 2 });
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
  });

  it('take what Codex sends', async () => {
    const body = {
      instructions: 'You are a coding agent.',
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: '<permissions>' }] },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'please call tool ls' }] },
      ],
      tools: [{ type: 'function', name: 'shell', strict: false, parameters: { type: 'object', properties: {} } }],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'session-1',
    };
    const events = await collect(body);
    expect(events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { output: [{ type: 'function_call', name: 'shell', call_id: expect.stringMatching(/^call_/) }] },
    });
  });

  it('say errors in the shape of the API', async () => {
    const refusal = (body: object) =>
      openai.responses.create({ model, input: 'x', ...body } as never).catch((e: unknown) => e);
    expect(await refusal({ previous_response_id: 'resp_1' })).toMatchObject({
      status: 400,
      param: 'previous_response_id',
      code: 'invalid_request',
      message: expect.stringContaining("in 'input'"),
    });
    expect(await refusal({ background: true })).toBeInstanceOf(BadRequestError);
    expect(await refusal({ model: 'no-such' })).toBeInstanceOf(NotFoundError);
    expect(await refusal({ input: '[[status=400]] x' })).toMatchObject({ status: 400, param: 'temperature' });
    expect((await gateway.request('POST', '/v1/responses', 'sk-wrong', { model, input: 'x' })).body).toMatchObject({
      error: { code: 'invalid_api_key' },
    });
  });

  it.each(['[[cut-after=7]] a b c d e f g', '[[error-after=7]] a b c d e f g'])(
    'end in response.failed where the upstream breaks off: %s',
    async (input) => {
      const events = await collect({ input });
      expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
      expect(events.at(-1)).toMatchObject({
        type: 'response.failed',
        response: {
          status: 'failed',
          error: { code: 'server_error' },
          output: [{ content: [{ text: expect.stringContaining('echo: ') }] }],
        },
      });
    },
  );

  it('are lines of batches', async () => {
    const line = { custom_id: 'a', method: 'POST', url: '/v1/responses', body: { model, input: 'in a batch' } };
    const batch = await gateway.request('POST', '/v1/batches', key, {
      endpoint: '/v1/responses',
      completion_window: '24h',
      requests: [line],
    });
    expect(batch.body).toMatchObject({ object: 'batch', endpoint: '/v1/responses' });
    const done = await eventually(async () => {
      const { body: read } = await gateway.request('GET', `/v1/batches/${batch.body.id}`, key);
      return read.status === 'completed' ? read : undefined;
    });
    const { body } = await gateway.request('GET', `/v1/files/${done.output_file_id}/content`, key);
    expect(JSON.parse(String(body)).response.body).toMatchObject({
      object: 'response',
      output: [{ content: [{ text: 'echo: in a batch' }] }],
    });
  });
});

describe('Responses', () => {
  const post = (body: object, headers?: Record<string, string>) =>
    gateway.request('POST', '/v1/responses', key, body, headers);
  const hosted = { input: 'search', tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] };

  it('pass hosted tools to OpenAI, and name them as unsupported elsewhere', async () => {
    expect((await post({ model: 'gpt-4.1', ...hosted })).status).toBe(200);
    expect(gateway.fake.calls.at(-1)?.body).toMatchObject({ tools: hosted.tools, store: false });
    const { status, body } = await post({ model: 'other', ...hosted });
    expect([status, body.error]).toMatchObject([400, { code: 'unsupported_parameter', param: 'tools[1].type' }]);
  });

  it('go on to a deployment that has the tools', async () => {
    const deployments = [
      { provider: 'chatty', model: 'gpt-4.1-mini', priority: 0 },
      { provider: 'openai', model: 'gpt-4.1-mini', priority: 1 },
    ];
    await gateway.admin('POST', '/admin/models', { name: 'both', deployments });
    const { status, headers } = await post({ model: 'both', ...hosted });
    expect([status, headers.get('x-gateway-provider')]).toEqual([200, 'openai']);
  });

  it('report what chat completions lack, and refuse it where the caller is strict', async () => {
    const request = { model: 'other', input: 'long', truncation: 'auto', max_tool_calls: 3 };
    const { headers } = await post(request);
    expect(headers.get('x-gateway-dropped-params')).toBe('max_tool_calls, truncation');
    const strict = await post({ ...request, input: 'longer' }, { 'x-gateway-strict': 'true' });
    expect([strict.status, strict.body.error.param]).toEqual([422, 'max_tool_calls']);
  });

  it('store at OpenAI only what the caller wants stored', async () => {
    await post({ model: 'gpt-4.1', input: 'store me', store: true, x_vendor: { deep: 1 } });
    expect(gateway.fake.calls.at(-1)?.body).toMatchObject({ store: true, x_vendor: { deep: 1 } });
  });

  it('are answered by the simulator', async () => {
    const { body } = await post({ model: 'made-up', input: 'Hello there' });
    expect(body.output[0].content[0].text).toContain('You said: "Hello there"');
  });
});

/** A model of a vendor with chat completions only, and one of the simulator, beside those of OpenAI. */
function configOf(baseUrl: string): string {
  return `
providers:
  chatty: { type: openai-compatible, base_url: '${baseUrl}', api_key: sk-chatty-0123456789 }
  sim: { type: simulator }
models:
  other: { deployments: [{ provider: chatty, model: gpt-4.1-mini }] }
  made-up: { deployments: [{ provider: sim, model: gpt-4.1-nano }] }
`;
}
