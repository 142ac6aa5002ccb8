import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { FakeAnthropic } from '../support/fake-anthropic/fake-anthropic';
import { type RunningGateway, startGateway } from '../support/gateway';

const weather = {
  name: 'get_weather',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
};
const model = 'claude-opus-5-5';

/** Claude's models by Anthropic's own API and SDK: bytes pass through, and are booked and cached like all others. */
describe('messages of Anthropic’s own models', () => {
  let upstream: FakeAnthropic;
  let gateway: RunningGateway;
  let anthropic: Anthropic;
  let key: string;

  beforeAll(async () => {
    upstream = await FakeAnthropic.start();
    const env = { ANTHROPIC_API_KEY: 'sk-ant-upstream-1234567890', ANTHROPIC_BASE_URL: upstream.baseUrl };
    gateway = await startGateway({ env });
    ({ key } = await gateway.createKey());
    anthropic = new Anthropic({ authToken: key, apiKey: null, baseURL: gateway.url, maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.stop();
  });

  const rowOf = async (response: Response) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${response.headers.get('x-request-id')}`)).body.data[0];

  it('pass through with unknown members, version and betas', async () => {
    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': key,
        'content-type': 'application/json',
        'anthropic-version': '2026-10-21',
        'anthropic-beta': 'context-management-2026-06-27',
      },
      body: JSON.stringify({ max_tokens: 100, messages: [{ role: 'user', content: '그대로 지나가는 말' }], model }),
    });
    expect(response.status).toBe(200);
    const [call] = upstream.callsOf('그대로 지나가는 말');
    expect(call?.headers).toMatchObject({
      'x-api-key': 'sk-ant-upstream-1234567890',
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'context-management-2026-06-27',
    });
    expect(call?.headers).not.toHaveProperty('authorization');
    expect(Object.keys(call?.body)).toEqual(['max_tokens', 'messages', 'model']);
    const message = (await response.json()) as { usage: { input_tokens: number; output_tokens: number } };
    expect(await rowOf(response)).toMatchObject({
      endpoint: '/v1/messages',
      provider: 'anthropic',
      output_tokens: message.usage.output_tokens,
      estimated: false,
    });
  });

  it('think and call tools in three rounds, as streams, with the signatures as they were', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Weather? [[call=get_weather*2]]' }];
    const body = { model, max_tokens: 3_000, tools: [weather], thinking: { type: 'adaptive' as const }, messages };
    for (let round = 1; round <= 2; round += 1) {
      const turn = await anthropic.messages.stream(body).finalMessage();
      expect(turn.stop_reason).toBe('tool_use');
      const calls = turn.content.filter((block) => block.type === 'tool_use');
      messages.push(
        { role: 'assistant', content: turn.content },
        {
          role: 'user',
          content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: `맑음 ${round}` })),
        },
      );
    }
    const last = await anthropic.messages.stream(body).finalMessage();
    expect(last.stop_reason).toBe('end_turn');
    expect(upstream.calls.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  });

  it('come from the cache without the thinking, which belongs to another conversation', async () => {
    const body = {
      model,
      max_tokens: 3_000,
      thinking: { type: 'adaptive' as const, display: 'summarized' as const },
      messages: [{ role: 'user' as const, content: 'Think of it once.' }],
    };
    const first = await anthropic.messages.create(body).withResponse();
    expect(first.data.content.map(({ type }) => type)).toContain('thinking');
    const again = await anthropic.messages.create(body).withResponse();
    expect(again.response.headers.get('x-cache-status')).toBe('HIT');
    expect(again.data.content).toEqual(first.data.content.filter(({ type }) => type === 'text'));
    const replayed = await anthropic.messages.stream(body).finalMessage();
    expect(replayed.content).toEqual(again.data.content);
    expect(upstream.callsOf('Think of it once.')).toHaveLength(1);
  });

  it('are refused in the vendor’s words, before and within a stream', async () => {
    const asked = { model, max_tokens: 50, temperature: 0.3, messages: [{ role: 'user' as const, content: 'hot' }] };
    await expect(anthropic.messages.create(asked)).rejects.toThrow(/temperature/);
    const broken = anthropic.messages.stream({
      ...asked,
      temperature: undefined,
      messages: [{ role: 'user', content: '[[error-in-stream]] x' }],
    });
    await expect(broken.finalMessage()).rejects.toThrow(/overloaded|Overloaded|provider/);
  });

  it('answer OpenAI’s client in rounds, though it sends no reasoning back', async () => {
    const openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: weather.input_schema } }];
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'And in Busan? [[call=get_weather*2]]' },
    ];
    for (let round = 1; round <= 2; round += 1) {
      const { choices } = await openai.chat.completions.create({ model, tools, messages, reasoning_effort: 'high' });
      const { content, tool_calls: calls = [] } = choices[0]!.message;
      expect(calls).toHaveLength(1);
      // Only what the client knows.
      messages.push({ role: 'assistant', content, tool_calls: calls });
      messages.push(...calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: '흐림' })));
    }
    const { choices } = await openai.chat.completions.create({ model, tools, messages, reasoning_effort: 'high' });
    expect(choices[0]?.finish_reason).toBe('stop');
    const last = upstream.callsOf('And in Busan?').at(-1);
    expect(JSON.stringify(last?.body.messages).match(/"signature":"/g)).toHaveLength(2);
  });

  it('are counted by the vendor', async () => {
    const messages = [{ role: 'user' as const, content: '몇 토큰인가요?' }];
    const { input_tokens: tokens } = await anthropic.messages.countTokens({ model, messages });
    expect(tokens).toBe(JSON.stringify(messages).length);
    expect(upstream.callsOf('몇 토큰인가요?')).toMatchObject([{ body: { model, messages } }]);
  });
});
