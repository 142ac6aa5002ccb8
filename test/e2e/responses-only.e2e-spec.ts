import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { BadRequestError } from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { type RunningGateway, startGateway } from '../support/gateway';

const model = 'gpt-5.2-codex';
const tools = ['weather', 'time'].map((name) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties: { text: { type: 'string' } } } },
}));

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

const upstreamCall = () => {
  const call = fake.calls.at(-1);
  return { path: call?.path, body: JSON.parse(JSON.stringify(call?.body)) };
};

describe('Chat completions of a model that OpenAI serves in Responses alone', () => {
  it('answer, and the ledger has the row', async () => {
    const { data, response } = await openai.chat.completions
      .create({ model, messages: [{ role: 'user', content: '안녕하세요, codex' }] })
      .withResponse();
    expect(data.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'echo: 안녕하세요, codex' },
    });
    expect(upstreamCall()).toMatchObject({ path: '/v1/responses', body: { store: false } });
    const id = response.headers.get('x-request-id');
    const row = (await gateway.admin('GET', `/admin/requests?request_id=${id}`)).body.data[0];
    expect(row).toMatchObject({ endpoint: '/v1/chat/completions', status: 200 });
    expect(Number(row.cost_usd)).toBeGreaterThan(0);
  });

  it('stream, come from the cache, and end in an error where the upstream breaks off', async () => {
    const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: 'a stream of 한국어 words' }];
    const completion = await openai.chat.completions.stream({ model, messages }).finalChatCompletion();
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop' });
    const again = await gateway.request('POST', '/v1/chat/completions', key, { model, messages });
    expect([again.headers.get('x-cache-status'), again.body.choices[0].message.content]).toEqual([
      'HIT',
      'echo: a stream of 한국어 words',
    ]);
    expect(JSON.stringify(again.body)).not.toContain('gAAAAA');
    const cut = openai.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: '[[cut-after=8]] x y z' }],
    });
    await expect(cut.finalChatCompletion()).rejects.toThrow();
  });

  it('call tools in three rounds; the reasoning goes back where the client drops it', async () => {
    const messages: ChatCompletionMessageParam[] = [];
    for (const round of ['one', 'two', 'three']) {
      messages.push({ role: 'user', content: `please call tools ${round}` });
      const { choices } = await openai.chat.completions.create({ model, messages, tools });
      const { tool_calls: calls = [], content } = choices[0]!.message;
      expect([choices[0]?.finish_reason, calls.length]).toEqual(['tool_calls', 2]);
      messages.push({ role: 'assistant', content, tool_calls: calls });
      for (const { id } of calls) messages.push({ role: 'tool', tool_call_id: id, content: `맑음 ${round}` });
      const said = await openai.chat.completions.create({ model, messages, tools });
      messages.push({ role: 'assistant', content: said.choices[0]!.message.content });
    }
    const { input } = upstreamCall().body;
    const reasoning = input.filter(({ type }: { type: string }) => type === 'reasoning');
    expect(reasoning).toHaveLength(3);
    expect(reasoning[0]).toMatchObject({ encrypted_content: expect.stringMatching(/^gAAAAA/) });
  });

  it('go again without reasoning that OpenAI cannot read', async () => {
    const details = [{ type: 'reasoning.encrypted', data: 'foreign', format: 'openai-responses-v1', index: 0 }];
    const assistant = { role: 'assistant', content: 'Hm.', reasoning_details: details };
    const messages = [{ role: 'user', content: 'a' }, assistant, { role: 'user', content: 'with foreign reasoning' }];
    const { choices } = await openai.chat.completions.create({ model, messages } as never);
    expect((choices as { message: unknown }[])[0]).toMatchObject({
      message: { content: 'echo: with foreign reasoning' },
    });
  });

  it('have structured output, and refuse', async () => {
    const schema = {
      type: 'object',
      properties: { echo: { type: 'string' } },
      required: ['echo'],
      additionalProperties: false,
    };
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'echo', strict: true, schema } };
    const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: 'hi' }];
    const parsed = await openai.chat.completions.parse({ model, messages, response_format });
    expect(parsed.choices[0]?.message.parsed).toEqual({ echo: 'hi' });
    const refused = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: '[[refuse]] it' }],
    });
    expect(refused.choices[0]?.message).toMatchObject({ content: null, refusal: expect.any(String) });
  });

  it('name what they lack', async () => {
    const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: 'x' }];
    const error = await openai.chat.completions.create({ model, messages, n: 2 }).catch((e: unknown) => e);
    expect(error).toMatchObject({ status: 422, param: 'n' });
    const limited = await openai.chat.completions.create({ model, messages, seed: 1, temperature: 0 }).withResponse();
    expect(limited.response.headers.get('x-gateway-dropped-params')).toBe('temperature, seed');
    expect(error).not.toBeInstanceOf(BadRequestError);
  });
});

describe('Messages of such a model', () => {
  it('answer and stream with thinking that goes back', async () => {
    const anthropic = new Anthropic({ apiKey: key, baseURL: gateway.url, maxRetries: 0 });
    const ask = { model, max_tokens: 100, tools: [{ name: 'weather', input_schema: { type: 'object' as const } }] };
    const first = { role: 'user' as const, content: 'please call tool now' };
    const { content } = await anthropic.messages.stream({ ...ask, messages: [first] }).finalMessage();
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'tool_use']);
    const call = content.find((block) => block.type === 'tool_use');
    const result = { type: 'tool_result' as const, tool_use_id: String(call?.id), content: '맑음' };
    const second = await anthropic.messages.create({
      ...ask,
      messages: [first, { role: 'assistant', content }, { role: 'user', content: [result] }],
    });
    expect(second.stop_reason).toBe('end_turn');
    expect(JSON.stringify(upstreamCall().body.input)).toContain('"encrypted_content":"gAAAAA');
  });
});
