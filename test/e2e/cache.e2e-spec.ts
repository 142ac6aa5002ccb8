import { setTimeout as delay } from 'node:timers/promises';
import OpenAI from 'openai';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { usd } from '../support/money';

/** The second equal request costs nothing. */
describe('the response cache', () => {
  let gateway: RunningGateway;
  let key: string;
  let question = 0;

  beforeAll(async () => {
    gateway = await startGateway();
    ({ key } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  const fresh = () => `question ${(question += 1)}`;
  const status = ({ headers }: { headers: Headers }) => headers.get('x-cache-status');
  const upstreamCalls = (text: string) =>
    gateway.fake.calls.filter(({ body }) => JSON.stringify(body).includes(`"${text}"`)).length;

  it('returns the response to an equal request at no cost', async () => {
    const text = fresh();
    const first = await gateway.chat(key, text);
    const second = await gateway.chat(key, text);
    expect([status(first), status(second)]).toEqual(['MISS', 'HIT']);
    expect(second.body).toEqual({ ...first.body, cached: true });
    expect(first.body.cached).toBe(false);
    expect(second.headers.get('x-gateway-cost-usd')).toBe('0');
    expect(second.headers.get('x-gateway-saved-usd')).toBe(usd(2 * 2 + 3 * 8));
    expect(second.headers.get('x-cache-key')).toBe(first.headers.get('x-cache-key'));
    expect(Number(second.headers.get('age'))).toBeGreaterThanOrEqual(0);
    expect(Number(second.headers.get('x-cache-ttl'))).toBeLessThanOrEqual(604800);
    expect(upstreamCalls(text)).toBe(1);
  });

  it('finds an equal request in any JSON form', async () => {
    const text = fresh();
    await gateway.chat(key, text, { temperature: 0.5, top_p: 1 });
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json' },
      body: `{ "top_p": 1.0, "user": "somebody", "messages": [ { "content": "${text.replace('q', '\\u0071')}", "role": "user" } ], "temperature": 5e-1, "model": "gpt-4.1" }`,
    });
    expect(status(response)).toBe('HIT');
  });

  it.each([{ temperature: 0.9 }, { seed: 7 }, { x_unknown: 1 }, { model: 'gpt-4.1-mini' }, { n: 2 }])(
    'misses a request that differs by %j',
    async (members) => {
      const text = fresh();
      await gateway.chat(key, text);
      expect(status(await gateway.chat(key, text, members))).toBe('MISS');
    },
  );

  it('stores and serves JSON responses and streams alike', async () => {
    const openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    const streamedText = async (text: string) => {
      const { data, response } = await openai.chat.completions
        .create({
          model: 'gpt-4.1',
          stream: true,
          stream_options: { include_usage: true },
          messages: [{ role: 'user', content: text }],
        })
        .withResponse();
      let content = '';
      let usage: unknown;
      for await (const chunk of data) {
        content += chunk.choices[0]?.delta.content ?? '';
        usage = chunk.usage ?? usage;
      }
      return { content, usage, status: status(response) };
    };
    const whole = fresh();
    await gateway.chat(key, whole);
    expect(await streamedText(whole)).toMatchObject({
      content: `echo: ${whole}`,
      status: 'HIT',
      usage: {
        prompt_tokens: 2,
        completion_tokens: 3,
        gateway: { cost_usd: '0', saved_usd: usd(28), cache_status: 'HIT' },
      },
    });
    const stream = fresh();
    expect(await streamedText(stream)).toMatchObject({ content: `echo: ${stream}`, status: 'MISS' });
    const served = await gateway.chat(key, stream);
    expect([status(served), served.body.choices[0].message.content, served.body.object]).toEqual([
      'HIT',
      `echo: ${stream}`,
      'chat.completion',
    ]);
    expect(served.body.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 3 });
  });

  it('is separate for each team', async () => {
    const text = fresh();
    await gateway.chat(key, text);
    const other = await gateway.createKey();
    expect(status(await gateway.chat(other.key, text))).toBe('MISS');
    const colleague = await gateway.createKey({ teamId: other.teamId });
    expect(status(await gateway.chat(colleague.key, text))).toBe('HIT');
  });

  it('follows the directives of the caller', async () => {
    const text = fresh();
    const ask = (members: Record<string, unknown>, cacheControl?: string) =>
      gateway.chat(key, text, members, cacheControl === undefined ? {} : { 'cache-control': cacheControl });
    expect(status(await ask({ use_cache: false }))).toBe('BYPASS');
    expect((await ask({}, 'only-if-cached')).status).toBe(504);
    expect(status(await ask({}, 'no-store'))).toBe('MISS');
    expect(status(await ask({ cache: { 'no-store': true } }))).toBe('MISS');
    expect(status(await ask({}, 'no-cache'))).toBe('REFRESH');
    expect(status(await ask({}, 'only-if-cached'))).toBe('HIT');
    expect(status(await ask({ use_cache: false }))).toBe('BYPASS');
    expect(status(await ask({ cache: { 'no-cache': true } }))).toBe('REFRESH');
    expect(status(await ask({ cache: { namespace: 'other' } }))).toBe('MISS');
    await delay(1_100);
    expect(status(await ask({}, 'max-age=60'))).toBe('HIT');
    expect(status(await ask({}, 'max-age=1'))).toBe('MISS');
    expect(status(await ask({ cache: { 's-maxage': 60 } }))).toBe('HIT');
  });

  it('expires entries after their TTL', async () => {
    const text = fresh();
    await gateway.chat(key, text, { cache: { ttl: 1 } });
    expect(status(await gateway.chat(key, text))).toBe('HIT');
    await delay(1_100);
    expect(status(await gateway.chat(key, text))).toBe('MISS');
  });

  it.each(['[[finish=length]]', 'call tool'])('does not store %s', async (directive) => {
    const members =
      directive === 'call tool' ? { tools: [{ type: 'function', function: { name: 'f', parameters: {} } }] } : {};
    const text = `${directive} ${fresh()}`;
    for (const stream of [false, true, false])
      expect(status(await gateway.chat(key, text, { ...members, stream }))).toBe('MISS');
  });

  describe('model versions', () => {
    it('drops a model’s responses when they are invalidated, and returns their number', async () => {
      const text = fresh();
      await gateway.chat(key, text, { model: 'gpt-4o' });
      await gateway.chat(key, fresh(), { model: 'gpt-4o' });
      const keep = fresh();
      await gateway.chat(key, keep, { model: 'gpt-4o-mini' });
      const dryRun = await gateway.admin('POST', '/admin/cache/invalidate', { model: 'gpt-4o', dry_run: true });
      expect(dryRun.body).toMatchObject({
        generation: 1,
        invalidated_keys: 2,
        dry_run: { models: [{ model: 'gpt-4o', answers: 2 }] },
      });
      expect(status(await gateway.chat(key, text, { model: 'gpt-4o' }))).toBe('HIT');
      expect((await gateway.admin('POST', '/admin/cache/invalidate', { model: 'gpt-4o' })).body).toEqual({
        generation: 2,
        invalidated_keys: 2,
      });
      expect(status(await gateway.chat(key, text, { model: 'gpt-4o' }))).toBe('MISS');
      expect(status(await gateway.chat(key, keep, { model: 'gpt-4o-mini' }))).toBe('HIT');
    });

    it('drops them when another version is declared, and only then', async () => {
      const text = fresh();
      const declare = (version: string) => gateway.admin('PUT', '/admin/models/gpt-5/version', { version });
      expect((await declare('2026-10')).body).toEqual({ model: 'gpt-5', version: '2026-10', generation: 2 });
      await gateway.chat(key, text, { model: 'gpt-5' });
      expect((await declare('2026-10')).body.generation).toBe(2);
      expect(status(await gateway.chat(key, text, { model: 'gpt-5' }))).toBe('HIT');
      expect((await declare('2026-11')).body.generation).toBe(3);
      expect(status(await gateway.chat(key, text, { model: 'gpt-5' }))).toBe('MISS');
      expect((await gateway.request('GET', '/v1/models/gpt-5', key)).body.gateway).toMatchObject({
        version: '2026-11',
        generation: 3,
      });
    });

    it('drops them when the provider responds with another version', async () => {
      const text = fresh();
      const members = { model: 'gpt-4.1-nano' };
      await gateway.chat(key, text, members);
      expect(status(await gateway.chat(key, text, members))).toBe('HIT');
      gateway.fake.setSnapshot('gpt-4.1-nano', 'gpt-4.1-nano-2027-01-01');
      await gateway.chat(key, fresh(), members);
      const after = await eventually(async () => {
        const answer = await gateway.chat(key, text, members);
        return status(answer) === 'HIT' ? undefined : answer;
      });
      expect([status(after), after.headers.get('x-gateway-model')]).toEqual(['MISS', 'gpt-4.1-nano-2027-01-01']);
    });

    it('drops everything for all: true, and nothing for an empty request', async () => {
      const text = fresh();
      await gateway.chat(key, text);
      expect((await gateway.admin('POST', '/admin/cache/invalidate', {})).status).toBe(400);
      expect((await gateway.admin('POST', '/admin/cache/invalidate', { modell: 'gpt-4.1' })).body.error.param).toBe(
        'modell',
      );
      expect((await gateway.admin('POST', '/admin/cache/invalidate', { model: 'nobody' })).status).toBe(404);
      expect(status(await gateway.chat(key, text))).toBe('HIT');
      expect(
        (await gateway.admin('POST', '/admin/cache/invalidate', { all: true })).body.invalidated_keys,
      ).toBeGreaterThan(1);
      expect(status(await gateway.chat(key, text))).toBe('MISS');
    });
  });

  it('keeps the generations over a restart', async () => {
    const text = fresh();
    const { body } = await gateway.admin('POST', '/admin/cache/invalidate', { model: 'gpt-4.1' });
    await gateway.restart();
    expect((await gateway.request('GET', '/v1/models/gpt-4.1', key)).body.gateway.generation).toBe(body.generation);
    expect(status(await gateway.chat(key, text))).toBe('MISS');
    expect(status(await gateway.chat(key, text))).toBe('HIT');
  });

  it('counts hits, misses and keys', async () => {
    const team = await gateway.createKey();
    const text = fresh();
    for (let i = 0; i < 4; i += 1) await gateway.chat(team.key, text, { model: 'o3' });
    const statistics = async () => (await gateway.admin('GET', '/admin/cache/stats')).body;
    const ofModel = ({ models }: any) => models.find(({ model }: { model: string }) => model === 'o3');
    // With Redis the keys in Redis are counted, and a response is stored there shortly after its caller gets it.
    await eventually(async () => ofModel(await statistics()).keys > 0);
    const body = await statistics();
    expect(ofModel(body)).toMatchObject({
      generation: 2,
      keys: 1,
      hits: 3,
      misses: 1,
    });
    expect(body.hit_rate).toBeCloseTo(body.hits / (body.hits + body.misses));
    expect(body.total_keys).toBe(body.models.reduce((sum: number, { keys }: { keys: number }) => sum + keys, 0));
  });
});
