import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import OpenAI from 'openai';
import { eventually } from '../support/eventually';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';
import { usd } from '../support/money';

/** Streams are relayed at once, end with an error if they break, and are always billed. */
describe('streamed chat completions', () => {
  let gateway: RunningGateway;
  let key: string;
  let openai: OpenAI;

  beforeAll(async () => {
    gateway = await sharedGateway();
    ({ key } = await gateway.createKey());
    openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  afterAll(() => gateway.stop());

  const ask = (content: string, members: object = {}) =>
    openai.chat.completions.create({
      model: 'gpt-4.1',
      stream: true,
      messages: [{ role: 'user', content }],
      ...members,
    });

  const streamed = async (content: string, members: Record<string, unknown> = {}) => {
    const result = await gateway.chat(key, content, { stream: true, ...members });
    const text = typeof result.body === 'string' ? result.body : '';
    const events = text.split('\n\n').filter((event) => event !== '');
    return { ...result, events, last: events.at(-1) };
  };

  const rowOf = async (headers: Headers) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${headers.get('x-request-id')}`)).body.data[0];

  it('form one text in the official SDK', async () => {
    let text = '';
    for await (const chunk of await ask('스트림 one two three')) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('echo: 스트림 one two three');
  });

  it('are relayed event by event', async () => {
    const sending = () => gateway.fake.calls.find(({ body }) => JSON.stringify(body).includes('slow words'));
    for await (const { choices } of await ask('[[words=40 gap=100]] slow words')) if (choices[0]?.delta.content) break;
    expect(sending()).toMatchObject({ endedAt: undefined });
  });

  it('have usage with the cost if the request asks for it', async () => {
    const { events } = await streamed('usage please', { stream_options: { include_usage: true } });
    const usage = JSON.parse(events.at(-2)!.slice('data: '.length));
    expect(usage).toMatchObject({ choices: [], usage: { prompt_tokens: 2, completion_tokens: 3 } });
    expect(usage.usage.gateway).toEqual({ cost_usd: usd(2 * 2 + 3 * 8), saved_usd: '0', cache_status: 'MISS' });
    expect(events.at(-1)).toBe('data: [DONE]');
  });

  it('always request usage upstream, and hide it if the caller did not request it', async () => {
    const { events, headers, last } = await streamed('hidden usage');
    expect(events.filter((event) => event.includes('"choices":[]') || event.includes('"usage":'))).toEqual([]);
    expect(last).toBe('data: [DONE]');
    expect(await rowOf(headers)).toMatchObject({
      input_tokens: 2,
      output_tokens: 3,
      estimated: false,
      stream: true,
      ttft_ms: expect.any(Number),
    });
  });

  it('have usage in a separate chunk if the provider sends it with the last choice', async () => {
    const asked = await streamed('[[early-usage]] early', {
      stream_options: { include_usage: true },
      use_cache: false,
    });
    const chunks = asked.events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)));
    expect(chunks.map(({ usage }) => usage !== null)).toEqual([...chunks.slice(1).map(() => false), true]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 3, gateway: { saved_usd: '0' } } });
    expect(chunks.at(-2)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    const { events, headers } = await streamed('[[early-usage]] early', { use_cache: false });
    expect(events.filter((event) => event.includes('"usage":'))).toEqual([]);
    expect(JSON.parse(events.at(-2)!.slice('data: '.length))).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    expect(await rowOf(headers)).toMatchObject({ output_tokens: 3, estimated: false });
  });

  it('have each event on one line, even if its JSON arrived on several', async () => {
    const { events, last } = await streamed('[[lines]] on\nmany "usage": null, lines');
    const texts = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)));
    expect(texts.map(({ choices }) => choices[0].delta.content ?? '').join('')).toContain(
      'on\nmany "usage": null, lines',
    );
    expect(events.filter((event) => event.includes('\n'))).toEqual([]);
    expect(texts.some((chunk) => 'usage' in chunk)).toBe(false);
    expect(last).toBe('data: [DONE]');
  });

  it('are counted if the provider sends no usage, and marked as estimated', async () => {
    const { headers } = await streamed('[[no-usage words=200]] count these words');
    const row = await rowOf(headers);
    expect(row).toMatchObject({ state: 'settled', estimated: true });
    expect(row.input_tokens).toBeGreaterThan(5);
    expect(row.output_tokens).toBeGreaterThan(200);
    expect(row.cost_usd).not.toBe('0');
  });

  it.each([
    ['the connection breaks', '[[words=20 cut-after=8]] cut'],
    ['an error event arrives', '[[words=20 error-after=8]] error'],
  ])('end with an error event and without [DONE] if %s', async (_, prompt) => {
    const { status, events, last, headers } = await streamed(prompt);
    expect(status).toBe(200);
    expect(JSON.parse(last!.slice('data: '.length)).error).toMatchObject({
      message: expect.any(String),
      code: expect.any(String),
    });
    expect(events).not.toContain('data: [DONE]');
    expect(await rowOf(headers)).toMatchObject({ state: 'settled', estimated: true, status: 502 });
    expect((await streamed(prompt)).headers.get('x-cache-status')).toBe('MISS');
  });

  it('use the next deployment if no content has arrived', async () => {
    const { status, headers, last } = await streamed('[[fail-first=1 cut-after=1]] early');
    expect([status, last]).toEqual([200, 'data: [DONE]']);
    expect(headers.get('x-gateway-attempts')).toBe('2');
  });

  it('fail as JSON if no content arrives', async () => {
    const result = await streamed('[[status=503]] away');
    expect(result).toMatchObject({ status: 502 });
    expect(result.headers.get('content-type')).toContain('application/json');
  });

  it('leave the connection to the provider reusable if the body ends shortly after [DONE]', async () => {
    const prompts = [1, 2, 3, 4].map((number) => `[[end-gap=40]] again ${number}`);
    for (const prompt of prompts) {
      expect((await streamed(prompt)).last).toBe('data: [DONE]');
      await delay(100);
    }
    const calls = gateway.fake.calls.filter(({ body }) =>
      prompts.some((prompt) => JSON.stringify(body).includes(prompt)),
    );
    expect(calls).toHaveLength(4);
    expect(calls.map(({ clientAborted }) => clientAborted)).toEqual([false, false, false, false]);
    expect(new Set(calls.map(({ port }) => port)).size).toBe(1);
  });

  it('relay comments', async () => {
    const { events } = await streamed('[[comment words=3]] alive');
    expect(events.some((event) => event.startsWith(':'))).toBe(true);
  });

  describe('whose client disconnects before the end (A2)', () => {
    const rowAfter = (prompt: string) =>
      eventually(async () => {
        const { requestId } = gateway.fake.calls.find(({ body }) => JSON.stringify(body).includes(prompt)) ?? {};
        const { data } = (await gateway.admin('GET', `/admin/requests?request_id=${requestId}`)).body;
        return data[0] && data[0].state !== 'dispatched' ? data[0] : undefined;
      });

    it('are charged the usage after the finish reason, and their response is stored', async () => {
      const prompt = '[[gap=100 reasoning=19990]] leaves at the finish reason';
      for await (const chunk of await ask(prompt)) if (chunk.choices[0]?.finish_reason) break;
      expect(await rowAfter(prompt)).toMatchObject({
        state: 'settled',
        status: 499,
        error_code: 'client_closed_request',
        reasoning_tokens: 19_990,
        estimated: false,
      });
      expect((await streamed(prompt)).headers.get('x-cache-status')).toBe('HIT');
    });

    it('are charged the hold of a reasoning model if the usage does not arrive in time', async () => {
      const prompt = '[[words=1000 gap=20 reasoning=5000]] leaves early';
      for await (const chunk of await ask(prompt, { model: 'o3', max_completion_tokens: 1_000 })) {
        if (chunk.choices[0]?.delta.content) break;
      }
      const row = await rowAfter(prompt);
      expect(row).toMatchObject({ state: 'settled', estimated: true, error_code: 'client_closed_request' });
      // 1,000 output tokens at $8 per million, and the input.
      expect(Number(row.cost_usd)).toBeGreaterThanOrEqual(0.008);
    });

    it('include the tools in the estimate if the usage does not arrive', async () => {
      const prompt = '[[no-usage words=1000 gap=20]] leaves with tools';
      const description = 'What the tool does. '.repeat(400);
      const tools = [{ type: 'function' as const, function: { name: 'f', description, parameters: {} } }];
      for await (const chunk of await ask(prompt, { tools })) if (chunk.choices[0]?.delta.content) break;
      expect((await rowAfter(prompt)).input_tokens).toBeGreaterThan(1_500);
    });
  });

  it('are aborted upstream when the client disconnects, and the sent tokens are billed', async () => {
    const stream = await ask('[[words=1000 gap=20]] leave early');
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content?.includes('word5')) break;
    const call = await eventually(() =>
      gateway.fake.calls.find(({ body, abortedAt }) => JSON.stringify(body).includes('leave early') && abortedAt),
    );
    const row = await eventually(async () => {
      const { data } = (await gateway.admin('GET', '/admin/requests?limit=1')).body;
      return data[0].request_id === call.requestId && data[0].state !== 'dispatched' ? data[0] : undefined;
    });
    expect(row).toMatchObject({ state: 'settled', estimated: true, error_code: 'client_closed_request' });
    expect(row.output_tokens).toBeGreaterThan(3);
    expect(row.output_tokens).toBeLessThan(900);
  });

  it('are read from the upstream only as fast as the client reads', async () => {
    const body = JSON.stringify({
      model: 'gpt-4.1',
      stream: true,
      messages: [{ role: 'user', content: '[[words=400000]] huge' }],
    });
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await new Promise((resolve) => socket.once('readable', resolve));
    await delay(1_500);
    const call = gateway.fake.calls.find((each) => JSON.stringify(each.body).includes('huge'));
    // The whole stream is about 90 MB; the sockets' buffers have a few MB.
    expect(call?.bytesSent ?? 0).toBeLessThan(30_000_000);
    socket.destroy();
  });
});
