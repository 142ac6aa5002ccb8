import { setTimeout as delay } from 'node:timers/promises';
import { ThriftgateClient } from '@thriftgate/sdk';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** Each way to invalidate responses: the number of invalidated ones, and what remains. */
describe('invalidation', () => {
  let gateway: RunningGateway;
  let sdk: ThriftgateClient;
  let key: string;
  let teamId: string;
  let question = 0;
  let family = 0;

  beforeAll(async () => {
    gateway = await startGateway();
    sdk = new ThriftgateClient({ baseUrl: gateway.url, apiKey: gateway.adminKey });
    ({ key, teamId } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  const MODELS = [
    'gpt-4.1',
    'gpt-4.1-mini',
    'gpt-4.1-nano',
    'gpt-4o',
    'gpt-4o-mini',
    'gpt-5',
    'gpt-5-mini',
    'o3',
    'o4-mini',
  ];
  /** A model that no other test has called. */
  const nextModel = () => MODELS[(family += 1) - 1] ?? '';
  const fresh = () => `question ${(question += 1)}`;
  const ask = (text: string, model: string, asker = key, tags = '') =>
    gateway.chat(asker, text, { model }, tags === '' ? {} : { 'x-gateway-tags': tags });
  const status = async (text: string, model: string, asker = key) =>
    (await ask(text, model, asker)).headers.get('x-cache-status');
  const invalidate = async (body: Record<string, unknown>) =>
    (await gateway.admin('POST', '/admin/cache/invalidate', body)).body;
  const tried = async (body: Record<string, unknown>) => {
    const dry = await invalidate({ ...body, dry_run: true });
    const wet = await invalidate(body);
    const again = await invalidate({ ...body, dry_run: true });
    expect([dry.invalidated_keys, again.invalidated_keys]).toEqual([wet.invalidated_keys, 0]);
    return wet;
  };

  it('of a team keeps the responses of other teams', async () => {
    const model = nextModel();
    const other = await gateway.createKey();
    const [one, two] = [fresh(), fresh()];
    for (const text of [one, two]) await ask(text, model);
    await ask(one, model, other.key);
    expect(await tried({ team_id: teamId, model })).toEqual({ generation: 1, invalidated_keys: 2 });
    expect(await status(one, model, other.key)).toBe('HIT');
    expect([await status(one, model), await status(two, model)]).toEqual(['MISS', 'MISS']);
    expect([await status(one, model), await status(two, model)]).toEqual(['HIT', 'HIT']);
  });

  it('of a tag keeps the responses without it', async () => {
    const model = nextModel();
    const [plain, both, tagged] = [fresh(), fresh(), fresh()];
    await ask(plain, model);
    await ask(both, model, key, 'catalogue,shop');
    await ask(tagged, model, key, 'catalogue');
    expect((await tried({ tag: 'catalogue', team_id: teamId })).invalidated_keys).toBe(2);
    expect(await status(plain, model)).toBe('HIT');
    expect([await status(both, model), await status(tagged, model)]).toEqual(['MISS', 'MISS']);
  });

  it('of a cache key keeps every other response', async () => {
    const model = nextModel();
    const [gone, kept] = [fresh(), fresh()];
    const cacheKey = (await ask(gone, model)).headers.get('x-cache-key');
    await ask(kept, model);
    expect(await tried({ key: cacheKey })).toEqual({ generation: 1, invalidated_keys: 1 });
    expect([await status(kept, model), await status(gone, model)]).toEqual(['HIT', 'MISS']);
    for (const nonsense of ['nonsense', 'ai_cache%3Ateam%ZZ']) {
      const refused = await gateway.admin('POST', '/admin/cache/invalidate', { key: nonsense });
      expect([refused.status, refused.body.error.param]).toEqual([400, 'key']);
    }
  });

  it('of a cache key accepts the unchanged header, also of a model with a Korean name', async () => {
    const model = '사내-모델';
    const deployments = [{ provider: 'openai', model: 'gpt-4.1' }];
    expect((await gateway.admin('POST', '/admin/models', { name: model, deployments })).status).toBe(201);
    const text = fresh();
    const cacheKey = (await ask(text, model)).headers.get('x-cache-key') ?? '';
    expect(decodeURIComponent(cacheKey)).toContain(`:${model}:`);
    expect(await status(text, model)).toBe('HIT');
    expect(await tried({ key: cacheKey })).toMatchObject({ invalidated_keys: 1 });
    expect(await status(text, model)).toBe('MISS');
  });

  it('of calls before a time keeps the responses to later calls', async () => {
    const model = nextModel();
    const [old, young] = [fresh(), fresh()];
    await ask(old, model);
    await delay(20);
    const before = new Date().toISOString();
    await delay(20);
    await ask(young, model);
    expect((await tried({ before, model })).invalidated_keys).toBe(1);
    expect([await status(young, model), await status(old, model)]).toEqual(['HIT', 'MISS']);
  });

  it('of a version keeps responses of another version under the same name', async () => {
    const model = nextModel();
    const [old, young] = [fresh(), fresh()];
    const deployed = `${model}-2026-01-01`;
    await ask(old, model);
    await sdk.admin.cache.invalidate({ version: deployed, replaced_by: `${model}-2027-01-01`, dry_run: true });
    // The new version is announced before it responds, so it is no drift, and both write in one generation.
    await sdk.admin.cache.invalidate({ version: deployed, replaced_by: `${model}-2027-01-01` });
    expect(await status(old, model)).toBe('MISS');
    expect(await status(old, model)).toBe('HIT');
    gateway.fake.setSnapshot(model, `${model}-2027-01-01`);
    const { headers } = await ask(young, model);
    expect(headers.get('x-gateway-model')).toBe(`${model}-2027-01-01`);
    const version = `${model}-2027-01-01`;
    await eventually(async () => (await sdk.admin.cache.invalidate({ version, dry_run: true })).invalidated_keys === 1);
    expect(await tried({ version })).toMatchObject({ invalidated_keys: 1 });
    expect([await status(old, model), await status(young, model)]).toEqual(['HIT', 'MISS']);
  });

  it('of a replaced model declares the new version', async () => {
    const model = nextModel();
    const text = fresh();
    await ask(text, model);
    expect(await sdk.admin.cache.invalidate({ model, replaced_by: `${model}-next` })).toEqual({
      generation: 2,
      invalidated_keys: 1,
    });
    expect((await gateway.request('GET', `/v1/models/${model}`, key)).body.gateway).toMatchObject({
      version: `${model}-next`,
      generation: 2,
    });
    gateway.fake.setSnapshot(model, `${model}-next`, 'fp_of_the_next');
    expect(await status(text, model)).toBe('MISS');
    await eventually(async () => (await status(text, model)) === 'HIT');
  });

  it('prevents the storage of a response whose call began before', async () => {
    const model = nextModel();
    const text = `[[delay=1500]] ${fresh()}`;
    const late = ask(text, model);
    await eventually(() => gateway.fake.calls.some(({ body }) => JSON.stringify(body)?.includes(text)));
    expect((await invalidate({ team_id: teamId, model })).invalidated_keys).toBe(0);
    await late;
    expect(await status(text, model)).toBe('MISS');
    expect(await status(text, model)).toBe('HIT');
  });

  it.each([
    [{}, 'model'],
    [{ dry_run: true }, 'model'],
    [{ all: true, model: 'gpt-4.1' }, 'all'],
    [{ replaced_by: 'b' }, 'replaced_by'],
    [{ replaced_by: 'b', tag: 'a' }, 'replaced_by'],
    [{ before: 'yesterday' }, 'before'],
    [{ modell: 'gpt-4.1' }, 'modell'],
  ])('refuses %j and names %s', async (body, param) => {
    const { status: code, body: answer } = await gateway.admin('POST', '/admin/cache/invalidate', body);
    expect([code, answer.error.param]).toEqual([400, param]);
    if (param === 'model') expect(answer.error.message).toContain('{"all": true}');
  });

  it('persists over a restart', async () => {
    const model = nextModel();
    const text = fresh();
    await ask(text, model);
    await gateway.restart();
    const { body } = await gateway.admin('POST', '/admin/cache/invalidate', { team_id: teamId });
    expect(body.generation).toBeGreaterThanOrEqual(1);
    await gateway.restart();
    expect(await status(text, model)).toBe('MISS');
    expect(await status(text, model)).toBe('HIT');
  });

  it('is audited and raises an alert, unlike a dry run', async () => {
    const events: any[] = [];
    for await (const event of sdk.admin.audit.all({ limit: 5 })) events.push(event);
    expect(events.find(({ details }) => details.tag === 'catalogue')).toMatchObject({
      actor: 'admin',
      action: 'cache.invalidated',
      details: { tag: 'catalogue', team_id: teamId },
    });
    expect(events.filter(({ details }) => details.tag === 'catalogue').length).toBe(1);
    expect(events.find(({ action }) => action === 'model.replaced')).toMatchObject({ actor: 'admin' });
    const alert = await eventually(async () => {
      const { data } = await sdk.admin.alerts.list({ kind: 'cache_invalidated' });
      return data.find(({ data: what }) => (what.what as Record<string, string>).tag === 'catalogue');
    });
    expect(alert.data).toMatchObject({ by: 'admin', invalidated_keys: 2 });
    expect(alert.text.en).toContain('tag catalogue');
  });
});
