import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningGateway, startGateway } from '../support/gateway';
import { KeyedUpstream } from '../support/keyed-upstream';

const SECRETS = ['gsk-first-secret-0123456789', 'gsk-second-secret-0123456789', 'header-secret-0123456789'];
const [FIRST = '', SECOND = '', HEADER = ''] = SECRETS;

/** Administrators add, change, test, switch off and delete providers while the gateway runs. */
describe('providers at runtime', () => {
  let gateway: RunningGateway;
  let upstream: KeyedUpstream;
  let key: string;
  let question = 0;

  beforeAll(async () => {
    upstream = await KeyedUpstream.start();
    gateway = await startGateway({ env: { PROVIDER_ALLOWED_NETWORKS: '127.0.0.1' } });
    ({ key } = await gateway.createKey());
    await gateway.admin('POST', '/admin/prices', {
      model: 'm',
      input_usd_per_mtok: '1',
      output_usd_per_mtok: '2',
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const ask = (model: string, members = {}) =>
    gateway.chat(key, `provider question ${(question += 1)}`, { model, ...members });
  const add = (name: string, members: Record<string, unknown> = {}) =>
    gateway.admin('POST', '/admin/providers', {
      name,
      type: 'openai-compatible',
      base_url: upstream.baseUrl,
      keys: [{ key: FIRST, name: 'production' }],
      ...members,
    });
  const model = (name: string, ...providers: string[]) =>
    gateway.admin('POST', '/admin/models', {
      name,
      deployments: providers.map((provider, index) => ({ provider, model: 'm', priority: index + 1 })),
    });

  it('are added with the members that gateway.yaml has for one', async () => {
    const added = await add('one-key', { keys: undefined, api_key: FIRST });
    expect([added.status, added.body.keys]).toEqual([201, [expect.objectContaining({ name: null, hint: '…6789' })]]);
    await model('via-one-key', 'one-key');
    expect([(await ask('via-one-key')).status, upstream.keys.at(-1)]).toEqual([200, FIRST]);
    expect((await gateway.admin('POST', '/admin/providers/one-key/test')).body).toMatchObject({ ok: true });
  });

  it('are added, answer calls at once, and are shown without secrets', async () => {
    const added = await add('added', { headers: { 'X-Tenant': HEADER }, query: { 'api-version': '1' } });
    expect([added.status, added.body]).toEqual([
      201,
      expect.objectContaining({
        name: 'added',
        source: 'admin',
        type: 'openai-compatible',
        base_url: upstream.baseUrl,
        headers: ['x-tenant'],
        query: { 'api-version': '1' },
        enabled: true,
        serves_catalogue: false,
        problem: null,
        keys: [expect.objectContaining({ name: 'production', hint: '…6789', team_id: null, set_aside: null })],
      }),
    ]);
    expect((await model('via-added', 'added')).status).toBe(201);
    const answer = await ask('via-added');
    expect([answer.status, answer.headers.get('x-gateway-provider'), upstream.keys.at(-1)]).toEqual([
      200,
      'added',
      FIRST,
    ]);
    expect(upstream.paths.at(-1)).toBe('POST /v1/chat/completions?api-version=1');
    const { data } = (await gateway.admin('GET', '/admin/providers')).body;
    expect(data.map(({ name, source }: { name: string; source: string }) => [name, source])).toEqual(
      expect.arrayContaining([
        ['openai', 'environment'],
        ['added', 'admin'],
      ]),
    );
    const shown = await gateway.admin('GET', '/admin/providers/added');
    expect(shown.body.deployments).toMatchObject([{ deployment: 'added/m', breaker: 'closed', models: ['via-added'] }]);
  });

  it('of a vendor serve its models of the catalogue under their own names', async () => {
    const members = { type: 'groq', keys: [{ key: SECOND }] };
    expect((await add('groq', members)).body).toMatchObject({ serves_catalogue: true });
    const models = (await gateway.request('GET', '/v1/models', key)).body.data;
    const [served] = models.filter(({ owned_by: owner }: { owned_by: string }) => owner === 'groq');
    const answer = await ask(served.id);
    expect([answer.status, answer.headers.get('x-gateway-provider'), upstream.keys.at(-1)]).toEqual([
      200,
      'groq',
      SECOND,
    ]);
    expect((await gateway.admin('DELETE', '/admin/providers/groq')).status).toBe(200);
    expect((await ask(served.id)).status).toBe(404);
  });

  it('get no calls while they are switched off: others do, or the model is a 404; stored answers stay', async () => {
    await add('off');
    await model('only-off', 'off');
    await model('off-then-added', 'off', 'added');
    const members = { messages: [{ role: 'user', content: 'stored before' }] };
    await ask('off-then-added', members);
    const off = await gateway.admin('PATCH', '/admin/providers/off', { enabled: false });
    expect([off.status, off.body.enabled]).toEqual([200, false]);
    const { status, body } = await ask('only-off');
    expect([status, body.error.code, body.error.message]).toEqual([
      404,
      'model_not_found',
      expect.stringContaining('switched its provider off (off)'),
    ]);
    const next = await ask('off-then-added');
    expect([next.status, next.headers.get('x-gateway-provider')]).toEqual([200, 'added']);
    expect((await ask('off-then-added', members)).headers.get('x-cache-status')).toBe('HIT');
    const listed = (await gateway.admin('GET', '/admin/models')).body.data;
    expect(listed.find(({ name }: { name: string }) => name === 'only-off')).toMatchObject({ served: false });
    expect((await gateway.request('GET', '/v1/models/only-off', key)).status).toBe(404);
    await gateway.admin('PATCH', '/admin/providers/off', { enabled: true });
    expect((await ask('only-off')).headers.get('x-gateway-provider')).toBe('off');
  });

  it('have closed breakers once they are switched on again', async () => {
    await add('paused', { keys: [{ key: 'sk-paused-0123456789' }] });
    await model('via-paused', 'paused');
    upstream.rules.set('sk-paused-0123456789', { status: 429, headers: { 'retry-after': '300' } });
    expect((await ask('via-paused')).status).toBe(429);
    upstream.rules.clear();
    expect((await ask('via-paused')).status).toBe(429);
    for (const enabled of [false, true]) await gateway.admin('PATCH', '/admin/providers/paused', { enabled });
    expect((await ask('via-paused')).status).toBe(200);
  });

  it('are not deleted while a model uses them', async () => {
    const { status, body } = await gateway.admin('DELETE', '/admin/providers/off');
    expect([status, body.error.message]).toEqual([409, expect.stringContaining('off-then-added, only-off')]);
    for (const name of ['only-off', 'off-then-added']) await gateway.admin('DELETE', `/admin/models/${name}`);
    expect((await gateway.admin('DELETE', '/admin/providers/off')).body).toEqual({ id: 'off', deleted: true });
    expect((await gateway.admin('GET', '/admin/providers/off')).status).toBe(404);
  });

  it('of the operator are changed where they are set', async () => {
    for (const [method, path, body] of [
      ['PATCH', '/admin/providers/openai', { enabled: false }],
      ['DELETE', '/admin/providers/openai', undefined],
      ['POST', '/admin/providers/openai/keys', { key: SECOND }],
    ] as const) {
      const refused = await gateway.admin(method, path, body);
      expect([refused.status, refused.body.error.message]).toEqual([
        409,
        expect.stringContaining('set in the environment'),
      ]);
    }
    expect((await add('openai')).status).toBe(409);
  });

  it('are tested: by the list of models for nothing, by a model for its cost', async () => {
    const tested = (body: object, name = 'added') => gateway.admin('POST', `/admin/providers/${name}/test`, body);
    expect((await tested({})).body).toMatchObject({ ok: true, status: 200, error: null, models: 2, cost_usd: '0' });
    const asked = (await tested({ model: 'm' })).body;
    expect(asked).toMatchObject({ ok: true, status: 200, models: null, cost_usd: '0.000014' });
    await delay(50);
    const rows = (await gateway.admin('GET', '/admin/requests?tag=gateway:provider-test')).body.data;
    expect(rows).toMatchObject([{ provider: 'added', model: 'm', cost_usd: '0.000014', cache_status: 'BYPASS' }]);
    upstream.rules.set(FIRST, { status: 401, error: { code: 'invalid_api_key', message: `Incorrect: ${FIRST}` } });
    const refused = await tested({});
    expect(refused.body).toMatchObject({ ok: false, status: 401 });
    expect(JSON.stringify((await tested({ model: 'm' })).body)).not.toContain(FIRST);
    expect(JSON.stringify(refused.body)).not.toContain(FIRST);
    upstream.rules.clear();
    expect((await ask('via-added')).status).toBe(200);
    expect((await tested({}, 'nowhere')).status).toBe(404);
    expect((await tested({ key_id: 'nowhere' })).status).toBe(404);
  });

  it('leave no secret in responses, the audit, the log or the database', async () => {
    await gateway.admin('POST', '/admin/providers/added/keys', { key: SECOND, name: 'second' });
    upstream.rules.set(FIRST, { status: 401, error: { code: 'x', message: `Incorrect: ${FIRST}` } });
    upstream.rules.set(SECOND, { status: 400, error: { code: 'x', message: `Bad request with ${SECOND}, ${HEADER}` } });
    for (let time = 0; time < 4; time += 1) expect(JSON.stringify((await ask('via-added')).body)).not.toMatch(/secret/);
    upstream.rules.clear();
    const { data } = (await gateway.admin('GET', '/admin/audit?limit=1000')).body;
    const actions = new Set(data.map(({ action }: { action: string }) => action));
    for (const action of ['created', 'updated', 'deleted', 'tested']) expect(actions).toContain(`provider.${action}`);
    expect(actions).toContain('provider_key.created');
    const changed = data.find(({ action }: { action: string }) => action === 'provider.updated');
    expect([changed.before.enabled, changed.after.enabled]).toEqual([false, true]);
    const texts = [JSON.stringify(data), gateway.output];
    for (const path of ['/admin/providers', '/admin/alerts', '/admin/requests', '/admin/deployments'])
      texts.push(JSON.stringify((await gateway.admin('GET', path)).body));
    await gateway.terminate();
    const files = readdirSync(gateway.dataDirectory, { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile()))
      texts.push(readFileSync(join(file.parentPath, file.name), 'latin1'));
    for (const secret of SECRETS) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    await gateway.start();
    expect((await ask('via-added')).status).toBe(200);
  });
});
