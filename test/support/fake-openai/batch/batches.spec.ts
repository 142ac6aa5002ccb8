import OpenAI, { APIConnectionError, BadRequestError, NotFoundError, toFile } from 'openai';
import type { Batch } from 'openai/resources/batches';
import { FakeOpenAi } from '../fake-openai';

const PACE = { validatingMs: 100, inProgressMs: 1_000, finalizingMs: 100 };

let nowMs = 1_800_000_000_000;
let fake: FakeOpenAi;
let client: OpenAI;

beforeAll(async () => {
  fake = await FakeOpenAi.start({ now: () => nowMs });
  client = new OpenAI({ baseURL: fake.baseUrl, apiKey: 'sk-any', maxRetries: 0 });
});
afterAll(() => fake.stop());
beforeEach(() => {
  fake.reset();
  fake.setBatchPace(PACE);
});

const lineOf = (id: string, content: string, more: object = {}) =>
  JSON.stringify({
    custom_id: id,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'gpt-4.1', messages: [{ role: 'user', content }] },
    ...more,
  });

async function submit(lines: string[], metadata = {}): Promise<Batch> {
  const file = await client.files.create({ file: await toFile(Buffer.from(lines.join('\n'))), purpose: 'batch' });
  return client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata,
  });
}

async function after(ms: number, { id }: Batch): Promise<Batch> {
  nowMs += ms;
  return client.batches.retrieve(id);
}

interface OutputLine {
  custom_id: string;
  response: { status_code: number; body: OpenAI.ChatCompletion } | null;
  error: { code: string } | null;
}

async function linesOf(fileId: string | null | undefined): Promise<OutputLine[]> {
  const text = await (await client.files.content(fileId ?? '')).text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OutputLine);
}

describe('files', () => {
  it('are stored, listed, returned and deleted', async () => {
    const upload = await toFile(Buffer.from('{"ä":1}\n'), 'in.jsonl');
    const file = await client.files.create({ file: upload, purpose: 'batch' });
    expect(file).toMatchObject({ object: 'file', filename: 'in.jsonl', purpose: 'batch', bytes: 9 });
    expect((await client.files.list()).data.map(({ id }) => id)).toEqual([file.id]);
    expect(await (await client.files.content(file.id)).text()).toBe('{"ä":1}\n');
    expect(await client.files.delete(file.id)).toMatchObject({ deleted: true });
    await expect(client.files.retrieve(file.id)).rejects.toBeInstanceOf(NotFoundError);
  });
});

describe('batches', () => {
  it('pass through the vendor’s states, line by line, to an output and an error file', async () => {
    const prompts = ['one two', '[[status=400]]', 'three', 'four'];
    const created = await submit(
      prompts.map((prompt, at) => lineOf(`l${at}`, prompt)),
      { owner: 'me' },
    );
    expect(created).toMatchObject({ object: 'batch', status: 'validating', metadata: { owner: 'me' } });

    expect(await after(100, created)).toMatchObject({
      status: 'in_progress',
      request_counts: { total: 4, completed: 0 },
    });
    expect((await after(500, created)).request_counts).toEqual({ total: 4, completed: 1, failed: 1 });
    expect((await after(500, created)).status).toBe('finalizing');
    const done = await after(100, created);
    expect(done).toMatchObject({
      status: 'completed',
      model: 'gpt-4.1-2026-01-01',
      request_counts: { total: 4, completed: 3, failed: 1 },
      usage: { input_tokens: 4, output_tokens: 7, total_tokens: 11 },
    });
    const output = await linesOf(done.output_file_id);
    expect(output.map((line) => line.custom_id)).toEqual(['l0', 'l2', 'l3']);
    expect(output[0]?.response).toMatchObject({
      status_code: 200,
      body: { choices: [{ message: { content: 'echo: one two' } }] },
    });
    expect(await linesOf(done.error_file_id)).toMatchObject([{ custom_id: 'l1', response: { status_code: 400 } }]);
  });

  it('cost half, and are not recorded as direct calls', async () => {
    const created = await submit([lineOf('a', 'one'), lineOf('b', 'two three')]);
    nowMs += 5_000;
    const { models, batches, requests } = fake.invoice();
    expect(models['gpt-4.1']).toMatchObject({
      standard: { calls: 0 },
      batch: { calls: 2, price_factor: 0.5, prompt_tokens: 3, completion_tokens: 5 },
    });
    expect(batches[created.id]).toMatchObject({ calls: 2, price_factor: 0.5 });
    expect(requests).toEqual({});
    expect(fake.batchLines.map(({ customId }) => customId)).toEqual(['a', 'b']);
  });

  it('start no further line after they are cancelled', async () => {
    const created = await submit(Array.from({ length: 10 }, (_, at) => lineOf(`l${at}`, 'hi')));
    nowMs += 100 + 300;
    expect((await client.batches.cancel(created.id)).status).toBe('cancelling');
    const cancelled = await after(10_000, created);
    expect(cancelled).toMatchObject({ status: 'cancelled', request_counts: { total: 10, completed: 3, failed: 0 } });
    expect(await linesOf(cancelled.output_file_id)).toHaveLength(3);
    await expect(client.batches.cancel(created.id)).rejects.toMatchObject({ status: 409 });
  });

  it('expire with the remaining lines in the error file', async () => {
    fake.setBatchPace({ expireAfterLines: 1 });
    const created = await submit([lineOf('a', 'x'), lineOf('b', 'y')]);
    const expired = await after(10_000, created);
    expect(expired.status).toBe('expired');
    expect(await linesOf(expired.output_file_id)).toHaveLength(1);
    expect(await linesOf(expired.error_file_id)).toMatchObject([
      { custom_id: 'b', response: null, error: { code: 'batch_expired' } },
    ]);
  });

  it('fail if a line is invalid, before any line runs', async () => {
    const other = { body: { model: 'gpt-4o', messages: [] } };
    const lines = [
      lineOf('a', 'x'),
      '{',
      lineOf('a', 'y'),
      lineOf('c', 'z', { url: '/v1/embeddings' }),
      lineOf('d', '', other),
    ];
    const failed = await after(200, await submit(lines));
    expect(failed.status).toBe('failed');
    expect(failed.errors?.data?.map(({ line, code }) => `${line} ${code}`)).toEqual([
      '2 invalid_json_line',
      '3 duplicate_custom_id',
      '4 url_mismatch',
      '5 model_mismatch',
    ]);
    expect((await after(200, await submit(['']))).errors?.data).toMatchObject([{ code: 'empty_file' }]);
    expect(fake.batchLines).toEqual([]);
  });

  it('are listed newest first, page by page', async () => {
    const ids = [];
    for (let at = 0; at < 3; at += 1) ids.push((await submit([lineOf('a', 'x')])).id);
    const listed = [];
    for await (const batch of client.batches.list({ limit: 2 })) listed.push(batch.id);
    expect(listed).toEqual(ids.toReversed());
  });

  it('can be created although the response is lost', async () => {
    fake.script({ lose: true }, { path: '/v1/batches' });
    await expect(submit([lineOf('a', 'x')])).rejects.toBeInstanceOf(APIConnectionError);
    expect((await client.batches.list()).data).toHaveLength(1);
  });

  it('require a file, an endpoint and a window', async () => {
    const unknown = { input_file_id: 'file-none', endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    await expect(client.batches.create(unknown)).rejects.toBeInstanceOf(BadRequestError);
    await expect(client.batches.retrieve('batch_none')).rejects.toBeInstanceOf(NotFoundError);
  });
});
