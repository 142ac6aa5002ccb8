import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI, {
  APIConnectionError,
  APIError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
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

describe('faults', () => {
  it('requires a key', async () => {
    const answer = await fetch(`${fake.baseUrl}/models`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({
      error: { message: expect.stringContaining('API key'), type: 'invalid_request_error', param: null, code: null },
    });
  });

  it.each([
    [400, BadRequestError],
    [404, NotFoundError],
    [429, RateLimitError],
    [503, InternalServerError],
  ])('sends an error with status %i in the shape that the SDK reads', async (status, type) => {
    const error = await rejection(ask(`[[status=${status} retry-after=1]]`));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ status, error: { message: expect.any(String) } });
    expect((error as APIError).headers?.get('retry-after')).toBe('1');
    expect(fake.invoice().models).toEqual({});
  });

  it('refuses the requests that OpenAI refuses', async () => {
    expect(await (await raw('', { messages: [] })).json()).toMatchObject({
      error: { param: 'messages', code: 'empty_array' },
    });
    expect((await raw('x', { stream_options: {} })).status).toBe(400);
    expect((await raw('x', { model: undefined })).status).toBe(400);
    const unknown = await fetch(`${fake.baseUrl}/nothing`, { headers: { authorization: 'Bearer x' } });
    expect(unknown.status).toBe(404);
  });

  it('fails the first n calls with a text', async () => {
    const prompt = '[[fail-first=2 status=500]] once more';
    expect(await rejection(ask(prompt))).toMatchObject({ status: 500 });
    expect(await rejection(ask(prompt))).toMatchObject({ status: 500 });
    expect((await ask(prompt)).choices[0]?.finish_reason).toBe('stop');
  });

  it('resets, loses, cuts and damages responses', async () => {
    expect(await rejection(ask('[[reset]]'))).toBeInstanceOf(APIConnectionError);
    expect(await rejection(ask('[[lose]]'))).toBeInstanceOf(APIConnectionError);
    expect(await rejection(ask('[[cut-after=1]]'))).toMatchObject({ message: 'terminated' });
    expect(fake.calls.map(({ billed }) => billed !== undefined)).toEqual([false, true, true]);
    expect(await rejection(ask('[[garbage]]'))).toMatchObject({ name: 'SyntaxError' });
    const page = await raw('[[html]]');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  });

  it('follows a script for the next calls, for a model, or for a prompt', async () => {
    fake.script({ status: 503 });
    const takeBack = fake.script({ text: 'scripted' }, { prompt: /^special/ });
    fake.script({ status: 429 }, { model: 'gpt-4o' });
    await client.models.list();
    expect(await rejection(ask('special'))).toMatchObject({ status: 503 });
    expect((await ask('special')).choices[0]?.message.content).toBe('scripted');
    expect(await rejection(ask('x', { model: 'gpt-4o' }))).toMatchObject({ status: 429 });
    takeBack();
    expect((await ask('special')).choices[0]?.message.content).toBe('echo: special');
  });
});

describe('log and invoice', () => {
  it('bills each call once, by model and by request id', async () => {
    const headers = { 'x-request-id': '01ABC-1' };
    await client.chat.completions.create({ model: 'gpt-4.1', messages: messagesOf('one two') }, { headers });
    await (await raw('three', { model: 'gpt-4o', stream: true })).text();
    await client.embeddings.create({ model: 'text-embedding-3-small', input: ['a b', 'c'] });
    const { models, requests } = fake.invoice();
    expect(models['gpt-4.1']?.standard).toMatchObject({
      calls: 1,
      price_factor: 1,
      prompt_tokens: 2,
      completion_tokens: 3,
    });
    expect(models['gpt-4o']?.standard).toMatchObject({ calls: 1, prompt_tokens: 1, completion_tokens: 2 });
    expect(models['text-embedding-3-small']?.standard).toMatchObject({ prompt_tokens: 3, completion_tokens: 0 });
    expect(requests).toEqual({ '01ABC-1': expect.objectContaining({ model: 'gpt-4.1', calls: 1, prompt_tokens: 2 }) });
  });

  it('writes a call to disk before it responds', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'fake-log-'));
    const logFile = join(directory, 'calls.jsonl');
    const other = await FakeOpenAi.start({ logFile });
    const records = () =>
      readFileSync(logFile, 'utf8')
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line));
    const leaving = new AbortController();
    const call = new OpenAI({ baseURL: other.baseUrl, apiKey: 'x', maxRetries: 0 }).chat.completions.create(
      { model: 'gpt-4.1', messages: messagesOf('[[delay=60000]]') },
      { signal: leaving.signal, headers: { 'x-request-id': 'r1' } },
    );
    await until(() => other.calls.length === 1);
    expect(records()).toEqual([
      expect.objectContaining({ event: 'arrived', seq: 1, request_id: 'r1', model: 'gpt-4.1' }),
    ]);
    leaving.abort();
    await rejection(call);
    await until(() => other.calls[0]?.endedAt !== undefined);
    await other.stop();
    expect(records()[1]).toMatchObject({ event: 'ended', seq: 1, client_aborted: true });
    rmSync(directory, { recursive: true });
  });
});

describe('models and embeddings', () => {
  it('lists models, and returns embeddings in both encodings', async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toContain('gpt-4.1');
    expect((await client.models.retrieve('gpt-4.1')).owned_by).toBe('system');
    const input = ['cats and dogs', 'dogs and cats', 'tax law'];
    const floats = await client.embeddings.create({ model: 'text-embedding-3-small', input, encoding_format: 'float' });
    const decoded = await client.embeddings.create({ model: 'text-embedding-3-small', input });
    expect(decoded.data).toEqual(floats.data);
    const [first, second, third] = floats.data.map(({ embedding }) => embedding);
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect(floats.usage).toEqual({ prompt_tokens: 8, total_tokens: 8 });
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let waitedMs = 0; !condition(); waitedMs += 5) {
    if (waitedMs > 5_000) throw new Error('waited for 5 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
