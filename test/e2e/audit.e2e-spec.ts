import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const DOCUMENT = JSON.parse(readFileSync(join(__dirname, '../../docs/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, unknown>>;
};
const MUTATING = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  path.startsWith('/admin/')
    ? Object.keys(methods)
        .filter((method) => method !== 'get' && method !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${path}`)
    : [],
);

const LINES = [{ custom_id: 'a', body: { model: 'gpt-4.1', messages: [{ role: 'user', content: 'audited' }] } }];

interface Event {
  id: string;
  seq: number;
  hash: string;
  actor: string;
  action: string;
  subject: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

describe('the audit', () => {
  let gateway: RunningGateway;
  let admin: { key: string; keyId: string };
  /** Ids of made objects, by the name in {@link CALLS}. */
  const made: Record<string, string> = {};
  const tested = new Set<string>();

  beforeAll(async () => {
    gateway = await startGateway({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } });
    admin = await gateway.createKey({ role: 'admin' });
    await gateway.request('POST', '/auth/session', undefined, { key: gateway.adminKey });
    made.alert = await eventually(async () => (await gateway.admin('GET', '/admin/alerts')).body.data[0]?.id);
    made.session = (await gateway.request('POST', '/auth/session', undefined, { key: admin.key })).body.id;
  });
  afterAll(() => gateway.stop());

  const events = async (query = ''): Promise<Event[]> =>
    (await gateway.admin('GET', `/admin/audit?limit=1000${query}`)).body.data;

  /** Every mutating route of /admin, in an order in which each finds what it needs: route, body, action, what the id is kept as. */
  // prettier-ignore
  const CALLS: [route: string, body: unknown, action: string, keep?: string, before?: object, after?: object][] = [
    ['POST /admin/teams', { name: 'audited' }, 'team.created', 'team', undefined, { name: 'audited' }],
    ['PATCH /admin/teams/{team}', { name: 'new' }, 'team.updated', '', { name: 'audited' }, { name: 'new' }],
    ['POST /admin/teams/{team}/keys', { name: 'k' }, 'key.created', 'key', undefined, { name: 'k' }],
    ['PATCH /admin/keys/{key}', { rpm_limit: 5 }, 'key.updated', '', { rpm_limit: null }, { rpm_limit: 5 }],
    ['POST /admin/keys/{key}/rotate', { grace_seconds: 60 }, 'key.rotated', 'successor', { name: 'k' }, { name: 'k' }],
    ['DELETE /admin/keys/{successor}', undefined, 'key.revoked', '', { revoked_at: null }],
    ['POST /admin/playground/chat/completions?team_id={team}', { model: 'gpt-4.1', messages: [{ role: 'user', content: 'audited' }] }, 'playground.called'],
    ['POST /admin/batches/quote', { team_id: '{team}', requests: LINES }, 'batch.quoted'],
    ['POST /admin/batches', { team_id: '{team}', requests: LINES }, 'batch.created', 'batch', undefined, { team_id: '{team}' }],
    ['POST /admin/teams/{team}/credits/grants', { amount_usd: '5' }, 'credit.granted', '', undefined, { amount_usd: '5' }],
    ['POST /admin/teams/{team}/credits/top-ups', { amount_usd: '7' }, 'credit.topped_up', '', undefined, { amount_usd: '7' }],
    ['PATCH /admin/teams/{team}/credits', { prepaid: true }, 'credits.updated', '', { prepaid: false }, { prepaid: true }],
    ['POST /admin/budgets', { team_id: '{team}', limit_usd: '9', window: 'day' }, 'budget.created', 'budget', undefined, { limit_usd: '9' }],
    ['PATCH /admin/budgets/{budget}', { limit_usd: '8' }, 'budget.updated', '', { limit_usd: '9' }, { limit_usd: '8' }],
    ['DELETE /admin/budgets/{budget}', undefined, 'budget.deleted', '', { limit_usd: '8' }],
    ['POST /admin/prices', { model: 'gpt-4.1', multiplier: '0.5', valid_from: '2099-01-01T00:00:00Z' }, 'price.created', 'price', undefined, { multiplier: '0.5' }],
    ['PATCH /admin/prices/{price}', { multiplier: '0.4' }, 'price.updated', '', { multiplier: '0.5' }, { multiplier: '0.4' }],
    ['DELETE /admin/prices/{price}', undefined, 'price.withdrawn', '', { multiplier: '0.4' }],
    ['POST /admin/prices/import', { catalogue: { 'gpt-4.1': { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: '1e-06', output_cost_per_token: '7e-06' } }, valid_from: '2099-01-01T00:00:00Z' }, 'price.imported'],
    ['POST /admin/prices/rerate', { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }, 'price.rerated'],
    ['POST /admin/webhooks', { url: 'http://127.0.0.1:9/hook', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, 'webhook.created', 'webhook', undefined, { active: true }],
    ['PATCH /admin/webhooks/{webhook}', { active: false }, 'webhook.updated', '', { active: true }, { active: false }],
    ['POST /admin/webhooks/{webhook}/test', undefined, 'webhook.tested'],
    ['DELETE /admin/webhooks/{webhook}', undefined, 'webhook.deleted', '', { active: false }],
    ['PUT /admin/settings', { timezone: 'Asia/Seoul', currency: 'USD', exchange_rate: null }, 'settings.updated', '', { timezone: 'UTC' }, { timezone: 'Asia/Seoul' }],
    ['PUT /admin/me/preferences', { language: 'ko', timezone: null, currency: null, theme: 'dark', shortcuts: false }, 'preferences.updated', '', undefined, { theme: 'dark' }],
    ['POST /admin/alerts/{alert}/acknowledge', undefined, 'alert.acknowledged'],
    ['POST /admin/cache/shares', { name: 's', team_ids: ['{team}'] }, 'cache_share.created', 'share', undefined, { name: 's' }],
    ['PATCH /admin/cache/shares/{share}', { name: 't' }, 'cache_share.updated', '', { name: 's' }, { name: 't' }],
    ['DELETE /admin/cache/shares/{share}', undefined, 'cache_share.deleted', '', { name: 't' }],
    ['POST /admin/cache/invalidate', { model: 'gpt-4.1' }, 'cache.invalidated', '', { generation: 1 }, { generation: 2 }],
    ['POST /admin/models', { name: 'm', deployments: [{ provider: 'openai', model: 'gpt-4.1' }] }, 'model.created', '', undefined, { deployments: [{ model: 'gpt-4.1' }] }],
    ['PATCH /admin/models/m', { cache: { ttl_seconds: 5 } }, 'model.updated', '', { cache: null }, { cache: { ttl_seconds: 5 } }],
    ['PUT /admin/models/m/version', { version: 'v7' }, 'model.version_declared', '', { version: null }, { version: 'v7' }],
    ['POST /admin/models/m/test', undefined, 'model.tested'],
    ['DELETE /admin/models/m', undefined, 'model.deleted', '', { cache: { ttl_seconds: 5 } }],
    ['POST /admin/providers', { name: 'p', type: 'groq' }, 'provider.created', '', undefined, { type: 'groq', enabled: true }],
    ['PATCH /admin/providers/p', { base_url: 'https://127.0.0.1.example:9/v1', enabled: false }, 'provider.updated', '', { enabled: true }, { enabled: false }],
    ['POST /admin/providers/p/keys', { key: 'gsk-of-the-audit-0123456789', team_id: '{team}' }, 'provider_key.created', 'pkey', undefined, { hint: '…6789' }],
    ['DELETE /admin/providers/p/keys/{pkey}', undefined, 'provider_key.deleted', '', { hint: '…6789' }],
    ['POST /admin/providers/p/test', {}, 'provider.tested'],
    ['DELETE /admin/providers/p', undefined, 'provider.deleted', '', { enabled: false }],
    ['DELETE /admin/sessions/{session}', undefined, 'session.ended'],
    ['DELETE /admin/teams/{team}?force=true', undefined, 'team.deleted', '', { name: 'new' }],
  ];

  const filled = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => made[name] ?? `{${name}}`);
  /** The route as docs/openapi.json names it. */
  const routeOf = (route: string) =>
    route
      .replace(/\?.*/, '')
      .replace(/\{\w+\}/g, '{id}')
      .replace('/models/m', '/models/{model}')
      .replace('/providers/p', '/providers/{provider}')
      .replace('{provider}/keys/{id}', '{provider}/keys/{key}');

  it.each(CALLS)('N7: has %s', async (...[route, body, action, keep, before, after]) => {
    const [method = '', path = ''] = filled(route).split(' ');
    const sent = body === undefined ? undefined : JSON.parse(filled(JSON.stringify(body)));
    const [last] = await events();
    const answer = await gateway.request(method, path, admin.key, sent);
    if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    if (keep) made[keep] = answer.body.id;
    tested.add(routeOf(route));

    const event = (await events()).find((each) => each.action === action);
    const expected = after && JSON.parse(filled(JSON.stringify(after)));
    expect(event).toMatchObject({ action, actor: admin.keyId, before: before ?? null, after: expected ?? null });
    expect(event!.id > (last?.id ?? '')).toBe(true);
  });

  it('N7: has files, cancelled batches and those that run failed lines again', async () => {
    const { teamId } = await gateway.createKey();
    const form = new FormData();
    form.set('purpose', 'batch');
    const [line] = LINES;
    form.set('file', new Blob([JSON.stringify({ ...line, method: 'POST', url: '/v1/chat/completions' })]), 'a.jsonl');
    const headers = { authorization: `Bearer ${admin.key}` };
    const sent = await fetch(`${gateway.url}/admin/files?team_id=${teamId}`, { method: 'POST', headers, body: form });
    expect(sent.status).toBe(200);
    const start = async (content: string) => {
      const body = { model: 'gpt-4.1', messages: [{ role: 'user', content }] };
      const batch = { team_id: teamId, requests: [{ custom_id: 'a', body }] };
      return (await gateway.request('POST', '/admin/batches', admin.key, batch)).body.id as string;
    };
    const slow = await start('Slow [[delay=20000]]');
    expect((await gateway.request('POST', `/admin/batches/${slow}/cancel`, admin.key)).status).toBe(200);
    const failed = await start('Refused [[status=400]]');
    await eventually(
      async () =>
        (await gateway.request('POST', `/admin/batches/${failed}/retry`, admin.key)).status === 200 || undefined,
    );
    expect(await events(`&subject=${slow}&action=batch.cancelled`)).toMatchObject([
      { before: { status: 'in_progress' } },
    ]);
    expect(await events('&action=batch.retried')).toMatchObject([{ actor: admin.keyId, after: { team_id: teamId } }]);
    expect(await events('&action=file.uploaded')).toMatchObject([{ actor: admin.keyId, after: { team_id: teamId } }]);
    for (const route of ['files', 'batches/{id}/cancel', 'batches/{id}/retry']) tested.add(`POST /admin/${route}`);
  });

  it('N7: has every mutating route of /admin', () => {
    expect(MUTATING.filter((route) => !tested.has(route))).toEqual([]);
  });

  it('N7: has no secrets', async () => {
    // The hash of an event is none.
    const text = JSON.stringify((await events()).map((event) => ({ ...event, hash: undefined })));
    for (const secret of [
      admin.key,
      'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      gateway.adminKey,
      'gsk-of-the-audit',
      '"hash"',
      '"secret"',
    ])
      expect(text).not.toContain(secret);
  });

  it('has the names of who acted and of what was changed, as they are now, and finds events by them', async () => {
    const { keyId, teamId } = await gateway.createKey({ name: 'before' });
    const { key, keyId: actor } = await gateway.createKey({ role: 'admin', name: 'who renames' });
    await gateway.request('PATCH', `/admin/keys/${keyId}`, key, { name: 'named now' });
    const budget = { key_id: keyId, limit_usd: '9', window: 'day' };
    const { id } = (await gateway.request('POST', '/admin/budgets', key, budget)).body;
    const who = { actor, actor_name: 'who renames' };
    const renamed = { action: 'key.updated', subject: keyId, subject_name: 'named now', ...who };
    const limited = { action: 'budget.created', subject: id, subject_name: 'named now', ...who };
    expect(await events('&actor=who%20renames')).toMatchObject([limited, renamed]);
    const created = { action: 'key.created', actor: 'admin', actor_name: null, subject_name: 'named now' };
    expect(await events('&subject=named%20now')).toMatchObject([renamed, created]);
    await gateway.admin('DELETE', `/admin/teams/${teamId}?force=true`);
    expect(await events(`&subject=${keyId}&action=key.revoked`)).toMatchObject([{ subject_name: 'named now' }]);
    expect(await events('&action=cache.invalidated')).toMatchObject([{ subject: 'gpt-4.1', subject_name: null }]);
  });

  it('N7: has the keys that end with their team, and nothing of what was refused or only tried', async () => {
    const { keyId, teamId } = await gateway.createKey();
    await gateway.admin('DELETE', `/admin/teams/${teamId}`);
    await gateway.admin('POST', '/admin/prices/rerate', {
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-02T00:00:00Z',
      dry_run: true,
    });
    await gateway.admin('POST', '/admin/cache/invalidate', { all: true, dry_run: true });
    const [last] = await events();
    expect(last).toMatchObject({ action: 'key.created', subject: keyId });
    await gateway.admin('DELETE', `/admin/teams/${teamId}?force=true`);
    expect(await events(`&subject=${keyId}&action=key.revoked`)).toMatchObject([{ actor: 'admin' }]);
  });
});
