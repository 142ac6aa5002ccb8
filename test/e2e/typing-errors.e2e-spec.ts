import { type RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

describe('typing errors', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await sharedGateway();
  });
  afterAll(() => gateway.stop());

  it.each([
    '/admin/requests?team_id=team_typo',
    '/admin/requests?key_id=key_typo',
    '/admin/usage?team_id=team_typo',
    '/admin/savings?team_id=team_typo',
    '/admin/savings/roi?month=2026-11&team_id=team_typo',
    '/admin/cache/stats?team_id=team_typo',
    '/admin/budgets?team_id=team_typo',
    '/admin/budgets?key_id=key_typo',
    '/admin/prices?team_id=team_typo',
    '/admin/alerts?team_id=team_typo',
  ])('N17: in the filter of %s are a 404', async (path) => {
    const answer = await gateway.admin('GET', path);
    expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
    expect(answer.body.error.message).toMatch(/There is no (team 'team_typo'|key 'key_typo')/);
    expect(
      (await gateway.admin('GET', path.replace(/team_typo/, 'team_platform').replace('key_typo', 'admin'))).status,
    ).toBe(200);
  });

  it.each([
    ['/admin/cache/invalidate', { team_id: 'team_typo', dry_run: true }],
    [
      '/admin/prices/rerate',
      { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', team_id: 'team_typo', dry_run: true },
    ],
    ['/admin/budgets', { key_id: 'key_typo', limit_usd: '1', window: 'day' }],
  ])('N17: in the body of %s are a 404', async (path, body) => {
    expect((await gateway.admin('POST', path, body)).status).toBe(404);
  });

  it('N17: are told to whom they belong: a member of the team learns nothing of ids', async () => {
    const { key } = await gateway.createKey();
    expect((await gateway.request('GET', '/admin/requests?team_id=team_typo', key)).status).toBe(403);
    expect((await gateway.request('GET', '/admin/requests?team_id=team_typo', undefined)).status).toBe(401);
  });

  it.each([
    [{ name: '' }, "'name': must not be empty"],
    [{ nmae: 'x' }, "'nmae': is not known. Did you mean 'name'?"],
    [{ rpm_limit: 5, expires_at: 'tomorrow' }, "'name': is required and must be a text (and 1 more)"],
    [{ name: 'x', rpm: 5 }, "'rpm': is not known. Did you mean 'rpm_limit'?"],
    [{ name: 'x', models: ['gpt4.1'] }, 'Did you mean "gpt-4.1"?'],
  ])('N17: in the body of a key are named: %j', async (body, message) => {
    const answer = await gateway.admin('POST', '/admin/teams/team_platform/keys', body);
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toContain(message);
  });

  it('N17: one wrong member is one, however many forms it may have', async () => {
    const answer = await gateway.admin('POST', '/admin/budgets', {
      team_id: 'team_platform',
      limit_usd: '1,000',
      window: 'day',
    });
    expect(answer.body.error.message).toBe(
      `'limit_usd': must be decimal dollars with at most 12 decimals, as "100.00"`,
    );
  });

  it('N17: a number is taken for dollars', async () => {
    const { teamId } = await gateway.createKey();
    const budget = { team_id: teamId, window: 'day', limit_usd: 100 };
    expect((await gateway.admin('POST', '/admin/budgets', budget)).body.limit_usd).toBe('100');
  });

  it('N12: in the name of a model are told', async () => {
    const { key } = await gateway.createKey({ models: ['gpt-4.1'] });
    const answer = await gateway.chat(key, 'typo', { model: 'gpt4.1' });
    expect([answer.status, answer.body.error.code]).toEqual([404, 'model_not_found']);
    expect(answer.body.error.message).toContain('Did you mean "gpt-4.1"?');
    const anthropic = await gateway.chat(key, 'typo', { model: 'claude-haiku-4.5' });
    expect(anthropic.body.error.message).toContain('ANTHROPIC_API_KEY');
  });

  it('N12: a vendor’s prefix is no error', async () => {
    const { key } = await gateway.createKey({ models: ['gpt-4.1'] });
    const answer = await gateway.chat(key, `with a prefix ${key.slice(-5)}`, { model: 'openai/gpt-4.1' });
    expect([answer.status, answer.headers.get('x-cache-status')]).toEqual([200, 'MISS']);
    const again = await gateway.chat(key, `with a prefix ${key.slice(-5)}`);
    expect(again.headers.get('x-cache-status')).toBe('HIT');
  });
});
