import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** An administrator reads alerts, what was sent of them, what a team's people did, and what a new budget would have meant. */
describe('what needs attention', () => {
  let gateway: RunningGateway;
  let receiver: Server;
  let url: string;
  let failures = 0;

  beforeAll(async () => {
    receiver = createServer((_, response) => response.writeHead(failures-- > 0 ? 500 : 204).end());
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    gateway = await startGateway({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } });
  });
  afterAll(async () => {
    await gateway.stop();
    receiver.closeAllConnections();
    await new Promise((closed) => receiver.close(closed));
  });

  const list = async (path: string) => (await gateway.admin('GET', path)).body.data;
  /** A team that has spent more than a budget that only warns. */
  const overspent = async () => {
    const lead = await gateway.createKey({ role: 'team_admin', name: 'lead' });
    const { body: budget } = await gateway.admin('POST', '/admin/budgets', { team_id: lead.teamId, limit_usd: '0.000001', window: 'month', action: 'warn', thresholds: [1] }); // prettier-ignore
    await gateway.chat(lead.key, `spent by ${lead.teamId}`);
    const alert = await eventually(async () => (await list(`/admin/alerts?team_id=${lead.teamId}`))[0]);
    return { ...lead, budget, alert };
  };

  it('is acknowledged once, by who may', async () => {
    const { key, keyId, alert, teamId } = await overspent();
    const other = await gateway.createKey({ role: 'team_admin' });
    const path = `/admin/alerts/${alert.id}/acknowledge`;
    expect(alert).toMatchObject({ acknowledged_at: null, acknowledged_by: null });
    const auditor = await gateway.createKey({ role: 'auditor' });
    expect((await gateway.request('POST', path, auditor.key)).status).toBe(403);
    expect((await gateway.request('POST', path, other.key)).status).toBe(404);
    const { status, body } = await gateway.request('POST', path, key);
    expect([status, body]).toEqual([200, { ...alert, acknowledged_at: expect.any(String), acknowledged_by: keyId }]);
    expect((await gateway.admin('POST', path)).body).toMatchObject({ acknowledged_by: keyId });
    expect(await list(`/admin/alerts?team_id=${teamId}&acknowledged=false`)).toEqual([]);
    expect(
      await list(`/admin/alerts?team_id=${teamId}&acknowledged=true&kind=budget_threshold,spend_anomaly`),
    ).toHaveLength(1);
    expect(await list(`/admin/alerts?team_id=${teamId}&kind=spend_anomaly`)).toEqual([]);
    expect((await gateway.admin('GET', '/admin/alerts?kind=wrong')).status).toBe(400);
  });

  it('is sent to webhooks, attempt by attempt', async () => {
    const { body: webhook } = await gateway.admin('POST', '/admin/webhooks', { url, kinds: ['budget_threshold'] });
    failures = 1;
    const { alert } = await overspent();
    const path = `/admin/webhooks/${webhook.id}/deliveries`;
    const delivery = await eventually(async () => (await list(`${path}?state=delivered`))[0]);
    expect(delivery).toMatchObject({
      alert_id: alert.id,
      kind: 'budget_threshold',
      state: 'delivered',
      tries: 2,
      attempts: [
        { delivered: false, error: expect.stringContaining('500') },
        { delivered: true, error: null },
      ],
      next_attempt_at: null,
      text: alert.text,
    });
    failures = 1_000;
    await overspent();
    const [waiting] = await eventually(async () => {
      const pending = await list(`${path}?state=pending`);
      return pending[0]?.attempts.length > 0 ? pending : undefined;
    });
    expect(Date.parse(waiting.next_attempt_at)).toBeGreaterThan(Date.now() - 60_000);
    const { body: page } = await gateway.admin('GET', `${path}?limit=1`);
    expect(page.data).toHaveLength(1);
    const { body: next } = await gateway.admin('GET', `${path}?limit=1&cursor=${page.next_cursor}`);
    expect([next.data[0].alert_id, next.next_cursor]).toEqual([alert.id, null]);
    expect((await gateway.admin('GET', '/admin/webhooks/none/deliveries')).status).toBe(404);
  });

  it('is a sign-in with the administrator’s key, but not one with a key of a person', async () => {
    const { key } = await gateway.createKey({ role: 'platform_admin' });
    await gateway.request('POST', '/auth/session', undefined, { key });
    const { body: session } = await gateway.request('POST', '/auth/session', undefined, { key: gateway.adminKey });
    const found = await eventually(async () => {
      const alerts = await list('/admin/alerts?kind=admin_key_sign_in');
      return alerts.length > 0 ? alerts : undefined;
    });
    expect(found).toMatchObject([{ severity: 'warning', team_id: null, data: { session_id: session.id } }]);
    expect(JSON.stringify(found)).not.toContain(gateway.adminKey);
  });

  it('is in the audit, of which team admins read what concerns their team', async () => {
    const lead = await gateway.createKey({ role: 'team_admin', name: 'lead' });
    const foreign = await gateway.createKey({ name: 'foreign' });
    await gateway.request('POST', '/auth/session', undefined, { key: lead.key });
    await gateway.admin('POST', '/admin/cache/invalidate', { team_id: lead.teamId, tag: 'a' });
    await gateway.admin('POST', '/admin/prices', { model: 'gpt-4.1', multiplier: '0.5', team_id: lead.teamId, valid_from: '2099-01-01T00:00:00Z' }); // prettier-ignore
    await gateway.admin('POST', '/admin/webhooks', { url, team_id: lead.teamId });
    await gateway.admin('POST', '/admin/budgets', { key_id: lead.keyId, limit_usd: '5', window: 'day' });
    const { body } = await gateway.request('GET', '/admin/audit', lead.key);
    const actions = body.data.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(['budget.created', 'cache.invalidated', 'session.started', 'key.created', 'team.created']);
    expect(body.data.every(({ team_id: teamId }: { team_id: string }) => teamId === lead.teamId)).toBe(true);
    expect((await gateway.request('GET', `/admin/audit?team_id=${foreign.teamId}`, lead.key)).status).toBe(404);
    const all = await list(`/admin/audit?subject=${foreign.keyId}`);
    expect(all).toMatchObject([{ action: 'key.created', team_id: foreign.teamId }]);
  });

  it('is what was spent in past windows of a budget, also by keys that took another one’s place', async () => {
    const { key, keyId, teamId } = await gateway.createKey();
    const { body: budget } = await gateway.admin('POST', '/admin/budgets', { key_id: keyId, limit_usd: '5', window: 'month', timezone: 'Asia/Seoul' }); // prettier-ignore
    await gateway.chat(key, 'before the rotation');
    const { body: next } = await gateway.admin('POST', `/admin/keys/${keyId}/rotate`, {});
    await gateway.chat(next.key, 'after the rotation');
    const path = `/admin/budgets/${budget.id}/windows`;
    const { body: usage } = await gateway.admin('GET', `/admin/usage?team_id=${teamId}`);
    const { body } = await gateway.admin('GET', path);
    expect(body).toMatchObject({
      budget_id: budget.id,
      window: 'month',
      timezone: 'Asia/Seoul',
      past: [{ spent_usd: '0' }, { spent_usd: '0' }, { spent_usd: '0' }],
      current: { window_start: budget.window_start, window_end: budget.resets_at, step: 'day' },
    });
    expect(body.past[0].window_end).toBe(budget.window_start);
    expect(body.current.spent_usd).toBe(usage.total.cost_usd);
    expect(body.current.points.at(-1)).toMatchObject({ cumulative_usd: usage.total.cost_usd });
    expect(body.current.points[0].start).toBe(budget.window_start);

    const total = await gateway.admin('POST', '/admin/budgets', { team_id: teamId, limit_usd: '5', window: 'total' });
    const { body: endless } = await gateway.admin('GET', `/admin/budgets/${total.body.id}/windows?limit=5`);
    expect(endless).toMatchObject({ past: [], current: { window_start: null, spent_usd: usage.total.cost_usd } });
    expect((await gateway.admin('GET', `${path}?limit=25`)).status).toBe(400);
    const foreign = await gateway.createKey({ role: 'team_admin' });
    expect((await gateway.request('GET', path, foreign.key)).status).toBe(404);
  });

  it('is in lists that are read page by page', async () => {
    const { teamId, keyId, key } = await gateway.createKey();
    const second = await gateway.createKey({ teamId });
    await gateway.admin('POST', '/admin/budgets', { team_id: teamId, limit_usd: '5', window: 'day' });
    await gateway.admin('POST', '/admin/budgets', { key_id: keyId, limit_usd: '5', window: 'day' });
    for (const each of [key, second.key]) await gateway.request('POST', '/auth/session', undefined, { key: each });
    for (const path of [
      '/admin/teams',
      `/admin/teams/${teamId}/keys`,
      '/admin/sessions',
      '/admin/budgets',
      '/admin/audit',
    ]) {
      const whole = (await list(path)).map(({ id }: { id: string }) => id);
      expect(whole.length).toBeGreaterThan(1);
      const read: string[] = [];
      for (let cursor = ''; ;) {
        const { body } = await gateway.admin('GET', `${path}?limit=1${cursor}`);
        expect(body.data).toHaveLength(1);
        read.push(body.data[0].id);
        if (body.next_cursor === null) break;
        cursor = `&cursor=${body.next_cursor}`;
      }
      expect({ path, read }).toEqual({ path, read: whole });
      expect((await gateway.admin('GET', `${path}?limit=0`)).status).toBe(400);
    }
  });
});
