import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ThriftgateClient, ThriftgateError } from './index';

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

type Respond = (response: ServerResponse, call: Received) => void;

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Respond =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const events =
  (...data: unknown[]): Respond =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req-1', 'x-cache-status': 'HIT' });
    for (const each of data) response.write(`data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`);
    response.end();
  };

const lines =
  (...customIds: string[]): Respond =>
  (response) =>
    response.end(customIds.map((custom_id) => `${JSON.stringify({ custom_id })}\n`).join(''));

const chatRequest = { model: 'gpt-4.1', messages: [{ role: 'user' as const, content: 'Hello' }] };
const chunk = (content: string) => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] });
const row = (request_id: string) => ({ request_id, attempt: 1 });

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('ThriftgateClient', () => {
  let server: Server;
  let client: ThriftgateClient;
  let responses: Respond[];
  let calls: Received[];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const call = { method: request.method, url: request.url, headers: request.headers, body };
      calls.push(call);
      responses.shift()?.(response, call);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new ThriftgateClient({ baseUrl: `http://127.0.0.1:${port}/v1/`, apiKey: 'sk-tg-test' });
  });

  beforeEach(() => {
    responses = [];
    calls = [];
  });

  afterAll(() => server.close());

  it('sends the key and reads the response', async () => {
    responses = [json({ object: 'chat.completion', cached: true })];
    const completion = await client.chat.completions.create(chatRequest, { headers: { 'x-gateway-tags': 'a,b' } });
    expect(completion.cached).toBe(true);
    expect(calls[0]).toMatchObject({ method: 'POST', url: '/v1/chat/completions', body: JSON.stringify(chatRequest) });
    expect(calls[0]?.headers).toMatchObject({ authorization: 'Bearer sk-tg-test', 'x-gateway-tags': 'a,b' });
  });

  it('returns the facts of a response', async () => {
    const headers = { 'x-cache-status': 'MISS', 'x-gateway-cost-usd': '0.000192', 'x-gateway-attempts': '2' };
    responses = [json({ cached: false }, 200, headers)];
    const { facts } = await client.chat.completions.createWithFacts(chatRequest);
    expect(facts).toMatchObject({ cacheStatus: 'MISS', costUsd: '0.000192', attempts: 2, provider: null });
  });

  it('sends the idempotency key', async () => {
    responses = [json({ cached: false }, 200, { 'idempotent-replayed': 'true' }), json({ id: 'batch_1' })];
    const { facts } = await client.chat.completions.createWithFacts(chatRequest, { idempotencyKey: 'order-4711' });
    expect(facts.replayed).toBe(true);
    await client.batches.create({ input_file_id: 'file_1' }, { idempotencyKey: 'night-4711' });
    expect(calls.map(({ headers }) => headers['idempotency-key'])).toEqual(['order-4711', 'night-4711']);
  });

  it('reads an object with its version, and changes no other one', async () => {
    const error = {
      message: 'It has changed.',
      type: 'invalid_request_error',
      param: null,
      code: 'precondition_failed',
    };
    responses = [json({ id: 'team_1' }, 200, { etag: '"v1.h1"' }), json({ error }, 412)];
    const { value, etag } = await client.admin.teams.retrieveTagged('team_1');
    expect({ value, etag }).toEqual({ value: { id: 'team_1' }, etag: '"v1.h1"' });
    await expect(client.admin.teams.update('team_1', { name: 'a' }, { ifMatch: etag })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    expect(calls.map(({ headers }) => headers['if-match'])).toEqual([undefined, '"v1.h1"']);
  });

  it('returns a stream chunk by chunk', async () => {
    responses = [events(chunk('a'), chunk('b'), '[DONE]')];
    const stream = await client.chat.completions.create({ ...chatRequest, stream: true });
    const chunks = await collect(stream);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['a', 'b']);
  });

  it('throws the error of a broken stream', async () => {
    responses = [
      events(chunk('a'), { error: { message: 'It broke.', type: 'upstream_error', code: 'upstream_error' } }),
    ];
    const stream = await client.chat.completions.create({ ...chatRequest, stream: true });
    expect((await stream.next()).value).toMatchObject(chunk('a'));
    await expect(stream.next()).rejects.toMatchObject({
      message: 'It broke.',
      code: 'upstream_error',
      requestId: 'req-1',
    });
  });

  it('throws for a stream without its end mark', async () => {
    responses = [events(chunk('a'))];
    const stream = await client.chat.completions.create({ ...chatRequest, stream: true });
    await expect(collect(stream)).rejects.toMatchObject({ code: 'stream_incomplete' });
  });

  it('throws the gateway’s error with all its members', async () => {
    const error = { message: 'Slow down.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' };
    responses = [json({ error }, 429, { 'retry-after': '7', 'x-request-id': 'req-2' })];
    const failure: unknown = await client.models.list().catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(ThriftgateError);
    expect(failure).toMatchObject({ ...error, status: 429, requestId: 'req-2', retryAfterSeconds: 7 });
  });

  it('returns the readiness report of a gateway that is not ready', async () => {
    responses = [json({ status: 'draining' }, 503), json({ error: { message: 'Away.' } }, 503)];
    expect(await client.health.ready()).toEqual({ status: 'draining' });
    await expect(client.health.live()).rejects.toMatchObject({ status: 503, message: 'Away.' });
  });

  it('sends a statement’s form and language', async () => {
    responses = [(response) => response.end('종류,날짜\r\n')];
    expect(await client.admin.statements.csv('team_1', '2026-11', { lang: 'ko' })).toBe('종류,날짜\r\n');
    expect(calls[0]?.url).toBe('/admin/teams/team_1/statements/2026-11?lang=ko&format=csv');
  });

  it('names the status of an error response in another shape', async () => {
    responses = [(response) => response.writeHead(502).end('<html>')];
    const expected = { status: 502, code: null, message: 'The gateway returned HTTP 502.', retryAfterSeconds: null };
    await expect(client.models.list()).rejects.toMatchObject(expected);
  });

  it('uploads a file as a form', async () => {
    responses = [json({ id: 'file_1' })];
    await client.files.create({ file: '{"custom_id":"1"}', filename: 'questions.jsonl', purpose: 'batch' });
    expect(calls[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(calls[0]?.body).toMatch(/name="purpose"\r\n\r\nbatch\r\n/);
    expect(calls[0]?.body).toMatch(/name="file"; filename="questions.jsonl"[^]*\{"custom_id":"1"\}\r\n/);
  });

  it('runs a batch: creates it, waits for Retry-After, reads both files', async () => {
    const batch = { id: 'batch_1', status: 'in_progress', output_file_id: null, error_file_id: null };
    const done = { ...batch, status: 'completed', output_file_id: 'file_out', error_file_id: 'file_err' };
    const overloaded = json({ error: { message: 'Later.', code: 'unavailable' } }, 503, { 'retry-after': '0' });
    responses = [json(batch), json(batch), overloaded, json(done)];
    const { id } = await client.batches.create({ requests: [{ custom_id: '1', body: chatRequest }] });
    const ended = await client.batches.waitFor(id, { pollMs: 1 });
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({
      requests: [{ method: 'POST', custom_id: '1', body: chatRequest }],
    });

    responses = [lines('1', '3'), lines('2')];
    const results = await collect(client.batches.results(ended));
    expect(results.map(({ custom_id }) => custom_id)).toEqual(['1', '3', '2']);
    expect(calls.slice(-2).map(({ url }) => url)).toEqual(['/v1/files/file_out/content', '/v1/files/file_err/content']);
  });

  it('stops waiting for a batch when its signal aborts', async () => {
    responses = [json({ id: 'batch_1', status: 'in_progress' })];
    const waiting = client.batches.waitFor('batch_1', { pollMs: 60_000, signal: AbortSignal.timeout(50) });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('does not wait for an unknown batch', async () => {
    responses = [json({ error: { message: 'There is none.', code: 'not_found' } }, 404)];
    await expect(client.batches.waitFor('batch_0', { pollMs: 1 })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('requests usage by groups and time, as JSON and as CSV', async () => {
    responses = [json({ data: [], total: {} }), (response) => response.end('model,requests\r\n')];
    await client.usage.get({ from: new Date(0), group_by: ['model', 'day'] });
    expect(await client.usage.csv({ to: '2026-11-23' })).toBe('model,requests\r\n');
    expect(calls.map(({ url }) => url)).toEqual([
      '/v1/usage?from=1970-01-01T00%3A00%3A00.000Z&group_by=model%2Cday',
      '/v1/usage?to=2026-11-23&format=csv',
    ]);
  });

  it('reads the ledger page after page', async () => {
    responses = [
      json({ data: [row('c'), row('b')], next_cursor: 'more' }),
      json({ data: [row('a')], next_cursor: null }),
    ];
    const rows = await collect(client.admin.requests.all({ team_id: 'team_1', limit: 2 }));
    expect(rows.map(({ request_id }) => request_id)).toEqual(['c', 'b', 'a']);
    expect(calls[1]?.url).toBe('/admin/requests?team_id=team_1&limit=2&cursor=more');
  });

  it('N10: sends lists of filters separated by commas', async () => {
    responses = [json({ data: [], next_cursor: null })];
    await client.admin.requests.list({ status: ['429', '5xx'], stream: false, sort: '-cost' });
    expect(calls[0]?.url).toBe('/admin/requests?status=429%2C5xx&stream=false&sort=-cost');
  });

  it.each<[string, (admin: ThriftgateClient['admin']) => Promise<unknown>, string, unknown]>([
    ['makes teams', ({ teams }) => teams.create({ name: 'search' }), 'POST /admin/teams', { name: 'search' }],
    ['issues keys', ({ keys }) => keys.create('team_1', { name: 'k' }), 'POST /admin/teams/team_1/keys', { name: 'k' }],
    ['rotates keys', ({ keys }) => keys.rotate('key_1', 60), 'POST /admin/keys/key_1/rotate', { grace_seconds: 60 }],
    ['revokes keys', ({ keys }) => keys.revoke('key/1'), 'DELETE /admin/keys/key%2F1', undefined],
    ['reports usage', ({ usage }) => usage.get({ group_by: ['team'] }), 'GET /admin/usage?group_by=team', undefined],
    ['reads the cache', ({ cache }) => cache.stats(), 'GET /admin/cache/stats', undefined],
    [
      'reads the cache by group',
      ({ cache }) => cache.stats({ from: '2026-11-01', group_by: ['team', 'day'] }),
      'GET /admin/cache/stats?from=2026-11-01&group_by=team%2Cday',
      undefined,
    ],
    [
      'empties the cache',
      ({ cache }) => cache.invalidate({ all: true }),
      'POST /admin/cache/invalidate',
      { all: true },
    ],
    [
      'sets versions',
      ({ models }) => models.setVersion('a/b', '2'),
      'PUT /admin/models/a%2Fb/version',
      { version: '2' },
    ],
  ])('%s', async (_, call, route, body) => {
    responses = [json({})];
    await call(client.admin);
    expect(`${calls[0]?.method} ${calls[0]?.url}`).toBe(route);
    expect(calls[0]?.body === '' ? undefined : JSON.parse(calls[0]?.body ?? '')).toEqual(body);
  });
});
