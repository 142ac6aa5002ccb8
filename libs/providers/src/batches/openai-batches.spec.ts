import type { HttpRequest } from '../translator';
import { BATCH, ID, NOW, apiOf, draftOf, request, textOf } from '../testing/batch-drafts';

const SITES: Record<string, { base: string; call: string }> = {
  openai: { base: 'https://api.openai.com/v1', call: '/chat/completions' },
  azure: { base: 'https://r.openai.azure.com/openai/v1?api-version=preview', call: '/chat/completions' },
  groq: { base: 'https://api.groq.com/openai/v1', call: '/chat/completions' },
  mistral: { base: 'https://api.mistral.ai/v1', call: '/chat/completions' },
  xai: { base: 'https://api.x.ai/v1', call: '/chat/completions' },
  together: { base: 'https://api.together.ai/v1', call: '/chat/completions' },
  dashscope: { base: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', call: '/embeddings' },
  moonshot: { base: 'https://api.moonshot.ai/v1', call: '/chat/completions' },
  zai: { base: 'https://api.z.ai/api/paas/v4', call: '/chat/completions' },
};

const urlOf = ({ base, call }: { base: string; call: string }) => {
  const [address, query] = base.split('?');
  return `${address}${call}${query ? `?${query}` : ''}`;
};

describe.each(Object.entries(SITES))('batches of %s', (vendor, site) => {
  const api = apiOf(vendor);

  it('are made of an uploaded file of lines', async () => {
    const url = urlOf(site);
    const path = (vendor === 'zai' ? '/v4' : '/v1') + site.call;
    const group = api.groupOf(request(url), { body: {} });
    expect(group).toBe(path);
    const line = api.line(ID, request(url, '{"model":"m","seed":12345678901234567890}'));
    expect(line).toBe(
      `{"custom_id":"${ID}","method":"POST","url":"${path}","body":{"model":"m","seed":12345678901234567890}}`,
    );
    const draft = draftOf(url, `${line}\n`);
    const upload = api.upload?.request(draft, site.base);
    expect(new URL(upload?.url ?? '').pathname.endsWith('/files')).toBe(true);
    const form = await textOf(upload?.body);
    const boundary = /boundary=(.+)$/.exec(upload?.headers['content-type'] ?? '')?.[1] ?? '';
    const parts = form.split(`--${boundary}`);
    expect(parts.at(-1)).toBe('--\r\n');
    expect(parts[1]).toBe(
      `\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n${vendor === 'together' ? 'batch-api' : 'batch'}\r\n`,
    );
    expect(parts[2]).toBe(
      `\r\nContent-Disposition: form-data; name="file"; filename="tg_01K_1.jsonl"\r\nContent-Type: application/jsonl\r\n\r\n${line}\n\r\n`,
    );
    expect(api.upload?.read(Buffer.from('{"id":"file-1","bytes":3}'))).toBe('file-1');

    const created = api.create(draft, 'file-1', site.base);
    expect(created.url).toMatch(vendor === 'mistral' ? /\/batch\/jobs$/ : /\/batches(\?api-version=preview)?$/);
    const body = JSON.parse(await textOf(created.body));
    if (vendor === 'xai') expect(body).toEqual({ name: 'tg_01K_1', input_file_id: 'file-1' });
    else if (vendor === 'mistral')
      expect(body).toEqual({
        input_files: ['file-1'],
        endpoint: path,
        model: 'm-1',
        metadata: { thriftgate_batch: 'tg_01K_1' },
        timeout_hours: 24,
      });
    else
      expect(body).toEqual({
        input_file_id: 'file-1',
        endpoint: path,
        completion_window: '24h',
        ...(vendor !== 'together' && { metadata: { thriftgate_batch: 'tg_01K_1' } }),
      });
  });

  it('are read, cancelled and listed by their ids', () => {
    for (const each of [api.get('b/1', site.base), api.cancel('b/1', site.base)]) expect(each.url).toContain('b%2F1');
    expect(api.get('b-1', site.base).method).toBe('GET');
    expect(api.cancel('b-1', site.base).url).toMatch(vendor === 'xai' ? /b-1:cancel$/ : /b-1\/cancel(\?|$)/);
    expect(api.list(site.base, undefined).method).toBe('GET');
    expect(api.results(BATCH, site.base).map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('batches in the shape of OpenAI', () => {
  const api = apiOf('openai');
  const read = (members: object) =>
    api.read(Buffer.from(JSON.stringify({ id: 'batch_1', object: 'batch', ...members })), NOW);

  it.each([
    ['validating', undefined],
    ['in_progress', undefined],
    ['finalizing', undefined],
    ['cancelling', undefined],
    ['completed', 'completed'],
    ['expired', 'expired'],
    ['cancelled', 'cancelled'],
    ['failed', 'refused'],
  ] as const)('reads the status %s', (status, end) => {
    expect(read({ status })).toMatchObject({ status, end, isKnownStatus: true, outputs: [] });
  });

  it('takes an unknown status as running, and says so', () => {
    expect(read({ status: 'paused' })).toMatchObject({ end: undefined, isKnownStatus: false });
    expect(read({ status: 'constructor' })).toMatchObject({ end: undefined, isKnownStatus: false });
    for (const text of ['', 'null', '[]', '{}', '{"id":"x"}', '<html>'])
      expect(api.read(Buffer.from(text), NOW)).toBeUndefined();
  });

  it('reads counts, files, its own name and the time', () => {
    const batch = read({
      status: 'completed',
      input_file_id: 'file-1',
      output_file_id: 'file-2',
      error_file_id: null,
      created_at: 1_764_000_000,
      metadata: { thriftgate_batch: 'tg_1' },
      request_counts: { total: 10, completed: 9, failed: 1 },
    });
    expect(batch).toMatchObject({
      inputFileId: 'file-1',
      outputs: ['file-2'],
      name: 'tg_1',
      createdAtMs: 1_764_000_000_000,
      lineCount: 10,
      counts: { completed: 9, failed: 1 },
    });
  });

  it('tells a full queue from a bad file', () => {
    const failed = (code: string, message: string) =>
      read({ status: 'failed', errors: { object: 'list', data: [{ code, message, line: 3 }] } });
    expect(failed('token_limit_exceeded', 'Enqueued token limit reached')).toMatchObject({ retryLater: true });
    expect(failed('invalid_json_line', 'not JSON')).toMatchObject({
      retryLater: false,
      error: 'invalid_json_line: not JSON (line 3)',
    });
  });

  it('reads lines of results, with all digits', () => {
    const line = (members: object) => api.readLine(JSON.stringify({ id: 'r', custom_id: ID, ...members }));
    const answered = api.readLine(
      `{"custom_id":"${ID}","response":{"status_code":200,"body":{"id":"c","seed":12345678901234567890}},"error":null}`,
    );
    expect(answered).toMatchObject({ id: ID, kind: 'answered' });
    expect(String((answered as { body: Buffer }).body)).toBe('{"id":"c","seed":12345678901234567890}');
    expect(line({ response: { status_code: 400, body: { error: { message: 'no' } } }, error: null })).toEqual({
      id: ID,
      kind: 'failed',
      status: 400,
      body: '{"error":{"message":"no"}}',
    });
    expect(line({ response: null, error: { code: 'batch_expired', message: 'm' } })).toEqual({
      id: ID,
      kind: 'expired',
    });
    expect(line({ response: null, error: { code: 'batch_cancelled', message: 'm' } })).toEqual({
      id: ID,
      kind: 'cancelled',
    });
    expect(line({ response: null, error: { code: 'server_error', message: 'm' } })).toMatchObject({
      kind: 'failed',
      status: 500,
    });
    for (const text of ['', '{', '[]', '{"custom_id":1}']) expect(api.readLine(text)).toBeUndefined();
  });

  it('finds its files and its batches in lists', () => {
    const files = {
      data: [
        { id: 'file-2', filename: 'tg_1.jsonl' },
        { id: 'file-3', filename: 'other.jsonl' },
      ],
    };
    expect(api.upload?.find?.(Buffer.from(JSON.stringify(files)), 'tg_1')).toEqual(['file-2']);
    const data = [{ id: 'batch_2', status: 'in_progress', metadata: { thriftgate_batch: 'tg_1' } }];
    const page = api.readList(Buffer.from(JSON.stringify({ data, has_more: true })), NOW);
    expect([page?.batches.map(({ name }) => name), page?.after]).toEqual([['tg_1'], 'batch_2']);
    expect(api.list('https://api.openai.com/v1', 'batch_2').url).toContain('after=batch_2');
  });

  it.each([
    'oops',
    '',
    '{}',
    '{"error":{"message":"busy"}}',
    '{"data":{}}',
    '{"data":[],"has_more":true}',
    '{"data":[{"id":"batch_1"}]}',
    '{"data":[null]}',
  ])('B5: takes %p for no list of batches', (text) => {
    expect(api.readList(Buffer.from(text), NOW)).toBeUndefined();
  });

  it.each(['{"data":[],"has_more":false}', '{"object":"list","data":null}', '[]'])(
    'takes %p for a list without batches',
    (text) => {
      expect(api.readList(Buffer.from(text), NOW)).toEqual({ batches: [], after: undefined });
    },
  );

  it('takes no other call', () => {
    expect(api.groupOf(request('https://api.openai.com/v1/audio/speech'), { body: {} })).toBeUndefined();
  });
});

describe("batches in vendors' own shapes", () => {
  it('of Together are wrapped when they are made, and a list of them is an array', () => {
    const api = apiOf('together');
    const job = { id: 'b', status: 'IN_PROGRESS', input_file_id: 'f', created_at: '2026-11-28T11:00:00Z' };
    expect(api.read(Buffer.from(JSON.stringify({ job, warning: '' })), NOW)).toMatchObject({
      id: 'b',
      end: undefined,
      inputFileId: 'f',
      createdAtMs: NOW - 3_600_000,
    });
    expect(api.readList(Buffer.from(JSON.stringify([job])), NOW)?.batches).toHaveLength(1);
  });

  it('B5: of Mistral are listed in pages with numbers', () => {
    const api = apiOf('mistral');
    const page = (jobs: number) =>
      Buffer.from(
        JSON.stringify({
          object: 'list',
          total: 250,
          data: Array.from({ length: jobs }, () => ({ id: 'b', status: 'QUEUED' })),
        }),
      );
    expect(api.readList(page(100), NOW)?.after).toBe('1');
    expect(api.readList(page(100), NOW, '1')?.after).toBe('2');
    expect(api.readList(page(50), NOW, '2')).toMatchObject({ after: undefined });
    expect(api.readList(Buffer.from('{"object":"list","total":0}'), NOW)?.batches).toEqual([]);
    expect(api.list('https://api.mistral.ai/v1', '2').url).toContain('page=2');
  });

  it('of Mistral have files in a list and words in capitals', () => {
    const api = apiOf('mistral');
    const job = {
      id: 'b',
      status: 'TIMEOUT_EXCEEDED',
      input_files: ['f'],
      output_file: 'o',
      total_requests: 4,
      created_at: 1,
    };
    const text = JSON.stringify({
      ...job,
      succeeded_requests: 3,
      failed_requests: 0,
      metadata: { thriftgate_batch: 'n' },
    });
    expect(api.read(Buffer.from(text), NOW)).toMatchObject({
      end: 'expired',
      outputs: ['o'],
      inputFileId: 'f',
      name: 'n',
      lineCount: 4,
      counts: { completed: 3, failed: 0 },
    });
  });

  it.each([
    ['nothing counted yet', { state: { num_requests: 0, num_pending: 0 } }, undefined],
    ['some pending', { state: { num_requests: 4, num_pending: 1 } }, undefined],
    ['none pending', { state: { num_requests: 4, num_pending: 0 } }, 'completed'],
    ['cancelled', { state: { num_requests: 4, num_pending: 0 }, cancel_time: '2026-11-28T11:00:00Z' }, 'cancelled'],
    ['being cancelled', { state: { num_requests: 4, num_pending: 2 }, cancel_time: '2026-11-28T11:00:00Z' }, undefined],
    ['past its time', { state: { num_requests: 4, num_pending: 2 }, expire_time: '2026-11-28T11:59:00Z' }, 'expired'],
    [
      'stopped by xAI with results',
      { state: { num_requests: 4, num_pending: 0 }, cancel_by_xai_message: 'no' },
      'completed',
    ],
    ['refused by xAI', { state: { num_requests: 0 }, cancel_by_xai_message: 'bad file' }, 'refused'],
  ])('of xAI have counts in place of a status: %s', (_name, members, end) => {
    const api = apiOf('xai');
    const text = JSON.stringify({ batch_id: 'b', name: 'n', create_time: '2026-11-28T10:00:00Z', ...members });
    expect(api.read(Buffer.from(text), NOW)).toMatchObject({ id: 'b', name: 'n', end });
  });

  it('of xAI have results in pages', () => {
    const api = apiOf('xai');
    const [first] = api.results({ ...BATCH, outputs: ['b'] }, 'https://api.x.ai/v1');
    expect(first?.url).toBe('https://api.x.ai/v1/batches/b/results?limit=1000');
    const results = [
      { batch_request_id: 'a', batch_result: { response: { chat_get_completion: { id: 'c' } }, error: null } },
      { batch_request_id: 'b', batch_result: null, error_message: 'no' },
      { batch_request_id: 'c', batch_result: { error: { code: 1, message: 'cancelled' } } },
    ];
    const read = (token: string | null, from = first) =>
      api.readPage?.(Buffer.from(JSON.stringify({ results, pagination_token: token })), from as HttpRequest);
    expect(read('t/2')?.lines.map(({ id, kind }) => [id, kind])).toEqual([
      ['a', 'answered'],
      ['b', 'failed'],
      ['c', 'cancelled'],
    ]);
    const next = read('t/2')?.next;
    expect(next?.url).toBe('https://api.x.ai/v1/batches/b/results?limit=1000&pagination_token=t%2F2');
    expect(read('t3', next)?.next?.url).toBe('https://api.x.ai/v1/batches/b/results?limit=1000&pagination_token=t3');
    expect(read(null)?.next).toBeUndefined();
  });
});
