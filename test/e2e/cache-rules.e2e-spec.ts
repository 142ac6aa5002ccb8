import { setTimeout as delay } from 'node:timers/promises';
import { ThriftgateClient } from '@thriftgate/sdk';
import { BatchClient, line } from '../support/batch-client';
import { type RunningGateway, startGateway } from '../support/gateway';

const CONFIG = `
cache: { max_ttl_seconds: 7200 }
models:
  quick:
    deployments: [{ provider: openai, model: gpt-4.1 }]
    cache: { ttl_seconds: 600, max_ttl_seconds: 900 }
  secret:
    deployments: [{ provider: openai, model: gpt-4.1-mini }]
    cache: { enabled: false }
`;

/** Administrators set how keys and models use the cache. */
describe('cache rules', () => {
  let gateway: RunningGateway;
  let sdk: ThriftgateClient;
  let key: string;
  let question = 0;

  beforeAll(async () => {
    gateway = await startGateway({ configFile: CONFIG });
    sdk = new ThriftgateClient({ baseUrl: gateway.url, apiKey: gateway.adminKey });
    ({ key } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  const fresh = () => `rule ${(question += 1)}`;
  const ask = async (asker: string, text: string, members: Record<string, unknown> = {}, headers = {}) => {
    const answer = await gateway.chat(asker, text, members, headers);
    const [status, ttl] = [answer.headers.get('x-cache-status'), Number(answer.headers.get('x-cache-ttl'))];
    return { status, ttl, code: answer.status, error: answer.body.error };
  };

  describe('of models', () => {
    it('can be in gateway.yaml, for one model or for all', async () => {
      expect(await ask(key, fresh(), { model: 'quick' })).toMatchObject({ status: 'MISS', ttl: 600 });
      expect(await ask(key, fresh(), { model: 'quick', cache: { ttl: 5_000 } })).toMatchObject({ ttl: 900 });
      expect(await ask(key, fresh(), { model: 'quick', cache: { ttl: 50 } })).toMatchObject({ ttl: 50 });
      expect(await ask(key, fresh(), { model: 'gpt-4.1' })).toMatchObject({ ttl: 7200 });
      const text = fresh();
      for (let call = 0; call < 2; call += 1)
        expect(await ask(key, text, { model: 'secret' })).toMatchObject({ status: 'BYPASS' });
      const only = await ask(key, text, { model: 'secret' }, { 'cache-control': 'only-if-cached' });
      expect([only.code, only.error.code]).toEqual([504, 'cache_only_miss']);
    });

    it('can be overridden at /admin/models, apply to stored responses, and start no generation', async () => {
      const text = fresh();
      await ask(key, text, { model: 'quick' });
      const ruled = await sdk.admin.models.update('quick', { cache: { max_ttl_seconds: 30 } });
      expect(ruled).toMatchObject({
        source: 'gateway.yaml',
        generation: 1,
        cache: { enabled: true, ttl_seconds: 600, max_ttl_seconds: 30, shared: true },
      });
      const hit = await ask(key, text, { model: 'quick' });
      expect(hit.status).toBe('HIT');
      expect(hit.ttl).toBeLessThanOrEqual(30);
      await sdk.admin.models.update('quick', { cache: { enabled: false } });
      expect(await ask(key, text, { model: 'quick' })).toMatchObject({ status: 'BYPASS' });
      await sdk.admin.models.update('quick', { cache: { enabled: null } });
      expect(await ask(key, text, { model: 'quick' })).toMatchObject({ status: 'HIT' });
      await gateway.restart();
      expect((await sdk.admin.models.list()).data.find(({ name }) => name === 'quick')).toMatchObject({
        cache: { max_ttl_seconds: 30 },
      });
      expect(await ask(key, fresh(), { model: 'quick' })).toMatchObject({ status: 'MISS', ttl: 30 });
      await sdk.admin.models.update('quick', { cache: null });
      expect(await ask(key, fresh(), { model: 'quick' })).toMatchObject({ ttl: 600 });
      expect((await gateway.admin('DELETE', '/admin/models/quick')).status).toBe(409);
    });

    it('apply to stored responses that are now too old', async () => {
      const text = fresh();
      await ask(key, text, { model: 'gpt-4o' });
      await delay(1_100);
      await sdk.admin.models.update('gpt-4o', { cache: { max_ttl_seconds: 1 } });
      expect(await ask(key, text, { model: 'gpt-4o' })).toMatchObject({ status: 'MISS' });
      expect(await sdk.admin.models.delete('gpt-4o')).toEqual({ id: 'gpt-4o', deleted: true });
    });

    it('are independent of the deployments: a change of one does not affect the other', async () => {
      const deployments = [{ provider: 'openai', model: 'gpt-4.1-nano' }];
      await sdk.admin.models.create({
        name: 'ruled',
        deployments,
        cache: { ttl_seconds: 100, store_tool_calls: true },
      });
      expect(await ask(key, fresh(), { model: 'ruled' })).toMatchObject({ ttl: 100 });
      const heavier = await sdk.admin.models.update('ruled', { deployments: [{ ...deployments[0]!, weight: 2 }] });
      expect(heavier).toMatchObject({ generation: 1, cache: { ttl_seconds: 100, store_tool_calls: true } });
      const longer = await sdk.admin.models.update('ruled', { cache: { ttl_seconds: 200 } });
      expect(longer).toMatchObject({
        deployments: [{ weight: 2 }],
        cache: { ttl_seconds: 200, store_tool_calls: true },
      });
    });

    it('are audited', async () => {
      const { data } = await sdk.admin.audit.list({ action: 'model.updated', subject: 'ruled' });
      expect(data[0]).toMatchObject({
        actor: 'admin',
        details: { cache: { ttl_seconds: 200, store_tool_calls: true } },
      });
    });

    it.each([
      [{}, null],
      [{ cache: { ttl_seconds: 0 } }, 'cache.ttl_seconds'],
      [{ cache: { max_ttl_seconds: 40_000_000 } }, 'cache.max_ttl_seconds'],
      [{ cache: { shared: 'no' } }, 'cache.shared'],
      [{ cache: { ttl: 60 } }, 'cache.ttl'],
      [{ cache: { allowed_cache_controls: [] } }, 'cache.allowed_cache_controls'],
    ])('are refused if they are %j', async (body, param) => {
      const { status, body: answer } = await gateway.admin('PATCH', '/admin/models/quick', body);
      expect([status, answer.error.param]).toEqual([400, param]);
    });
  });

  describe('of keys', () => {
    it('limit the TTL of responses for this key only', async () => {
      const { key: bound, teamId } = await gateway.createKey({ cache: { max_ttl_seconds: 60 } });
      const { key: free } = await gateway.createKey({ teamId });
      const text = fresh();
      expect(await ask(free, text)).toMatchObject({ status: 'MISS', ttl: 7200 });
      const hit = await ask(bound, text);
      expect(hit.status).toBe('HIT');
      expect(hit.ttl).toBeLessThanOrEqual(60);
      expect(await ask(bound, fresh(), { cache: { ttl: 3600 } })).toMatchObject({ status: 'MISS', ttl: 60 });
      expect(await ask(bound, fresh(), {}, { 'cf-aig-cache-ttl': '86400' })).toMatchObject({ ttl: 60 });
    });

    it('can turn the cache off', async () => {
      const { key: never, keyId } = await gateway.createKey({ cache: { enabled: false } });
      const text = fresh();
      for (let call = 0; call < 2; call += 1) expect(await ask(never, text)).toMatchObject({ status: 'BYPASS' });
      await sdk.admin.keys.update(keyId, { cache: { enabled: true } });
      expect([(await ask(never, text)).status, (await ask(never, text)).status]).toEqual(['MISS', 'HIT']);
    });

    it('can limit the allowed cache directives', async () => {
      const { key: bound, keyId } = await gateway.createKey({ cache: { allowed_cache_controls: ['no-cache'] } });
      const text = fresh();
      expect(await ask(bound, text)).toMatchObject({ status: 'MISS' });
      expect(await ask(bound, text, { cache: { 'no-cache': true } })).toMatchObject({ status: 'REFRESH' });
      const refused = await ask(bound, text, { cache: { 'no-cache': true, ttl: 60 } });
      expect(refused).toMatchObject({
        code: 403,
        error: { code: 'cache_control_not_allowed', type: 'permission_error', param: 'cache.ttl' },
      });
      expect(refused.error.message).toContain("'ttl'");
      expect(await ask(bound, text, {}, { 'cf-aig-skip-cache': 'true' })).toMatchObject({
        code: 403,
        error: { param: 'cf-aig-skip-cache' },
      });
      await sdk.admin.keys.update(keyId, { cache: { allowed_cache_controls: null } });
      expect(await ask(bound, text, { cache: { ttl: 60 } })).toMatchObject({ code: 200 });
    });

    it('apply to batch lines; a forbidden line is refused before any line runs', async () => {
      const { key: bound } = await gateway.createKey({ cache: { allowed_cache_controls: ['ttl'] } });
      const batches = new BatchClient(gateway, bound);
      const refused = await gateway.request('POST', '/v1/batches', bound, {
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
        requests: [line('a', fresh(), { cache: { ttl: 60 } }), line('b', fresh(), { use_cache: false })],
      });
      expect([refused.status, refused.body.error.message]).toEqual([
        400,
        expect.stringContaining("Line 2: this key may not use the cache control 'use-cache'"),
      ]);
      const made = await batches.create({
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
        requests: [line('a', fresh(), { cache: { ttl: 60 } })],
      });
      expect(made.id).toMatch(/^batch_/);
    });

    it('change separately, are removed by null, and pass to the key that replaces a key', async () => {
      const rules = { max_ttl_seconds: 60, shared: false, allowed_cache_controls: ['ttl' as const] };
      const { keyId } = await gateway.createKey({ cache: rules });
      expect((await sdk.admin.keys.retrieve(keyId)).cache).toEqual(rules);
      const changed = await sdk.admin.keys.update(keyId, { cache: { shared: null, max_ttl_seconds: 90 } });
      expect(changed.cache).toEqual({ max_ttl_seconds: 90, allowed_cache_controls: ['ttl'] });
      expect((await sdk.admin.keys.update(keyId, { name: 'other' })).cache).toEqual(changed.cache);
      const { id } = await sdk.admin.keys.rotate(keyId);
      expect((await sdk.admin.keys.retrieve(id)).cache).toEqual(changed.cache);
      expect(
        (await sdk.admin.keys.update(id, { cache: { max_ttl_seconds: null, allowed_cache_controls: null } })).cache,
      ).toBe(null);
      await sdk.admin.keys.update(id, { cache: { enabled: false } });
      expect((await sdk.admin.keys.update(id, { cache: null })).cache).toBeNull();
      const { data } = await sdk.admin.audit.list({ action: 'key.cache_rules_changed', subject: keyId });
      expect(data.map(({ actor, details }) => [actor, details.cache])).toEqual([
        ['admin', changed.cache],
        ['admin', rules],
      ]);
    });

    it.each([
      [{ cache: { ttl_seconds: 60 } }, 'cache.ttl_seconds'],
      [{ cache: { max_ttl_seconds: 0 } }, 'cache.max_ttl_seconds'],
      [{ cache: { allowed_cache_controls: ['no-cash'] } }, 'cache.allowed_cache_controls.0'],
      [{ cache: true }, 'cache'],
    ])('are refused if they are %j', async (members, param) => {
      const { teamId } = await gateway.createKey();
      const { status, body } = await gateway.admin('POST', `/admin/teams/${teamId}/keys`, { name: 'x', ...members });
      expect([status, body.error.param]).toEqual([400, param]);
    });
  });
});
