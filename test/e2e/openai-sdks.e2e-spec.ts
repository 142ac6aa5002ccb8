import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI, { type APIPromise, toFile } from 'openai';
import { BatchClient, jsonl, line } from '../support/batch-client';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

/** The parameters that openai-python's and openai-node's own tests send. */
const PARAMETERS = JSON.parse(readFileSync(join(__dirname, '../support/openai-sdks/parameters.json'), 'utf8'));
const UNKNOWN_PATH = { path: '/_stainless_unknown_path' };

/**
 * The calls of openai-node's own tests for chat, models, files and batches, in each form of its responses.
 * `python.e2e-spec.ts` has those of openai-python.
 *
 * @see https://github.com/openai/openai-node/tree/main/tests/api-resources
 */
describe("openai-node's own calls", () => {
  let gateway: RunningGateway;
  let openai: OpenAI;
  let batches: BatchClient;
  let fileId: string;

  beforeAll(async () => {
    gateway = await sharedGateway();
    const { key } = await gateway.createKey();
    batches = new BatchClient(gateway, key);
    ({ openai } = batches);
    fileId = (await openai.files.create({ file: await input('own calls'), purpose: 'batch' })).id;
  });
  afterAll(() => gateway?.stop());

  const input = (prompt: string) => toFile(Buffer.from(jsonl([line('a', prompt)])), 'README.md');
  const chat = (content: string) => ({ ...PARAMETERS.chat, messages: [{ role: 'developer', content, name: 'name' }] });
  const reached = (content: string) =>
    gateway.fake.calls.filter(({ body }) => JSON.stringify(body).includes(content)).map(({ body }) => body);

  /** Awaits one call as its data, as its response and as both. */
  async function inEachForm<T>(call: APIPromise<T>): Promise<T> {
    const response = await call.asResponse();
    expect(response).toBeInstanceOf(Response);
    const data = await call;
    const both = await call.withResponse();
    expect([both.data === data, both.response === response]).toEqual([true, true]);
    expect(both.request_id).toMatch(/\w/);
    return data;
  }

  describe('chat.completions', () => {
    it('create takes the required parameters', async () => {
      const completion = await inEachForm(openai.chat.completions.create(chat('required')));
      expect(completion).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] });
    });

    it('create takes all parameters, which reach the upstream as they are', async () => {
      const sent = { ...chat('all of them'), ...PARAMETERS.chat_options };
      const completion = await inEachForm(openai.chat.completions.create({ ...sent, stream: false }));
      expect(completion).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'length' }] });
      // OpenAI refuses stream_options of calls that are no streams, and max_tokens for this model; `stream` is false by itself.
      const { stream_options: _, max_tokens: _limit, ...passed } = sent;
      expect(reached('all of them')).toEqual([passed]);
    });

    it('create takes all parameters of a stream, which reach the upstream as they are', async () => {
      const sent = { ...chat('all of a stream'), ...PARAMETERS.chat_options, stream: true };
      const call = openai.chat.completions.create(sent) as unknown as APIPromise<AsyncIterable<{ usage?: object }>>;
      const chunks = [];
      for await (const chunk of await inEachForm(call)) chunks.push(chunk);
      expect(chunks[0]).toMatchObject({ object: 'chat.completion.chunk' });
      expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens: expect.any(Number) });
      const { max_tokens: _limit, ...passed } = sent;
      expect(reached('all of a stream')).toEqual([passed]);
    });
  });

  describe('models', () => {
    it('retrieve', async () => {
      const model = await inEachForm(openai.models.retrieve('gpt-4o-mini'));
      expect(model).toMatchObject({ id: 'gpt-4o-mini', object: 'model', owned_by: expect.any(String) });
    });

    it('list', async () => {
      const { data } = await inEachForm(openai.models.list());
      expect(data.map(({ id }) => id)).toContain('gpt-4o-mini');
    });
  });

  describe('files', () => {
    const create = async (options = {}) =>
      inEachForm(openai.files.create({ file: await input('own calls'), purpose: 'batch', ...options }));

    it('create takes the required parameters, and all', async () => {
      expect(await create()).toMatchObject({ object: 'file', filename: 'README.md', purpose: 'batch' });
      const { created_at, expires_at } = await create(PARAMETERS.file_options);
      expect(expires_at).toBe(created_at + 3600);
    });

    it('retrieve', async () => {
      expect(await inEachForm(openai.files.retrieve(fileId))).toMatchObject({ id: fileId });
    });

    it('list, also with all parameters', async () => {
      const last = await create();
      expect((await inEachForm(openai.files.list())).data).toContainEqual(last);
      const query = { after: fileId, limit: 1, order: 'asc' as const, purpose: 'batch' };
      const page = await inEachForm(openai.files.list(query));
      expect([page.data.length, page.data[0]?.id === fileId]).toEqual([1, false]);
      await expect(openai.files.list(query, UNKNOWN_PATH)).rejects.toThrow(OpenAI.NotFoundError);
    });

    it('delete', async () => {
      const { id } = await create();
      expect(await inEachForm(openai.files.delete(id))).toEqual({ id, object: 'file', deleted: true });
    });

    it('content', async () => {
      expect(await (await openai.files.content(fileId)).text()).toContain('own calls');
    });
  });

  describe('batches', () => {
    const create = (options = {}) =>
      inEachForm(openai.batches.create({ ...PARAMETERS.batch, input_file_id: fileId, ...options }));

    it('create takes the required parameters, and all', async () => {
      const { id } = await create();
      expect(await batches.ended(id)).toMatchObject({ object: 'batch', status: 'completed', input_file_id: fileId });
      const full = await create(PARAMETERS.batch_options);
      expect(full.metadata).toEqual(PARAMETERS.batch_options.metadata);
      const output = await openai.files.retrieve((await batches.ended(full.id)).output_file_id ?? '');
      expect(output.expires_at).toBe(output.created_at + 3600);
    });

    it("ride the vendor's batch API, and are listed page by page", async () => {
      const lines = [line('a', 'node rides 1'), line('b', 'node rides 2')];
      const file = await openai.files.create({
        file: await toFile(Buffer.from(jsonl(lines)), 'in.jsonl'),
        purpose: 'batch',
      });
      const { id } = await openai.batches.create({
        input_file_id: file.id,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
      });
      const { status, output_file_id: output } = await batches.ended(id);
      expect(status).toBe('completed');
      const text = await (await openai.files.content(output ?? '')).text();
      expect(text.trimEnd().split('\n')).toHaveLength(2);
      expect(gateway.fake.batchLines.filter(({ body }) => JSON.stringify(body).includes('node rides'))).toHaveLength(2);
      const live = gateway.fake.calls.filter(
        ({ path, text: body }) => path.includes('/chat/') && body.includes('node rides'),
      );
      expect(live).toEqual([]);
      const listed: string[] = [];
      for await (const each of openai.batches.list({ limit: 1 })) listed.push(each.id);
      expect(listed[0]).toBe(id);
      expect((await openai.files.delete(output ?? '')).deleted).toBe(true);
      await expect(openai.files.content(output ?? '')).rejects.toThrow(OpenAI.NotFoundError);
    });

    it('retrieve', async () => {
      const { id } = await create();
      expect(await inEachForm(openai.batches.retrieve(id))).toMatchObject({ id, object: 'batch' });
      await batches.ended(id);
    });

    it('list, also with all parameters', async () => {
      const [first, second] = [await create(), await create()];
      expect((await inEachForm(openai.batches.list())).data.map(({ id }) => id)).toContain(first.id);
      const query = { after: second.id, limit: 1 };
      expect((await inEachForm(openai.batches.list(query))).data.map(({ id }) => id)).toEqual([first.id]);
      await expect(openai.batches.list(query, UNKNOWN_PATH)).rejects.toThrow(OpenAI.NotFoundError);
      for (const { id } of [first, second]) await batches.ended(id);
    });

    it('cancel', async () => {
      const { id } = await batches.create({ requests: [line('a', '[[delay=5000]] cancelled')] });
      expect(await inEachForm(openai.batches.cancel(id))).toMatchObject({ id, status: 'cancelling' });
      await batches.ended(id);
    });
  });

  describe('of what the gateway does not serve', () => {
    const calls: [name: string, call: () => PromiseLike<unknown>, status: number, message: string][] = [
      ['chat.completions.retrieve', () => openai.chat.completions.retrieve('id'), 404, 'keeps no completions'],
      ['chat.completions.update', () => openai.chat.completions.update('id', { metadata: {} }), 404, 'no completions'],
      ['chat.completions.delete', () => openai.chat.completions.delete('id'), 404, 'keeps no completions'],
      ['chat.completions.messages.list', () => openai.chat.completions.messages.list('id'), 404, 'no completions'],
      ['chat.completions.list', () => openai.chat.completions.list({ limit: 1 }), 405, 'only POST'],
      ['models.delete', () => openai.models.delete('ft:gpt-4o-mini:acemeco:suffix:abc123'), 405, 'only GET, HEAD'],
      ['uploads.cancel', () => openai.uploads.cancel('id'), 404, "OpenAI's uploads"],
      ['fineTuning.jobs.list', () => openai.fineTuning.jobs.list(), 404, "OpenAI's fine_tuning"],
      ['vectorStores.list', () => openai.vectorStores.list(), 404, "OpenAI's vector_stores"],
      ['moderations.create', () => openai.moderations.create({ input: 'x' }), 404, "OpenAI's moderations"],
    ];

    it.each(calls)('%s is refused by name', async (_, call, status, message) => {
      await expect(call()).rejects.toMatchObject({ status, message: expect.stringContaining(message) });
    });

    it('a file of another purpose and a batch of another endpoint are a 400 that names the member', async () => {
      const upload = openai.files.create({ file: await input('not served'), purpose: 'assistants' });
      await expect(upload).rejects.toMatchObject({ status: 400, param: 'purpose' });
      const created = openai.batches.create({
        ...PARAMETERS.batch,
        input_file_id: fileId,
        endpoint: '/v1/moderations',
      });
      await expect(created).rejects.toMatchObject({ status: 400, param: 'endpoint' });
    });
  });
});
