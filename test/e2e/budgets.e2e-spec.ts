import { eventually } from '../support/eventually';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';
import { parseUsd as pusd } from '../../src/common/money';

/** A platform team limits the spending of its teams. gpt-4.1 costs $2 per million input tokens and $8 per million output tokens. */
describe('budgets', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await sharedGateway();
  });
  afterAll(() => gateway.stop());

  const budget = async (settings: Record<string, unknown>) => {
    const created = await gateway.admin('POST', '/admin/budgets', { window: 'month', ...settings });
    expect(created.status).toBe(201);
    return created.body;
  };
  const show = async (id: string) => (await gateway.admin('GET', `/admin/budgets/${id}`)).body;
  /** A call that costs little but may cost $0.008 plus its input. */
  const ask = (key: string, content: string, members: Record<string, unknown> = {}) =>
    gateway.chat(key, content, { max_tokens: 1000, ...members });

  it('refuse a call without room, with the budget and its reset time in the error', async () => {
    const { key, teamId } = await gateway.createKey();
    const made = await budget({ team_id: teamId, limit_usd: '0.001', timezone: 'Asia/Seoul' });
    const refused = await ask(key, 'too dear');
    expect(refused.status).toBe(402);
    expect(refused.body.error).toMatchObject({
      type: 'budget_exceeded',
      code: 'budget_exceeded',
      param: `team:${teamId}`,
      budget_id: made.id,
      scope: `team:${teamId}`,
      limit_usd: '0.001',
      spent_usd: '0',
      reserved_usd: '0',
      resets_at: made.resets_at,
    });
    expect(made.resets_at).toMatch(/T15:00:00\.000Z$/);
    expect(gateway.fake.calls.filter(({ body }) => JSON.stringify(body).includes('too dear'))).toEqual([]);
    const small = await ask(key, 'cheap enough', { max_tokens: 50 });
    expect(small.status).toBe(200);
  });

  it('N5: answer 429 with Retry-After while running calls hold the money, and 402 once it is spent', async () => {
    const { key, teamId } = await gateway.createKey();
    await budget({ team_id: teamId, limit_usd: '0.0085' });
    const running = ask(key, '[[delay=3500]] slow');
    await eventually(async () => gateway.fake.calls.some(({ body }) => JSON.stringify(body).includes('slow')));
    const refused = await ask(key, 'meanwhile');
    expect([refused.status, refused.body.error.code]).toEqual([429, 'budget_reserved']);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await running).status).toBe(200);
    expect((await ask(key, 'afterwards', { max_tokens: 900 })).status).toBe(200);
  });

  it('N5: hold less for calls without a limit, if administrators set one for their key or model', async () => {
    const { key, keyId, teamId } = await gateway.createKey({ default_max_tokens: 100 });
    await budget({ team_id: teamId, limit_usd: '0.002' });
    // The model writes at most 32,768 tokens, which cost $0.26.
    const call = (content: string) => gateway.chat(key, content);
    expect((await call('N5 of the key')).status).toBe(200);
    const sent = gateway.fake.calls.find(({ body }) => JSON.stringify(body).includes('N5 of the key'));
    expect(sent?.body).toMatchObject({ max_completion_tokens: 100 });
    await gateway.admin('PATCH', `/admin/keys/${keyId}`, { default_max_tokens: null });
    await eventually(async () => (await call(`N5 without ${Date.now()}`)).status === 402);
    const changed = await gateway.admin('PATCH', '/admin/models/gpt-4o-mini', { default_max_tokens: 50 });
    expect(changed.body.default_max_tokens).toBe(50);
    const mini = await gateway.chat(key, 'N5 of the model', { model: 'gpt-4o-mini' });
    expect(mini.status).toBe(200);
    expect((await gateway.admin('PATCH', '/admin/models/gpt-4o-mini', { default_max_tokens: null })).status).toBe(200);
  });

  it('N4: raise an alert at the first call that does not fit, also for the thresholds', async () => {
    const { key, keyId, teamId } = await gateway.createKey();
    const made = await budget({ team_id: teamId, limit_usd: '0.001', thresholds: [0.5, 1] });
    expect((await ask(key, 'one')).status).toBe(402);
    expect((await ask(key, 'two')).status).toBe(402);
    const alerts = await eventually(async () => {
      const { data } = (await gateway.admin('GET', `/admin/alerts?team_id=${teamId}`)).body;
      return data.length >= 2 ? data : undefined;
    });
    const exhausted = alerts.find(({ kind }: { kind: string }) => kind === 'budget_exhausted');
    expect(exhausted.data).toMatchObject({ budget_id: made.id, team_id: teamId, key_id: keyId, refused: 2 });
    const threshold = alerts.find(({ kind }: { kind: string }) => kind === 'budget_threshold');
    expect(threshold.data).toMatchObject({ share: 1, spent_usd: '0' });
  });

  it('A21: refuse members whose cost no price covers; without a budget such calls are estimated', async () => {
    const free = await gateway.createKey();
    const members = { web_search_options: { search_context_size: 'high' } };
    const { headers } = await ask(free.key, 'A21', members);
    const [row] = (await gateway.admin('GET', `/admin/requests?request_id=${headers.get('x-request-id')}`)).body.data;
    expect(row).toMatchObject({ status: 200, estimated: true });
    const { key, teamId } = await gateway.createKey();
    await budget({ team_id: teamId, limit_usd: '5' });
    const refused = await ask(key, 'A21', members);
    expect([refused.status, refused.body.error.param]).toEqual([422, 'web_search_options']);
    expect((await ask(key, 'A21')).status).toBe(200);
  });

  it('count the actual cost of a call, and never refuse a response from the cache', async () => {
    const { key, teamId } = await gateway.createKey();
    const made = await budget({ team_id: teamId, limit_usd: '0.0095' });
    const first = await ask(key, 'paid once');
    expect(first.status).toBe(200);
    const rested = await eventually(async () => {
      const now = await show(made.id);
      return now.reserved_usd === '0' ? now : undefined;
    });
    expect(rested.spent_usd).toBe(first.headers.get('x-gateway-cost-usd'));
    await gateway.admin('PATCH', `/admin/budgets/${made.id}`, { limit_usd: '0' });
    expect((await ask(key, 'paid once')).headers.get('x-cache-status')).toBe('HIT');
    expect((await ask(key, 'never paid')).status).toBe(402);
    const { remaining_usd } = await show(made.id);
    expect(remaining_usd).toBe('0');
  });

  it('apply at once when they are lowered, regardless of earlier leases', async () => {
    const { key, teamId } = await gateway.createKey();
    const made = await budget({ team_id: teamId, limit_usd: '10' });
    const first = await ask(key, 'of a large budget');
    expect(first.status).toBe(200);
    await gateway.admin('PATCH', `/admin/budgets/${made.id}`, { limit_usd: '0.001' });
    expect((await ask(key, 'of a small budget')).status).toBe(402);
    await eventually(async () => (await show(made.id)).reserved_usd === '0');
  });

  it('apply together to a call, those of the team and of the key', async () => {
    const { key, teamId, keyId } = await gateway.createKey();
    await budget({ team_id: teamId, limit_usd: '1', window: 'day' });
    const ofKey = await budget({ key_id: keyId, limit_usd: '0.001', window: 'hour' });
    const refused = await ask(key, 'two budgets');
    expect(refused.body.error).toMatchObject({ budget_id: ofKey.id, param: `key:${keyId}` });
    const other = await gateway.createKey({ teamId });
    expect((await ask(other.key, 'two budgets')).status).toBe(200);
    const rotated = await gateway.admin('POST', `/admin/keys/${keyId}/rotate`, { grace_seconds: 60 });
    expect((await ask(rotated.body.key, 'after rotation')).status).toBe(402);
    expect((await ask(key, 'in the grace')).status).toBe(402);
  });

  it('are never exceeded by concurrent calls, and leave less than one call unused', async () => {
    const { key, teamId } = await gateway.createKey();
    const made = await budget({ team_id: teamId, limit_usd: '0.05' });
    const calls = Array.from({ length: 60 }, (_, call) => ask(key, `[[words=900]] racing ${call}`));
    const answers = await Promise.all(calls);
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses.has(200)).toBe(true);
    expect([...statuses].filter((status) => ![200, 402, 429].includes(status))).toEqual([]);
    let last = answers.at(-1);
    for (let call = 0; last?.status !== 402; call += 1) last = await ask(key, `[[words=900]] and then ${call}`);
    const state = await eventually(async () => {
      const now = await show(made.id);
      return now.reserved_usd === '0' ? now : undefined;
    });
    expect(pusd(state.spent_usd) <= pusd('0.05')).toBe(true);
    expect(pusd(state.remaining_usd) < pusd('0.0095')).toBe(true);
  });

  it('only warn, or use a cheaper model, according to their action', async () => {
    const warned = await gateway.createKey();
    const warn = await budget({ team_id: warned.teamId, limit_usd: '0.000001', action: 'warn' });
    const passed = await ask(warned.key, 'only a warning');
    expect(passed.status).toBe(200);
    expect((await show(warn.id)).spent_usd).toBe(passed.headers.get('x-gateway-cost-usd'));

    const cheap = await gateway.createKey({ models: ['gpt-4.1'] });
    await budget({
      team_id: cheap.teamId,
      limit_usd: '0.000001',
      action: 'downgrade',
      downgrade_to: 'gpt-4.1-mini',
    });
    const answer = await ask(cheap.key, 'the cheaper one');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gateway-model')).toContain('gpt-4.1-mini');
    const { data } = (await gateway.admin('GET', `/admin/requests?team_id=${cheap.teamId}`)).body;
    expect(data).toMatchObject([{ model: 'gpt-4.1-mini', saved_by: 'routing' }]);
    expect(pusd(data[0].list_cost_usd) > pusd(data[0].cost_usd)).toBe(true);
  });

  it('count spending in the window from before their creation', async () => {
    const { key, teamId } = await gateway.createKey();
    const before = await ask(key, 'before the budget');
    const made = await budget({ team_id: teamId, limit_usd: '1', window: 'total' });
    expect(made).toMatchObject({ spent_usd: before.headers.get('x-gateway-cost-usd'), resets_at: null });
  });

  it('are refused with the invalid member', async () => {
    const { teamId, keyId } = await gateway.createKey();
    const wrong = async (body: Record<string, unknown>) => {
      const { status, body: answer } = await gateway.admin('POST', '/admin/budgets', {
        limit_usd: '1',
        window: 'day',
        ...body,
      });
      return [status, answer.error?.param];
    };
    expect(await wrong({ team_id: teamId, key_id: keyId })).toEqual([400, 'team_id']);
    expect(await wrong({ team_id: teamId, limit_usd: true })).toEqual([400, 'limit_usd']);
    expect(await wrong({ team_id: teamId, window: 'year' })).toEqual([400, 'window']);
    expect(await wrong({ team_id: teamId, timezone: 'Mars/Olympus' })).toEqual([400, 'timezone']);
    expect(await wrong({ team_id: teamId, action: 'downgrade' })).toEqual([400, 'downgrade_to']);
    expect(await wrong({ team_id: teamId, action: 'downgrade', downgrade_to: 'nobody' })).toEqual([
      400,
      'downgrade_to',
    ]);
    expect((await wrong({ team_id: 'team_none' }))[0]).toBe(404);
  });

  it('can be changed, listed and deleted', async () => {
    const { key, teamId } = await gateway.createKey();
    const made = await budget({ team_id: teamId, limit_usd: '0' });
    expect((await ask(key, 'nothing left')).status).toBe(402);
    expect((await gateway.admin('PATCH', `/admin/budgets/${made.id}`, { limit_usd: '5' })).body.limit_usd).toBe('5');
    expect((await ask(key, 'nothing left')).status).toBe(200);
    const { data } = (await gateway.admin('GET', `/admin/budgets?team_id=${teamId}`)).body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual([made.id]);
    expect((await gateway.admin('DELETE', `/admin/budgets/${made.id}`)).status).toBe(200);
    expect((await gateway.admin('GET', `/admin/budgets/${made.id}`)).status).toBe(404);
  });
});
