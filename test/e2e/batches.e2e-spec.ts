import { toFile } from 'openai';
import { BatchClient, jsonl, line, lines } from '../support/batch-client';
import { eventually } from '../support/eventually';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

describe('batches', () => {
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    gateway = await sharedGateway();
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });

  afterAll(() => gateway?.stop());

  it('C2: takes the expiry of its files, and passes members it does not know', async () => {
    const input = lines(1, `expiring ${Date.now()}`);
    const bad = line('bad', 'x [[status=400]]');
    const created = await batches.create({
      requests: [...input, bad],
      output_expires_after: { anchor: 'created_at', seconds: 3_600 },
      priority: 'high',
    });
    const { output_file_id: output, error_file_id: errors } = await batches.ended(created.id);
    for (const id of [output, errors]) {
      const file = await batches.openai.files.retrieve(id ?? '');
      expect([file.purpose, file.expires_at]).toEqual(['batch_output', file.created_at + 3_600]);
    }
    const usual = await batches.create({ requests: input, output_expires_after: null });
    const ended = await batches.ended(usual.id);
    for (const id of [ended.input_file_id, ended.output_file_id ?? '']) {
      const file = await batches.openai.files.retrieve(id);
      expect(file.expires_at).toBe(file.created_at + 30 * 24 * 3_600);
    }
  });

  it('A6: run while lines of another team wait for its budget', async () => {
    const waiting = await gateway.createKey();
    const budget = { team_id: waiting.teamId, limit_usd: '0.0085', window: 'month' };
    expect((await gateway.admin('POST', '/admin/budgets', budget)).status).toBe(201);
    let running = true;
    const live = gateway.chat(waiting.key, '[[delay=8000]] A6 live', { max_tokens: 1000 });
    void live.finally(() => (running = false));
    await eventually(async () =>
      gateway.fake.calls.some(({ body }) => JSON.stringify(body ?? null).includes('A6 live')),
    );
    const theirs = new BatchClient(gateway, waiting.key);
    const blocked = await theirs.create({
      requests: Array.from({ length: 100 }, (_, index) => line(`w-${index}`, `A6 wait ${index}`, { max_tokens: 1000 })),
    });
    const ended = await batches.ended((await batches.create({ requests: lines(5, `A6 ${Date.now()}`) })).id);
    expect([ended.request_counts?.completed, running]).toEqual([5, true]);
    expect((await gateway.request('POST', `/v1/batches/${blocked.id}/cancel`, waiting.key)).status).toBe(200);
    await live;
  });

  it('C9: run 200 lines of a file, as OpenAI does', async () => {
    const requests = lines(200, 'file');
    const file = await batches.openai.files.create({
      file: await toFile(Buffer.from(jsonl(requests)), 'questions.jsonl'),
      purpose: 'batch',
    });
    const created = await batches.openai.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { job: 'nightly' },
    });
    expect(created).toMatchObject({
      id: expect.stringMatching(/^batch_/),
      object: 'batch',
      endpoint: '/v1/chat/completions',
      errors: null,
      input_file_id: file.id,
      completion_window: '24h',
      output_file_id: null,
      error_file_id: null,
      request_counts: { total: 200, completed: 0, failed: 0 },
      metadata: { job: 'nightly' },
    });
    expect(created.expires_at).toBe(created.created_at + 86_400);

    const batch = await batches.ended(created.id);
    expect(batch).toMatchObject({
      status: 'completed',
      error_file_id: null,
      request_counts: { total: 200, completed: 200, failed: 0 },
      gateway: { cached: 0, deduplicated: 0, providers: ['openai'] },
    });
    for (const time of [batch.in_progress_at, batch.finalizing_at, batch.completed_at]) expect(time).toBeGreaterThan(0);
    expect(Number(batch.gateway.cost_usd)).toBeGreaterThan(0);

    const results = await batches.resultsOf(batch.output_file_id);
    expect(results.map(({ custom_id }) => custom_id)).toEqual(requests.map(({ custom_id }) => custom_id));
    for (const { id, response, error } of results) {
      expect(id).toMatch(/^batch_req_/);
      expect(error).toBeNull();
      expect(response).toMatchObject({ status_code: 200, body: { object: 'chat.completion', cached: false } });
    }
    // C9
    const tokens = (member: string) => results.reduce((all, { response }) => all + response?.body.usage[member], 0);
    expect(batch.model).toBe(results[0]?.response?.body.model);
    expect(batch.usage).toEqual({
      input_tokens: tokens('prompt_tokens'),
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: tokens('completion_tokens'),
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: tokens('total_tokens'),
    });
    const output = await batches.openai.files.retrieve(batch.output_file_id ?? '');
    expect(output).toMatchObject({ purpose: 'batch_output', filename: `${batch.id}_output.jsonl` });

    const ledger = await gateway.admin('GET', `/admin/requests?batch_id=${batch.id}&limit=500`);
    const costOf = (rows: { cost_usd: string }[]) => rows.reduce((sum, row) => sum + Number(row.cost_usd), 0);
    expect(ledger.body.data).toHaveLength(200);
    expect(costOf(ledger.body.data)).toBeCloseTo(Number(batch.gateway.cost_usd), 10);
  });

  it('accept lines as text, without optional members', async () => {
    const content = Array.from({ length: 50 }, (_, index) =>
      JSON.stringify({ custom_id: `request_${index}`, url: '/chat/completions', body: line('', `text ${index}`).body }),
    ).join('\n');
    const batch = await batches.ended((await batches.create({ input_file_content: content })).id);
    expect(batch).toMatchObject({ status: 'completed', endpoint: '/v1/chat/completions', completion_window: '1h' });
    expect(await batches.resultsOf(batch.output_file_id)).toHaveLength(50);
    const input = await (await batches.openai.files.content(batch.input_file_id)).text();
    expect(input).toBe(content);
  });

  it('accept lines as an array, for several models, and use the cache the second time', async () => {
    const requests = Array.from({ length: 40 }, (_, index) =>
      line(`r-${index}`, `array ${index}`, { model: index % 2 ? 'gpt-4.1' : 'gpt-4o-mini' }),
    );
    const first = await batches.ended((await batches.create({ requests, completion_window: '1h' })).id);
    const models = (await batches.resultsOf(first.output_file_id)).map(
      ({ response }) => response?.body.model as string,
    );
    expect(models.filter((model) => model.startsWith('gpt-4o-mini'))).toHaveLength(20);

    const reached = gateway.fake.calls.length;
    const second = await batches.ended((await batches.create({ requests })).id);
    expect(gateway.fake.calls).toHaveLength(reached);
    expect(second).toMatchObject({
      status: 'completed',
      gateway: { cached: 40, cost_usd: '0', saved_usd: first.gateway.cost_usd, providers: [] },
    });
    expect(
      (await batches.resultsOf(second.output_file_id)).every(({ response }) => response?.body.cached === true),
    ).toBe(true);
  });

  it('have failed lines in the error file and the others in the output file', async () => {
    const requests = [
      line('good', 'mixed: fine'),
      line('bad', 'mixed: [[status=400]]'),
      line('shaky', 'mixed: [[fail-first=3]] in the end'),
      line('down', 'mixed: [[status=500]]'),
      line('also good', 'mixed: fine too'),
    ];
    const batch = await batches.ended((await batches.create({ requests })).id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 5, completed: 3, failed: 2 } });
    const results = await batches.resultsOf(batch.output_file_id);
    expect(results.map(({ custom_id }) => custom_id)).toEqual(['good', 'shaky', 'also good']);
    const failures = await batches.resultsOf(batch.error_file_id);
    expect(failures.map(({ custom_id }) => custom_id)).toEqual(['bad', 'down']);
    expect(failures[0]).toMatchObject({
      error: null,
      response: { status_code: 400, body: { error: { message: expect.any(String) } } },
    });
    expect(failures[1]?.response?.status_code).toBeGreaterThanOrEqual(500);
  });

  it('complete without an output file if every line failed', async () => {
    const requests = [line('a', 'all: [[status=400]]'), line('b', 'all: [[status=422]]')];
    const batch = await batches.ended((await batches.create({ requests })).id);
    expect(batch).toMatchObject({
      status: 'completed',
      output_file_id: null,
      request_counts: { completed: 0, failed: 2 },
    });
    expect(await batches.resultsOf(batch.error_file_id)).toHaveLength(2);
  });

  it('are visible with their files only to their team', async () => {
    const batch = await batches.ended((await batches.create({ requests: lines(1, 'mine') })).id);
    const { key: stranger } = await gateway.createKey();
    for (const [method, path] of [
      ['GET', `/v1/batches/${batch.id}`],
      ['POST', `/v1/batches/${batch.id}/cancel`],
      ['GET', `/v1/files/${batch.output_file_id}/content`],
    ] as const) {
      expect((await gateway.request(method, path, stranger)).status).toBe(404);
    }
    expect((await gateway.request('GET', '/v1/batches', stranger)).body.data).toEqual([]);
    const { status, body } = await gateway.request('POST', '/v1/batches', stranger, {
      input_file_id: batch.input_file_id,
    });
    expect({ status, param: body.error.param }).toEqual({ status: 400, param: 'input_file_id' });
  });

  it('are listed in pages, newest first', async () => {
    const own = new BatchClient(gateway, (await gateway.createKey()).key);
    const ids: string[] = [];
    for (const prefix of ['list-a', 'list-b', 'list-c'])
      ids.push((await own.create({ requests: lines(1, prefix) })).id);
    const listed: string[] = [];
    for await (const batch of own.openai.batches.list({ limit: 2 })) listed.push(batch.id);
    expect(listed).toEqual(ids.toReversed());
    for (const id of ids) await own.ended(id);
  });
});
