import OpenAI from 'openai';
import { FakeAnthropic } from '../support/fake-anthropic/fake-anthropic';
import { type RunningGateway, startGateway } from '../support/gateway';

const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const tool = (name: string) => ({ type: 'function' as const, function: { name, parameters } });
const TOOLS = [tool('get_weather'), tool('get_time')];

/** Claude's models behind OpenAI's API, with OpenAI's own client. */
describe('chat completions over Anthropic', () => {
  let anthropic: FakeAnthropic;
  let gateway: RunningGateway;
  let openai: OpenAI;
  let key: string;

  beforeAll(async () => {
    anthropic = await FakeAnthropic.start();
    gateway = await startGateway({
      env: { ANTHROPIC_API_KEY: 'sk-ant-upstream-1234567890', ANTHROPIC_BASE_URL: anthropic.baseUrl },
      configFile: `
models:
  safe:
    deployments:
      - { provider: anthropic, model: claude-sonnet-5-5, priority: 1 }
      - { provider: openai, model: gpt-4.1, priority: 2 }
`,
    });
    ({ key } = await gateway.createKey());
    openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway?.stop();
    await anthropic?.stop();
  });

  const chat = (content: string, members: object = {}) =>
    openai.chat.completions.create({ model: 'claude-sonnet-4-6', messages: [{ role: 'user', content }], ...members });
  const rowsOf = async (requestId: string) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${requestId}`)).body.data;
  const idOf = (response: Response) => response.headers.get('x-request-id') ?? '';

  it('answers in Korean, under the model’s own name', async () => {
    const { data, response } = await chat('한국의 수도는?').withResponse();
    const [choice] = data.choices;
    expect(choice).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: '대답: 한국의 수도는?' },
    });
    expect([data.object, data.model]).toEqual(['chat.completion', 'claude-sonnet-4-6']);
    expect(Math.abs(data.created - Date.now() / 1000)).toBeLessThan(600);
    expect([response.headers.get('x-gateway-provider'), response.headers.get('x-gateway-model')]).toEqual([
      'anthropic',
      'claude-sonnet-4-6',
    ]);
    const [call] = anthropic.callsOf('한국의 수도는?');
    expect(call?.headers).toMatchObject({
      'x-api-key': 'sk-ant-upstream-1234567890',
      'anthropic-version': '2023-06-01',
    });
    expect(call?.headers).not.toHaveProperty('authorization');
  });

  it('lists the catalogue’s Claude models', async () => {
    const { data } = await openai.models.list();
    const names = data.map(({ id }) => id);
    for (const name of ['claude-opus-5-5', 'claude-haiku-4-5', 'claude-fable-5-1']) expect(names).toContain(name);
  });

  it('streams the same text, with the usage of the whole answer', async () => {
    const stream = await chat('흐르는 대답 🌊', { stream: true, stream_options: { include_usage: true } });
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe('대답: 흐르는 대답 🌊');
    const [call] = anthropic.callsOf('흐르는 대답');
    expect(usage).toMatchObject({
      prompt_tokens: call?.usage.input_tokens,
      completion_tokens: call?.usage.output_tokens,
    });
  });

  it('serves an equal question from the cache, as JSON and as a stream', async () => {
    await chat('asked twice');
    const { data, response } = await chat('asked twice').withResponse();
    expect([response.headers.get('x-cache-status'), data.choices[0]?.message.content]).toEqual([
      'HIT',
      '대답: asked twice',
    ]);
    const runner = openai.chat.completions.stream({
      model: 'claude-sonnet-4-6',
      messages: [{ role: 'user', content: 'asked twice' }],
    });
    expect(await runner.finalContent()).toBe('대답: asked twice');
    expect(anthropic.callsOf('asked twice')).toHaveLength(1);
  });

  it.each(['claude-sonnet-4-6', 'claude-opus-5-5'])(
    'calls tools in three rounds, two at once, on %s',
    async (model) => {
      const messages: any[] = [{ role: 'user', content: `Plan it on ${model}. [[call=get_weather,get_time*3]]` }];
      for (let round = 0; round < 3; round += 1) {
        const { choices } = await openai.chat.completions.create({ model, messages, tools: TOOLS });
        const [choice] = choices;
        expect([choice?.finish_reason, choice?.message.tool_calls?.length]).toEqual(['tool_calls', 2]);
        messages.push(choice?.message);
        for (const call of choice?.message.tool_calls ?? []) {
          expect(call.type === 'function' && JSON.parse(call.function.arguments)).toEqual({ round, city: '서울' });
          messages.push({ role: 'tool', tool_call_id: call.id, content: `result ${round}` });
        }
      }
      const last = await openai.chat.completions.create({ model, messages, tools: TOOLS });
      expect(last.choices[0]?.message.content).toBe('Results: "result 2", "result 2"');
    },
  );

  it('streams tool calls that OpenAI’s client puts together', async () => {
    const runner = openai.chat.completions.stream({
      model: 'claude-sonnet-4-6',
      messages: [{ role: 'user', content: 'Streamed. [[call=get_weather,get_time]]' }],
      tools: TOOLS,
    });
    const { choices } = await runner.finalChatCompletion();
    const calls = choices[0]?.message.tool_calls ?? [];
    expect(calls.map((call) => call.type === 'function' && [call.function.name, call.function.arguments])).toEqual([
      ['get_weather', '{"round":0,"city":"서울"}'],
      ['get_time', '{"round":0,"city":"서울"}'],
    ]);
  });

  it('writes what a schema asks for', async () => {
    const schema = {
      type: 'object',
      properties: { 이름: { type: 'string' }, age: { type: 'integer' } },
      required: ['이름'],
    };
    const json_schema = { name: 'person', strict: true, schema };
    const { choices } = await chat('Who?', { response_format: { type: 'json_schema', json_schema } });
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ 이름: '값', age: 42 });
  });

  it('sees images', async () => {
    const url = `data:image/png;base64,${'iVBORw0K'.repeat(20_000)}`;
    const parts = [
      { type: 'text', text: 'What is it?' },
      ...[url, 'https://example.com/a.png'].map((each) => ({ type: 'image_url', image_url: { url: each } })),
    ];
    const { choices } = await openai.chat.completions.create({
      model: 'claude-sonnet-4-6',
      messages: [{ role: 'user', content: parts as any }],
    });
    expect(choices[0]?.message.content).toBe('I see 2 image(s).');
  });

  it.each([
    ['claude-opus-4-8', 'medium', false],
    ['claude-opus-5-5', 'xhigh', true],
    ['claude-sonnet-5-5', undefined, false],
    ['claude-haiku-4-5', 'high', true],
  ])('reasons over three rounds of tools on %s at effort %s, as a stream: %s', async (model, effort, stream) => {
    const messages: any[] = [{ role: 'user', content: `Think on ${model}. [[call=get_weather*3]]` }];
    for (let round = 0; round < 4; round += 1) {
      const body = { model, messages, tools: TOOLS, reasoning_effort: effort, max_tokens: 9000, stream };
      const message = await messageOf(body);
      expect(message.reasoning_content).toContain(`Round ${round} of Think on ${model}.`);
      expect(message.reasoning_details.at(-1)).toMatchObject({
        format: 'anthropic-claude-v1',
        signature: expect.any(String),
      });
      messages.push(message);
      for (const { id } of message.tool_calls ?? [])
        messages.push({ role: 'tool', tool_call_id: id, content: 'sunny' });
    }
    const calls = anthropic.callsOf(`Think on ${model}.`);
    const outcomes = calls.map(({ status, refusal, leftOut }) => [status, refusal, leftOut]);
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => [200, undefined, 0]));
    const thoughts = JSON.stringify(calls.at(-1)?.body.messages).match(/"type":"thinking"/g);
    expect(thoughts).toHaveLength(3);
  });

  /** A message from a client that keeps unknown members and joins pieces of details by their index. */
  async function messageOf(body: any): Promise<any> {
    const response = await gateway.request<any>('POST', '/v1/chat/completions', key, body);
    if (response.status !== 200) throw new Error(JSON.stringify(response.body));
    if (!body.stream) return response.body.choices[0].message;
    const message: any = { role: 'assistant', content: null };
    for (const [, data = ''] of String(response.body).matchAll(/^data: (\{.*)$/gm)) {
      const {
        content,
        reasoning_content,
        reasoning_details = [],
        tool_calls = [],
      } = JSON.parse(data).choices[0]?.delta ?? {};
      if (content) message.content = (message.content ?? '') + content;
      if (reasoning_content) message.reasoning_content = (message.reasoning_content ?? '') + reasoning_content;
      if (reasoning_details.length > 0) (message.reasoning_details ??= []).push(...reasoning_details);
      for (const { index, ...call } of tool_calls) {
        const known = ((message.tool_calls ??= [])[index] ??= {
          ...call,
          function: { ...call.function, arguments: '' },
        });
        known.function.arguments += call.function.arguments;
      }
    }
    return message;
  }

  it('reports parameters that Claude lacks, or refuses them if the caller wants so', async () => {
    const lacking = { model: 'claude-opus-4-8', seed: 7, temperature: 0.3, max_tokens: 50 };
    const dropped = await gateway.chat(key, 'with a seed', lacking);
    expect([dropped.status, dropped.headers.get('x-gateway-dropped-params')]).toEqual([200, 'seed, temperature']);
    const strict = await gateway.chat(key, 'with a seed, strictly', lacking, { 'x-gateway-strict': 'true' });
    expect([strict.status, strict.body.error.code, strict.body.error.param]).toEqual([
      422,
      'unsupported_parameter',
      'seed',
    ]);
    const two = await gateway.chat(key, 'two choices', { model: 'claude-opus-4-8', n: 2 });
    expect([two.status, two.body.error.code, two.body.error.param]).toEqual([422, 'unsupported_parameter', 'n']);
    const broken = await gateway.chat(key, 'broken', { model: 'claude-opus-4-8', reasoning_effort: 'extreme' });
    expect([broken.status, broken.body.error.param]).toEqual([400, 'reasoning_effort']);
  });

  it('uses another vendor where Claude cannot do what is asked', async () => {
    const forced = { model: 'safe', tools: TOOLS, tool_choice: 'required' };
    const { status, headers } = await gateway.chat(key, 'a forced tool', forced);
    expect([status, headers.get('x-gateway-provider')]).toEqual([200, 'openai']);
    const overloaded = await gateway.chat(key, 'too busy [[claude-status=529]]', { model: 'safe' });
    expect([overloaded.status, overloaded.headers.get('x-gateway-provider')]).toEqual([200, 'openai']);
  });

  it.each([
    [400, 400, 'invalid_request_error', null],
    [401, 502, 'upstream_error', 'upstream_auth'],
    [402, 502, 'upstream_error', 'upstream_billing'],
    [429, 429, 'rate_limit_exceeded', 'upstream_rate_limited'],
    [529, 503, 'upstream_error', 'upstream_error'],
  ])('a status %d of the vendor is %d %s %s', async (given, status, type, code) => {
    const { body, ...answer } = await gateway.chat(key, `fails [[claude-status=${given}]]`, {
      model: 'claude-opus-4-8',
    });
    expect([answer.status, body.error.type, body.error.code]).toEqual([status, type, code]);
  });

  it.each(['[[error-in-stream]]', '[[cut]]'])('a stream that breaks off at %s ends with an error', async (marker) => {
    const stream = await gateway.chat(key, `breaks ${marker}`, { model: 'claude-sonnet-4-6', stream: true });
    expect(stream.body).toContain('"error":');
    expect(stream.body).not.toContain('[DONE]');
  });

  it('says that Claude refused, and does not store that', async () => {
    for (let time = 0; time < 2; time += 1) {
      const { data, response } = await chat('a bad wish [[refuse]]').withResponse();
      expect(data.choices[0]).toMatchObject({ finish_reason: 'content_filter', message: { refusal: 'I must not.' } });
      expect(response.headers.get('x-cache-status')).toBe('MISS');
    }
  });

  it.each([false, true])('has the vendor’s counts and their cost in the ledger, as a stream: %s', async (stream) => {
    const system = {
      role: 'system',
      content: [{ type: 'text', text: `Long ${stream} `.repeat(200), cache_control: { type: 'ephemeral' } }],
    };
    const ask = async (content: string) => {
      const messages = [system, { role: 'user', content }];
      const { headers } = await gateway.chat(key, '', { model: 'claude-haiku-4-5', messages, stream, max_tokens: 500 });
      return (await rowsOf(headers.get('x-request-id') ?? ''))[0];
    };
    for (const content of ['first', 'second']) {
      const row = await ask(content);
      const { usage } = anthropic.calls.at(-1) ?? {};
      const [read, written] = [usage.cache_read_input_tokens, usage.cache_creation_input_tokens];
      expect([read > 0, written > 0]).toEqual([content === 'second', content === 'first']);
      expect(row).toMatchObject({
        provider: 'anthropic',
        input_tokens: usage.input_tokens + read + written,
        cached_input_tokens: read,
        output_tokens: usage.output_tokens,
        estimated: false,
      });
      // Haiku 4.5: 1 dollar a million of input, 1.25 written, 0.10 read, 5 of output.
      const picoUsd =
        usage.input_tokens * 1_000_000 + written * 1_250_000 + read * 100_000 + usage.output_tokens * 5_000_000;
      expect(Math.round(Number(row.cost_usd) * 1e12)).toBe(picoUsd);
    }
  });

  it('asks for a stream of a long answer, and gives its caller JSON', async () => {
    const { data, response } = await chat('a long one', { max_tokens: 30_000 }).withResponse();
    expect(data.choices[0]?.message.content).toBe('대답: a long one');
    expect(anthropic.callsOf('a long one')[0]?.body.stream).toBe(true);
    expect((await rowsOf(idOf(response)))[0]).toMatchObject({ stream: false, state: 'settled', estimated: false });
  });
});
