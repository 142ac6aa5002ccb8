import OpenAI, { APIError } from 'openai';
import type { ChatCompletionChunk, ChatCompletionTool } from 'openai/resources/chat/completions';
import { FakeOpenAi } from './fake-openai';

let fake: FakeOpenAi;
let client: OpenAI;

beforeAll(async () => {
  fake = await FakeOpenAi.start();
  client = new OpenAI({ baseURL: fake.baseUrl, apiKey: 'sk-any', maxRetries: 0 });
});
afterAll(() => fake.stop());
beforeEach(() => fake.reset());

const messagesOf = (content: string) => [{ role: 'user' as const, content }];
const ask = (content: string, more: object = {}) =>
  client.chat.completions.create({ model: 'gpt-4.1', messages: messagesOf(content), ...more });
const streamOf = (content: string, more: object = {}) =>
  client.chat.completions.create({ model: 'gpt-4.1', messages: messagesOf(content), stream: true, ...more });

async function collect(stream: AsyncIterable<ChatCompletionChunk>) {
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks, text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('') };
}

async function raw(content: string, body: object = {}): Promise<Response> {
  return fetch(`${fake.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-any', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4.1', messages: messagesOf(content), ...body }),
  });
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const tools: ChatCompletionTool[] = ['look_up', 'book'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { text: { type: 'string' } } } },
}));

describe('chat', () => {
  it('echoes the prompt, counts words as tokens, and returns the name of its snapshot', async () => {
    const answer = await ask('one two three');
    expect(answer.choices[0]).toMatchObject({
      index: 0,
      finish_reason: 'stop',
      message: { content: 'echo: one two three' },
    });
    expect(answer.model).toBe('gpt-4.1-2026-01-01');
    expect(answer.usage).toMatchObject({
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    });
    expect(answer).toHaveProperty('x_fake.call', 1);
    expect((await ask('one two three')).id).not.toBe(answer.id);
  });

  it('changes the name and the fingerprint with the snapshot', async () => {
    const before = await ask('hi');
    fake.setSnapshot('gpt-4.1', 'gpt-4.1-2026-09-09');
    const after = await ask('hi');
    expect(after.model).toBe('gpt-4.1-2026-09-09');
    expect(after.system_fingerprint).not.toBe(before.system_fingerprint);
  });

  it('honours n, max_tokens, stop, response_format and logprobs', async () => {
    expect((await ask('hi', { n: 2 })).choices.map(({ message }) => message.content)).toEqual([
      'echo: hi',
      'echo: hi (2)',
    ]);
    const cut = await ask('a b c d', { max_completion_tokens: 2 });
    expect(cut.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'echo: a' } });
    expect(cut.usage?.completion_tokens).toBe(2);
    expect((await ask('a b END c', { stop: ['END'] })).choices[0]?.message.content).toBe('echo: a b ');
    const json = await ask('hi', { response_format: { type: 'json_object' } });
    expect(JSON.parse(json.choices[0]?.message.content ?? '')).toEqual({ echo: 'hi' });
    const content = (await ask('hi', { logprobs: true })).choices[0]?.logprobs?.content;
    expect(content?.map(({ token }) => token)).toEqual(['echo: ', 'hi']);
  });

  it('calls tools if the prompt requests it', async () => {
    const answer = await ask('please call tool now', { tools });
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    expect(answer.choices[0]?.message).toMatchObject({
      content: null,
      tool_calls: [{ type: 'function', function: { name: 'look_up', arguments: '{"text":"please call tool now"}' } }],
    });
    expect((await ask('do nothing', { tools })).choices[0]?.finish_reason).toBe('stop');
  });

  it('refuses, filters, and reports cached and reasoning tokens by marker', async () => {
    expect((await ask('[[refuse]]')).choices[0]?.message).toMatchObject({ content: null, refusal: expect.any(String) });
    expect((await ask('[[finish=content_filter]]')).choices[0]?.finish_reason).toBe('content_filter');
    const { usage } = await ask('[[cached=2 reasoning=5]] one two');
    expect(usage?.prompt_tokens_details?.cached_tokens).toBe(2);
    expect(usage).toMatchObject({ completion_tokens: 10, completion_tokens_details: { reasoning_tokens: 5 } });
    expect((await ask('[[no-usage]]')).usage).toBeUndefined();
  });

  it('reads nested arrays and wiki links in a prompt as text', async () => {
    expect((await ask('[[1,2],[3]] [[status]] [[a link]]')).choices[0]?.finish_reason).toBe('stop');
  });

  it('records the request', async () => {
    await ask('hi', { x_new: { deep: 1 } });
    expect(fake.calls).toHaveLength(1);
    expect(fake.calls[0]).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      body: { model: 'gpt-4.1', x_new: { deep: 1 } },
      unknownMembers: ['x_new'],
      status: 200,
      clientAborted: false,
      billed: { prompt_tokens: 1, completion_tokens: 2 },
    });
    expect(fake.calls[0]?.bytesSent).toBeGreaterThan(300);
  });
});

describe('streams', () => {
  it('sends role, words, finish, usage and [DONE]', async () => {
    const { chunks, text } = await collect(await streamOf('one two', { stream_options: { include_usage: true } }));
    expect(text).toBe('echo: one two');
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' });
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 2, completion_tokens: 3 } });
    expect(await (await raw('hi', { stream: true })).text()).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('has no usage if the request does not ask for it', async () => {
    const { chunks } = await collect(await streamOf('one two'));
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
  });

  it('sends tool calls in fragments, and the chunks of several choices in turn', async () => {
    const called = (await collect(await streamOf('call tools x', { tools }))).chunks.flatMap(
      (chunk) => chunk.choices[0]?.delta.tool_calls ?? [],
    );
    const ofSecond = called.filter(({ index }) => index === 1);
    expect(ofSecond[0]?.function?.name).toBe('book');
    expect(ofSecond.map((part) => part.function?.arguments).join('')).toBe('{"text":"call tools x"}');
    const { chunks } = await collect(await streamOf('a b', { n: 2 }));
    expect(chunks.map((chunk) => chunk.choices[0]?.index).join('')).toBe('01010101101');
  });

  it('waits as long as the markers request', async () => {
    const startedAt = performance.now();
    const stream = await streamOf('[[delay=60 ttft=60 gap=20 words=3]]');
    expect(performance.now() - startedAt).toBeGreaterThan(55);
    await collect(stream);
    expect(performance.now() - startedAt).toBeGreaterThan(190);
  });

  it('breaks off, and bills the tokens that it sent', async () => {
    const seen: string[] = [];
    const reading = (async () => {
      for await (const chunk of await streamOf('[[cut-after=3]] a b c d'))
        seen.push(chunk.choices[0]?.delta.content ?? '');
    })();
    expect(await rejection(reading)).toMatchObject({ message: 'terminated' });
    expect(seen).toEqual(['', 'echo: ', '[[cut-after=3]] ']);
    expect(fake.calls[0]).toMatchObject({ clientAborted: false, billed: { prompt_tokens: 5, completion_tokens: 2 } });
  });

  it('sends an error event, omits [DONE], sends comments and broken JSON', async () => {
    expect(await rejection(streamOf('[[error-after=2]] a').then(collect))).toBeInstanceOf(APIError);
    expect(await (await raw('[[no-done]]', { stream: true })).text()).not.toContain('[DONE]');
    expect(await (await raw('[[comment]]', { stream: true })).text()).toContain(': keep-alive\n\ndata: ');
    expect(await (await raw('[[garbage]]', { stream: true })).text()).toContain('data: {"id":"chatcmpl-\n\n');
    expect((await collect(await streamOf('[[comment words=4]]'))).text).toBe('word1 word2 word3 word4');
  });

  it('detects that a client disconnects, and bills no more than it sent', async () => {
    const stream = await streamOf('[[gap=20 words=100]]');
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'word3 ') break;
    await until(() => fake.calls[0]?.endedAt !== undefined);
    const [call] = fake.calls;
    expect(call).toMatchObject({ clientAborted: true, abortedAt: expect.any(Number) });
    expect(call?.billed?.completion_tokens).toBeLessThan(10);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let waitedMs = 0; !condition(); waitedMs += 5) {
    if (waitedMs > 5_000) throw new Error('waited for 5 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
