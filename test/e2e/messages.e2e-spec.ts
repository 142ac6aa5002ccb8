import Anthropic from '@anthropic-ai/sdk';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';
import { usd } from '../support/money';

const model = 'gpt-4.1';
const ASKED = { model, max_tokens: 9, messages: [{ role: 'user', content: 'x' }] };
const weather = {
  name: 'get_weather',
  description: 'The weather of a city',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
};

/** Anthropic's official SDK, and the requests of clients built on it, with a model of another vendor behind. */
describe('messages', () => {
  let gateway: RunningGateway;
  let key: string;
  let anthropic: Anthropic;

  beforeAll(async () => {
    gateway = await sharedGateway();
    ({ key } = await gateway.createKey());
    anthropic = new Anthropic({ authToken: key, apiKey: null, baseURL: gateway.url, maxRetries: 0 });
  });
  afterAll(() => gateway.stop());

  const ask = (content: Anthropic.MessageParam['content'], members: object = {}) =>
    anthropic.messages.create({ model, max_tokens: 200, messages: [{ role: 'user', content }], ...members });
  const post = (body: object, headers: Record<string, string> = {}, path = '/v1/messages') =>
    fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const rowOf = async (requestId: string | null) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${requestId}`)).body.data[0];

  it('are answered by a model of another vendor, and booked', async () => {
    const { data, response } = await anthropic.messages
      .create({ model, max_tokens: 50, messages: [{ role: 'user', content: '한국어 메시지' }] })
      .withResponse();
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'echo: 한국어 메시지' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 2, output_tokens: 3, cache_read_input_tokens: 0 },
    });
    expect(data.id).toMatch(/^msg_/);
    expect(response.headers.get('x-cache-status')).toBe('MISS');
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'));
    expect(await rowOf(response.headers.get('x-request-id'))).toMatchObject({
      endpoint: '/v1/messages',
      model,
      status: 200,
      input_tokens: 2,
      output_tokens: 3,
      cost_usd: usd(2 * 2 + 3 * 8),
    });
    const upstream = gateway.fake.calls.at(-1)?.body;
    expect(upstream).toMatchObject({ model, messages: [{ role: 'user', content: '한국어 메시지' }] });
    expect(JSON.stringify(upstream)).toContain(':50');
  });

  it('come from the cache, whole and as a stream', async () => {
    const body = { model, max_tokens: 60, messages: [{ role: 'user' as const, content: 'Say it once' }] };
    const first = await anthropic.messages.create(body);
    const again = await anthropic.messages.create(body).withResponse();
    expect(again.response.headers.get('x-cache-status')).toBe('HIT');
    expect(again.data).toEqual(first);
    const stream = anthropic.messages.stream(body);
    const { stop_reason: reason, content } = await stream.finalMessage();
    expect({ reason, content }).toEqual({ reason: 'end_turn', content: first.content });
    const replayed = await post({ ...body, stream: true }, { 'anthropic-version': '2026-10-21' });
    expect(replayed.headers.get('x-cache-status')).toBe('HIT');
    const events = (await replayed.text()).trim().split('\n\n');
    expect(events.at(-1)).toBe('event: message_stop\ndata: {"type":"message_stop"}');
    expect(events.at(-2)).toContain('"gateway":{"cost_usd":"0","saved_usd":"');
  });

  it('stream, with the usage and the cost at the end', async () => {
    const stream = anthropic.messages.stream({
      model,
      max_tokens: 70,
      messages: [{ role: 'user', content: 'stream 스트림 now' }],
    });
    let text = '';
    stream.on('text', (piece) => (text += piece));
    const message = await stream.finalMessage();
    expect(text).toBe('echo: stream 스트림 now');
    expect(message).toMatchObject({
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 4 },
    });
    const raw = await post({ ...ASKED, stream: true, messages: [{ role: 'user', content: 'another stream' }] });
    expect(await raw.text()).toContain(
      `"gateway":{"cost_usd":"${usd(2 * 2 + 3 * 8)}","saved_usd":"0","cache_status":"MISS"}`,
    );
  });

  it('call tools in rounds, in parallel too, also as streams', async () => {
    const tools = [weather, { ...weather, name: 'get_time' }];
    for (const streamed of [false, true]) {
      const messages: Anthropic.MessageParam[] = [{ role: 'user', content: `call tools please ${streamed}` }];
      const body = { model, max_tokens: 200, tools, messages };
      const turn = streamed
        ? await anthropic.messages.stream(body).finalMessage()
        : await anthropic.messages.create(body);
      const calls = turn.content.filter((block) => block.type === 'tool_use');
      expect(turn.stop_reason).toBe('tool_use');
      expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time']);
      messages.push(
        { role: 'assistant', content: turn.content },
        {
          role: 'user',
          content: [
            ...calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: '맑음' })),
            { type: 'text', text: 'and now?' },
          ],
        },
      );
      const next = await anthropic.messages.create({ ...body, messages });
      expect(next.content[0]).toMatchObject({ type: 'text' });
      const upstream = gateway.fake.calls.at(-1)?.body as { messages: { role: string; tool_call_id?: string }[] };
      expect(upstream.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user']);
      expect(upstream.messages.flatMap(({ tool_call_id: id }) => id ?? [])).toEqual(calls.map(({ id }) => id));
    }
  });

  it('take what Claude Code sends', async () => {
    const stream = anthropic.messages.stream({
      model,
      max_tokens: 32_000,
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2' },
        { type: 'text', text: 'You are Claude Code.', cache_control: { type: 'ephemeral' } },
      ],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'fix it', cache_control: { type: 'ephemeral' } }] }],
      tools: [{ ...weather, cache_control: { type: 'ephemeral' } }],
      thinking: { type: 'adaptive' },
      metadata: { user_id: 'user_abc_account__session_1' },
    } as Anthropic.MessageStreamParams);
    expect((await stream.finalMessage()).stop_reason).toBe('end_turn');
    expect(gateway.fake.calls.at(-1)?.body).toMatchObject({
      messages: [
        { role: 'system', content: 'x-anthropic-billing-header: cc_version=2\nYou are Claude Code.' },
        { role: 'user', content: 'fix it' },
      ],
    });
  });

  it('name what another vendor lacks, drop it, or refuse it', async () => {
    const dropped = await post({ model, max_tokens: 9, top_k: 4, messages: [{ role: 'user', content: 'with top_k' }] });
    expect(dropped.status).toBe(200);
    expect(dropped.headers.get('x-gateway-dropped-params')).toBe('top_k');
    const body = { model, max_tokens: 9, top_k: 4, messages: [{ role: 'user', content: 'with top_k' }] };
    const again = await post(body);
    expect([again.headers.get('x-cache-status'), again.headers.get('x-gateway-dropped-params')]).toEqual([
      'HIT',
      'top_k',
    ]);
    const strict = await post(body, { 'x-gateway-strict': 'true' });
    expect(strict.status).toBe(422);
    expect(await strict.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', param: 'top_k', code: 'unsupported_parameter' },
    });
    const refused = await post({ ...body, mcp_servers: [{ type: 'url', url: 'x', name: 'y' }] });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("'mcp_servers'");
  });

  it('have errors in Anthropic’s shape, before and within a stream', async () => {
    const cases: [number, string, Response][] = [
      [400, 'invalid_request_error', await post({ ...ASKED, max_tokens: undefined })],
      [401, 'authentication_error', await post(ASKED, { 'x-api-key': 'sk-tg-wrong' })],
      [404, 'not_found_error', await post({ ...ASKED, model: 'no-such-model' })],
      [429, 'rate_limit_error', await post({ ...ASKED, messages: [{ role: 'user', content: '[[status=429]] a' }] })],
      [
        400,
        'invalid_request_error',
        await post({ ...ASKED, messages: [{ role: 'user', content: '[[status=400]] a' }] }),
      ],
    ];
    for (const [status, type, response] of cases) {
      const body = (await response.json()) as { type: string; error: { type: string }; request_id: string };
      expect({ status: response.status, type: body.error.type, shape: body.type }).toEqual({
        status,
        type,
        shape: 'error',
      });
      expect(body.request_id).toBe(response.headers.get('x-request-id'));
    }
    const failing = ask('no [[status=400]] b');
    await expect(failing).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    const cut = await post({
      ...ASKED,
      stream: true,
      messages: [{ role: 'user', content: 'one two three [[error-after=3]]' }],
    });
    const events = (await cut.text()).trim().split('\n\n');
    expect(events.at(-1)).toMatch(/^event: error\ndata: \{"type":"error","error":\{"type":"api_error"/);
    expect(events.join()).not.toContain('message_stop');
  });

  it('count tokens without asking a model', async () => {
    const before = gateway.fake.calls.length;
    const counted = await anthropic.messages
      .countTokens({ model, messages: [{ role: 'user', content: 'How many tokens are these?' }] })
      .withResponse();
    const { input_tokens: tokens } = counted.data;
    expect(counted.response.headers.get('x-gateway-estimated')).toBe('true');
    expect(tokens).toBeGreaterThan(3);
    expect(tokens).toBeLessThan(20);
    expect(gateway.fake.calls.length).toBe(before);
    const refused = await post(
      { model: 'no-such-model', messages: [{ role: 'user', content: 'x' }] },
      {},
      '/v1/messages/count_tokens',
    );
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  });

  it('have models in Anthropic’s shape', async () => {
    const { data } = await anthropic.models.list();
    expect(data.map(({ id }) => id)).toContain(model);
    expect(data[0]).toMatchObject({ type: 'model' });
    expect(await anthropic.models.retrieve(model)).toMatchObject({ id: model, type: 'model', display_name: model });
  });
});
