import { setTimeout as delay } from 'node:timers/promises';
import OpenAI from 'openai';
import { eventually } from '../support/eventually';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

/** Equal calls at the same time make one upstream call, in any order and form. */
describe('equal calls at the same time', () => {
  let gateway: RunningGateway;
  let key: string;
  let teamId: string;
  let openai: OpenAI;
  let question = 0;

  beforeAll(async () => {
    gateway = await sharedGateway();
    ({ key, teamId } = await gateway.createKey());
    openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  afterAll(() => gateway.stop());

  const slow = (directives = 'delay=1500') => `[[${directives}]] question ${(question += 1)}`;
  const upstreamCalls = (text: string) =>
    gateway.fake.calls.filter(({ body }) => JSON.stringify(body ?? {}).includes(text.slice(text.indexOf('question'))))
      .length;
  /** Waits until the first call has reached the upstream; later calls join its flight. */
  const isAsked = (text: string) => eventually(() => upstreamCalls(text) === 1);
  const teamRows = async (): Promise<any[]> =>
    (await gateway.admin('GET', `/admin/requests?team_id=${teamId}&limit=1000`)).body.data;
  const statuses = (answers: { headers: Headers }[]) =>
    answers.map(({ headers }) => headers.get('x-cache-status')).toSorted();
  const streamed = async (text: string, signal?: AbortSignal) => {
    const stream = await openai.chat.completions.create(
      {
        model: 'gpt-4.1',
        messages: [{ role: 'user', content: text }],
        stream: true,
        stream_options: { include_usage: true },
      },
      signal ? { signal } : {},
    );
    let content = '';
    let usage: any;
    for await (const chunk of stream) {
      content += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    return { content, usage };
  };
  const rowsOf = (answers: { headers: Headers }[]) =>
    eventually(async () => {
      const ids = new Set(answers.map(({ headers }) => headers.get('x-request-id')));
      const found = (await teamRows()).filter(({ request_id: id }) => ids.has(id));
      return found.length >= ids.size ? found : undefined;
    });

  it('are one upstream call, which one caller pays and the others save', async () => {
    const text = slow();
    const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.chat(key, text)));
    expect(statuses(answers)).toEqual([...Array(19).fill('COALESCED'), 'MISS']);
    expect(new Set(answers.map(({ body }) => body.choices[0].message.content)).size).toBe(1);
    expect(upstreamCalls(text)).toBe(1);
    for (const { headers, body } of answers) {
      const shared = headers.get('x-cache-status') === 'COALESCED';
      expect(body.cached).toBe(shared);
      expect(headers.get('x-gateway-attempts')).toBe(shared ? '0' : '1');
      expect(headers.get('x-gateway-cost-usd') === '0').toBe(shared);
      expect(headers.get('x-gateway-saved-usd') === '0').toBe(!shared);
    }
    const rows = await rowsOf(answers);
    const paid = rows.filter(({ cache_status: status }) => status === 'MISS');
    expect(paid).toHaveLength(1);
    for (const row of rows)
      if (row !== paid[0])
        expect(row).toMatchObject({
          cache_status: 'COALESCED',
          saved_by: 'coalesced',
          cost_usd: '0',
          saved_usd: paid[0].cost_usd,
          list_cost_usd: paid[0].list_cost_usd,
          state: 'settled',
          attempt: 1,
        });
    expect((await gateway.chat(key, text)).headers.get('x-cache-status')).toBe('HIT');
  });

  it('are one stream, for later calls from its beginning, with usage for each that requests it', async () => {
    const text = slow('words=30 gap=80');
    const first = streamed(text);
    await isAsked(text);
    await delay(300);
    const [whole, ...streams] = await Promise.all([gateway.chat(key, text), first, streamed(text), streamed(text)]);
    expect(upstreamCalls(text)).toBe(1);
    expect(new Set(streams.map(({ content }) => content)).size).toBe(1);
    expect(whole.body.choices[0].message.content).toBe(streams[0]?.content);
    expect(whole.headers.get('x-cache-status')).toBe('COALESCED');
    const gateways = streams.map(({ usage }) => usage.gateway.cache_status).toSorted();
    expect(gateways).toEqual(['COALESCED', 'COALESCED', 'MISS']);
    expect(new Set(streams.map(({ usage }) => usage.completion_tokens)).size).toBe(1);
  });

  it('can be streams even if the first call is not', async () => {
    const text = slow();
    const whole = gateway.chat(key, text);
    await isAsked(text);
    const { content, usage } = await streamed(text);
    expect(content).toBe((await whole).body.choices[0].message.content);
    expect(usage.gateway).toMatchObject({ cost_usd: '0', cache_status: 'COALESCED' });
    expect(upstreamCalls(text)).toBe(1);
  });

  it.each(['whole', 'stream'])('get a response although the first client disconnects (%s)', async (form) => {
    const text = slow(form === 'whole' ? 'delay=2500' : 'words=30 gap=80');
    const departure = new AbortController();
    const first = (
      form === 'whole'
        ? openai.chat.completions.create(
            { model: 'gpt-4.1', messages: [{ role: 'user', content: text }] },
            { signal: departure.signal },
          )
        : streamed(text, departure.signal)
    ).catch(() => 'left');
    await isAsked(text);
    const others = [gateway.chat(key, text), gateway.chat(key, text)];
    await delay(500);
    departure.abort();
    const answers = await Promise.all(others);
    expect([await first]).not.toMatchObject([{ usage: { gateway: {} } }]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(statuses(answers)).toEqual(['COALESCED', 'COALESCED']);
    await eventually(async () => (await gateway.chat(key, text)).headers.get('x-cache-status') === 'HIT');
    expect(upstreamCalls(text)).toBe(1);
  });

  it('are aborted upstream and settled when the last client disconnects', async () => {
    const text = slow('words=200 gap=50');
    const [one, two] = [new AbortController(), new AbortController()];
    const readers = [one, two].map(({ signal }) => streamed(text, signal).catch(() => 'left'));
    await isAsked(text);
    await delay(500);
    one.abort();
    await delay(100);
    two.abort();
    for (const reader of await Promise.all(readers)) expect([reader]).not.toMatchObject([{ usage: { gateway: {} } }]);
    const left = await eventually(async () => {
      const found = (await teamRows()).filter(({ status, stream }) => stream && status === 499);
      return found.length >= 2 ? found : undefined;
    });
    expect(left.map(({ cache_status: status }) => status).toSorted()).toContain('COALESCED');
    expect(left.find(({ cache_status: status }) => status === 'COALESCED')).toMatchObject({
      cost_usd: '0',
      saved_usd: '0',
    });
    expect(upstreamCalls(text)).toBe(1);
  });

  it('make one attempt of their own if the first call fails', async () => {
    const text = slow();
    const takeBack = gateway.fake.script(
      { status: 400, delayMs: 1_500 },
      { prompt: new RegExp(`question ${question}$`) },
    );
    const answers = Promise.all(Array.from({ length: 5 }, () => gateway.chat(key, text)));
    await isAsked(text);
    takeBack();
    const settled = (await answers).map(({ status }) => status).toSorted();
    expect(settled).toEqual([200, 200, 200, 200, 400]);
    expect(upstreamCalls(text)).toBe(2);
  });

  it('fail together if the second attempt also fails', async () => {
    const text = slow();
    gateway.fake.script({ status: 400, delayMs: 1_000 }, { prompt: new RegExp(`question ${question}$`) });
    const answers = await Promise.all(Array.from({ length: 5 }, () => gateway.chat(key, text)));
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
    expect(upstreamCalls(text)).toBe(2);
    // Each is in the ledger: with its own attempt, or with the error of the flight.
    const ids = answers.map(({ headers }) => headers.get('x-request-id'));
    const told = (await teamRows()).filter(({ request_id: id }) => ids.includes(id));
    expect(told.map(({ cache_status: status }) => status).toSorted()).toEqual([
      ...Array(3).fill('COALESCED'),
      ...Array(2).fill('MISS'),
    ]);
    for (const row of told)
      expect(row).toMatchObject({ state: 'failed', status: 400, cost_usd: '0', saved_usd: '0', saved_by: null });
  });

  it('are one upstream call also if the first is a batch line and the line is cancelled', async () => {
    const text = slow('delay=3000');
    const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: text }] };
    const line = { custom_id: 'line', method: 'POST', url: '/v1/chat/completions', body };
    // With a short window the line runs as a live call.
    const batch = { requests: [line], completion_window: '1h' };
    const made = await gateway.request('POST', '/v1/batches', key, batch);
    await eventually(() => upstreamCalls(text) === 1 || undefined);
    const answers = Promise.all([gateway.chat(key, text), streamed(text)]);
    await delay(500);
    await gateway.request('POST', `/v1/batches/${made.body.id}/cancel`, key);
    const [whole, stream] = await answers;
    expect(whole.headers.get('x-cache-status')).toBe('COALESCED');
    expect(stream.content).toBe(whole.body.choices[0].message.content);
    expect(upstreamCalls(text)).toBe(1);
  });

  it('are separate upstream calls if their cache directives require it', async () => {
    const text = slow();
    const answers = await Promise.all([
      gateway.chat(key, text, { use_cache: false }),
      gateway.chat(key, text, { use_cache: false }),
      gateway.chat(key, text, {}, { 'cache-control': 'no-store' }),
      gateway.chat(key, text, {}, { 'cache-control': 'no-cache' }),
    ]);
    expect(statuses(answers)).toEqual(['BYPASS', 'BYPASS', 'MISS', 'REFRESH']);
    expect(upstreamCalls(text)).toBe(4);
  });

  it('are separate upstream calls if they have different service tiers', async () => {
    const text = slow();
    const answers = await Promise.all([
      gateway.chat(key, text, { service_tier: 'flex' }),
      gateway.chat(key, text, { service_tier: 'priority' }),
      gateway.chat(key, text, { service_tier: 'priority' }),
    ]);
    expect(statuses(answers)).toEqual(['COALESCED', 'MISS', 'MISS']);
    expect((await gateway.chat(key, text)).headers.get('x-cache-status')).toBe('HIT');
  });

  it('are two upstream calls if they are from two teams', async () => {
    const other = await gateway.createKey();
    const text = slow();
    const answers = await Promise.all([gateway.chat(key, text), gateway.chat(other.key, text)]);
    expect(statuses(answers)).toEqual(['MISS', 'MISS']);
    expect(upstreamCalls(text)).toBe(2);
  });

  it('are refused one by one if their budget is used up, and none waits', async () => {
    const { key: poor, teamId: poorTeam } = await gateway.createKey();
    await gateway.admin('POST', '/admin/budgets', {
      team_id: poorTeam,
      limit_usd: '0.000001',
      window: 'month',
    });
    const text = slow();
    const answers = await Promise.all(Array.from({ length: 12 }, () => gateway.chat(poor, text)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([402]));
    expect(upstreamCalls(text)).toBe(0);
  });
});
