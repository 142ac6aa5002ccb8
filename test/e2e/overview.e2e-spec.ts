import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const SEOUL = 'Asia/Seoul';
const RATE = { krw_per_usd: '1385.20', date: '2026-11-27' };
const NOTHING_CHOSEN = { language: null, timezone: null, currency: null, theme: null, shortcuts: true };

/** The first page of the console, and what every page needs to know of the person and the company. */
describe('for the console', () => {
  let gateway: RunningGateway;
  let admin: { teamId: string; key: string; keyId: string };
  let member: { key: string; keyId: string };

  beforeAll(async () => {
    gateway = await startGateway();
    admin = await gateway.createKey({ role: 'team_admin', name: 'lead' });
    member = await gateway.createKey({ name: 'nightly', teamId: admin.teamId });
  });
  afterAll(() => gateway.stop());

  const cookieOf = async (key: string) => {
    const { headers } = await gateway.request('POST', '/auth/session', undefined, { key });
    return { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  };
  const overview = async (query = '', key = gateway.adminKey) =>
    (await gateway.request('GET', `/admin/overview${query}`, key)).body;

  it('says who signed in, with a key and with a session', async () => {
    const { body: byKey } = await gateway.request('GET', '/admin/me', admin.key);
    const team = { id: admin.teamId, name: expect.stringMatching(/^team 1/) };
    expect(byKey).toMatchObject({
      key_id: admin.keyId,
      name: 'lead',
      role: 'team_admin',
      roles: [{ role: 'team_admin', team_id: admin.teamId, team_name: team.name }],
      team,
      auth: 'key',
      session: null,
      preferences: NOTHING_CHOSEN,
      settings: { timezone: 'UTC', currency: 'USD', exchange_rate: null },
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(byKey.permissions).toEqual(expect.arrayContaining(['usage:read', 'keys:write', 'audit:read']));
    expect(byKey.permissions).not.toContain('models:read');

    const cookie = await cookieOf(member.key);
    const { body: bySession } = await gateway.request('GET', '/admin/me', undefined, undefined, cookie);
    const [hours] = [(Date.parse(bySession.session.expires_at) - Date.now()) / 3_600_000];
    expect(bySession).toMatchObject({
      auth: 'session',
      role: 'member',
      session: { id: expect.stringMatching(/^session_/) },
    });
    expect(Math.round(hours)).toBe(24);

    const { body: platform } = await gateway.admin('GET', '/admin/me');
    expect(platform).toMatchObject({ name: 'admin', team: null, roles: [{ role: 'platform_admin', team_id: null }] });
  });

  it('keeps what a person has chosen, by their key', async () => {
    const chosen = { language: 'ko', timezone: SEOUL, currency: 'KRW', theme: 'dark', shortcuts: false };
    const cookie = await cookieOf(member.key);
    const put = (body: object) => gateway.request('PUT', '/admin/me/preferences', undefined, body, cookie);
    expect((await put(chosen)).body).toEqual(chosen);
    expect((await gateway.request('GET', '/admin/me', undefined, undefined, cookie)).body.preferences).toEqual(chosen);
    expect((await gateway.request('GET', '/admin/me', admin.key)).body.preferences).toEqual(NOTHING_CHOSEN);
    for (const timezone of ['Asia/Soul', '+09:00', 'local'])
      expect((await put({ ...chosen, timezone })).body.error).toMatchObject({ param: 'timezone' });
    expect((await put({ language: 'ko' })).status).toBe(400);
  });

  it('has the settings of the company, which only platform admins change', async () => {
    const settings = { timezone: SEOUL, currency: 'KRW', exchange_rate: RATE };
    expect((await gateway.request('PUT', '/admin/settings', admin.key, settings)).status).toBe(403);
    expect((await gateway.request('GET', '/admin/settings', admin.key)).body).toEqual({
      timezone: 'UTC',
      currency: 'USD',
      exchange_rate: null,
      updated_at: null,
    });
    const wrong = [
      { ...settings, timezone: 'Asia/Soul' },
      { ...settings, exchange_rate: null },
      { ...settings, exchange_rate: { ...RATE, krw_per_usd: '0' } },
      { ...settings, exchange_rate: { ...RATE, krw_per_usd: 1385.2 } },
      { ...settings, exchange_rate: { ...RATE, date: '2026-02-30' } },
    ];
    for (const body of wrong) expect((await gateway.admin('PUT', '/admin/settings', body)).status).toBe(400);
    const { status, body } = await gateway.admin('PUT', '/admin/settings', settings);
    expect([status, body]).toEqual([200, { ...settings, updated_at: expect.any(String) }]);
    expect((await gateway.request('GET', '/admin/me', admin.key)).body.settings).toEqual(settings);
  });

  it('has an overview whose sums are those of the usage report', async () => {
    const other = await gateway.createKey({ name: 'other' });
    await gateway.admin('POST', '/admin/budgets', { team_id: admin.teamId, limit_usd: '0.000001', window: 'month', action: 'warn', thresholds: [0.5, 1] }); // prettier-ignore
    await gateway.admin('POST', '/admin/budgets', { team_id: other.teamId, limit_usd: '100', window: 'month' });
    const soon = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await gateway.admin('PATCH', `/admin/keys/${other.keyId}`, { expires_at: soon });
    for (const [key, text] of [
      [member.key, 'a'],
      [member.key, 'a'],
      [member.key, '[[status=400]] wrong'],
      [other.key, 'b'],
    ])
      // prettier-ignore
      await gateway.chat(key ?? '', text ?? '');
    const shown = await eventually(async () => {
      const found = await overview();
      return found.total.requests === 4 && found.to_do.budgets.length > 0 && found.to_do.advice ? found : undefined;
    });
    const { body: usage } = await gateway.admin('GET', `/admin/usage?timezone=${SEOUL}&from=${encodeURIComponent(shown.from)}&to=${encodeURIComponent(shown.to)}`); // prettier-ignore
    for (const name of ['requests', 'errors', 'list_cost_usd', 'cost_usd', 'saved_usd'])
      expect({ [name]: shown.total[name] }).toEqual({ [name]: usage.total[name] });
    expect(shown).toMatchObject({
      timezone: SEOUL,
      team_id: null,
      total: { requests: 4, errors: 1, error_rate: 0.25, saved_by: { cache: shown.total.saved_usd } },
      previous: { to: expect.any(String), total: { requests: 0, error_rate: null, saving_rate: null, cost_usd: '0' } },
      forecast: { budgets_usd: '100.000001', spent_usd: shown.total.cost_usd, basis: 'run_rate', low_usd: null },
      to_do: {
        budgets: [{ team_id: admin.teamId, team_name: expect.stringMatching(/^team/), share: 1 }],
        keys: [{ id: other.keyId, name: 'other', expires_at: soon }],
        advice: { usd_per_month: '0', opportunities: 0 },
      },
    });
    expect(shown.total.saving_rate).toBeGreaterThan(0);
    expect(Number(shown.forecast.cost_usd)).toBeGreaterThanOrEqual(Number(shown.forecast.spent_usd));
    expect(shown.days.at(-1)).toMatchObject({ requests: 4, errors: 1, cost_usd: shown.total.cost_usd });
    expect(shown.top.keys).toMatchObject([
      { id: member.keyId, name: 'nightly' },
      { id: other.keyId, name: 'other' },
    ]);
    expect(shown.top.models).toMatchObject([{ id: 'gpt-4.1', name: null, requests: 4 }]);
    expect(shown.top.teams).toHaveLength(2);
  });

  it('has the day and the month of the company’s time zone', async () => {
    const { from, to } = await overview();
    expect([from, to]).toEqual([expect.stringMatching(/T15:00:00\.000Z$/), expect.stringMatching(/T15:00:00\.000Z$/)]);
    expect((await overview('?timezone=UTC')).from).toMatch(/-01T00:00:00\.000Z$/);
    const past = await overview('?from=2026-02-01&to=2026-02-28');
    expect(past).toMatchObject({
      from: '2026-01-31T15:00:00.000Z',
      previous: { from: '2025-12-31T15:00:00.000Z', to: '2026-01-31T15:00:00.000Z' },
      forecast: null,
    });
    expect(past.days).toHaveLength(28);
    for (const query of ['?from=2026-02-02&to=2026-02-01', '?from=2020-01-01', '?timezone=Asia/Soul', '?x=1'])
      expect((await gateway.admin('GET', `/admin/overview${query}`)).status).toBe(400);
  });

  it('shows a team itself alone', async () => {
    const shown = await overview('', admin.key);
    expect(shown).toMatchObject({ team_id: admin.teamId, total: { requests: 3 }, to_do: { keys: [] } });
    expect(shown.top.teams.map(({ id }: { id: string }) => id)).toEqual([admin.teamId]);
    expect(shown.forecast.budgets_usd).toBe('0.000001');
    expect(typeof shown.to_do.alerts).toBe('number');
    const cookie = await cookieOf(member.key);
    const { body } = await gateway.request('GET', '/admin/overview', undefined, undefined, cookie);
    expect(body).toMatchObject({ team_id: admin.teamId, to_do: { alerts: null, keys: [] } });
    const foreign = await gateway.createKey();
    expect((await gateway.request('GET', `/admin/overview?team_id=${foreign.teamId}`, admin.key)).status).toBe(404);
  });
});
