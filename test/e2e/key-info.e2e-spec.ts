import type { KeyInfo } from '@thriftgate/contracts';
import { ThriftgateClient } from '@thriftgate/sdk';
import { type RunningGateway, startGateway } from '../support/gateway';

/** What a developer asks of the key in hand, without asking an administrator. */
describe('GET /v1/key', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const infoOf = async (key: string): Promise<KeyInfo> => {
    const { status, body } = await gateway.request('GET', '/v1/key', key);
    expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
    return body;
  };

  it('says what the key is, may and has left', async () => {
    const team = await gateway.admin('POST', '/admin/teams', { name: '검색' });
    const settings = {
      name: 'search',
      models: ['gpt-4.1-mini'],
      rpm_limit: 5,
      default_max_tokens: 100,
      expires_at: '2100-01-01T00:00:00Z',
      cache: { max_ttl_seconds: 60 },
    };
    const { body: key } = await gateway.admin('POST', `/admin/teams/${team.body.id}/keys`, settings);
    const ofTeam = { team_id: team.body.id, limit_usd: '5', window: 'month', timezone: 'Asia/Seoul' };
    await gateway.admin('POST', '/admin/budgets', ofTeam);
    await gateway.admin('POST', '/admin/budgets', { key_id: key.id, limit_usd: '1', window: 'total' });
    expect((await gateway.chat(key.key, 'one', { model: 'gpt-4.1-mini' })).status).toBe(200);
    expect((await gateway.chat(key.key, 'two', { model: 'gpt-4.1-mini' })).status).toBe(200);

    const info = await infoOf(key.key);
    expect(info).toMatchObject({
      object: 'key',
      id: key.id,
      name: 'search',
      prefix: key.prefix,
      role: 'member',
      team: { id: team.body.id, name: '검색' },
      models: ['gpt-4.1-mini'],
      default_max_tokens: 100,
      cache: { max_ttl_seconds: 60 },
      expires_at: 4_102_444_800,
    });
    const { requests_per_minute: limit } = info.limits;
    expect(limit).toMatchObject({ limit: 5, remaining: 3 });
    expect(limit?.resets_in_seconds).toBeGreaterThan(0);
    const [team_, own] = info.budgets;
    expect(team_).toMatchObject({ scope: 'team', limit_usd: '5', window: 'month', timezone: 'Asia/Seoul' });
    expect(team_?.resets_at).toBeGreaterThan(Date.now() / 1000);
    expect(own).toMatchObject({ scope: 'key', limit_usd: '1', window: 'total', resets_at: null });
    expect(Number(own?.spent_usd)).toBeGreaterThan(0);
    expect(Number(own?.spent_usd) + Number(own?.remaining_usd) + Number(own?.reserved_usd)).toBeCloseTo(1, 9);
    expect(JSON.stringify(info)).not.toContain(key.key);
    // Asking counts no call.
    expect((await infoOf(key.key)).limits.requests_per_minute?.remaining).toBe(3);
  });

  it('shows a key without limits, and the administrator’s own', async () => {
    const { key } = await gateway.createKey();
    const client = new ThriftgateClient({ baseUrl: gateway.url, apiKey: key });
    expect(await client.key.retrieve()).toMatchObject({
      models: null,
      limits: { requests_per_minute: null },
      budgets: [],
      expires_at: null,
    });
    expect(await infoOf(gateway.adminKey)).toMatchObject({ id: 'admin', name: null, role: 'platform_admin' });
  });

  it('is a 401 without a key', async () => {
    expect((await gateway.request('GET', '/v1/key', 'sk-tg-wrong')).status).toBe(401);
  });
});
