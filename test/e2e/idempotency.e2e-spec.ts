import { request } from 'node:http';
import OpenAI from 'openai';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** An application repeats calls after a failure and must not pay twice. */
describe('Idempotency-Key', () => {
  let gateway: RunningGateway;
  let key: string;
  let teamId: string;
  let number = 0;

  beforeAll(async () => {
    gateway = await startGateway();
    ({ key, teamId } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  const nextKey = () => `key-${(number += 1)}`;
  /** Without the cache, so that only the idempotency key can avoid a call. */
  const ask = (idempotencyKey: string, content: string, members: Record<string, unknown> = {}, as = key) =>
    gateway.chat(as, content, { use_cache: false, ...members }, { 'idempotency-key': idempotencyKey });
  const upstreamCalls = (content: string) =>
    gateway.fake.calls.filter(({ body }) => JSON.stringify(body)?.includes(content)).length;
  const rowsOf = async (requestId: string | null) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${requestId}`)).body.data;

  it('returns the bytes of one call to fifty equal calls at once', async () => {
    const name = nextKey();
    const body = { model: 'gpt-4.1', use_cache: false, messages: [{ role: 'user', content: '[[delay=300]] fifty' }] };
    const send = () =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': name },
        body: JSON.stringify(body),
      });
    const answers = await Promise.all(Array.from({ length: 50 }, send));
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect([texts.size, new Set(answers.map(({ status }) => status))]).toEqual([1, new Set([200])]);
    expect(upstreamCalls('fifty')).toBe(1);
    const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
    expect(replayed).toHaveLength(49);
    const first = answers.find(({ headers }) => !headers.has('idempotent-replayed'));
    const original = first?.headers.get('x-request-id') ?? '';
    expect(new Set(replayed.map(({ headers }) => headers.get('x-gateway-original-request-id')))).toEqual(
      new Set([original]),
    );
    expect(await rowsOf(original)).toHaveLength(1);
    expect(await rowsOf(replayed[0]?.headers.get('x-request-id') ?? '')).toEqual([]);
  });

  it('repeats a stream, during and after the first call', async () => {
    const name = nextKey();
    const stream = () => ask(name, '[[words=20 gap=10]] streamed once', { stream: true });
    const [one, two] = await Promise.all([stream(), stream()]);
    const three = await stream();
    expect(one.body).toMatch(/data: \[DONE\]\n\n$/);
    expect([two.body, three.body]).toEqual([one.body, one.body]);
    expect(three.headers.get('content-type')).toContain('text/event-stream');
    expect(upstreamCalls('streamed once')).toBe(1);
  });

  it('is refused with another body or path', async () => {
    const name = nextKey();
    expect((await ask(name, 'the first body')).status).toBe(200);
    const other = await ask(name, 'another body');
    expect([other.status, other.body.error]).toEqual([
      400,
      expect.objectContaining({ type: 'idempotency_error', code: 'idempotency_key_reused', param: 'Idempotency-Key' }),
    ]);
    const path = await gateway.request('POST', '/v1/batches', key, { requests: [] }, { 'idempotency-key': name });
    expect(path.status).toBe(400);
    expect(upstreamCalls('another body')).toBe(0);
  });

  it('applies within a team', async () => {
    const name = nextKey();
    const other = await gateway.createKey();
    await ask(name, 'of two teams');
    const theirs = await ask(name, 'of two teams', {}, other.key);
    expect([theirs.status, theirs.headers.get('idempotent-replayed')]).toEqual([200, null]);
    expect(upstreamCalls('of two teams')).toBe(2);
    const rotated = await gateway.createKey({ teamId });
    expect((await ask(name, 'of two teams', {}, rotated.key)).headers.get('idempotent-replayed')).toBe('true');
  });

  it('A13: gives a key of the team no stored response of a model that it may not use', async () => {
    const name = nextKey();
    expect((await ask(name, 'A13')).status).toBe(200);
    const { key: bound } = await gateway.createKey({ teamId, models: ['gpt-4.1-mini'] });
    const refused = await ask(name, 'A13', {}, bound);
    expect([refused.status, refused.body.error.code]).toEqual([403, 'model_not_allowed']);
    expect((await ask(name, 'A13')).headers.get('idempotent-replayed')).toBe('true');
  });

  it('is free again after a call without a result', async () => {
    const name = nextKey();
    const refused = await ask(name, 'wrong', { messages: 'none' });
    expect(refused.status).toBe(400);
    const limited = await ask(name, '[[status=400]] refused by the provider');
    expect(limited.status).toBe(400);
    const good = await ask(name, 'right this time');
    expect([good.status, good.headers.get('idempotent-replayed')]).toEqual([200, null]);
  });

  it('finishes a call whose client disconnected, for later repeats', async () => {
    const name = nextKey();
    const left = new AbortController();
    const first = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      signal: left.signal,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': name },
      body: JSON.stringify({
        model: 'gpt-4.1',
        messages: [{ role: 'user', content: '[[delay=400]] left alone' }],
        use_cache: false,
      }),
    });
    await eventually(() => upstreamCalls('left alone') > 0 || undefined);
    left.abort();
    await expect(first).rejects.toThrow();
    const again = await ask(name, '[[delay=400]] left alone');
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(upstreamCalls('left alone')).toBe(1);
  });

  it('creates one batch and one file', async () => {
    const name = nextKey();
    const body = {
      requests: [{ custom_id: 'a', body: { model: 'gpt-4.1', messages: [{ role: 'user', content: 'one batch' }] } }],
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    };
    const start = () => gateway.request('POST', '/v1/batches', key, body, { 'idempotency-key': name });
    const [one, two] = await Promise.all([start(), start()]);
    const three = await start();
    expect([one.status, two.body.id, three.body.id]).toEqual([200, one.body.id, one.body.id]);

    const upload = async (content: string, filename = 'lines.jsonl') => {
      const form = new FormData();
      form.set('purpose', 'batch');
      form.set('file', new Blob([content]), filename);
      const headers = { authorization: `Bearer ${key}`, 'idempotency-key': `${name}-file` };
      return (await fetch(`${gateway.url}/v1/files`, { method: 'POST', headers, body: form })).json() as Promise<any>;
    };
    const uploads = await Promise.all([1, 2, 3].map(() => upload('{"custom_id":"a"}\n')));
    expect(new Set(uploads.map(({ id }) => id)).size).toBe(1);
    expect((await upload('{"custom_id":"a"}\n')).id).toBe(uploads[0].id);
    for (const other of [await upload('{"custom_id":"b"}\n'), await upload('{"custom_id":"a"}\n', 'other.jsonl')]) {
      expect(other.error?.code).toBe('idempotency_key_reused');
    }
    const { data } = (await gateway.request('GET', '/v1/files?limit=1000', key)).body;
    expect(data.filter(({ filename }: any) => filename === 'lines.jsonl')).toHaveLength(1);
  });

  it('repeats a broken stream as it broke', async () => {
    const name = nextKey();
    const broken = () => ask(name, '[[words=20 cut-after=8]] broken', { stream: true });
    const first = await broken();
    expect(first.body).toMatch(/data: \{"error":.*\}\n\n$/);
    const again = await broken();
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true']);
    expect(upstreamCalls('broken')).toBe(1);
  });

  it('is validated', async () => {
    for (const bad of ['with space', 'x'.repeat(256), '']) {
      const { status, body } = await ask(bad, 'bad key');
      expect([bad.length, status, body.error?.param]).toEqual([bad.length, 400, 'Idempotency-Key']);
    }
    const sent = gateway.fake.calls.filter(({ headers }) => headers['idempotency-key'] !== undefined);
    expect(sent).toEqual([]);
  });

  it('works through the official SDK, and after a restart', async () => {
    const client = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    const name = nextKey();
    const send = () =>
      client.chat.completions.create(
        { model: 'gpt-4.1', messages: [{ role: 'user', content: 'kept over a restart' }] },
        { headers: { 'Idempotency-Key': name, 'cache-control': 'no-store' } },
      );
    const first = await send();
    await gateway.restart();
    expect((await send()).id).toBe(first.id);
    expect(upstreamCalls('kept over a restart')).toBe(1);
  });

  it('delays the end of the gateway until a call whose client disconnected has ended', async () => {
    const name = nextKey();
    const content = '[[delay=3000]] left before the end';
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': name };
    const first = request(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, agent: false });
    first.on('error', () => undefined);
    first.end(JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content }], use_cache: false }));
    const call = await eventually(() =>
      gateway.fake.calls.find(({ body }) => JSON.stringify(body)?.includes('left before the end')),
    );
    first.destroy();
    await gateway.restart();
    const again = await ask(name, content);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(await rowsOf(call.requestId ?? null)).toMatchObject([{ state: 'settled', estimated: false }]);
  });

  it('never repeats a call during which the process was killed', async () => {
    const name = nextKey();
    const content = '[[delay=60000]] killed in the middle';
    const first = ask(name, content).catch(() => 'cut');
    await eventually(() => upstreamCalls('killed in the middle') > 0 || undefined);
    await gateway.kill();
    expect(await first).toBe('cut');
    await gateway.start();
    const again = await ask(name, content);
    expect([again.status, again.body.error.code]).toEqual([409, 'idempotency_result_unknown']);
    expect(again.headers.get('x-should-retry')).toBe('false');
    expect(upstreamCalls('killed in the middle')).toBe(1);
  });
});
