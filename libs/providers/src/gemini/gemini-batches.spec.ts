import type { VendorBatch } from '../batch-api';
import { ID, NOW, apiOf, draftOf, request, textOf } from '../testing/batch-drafts';

describe('batches of Gemini', () => {
  const api = apiOf('gemini');
  const BASE = 'https://generativelanguage.googleapis.com';
  const url = `${BASE}/v1beta/models/gemini-4:generateContent`;

  it('are made of a file in two requests', async () => {
    const line = api.line(ID, request(url, '{"contents":[]}'));
    expect(JSON.parse(line)).toEqual({ key: ID, request: { contents: [] } });
    const draft = draftOf(url, `${line}\n`);
    const begun = api.upload?.request(draft, `${BASE}/v1beta`);
    expect(begun).toMatchObject({
      url: `${BASE}/upload/v1beta/files`,
      headers: { 'x-goog-upload-command': 'start', 'x-goog-upload-header-content-length': String(line.length + 1) },
    });
    const sent = api.upload?.content?.(draft, { 'x-goog-upload-url': 'https://other.example/upload/x?id=1' }, BASE);
    expect(sent?.url).toBe(`${BASE}/upload/x?id=1`);
    expect(await textOf(sent?.body)).toBe(`${line}\n`);
    expect(api.upload?.read(Buffer.from('{"file":{"name":"files/abc"}}'))).toBe('files/abc');
    const created = api.create(draft, 'files/abc', BASE);
    expect(created.url).toBe(`${BASE}/v1beta/models/m-1:batchGenerateContent`);
    expect(JSON.parse(await textOf(created.body))).toEqual({
      batch: { displayName: 'tg_01K_1', inputConfig: { fileName: 'files/abc' } },
    });
  });

  it('are listed in pages; an empty list is an empty object', () => {
    const operations = [{ name: 'batches/1', metadata: { state: 'BATCH_STATE_RUNNING' } }];
    const page = Buffer.from(JSON.stringify({ operations, nextPageToken: 'p2' }));
    expect(api.readList(page, NOW)).toMatchObject({ batches: [{ id: 'batches/1' }], after: 'p2' });
    expect(api.readList(Buffer.from('{}'), NOW)).toEqual({ batches: [], after: undefined });
  });

  it.each(['<html>', '', '[]', '{"error":{"code":503}}', '{"operations":{}}', '{"operations":[{}]}'])(
    'B5: takes %p for no list of batches',
    (text) => {
      expect(api.readList(Buffer.from(text), NOW)).toBeUndefined();
    },
  );

  it('take embeddings of one input a line', async () => {
    const embed = `${BASE}/v1beta/models/gemini-embedding-001:batchEmbedContents`;
    const input = { content: { parts: [{ text: 'a' }] }, outputDimensionality: 2 };
    const sent = request(embed, JSON.stringify({ requests: [input] }));
    expect(api.groupOf(sent, { body: { input: ['a'] } })).toBe(':batchEmbedContents');
    expect(api.groupOf(sent, { body: { input: ['a', 'b'] } })).toBeUndefined();
    expect(JSON.parse(api.line(ID, sent))).toEqual({ key: ID, request: input });
    expect(api.create(draftOf(embed, ''), 'files/abc', BASE).url).toBe(
      `${BASE}/v1beta/models/m-1:asyncBatchEmbedContent`,
    );
    const read = api.readLine(
      JSON.stringify({ key: ID, response: { embedding: { values: [0.1] }, usageMetadata: { promptTokenCount: 3 } } }),
    );
    expect(JSON.parse(String(read?.kind === 'answered' && read.body))).toEqual({
      embeddings: [{ values: [0.1] }],
      usageMetadata: { promptTokenCount: 3 },
    });
  });

  it('take no stream', () => {
    const stream = request(`${BASE}/v1beta/models/gemini-4:streamGenerateContent?alt=sse`);
    expect(api.groupOf(stream, { body: {} })).toBeUndefined();
    expect(api.groupOf(request(url), { body: {} })).toBe(':generateContent');
  });

  it.each([
    ['BATCH_STATE_PENDING', undefined, true],
    ['JOB_STATE_RUNNING', undefined, true],
    ['BATCH_STATE_SUCCEEDED', 'completed', true],
    ['BATCH_STATE_FAILED', 'refused', true],
    ['BATCH_STATE_CANCELLED', 'cancelled', true],
    ['BATCH_STATE_EXPIRED', 'expired', true],
    ['BATCH_STATE_DREAMING', undefined, false],
  ])('read %s', (state, end, isKnownStatus) => {
    const batchStats = { requestCount: '3', successfulRequestCount: '2', failedRequestCount: '1' };
    const metadata = { state, displayName: 'n', createTime: '2026-11-28T11:00:00Z', batchStats };
    expect(api.read(Buffer.from(JSON.stringify({ name: 'batches/1', metadata })), NOW)).toMatchObject({
      id: 'batches/1',
      end,
      isKnownStatus,
      lineCount: 3,
      counts: { completed: 2, failed: 1 },
      name: 'n',
    });
  });

  it('have results in a file', () => {
    const done = {
      name: 'batches/1',
      metadata: { state: 'BATCH_STATE_SUCCEEDED' },
      response: { responsesFile: 'files/r' },
    };
    const batch = api.read(Buffer.from(JSON.stringify(done)), NOW);
    expect(batch?.outputs).toEqual(['files/r']);
    expect(api.results(batch as VendorBatch, BASE).map((each) => each.url)).toEqual([
      `${BASE}/download/v1beta/files/r:download?alt=media`,
    ]);
    expect(api.readLine('{"key":"k","response":{"candidates":[]}}')).toMatchObject({ id: 'k', kind: 'answered' });
    expect(api.readLine('{"key":"k","error":{"code":3,"message":"no"}}')).toMatchObject({
      kind: 'failed',
      status: 400,
    });
    expect(api.readLine('{"key":"k","error":{"code":1}}')).toEqual({ id: 'k', kind: 'cancelled' });
  });
});
