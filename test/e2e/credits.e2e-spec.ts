import type { OrganisationStatement } from '@thriftgate/contracts';
import { formatUsd, parseUsd } from '../../src/common/money';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** Teams with prepaid balances and monthly statements. */
describe('credits', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({
      configFile: 'credits: { new_team_usd: "0.05", expires_after_days: 90 }\n',
    });
  });
  afterAll(() => gateway.stop());

  const credits = async (teamId: string) => (await gateway.admin('GET', `/admin/teams/${teamId}/credits`)).body;
  const grant = (teamId: string, body: Record<string, unknown>) =>
    gateway.admin('POST', `/admin/teams/${teamId}/credits/grants`, body);
  const topUp = (teamId: string, body: Record<string, unknown>) =>
    gateway.admin('POST', `/admin/teams/${teamId}/credits/top-ups`, body);

  it('are granted to a new team and used by its calls', async () => {
    const { key, teamId } = await gateway.createKey();
    expect(await credits(teamId)).toMatchObject({
      prepaid: false,
      balance_usd: '0.05',
      granted_usd: '0.05',
      used_usd: '0',
    });
    const answer = await gateway.chat(key, 'on credit');
    const cost = answer.headers.get('x-gateway-cost-usd') ?? '';
    const now = await credits(teamId);
    expect(now.used_usd).toBe(cost);
    expect(parseUsd(now.balance_usd)).toBe(parseUsd('0.05') - parseUsd(cost));
    expect(now.credits).toEqual([
      expect.objectContaining({ kind: 'grant', amount_usd: '0.05', remaining_usd: now.balance_usd }),
    ]);
  });

  it('block a prepaid team when they are used up, until a top-up', async () => {
    const { key, teamId } = await gateway.createKey();
    await gateway.admin('PATCH', `/admin/teams/${teamId}/credits`, { prepaid: true });
    const ask = (content: string) => gateway.chat(key, content, { max_tokens: 10_000 });
    const refused = await ask('more than there is');
    expect([refused.status, refused.body.error.limit_usd]).toEqual([402, '0.05']);
    const one = await topUp(teamId, { amount_usd: '1', reference: 'invoice-1' });
    const two = await topUp(teamId, { amount_usd: '1', reference: 'invoice-1' });
    expect([one.status, two.body.id]).toEqual([201, one.body.id]);
    expect((await topUp(teamId, { amount_usd: '2', reference: 'invoice-1' })).status).toBe(409);
    expect((await ask('now there is enough')).status).toBe(200);
    expect(await credits(teamId)).toMatchObject({ topped_up_usd: '1', granted_usd: '0.05' });
  });

  it('expire, and the rest is taken back once', async () => {
    const { key, teamId } = await gateway.createKey();
    const soon = new Date(Date.now() + 1_500).toISOString();
    await grant(teamId, { amount_usd: '0.02', expires_at: soon, note: 'trial' });
    const cost = parseUsd((await gateway.chat(key, 'before it expires')).headers.get('x-gateway-cost-usd') ?? '');
    await eventually(() => Date.now() > Date.parse(soon) || undefined);
    await gateway.restart();
    const now = await eventually(async () => {
      const state = await credits(teamId);
      return state.expired_usd === '0' ? undefined : state;
    });
    expect(parseUsd(now.expired_usd)).toBe(parseUsd('0.02') - cost);
    expect(now.balance_usd).toBe('0.05');
    await gateway.restart();
    expect((await credits(teamId)).expired_usd).toBe(now.expired_usd);
  });

  it('N15: are in a consistent statement, as JSON, table and page, in both languages', async () => {
    const { key, teamId } = await gateway.createKey();
    await topUp(teamId, { amount_usd: '3', note: '=1+1 <b>first</b>' });
    const calls = [await gateway.chat(key, 'one'), await gateway.chat(key, 'two', { model: 'gpt-4.1-mini' })];
    const cost = calls.reduce((sum, { headers }) => sum + parseUsd(headers.get('x-gateway-cost-usd') ?? ''), 0n);
    const month = new Date().toISOString().slice(0, 7);
    const path = `/admin/teams/${teamId}/statements/${month}`;
    const statement = (await gateway.admin('GET', path)).body;
    expect(statement).toMatchObject({
      opening_balance_usd: '0',
      closing_balance_usd: formatUsd(parseUsd('3.05') - cost),
    });
    expect(statement.usage.map(({ model }: { model: string }) => model)).toEqual(['gpt-4.1', 'gpt-4.1-mini']);
    expect(statement.usage_total.cost_usd).toBe(formatUsd(cost));
    expect(statement.closing_balance_usd).toBe((await credits(teamId)).balance_usd);
    const [year, number] = month.split('-').map(Number);
    const next = new Date(Date.UTC(year ?? 0, number ?? 0)).toISOString().slice(0, 7);
    const later = (await gateway.admin('GET', `/admin/teams/${teamId}/statements/${next}`)).body;
    expect([later.opening_balance_usd, later.closing_balance_usd]).toEqual(
      Array(2).fill(statement.closing_balance_usd),
    );

    const all = (await gateway.admin('GET', `/admin/statements/${month}`)).body as OrganisationStatement;
    expect(all.teams.find(({ team_id }) => team_id === teamId)).toEqual({
      team_id: teamId,
      team_name: statement.team_name,
      opening_balance_usd: '0',
      credits_usd: '3.05',
      usage: statement.usage_total,
      closing_balance_usd: statement.closing_balance_usd,
      amount_owed_usd: '0',
    });
    const closing = all.teams.reduce((sum, { closing_balance_usd }) => sum + parseUsd(closing_balance_usd), 0n);
    expect(all.total.closing_balance_usd).toBe(formatUsd(closing));
    const allCsv = await gateway.admin<string>('GET', `/admin/statements/${month}?format=csv&lang=ko`);
    expect(allCsv.body).toContain('청구할 금액');

    const csv = await gateway.admin<string>('GET', `${path}?format=csv&lang=ko`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.body).toContain("'=1+1");
    expect(csv.body).toContain('기말 잔액');
    const page = await gateway.admin<string>('GET', `${path}?format=html&lang=ko&timezone=Asia/Seoul`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.body).toContain('이용 명세서');
    expect(page.body).not.toContain('<b>first</b>');
    expect((await gateway.admin<string>('GET', `${path}?format=html`)).body).toContain('Closing balance');
  });

  it('are refused with the invalid member', async () => {
    const { teamId } = await gateway.createKey();
    const wrong = async (body: Record<string, unknown>) => (await grant(teamId, body)).body.error?.param;
    expect(await wrong({ amount_usd: '0.00' })).toBe('amount_usd');
    expect(await wrong({ amount_usd: '-5' })).toBe('amount_usd');
    expect(await wrong({ amount_usd: true })).toBe('amount_usd');
    expect(await wrong({ amount_usd: '5', expires_at: 'soon' })).toBe('expires_at');
    expect((await grant('team_none', { amount_usd: '5' })).status).toBe(404);
    const path = `/admin/teams/${teamId}/statements`;
    expect((await gateway.admin('GET', `${path}/2026-13`)).status).toBe(400);
    expect((await gateway.admin('GET', `${path}/2026-11?timezone=Mars`)).body.error.param).toBe('timezone');
  });
});
