import { BATCH, ID, NOW, apiOf, draftOf, request, textOf } from '../testing/batch-drafts';

describe('batches of Anthropic', () => {
  const api = apiOf('anthropic');
  const BASE = 'https://api.anthropic.com';
  const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'a' };
  const url = `${BASE}/v1/messages`;

  it('are one body with all lines, under the version and the betas of their group', async () => {
    const lines = [1, 2, 3].map((n) => api.line(`l_${n}`, request(url, `{"text":"\\n${n}"}`, headers)));
    const draft = draftOf(url, `${lines.join('\n')}\n`, { ...headers, 'x-request-id': 'never' });
    const created = api.create(draft, '', BASE);
    expect(created).toMatchObject({ method: 'POST', url: `${BASE}/v1/messages/batches`, headers });
    expect(created.headers['x-request-id']).toBeUndefined();
    const body = JSON.parse(await textOf(created.body));
    expect(body.requests).toEqual([1, 2, 3].map((n) => ({ custom_id: `l_${n}`, params: { text: `\n${n}` } })));
  });

  it('are listed in pages', () => {
    const data = [{ id: 'msgbatch_1', processing_status: 'in_progress' }];
    const page = (members: object) => api.readList(Buffer.from(JSON.stringify({ data, ...members })), NOW);
    expect(page({ has_more: true, last_id: 'msgbatch_1' })).toMatchObject({
      batches: [{ id: 'msgbatch_1' }],
      after: 'msgbatch_1',
    });
    expect(page({ has_more: false, last_id: 'msgbatch_1' })).toMatchObject({ after: undefined });
    expect(page({ data: [] })).toEqual({ batches: [], after: undefined });
  });

  it.each([
    '<html>',
    '',
    '{}',
    '[]',
    '{"data":null}',
    '{"data":[],"has_more":true}',
    '{"data":[],"has_more":true,"last_id":null}',
    '{"data":[{"id":"msgbatch_1"}]}',
  ])('B5: takes %p for no list of batches', (text) => {
    expect(api.readList(Buffer.from(text), NOW)).toBeUndefined();
  });

  it('have no lines that only run live', () => {
    expect(api.groupOf(request(url, '{}', headers), { body: {} })).toBe('2023-06-01\na');
    expect(api.groupOf(request(url, '{}', headers), { body: { speed: 'fast' } })).toBeUndefined();
    expect(api.groupOf(request(url, '{}', headers), { body: { max_tokens: 0 } })).toBeUndefined();
  });

  it.each([
    ['in_progress', {}, false, undefined],
    ['canceling', {}, true, undefined],
    ['resting', {}, false, undefined],
    ['ended', { errored: 4 }, false, 'completed'],
    ['ended', { succeeded: 3, expired: 1 }, false, 'expired'],
    ['ended', { succeeded: 3, canceled: 1 }, false, 'completed'],
    ['ended', { succeeded: 3, canceled: 1 }, true, 'cancelled'],
  ])('read %s %j, cancelled by us: %s', (status, counts, isOurs, end) => {
    const batch = {
      id: 'msgbatch_1',
      processing_status: status,
      request_counts: { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0, ...counts },
      created_at: '2026-11-28T11:00:00.5Z',
      cancel_initiated_at: isOurs ? '2026-11-28T11:30:00Z' : null,
    };
    expect(api.read(Buffer.from(JSON.stringify(batch)), NOW)).toMatchObject({
      end,
      isKnownStatus: status !== 'resting',
      createdAtMs: NOW - 3_599_500,
    });
  });

  it('read lines of results', () => {
    const line = (result: object) => api.readLine(JSON.stringify({ custom_id: ID, result }));
    expect(line({ type: 'succeeded', message: { id: 'm' } })).toMatchObject({ kind: 'answered' });
    const error = { type: 'error', error: { type: 'invalid_request_error', message: 'no' } };
    expect(line({ type: 'errored', error })).toEqual({
      id: ID,
      kind: 'failed',
      status: 400,
      body: JSON.stringify(error),
    });
    expect(line({ type: 'errored', error: { type: 'error', error: { type: 'constructor' } } })).toMatchObject({
      status: 500,
    });
    expect(line({ type: 'expired' })).toEqual({ id: ID, kind: 'expired' });
    expect(line({ type: 'canceled' })).toEqual({ id: ID, kind: 'cancelled' });
  });

  it('give results once they have ended, under the base URL', () => {
    expect(api.results({ ...BATCH, end: undefined }, BASE)).toEqual([]);
    expect(api.results({ ...BATCH, id: 'b' }, `${BASE}/v1/`).map((each) => each.url)).toEqual([
      `${BASE}/v1/messages/batches/b/results`,
    ]);
  });
});
