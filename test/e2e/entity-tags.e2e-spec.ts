import { type RunningGateway, startGateway } from '../support/gateway';

type Change = [method: string, body: object | undefined];

/** Two people change the same thing; a page asks again for what has not changed. */
describe('entity tags under /admin', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({ env: { WEBHOOK_ALLOW_PRIVATE: 'true', SIMULATOR: 'on' } });
  });
  afterAll(() => gateway.stop());

  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    gateway.request(method, path, gateway.adminKey, body, headers);
  const tagOf = async (path: string) => (await send('GET', path)).headers.get('etag') ?? '';

  it('spare the body of what has not changed, and nothing may store it', async () => {
    const first = await send('GET', '/admin/teams');
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const same = await send('GET', '/admin/teams', undefined, { 'if-none-match': known });
      expect([known, same.status, same.body]).toEqual([known, 304, '']);
      expect(same.headers.get('etag')).toBe(tag);
      expect(same.headers.get('cache-control')).toBe('no-store');
    }
    await gateway.createKey();
    const changed = await send('GET', '/admin/teams', undefined, { 'if-none-match': tag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  it('are not on tables, errors, /v1 and changes', async () => {
    const { key } = await gateway.createKey();
    expect((await send('GET', '/admin/usage?format=csv')).headers.get('etag')).toBeNull();
    expect((await send('GET', '/admin/teams/x')).headers.get('etag')).toBeNull();
    expect((await send('POST', '/admin/teams', { name: 'tagless' })).headers.get('etag')).toBeNull();
    const models = await gateway.request('GET', '/v1/models', key);
    expect(models.headers.get('etag')).toBeNull();
  });

  it('keep a change from undoing one that its sender has not seen', async () => {
    const { teamId, keyId } = await gateway.createKey();
    const budget = await send('POST', '/admin/budgets', { team_id: teamId, limit_usd: '9', window: 'day' });
    const webhook = await send('POST', '/admin/webhooks', { url: 'http://127.0.0.1:9/hook' });
    const settings = { timezone: 'UTC', currency: 'USD', exchange_rate: null };
    const provider = { name: 'tagged', type: 'groq', keys: [{ key: 'gsk-tagged' }], serves_catalogue: false };
    expect((await send('POST', '/admin/providers', provider)).status).toBe(201);
    const deployments = [{ provider: 'simulator', model: 'gpt-4.1', priority: 1, weight: 1 }];
    expect((await send('POST', '/admin/models', { name: 'tagged', deployments })).status).toBe(201);
    const things: [path: string, first: Change, second: Change][] = [
      [`/admin/keys/${keyId}`, ['PATCH', { rpm_limit: 5 }], ['DELETE', undefined]],
      [`/admin/budgets/${budget.body.id}`, ['PATCH', { limit_usd: '8' }], ['DELETE', undefined]],
      [`/admin/webhooks/${webhook.body.id}`, ['PATCH', { active: false }], ['DELETE', undefined]],
      [`/admin/teams/${teamId}`, ['PATCH', { name: 'renamed' }], ['DELETE', undefined]],
      ['/admin/providers/tagged', ['PATCH', { enabled: false }], ['DELETE', undefined]],
      ['/admin/models/tagged', ['PATCH', { default_max_tokens: 100 }], ['DELETE', undefined]],
      ['/admin/settings', ['PUT', { ...settings, timezone: 'Asia/Seoul' }], ['PUT', settings]],
    ];
    for (const [path, first, second] of things) {
      const seen = { 'if-match': await tagOf(path) };
      expect((await send(first[0], path, first[1], seen)).status).toBe(200);
      for (const [method, body] of [first, second]) {
        const late = await send(method, path, body, seen);
        expect({ path, method, status: late.status }).toEqual({ path, method, status: 412 });
        expect(late.body.error).toMatchObject({ code: 'precondition_failed', type: 'invalid_request_error' });
        expect(late.headers.get('x-should-retry')).toBe('false');
      }
      const now = await send('GET', path);
      expect({ path, kept: now.body }).toMatchObject({ path, kept: first[1] ?? {} });
      const last = await send(second[0], path, second[1], { 'if-match': now.headers.get('etag') ?? '' });
      expect({ path, status: last.status }).toEqual({ path, status: 200 });
    }
  });

  it('of a provider change with the values of its headers, which nothing shows', async () => {
    const headers = { 'x-tenant': 'first' };
    const provider = { name: 'headed', type: 'groq', keys: [{ key: 'gsk-headed' }], serves_catalogue: false, headers };
    expect((await send('POST', '/admin/providers', provider)).status).toBe(201);
    const path = '/admin/providers/headed';
    const seen = { 'if-match': await tagOf(path) };
    const change = (value: string) => ({ headers: { 'x-tenant': value } });
    expect((await send('PATCH', path, change('second'), seen)).status).toBe(200);
    expect((await send('PATCH', path, change('third'), seen)).status).toBe(412);
    expect((await send('PATCH', path, change('third'), { 'if-match': await tagOf(path) })).status).toBe(200);
    const audit = await send('GET', '/admin/audit?action=provider.updated&subject=headed');
    expect(audit.body.data).toHaveLength(2);
    expect(audit.body.data[0].before).toMatchObject({ headers: ['x-tenant'] });
    expect(audit.body.data[0].before).not.toHaveProperty('updated_at');
  });

  it('let exactly one of two changes through that come at once', async () => {
    const { teamId, keyId } = await gateway.createKey();
    const budget = await send('POST', '/admin/budgets', { team_id: teamId, limit_usd: '9', window: 'day' });
    const webhook = await send('POST', '/admin/webhooks', { url: 'http://127.0.0.1:9/hook' });
    const provider = { name: 'raced', type: 'groq', keys: [{ key: 'gsk-raced' }], serves_catalogue: false };
    expect((await send('POST', '/admin/providers', provider)).status).toBe(201);
    const things: [path: string, change: (value: number) => object][] = [
      ['/admin/providers/raced', (value) => ({ headers: { 'x-value': String(value) } })],
      ['/admin/providers/raced', (value) => ({ query: { value: String(value) } })],
      ['/admin/models/gpt-4.1', (value) => ({ default_max_tokens: value + 1 })],
      [`/admin/teams/${teamId}`, (value) => ({ name: `name ${value}` })],
      [`/admin/keys/${keyId}`, (value) => ({ rpm_limit: value })],
      [`/admin/budgets/${budget.body.id}`, (value) => ({ limit_usd: String(value) })],
      [`/admin/webhooks/${webhook.body.id}`, (value) => ({ url: `http://127.0.0.1:9/${value}` })],
    ];
    for (const [path, change] of things)
      for (let round = 1; round < 15; round += 3) {
        const seen = { 'if-match': await tagOf(path) };
        const values = [round, round + 1, round + 2];
        const answers = await Promise.all(values.map((value) => send('PATCH', path, change(value), seen)));
        const statuses = answers.map(({ status }) => status).toSorted();
        expect({ path, statuses }).toEqual({ path, statuses: [200, 412, 412] });
      }
  });

  it('of a budget name its settings, whatever is spent of it', async () => {
    const { teamId, key } = await gateway.createKey();
    const { body } = await send('POST', '/admin/budgets', { team_id: teamId, limit_usd: '9', window: 'day' });
    const path = `/admin/budgets/${body.id}`;
    const seen = await tagOf(path);
    expect(seen).toMatch(/^"[\w-]{16}\.[\w-]{22}"$/);
    await gateway.chat(key, 'this costs something');
    const again = await send('GET', path, undefined, { 'if-none-match': seen });
    expect(again.status).toBe(200);
    expect(again.headers.get('etag')?.split('.')[0]).toBe(seen.split('.')[0]);
    expect((await send('PATCH', path, { limit_usd: '7' }, { 'if-match': seen })).status).toBe(200);
    expect((await send('PATCH', path, { limit_usd: '6' }, { 'if-match': '*' })).status).toBe(200);
    expect((await send('PATCH', path, { limit_usd: '5' }, { 'if-match': 'nonsense' })).status).toBe(412);
    expect((await send('PATCH', path, { limit_usd: '5' })).status).toBe(200);
  });
});
