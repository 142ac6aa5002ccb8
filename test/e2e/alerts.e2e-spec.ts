import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BatchClient, lines } from '../support/batch-client';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { runSql } from '../support/run-sql';

interface Message {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
}

const HOUR_MS = 3_600_000;

/** A platform team gets alerts by webhooks and in the log. */
describe('alerts', () => {
  let gateway: RunningGateway;
  let receiver: Server;
  let url: string;
  const messages: Message[] = [];
  const failures = new Map<string, number>();
  /** Responses that wait until a test releases them. */
  const held: ServerResponse[] = [];

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        const path = request.url ?? '';
        messages.push({ path, headers: request.headers, text });
        const left = failures.get(path) ?? 0;
        failures.set(path, left - 1);
        if (path === '/held' && left > 0) held.push(response);
        else response.writeHead(path === '/moved' ? 302 : left > 0 ? 500 : 204, { location: '/elsewhere' }).end();
      });
    });
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    gateway = await startGateway({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } });
  });
  beforeEach(() => {
    messages.length = 0;
    failures.clear();
    held.length = 0;
  });
  afterAll(async () => {
    await gateway.stop();
    receiver.closeAllConnections();
    await new Promise((closed) => receiver.close(closed));
  });

  const webhook = async (settings: Record<string, unknown>) => {
    const made = await gateway.admin('POST', '/admin/webhooks', settings);
    expect(made.status).toBe(201);
    return made.body;
  };
  const remove = (id: string) => gateway.admin('DELETE', `/admin/webhooks/${id}`);
  const sentTo = (path: string) => messages.filter((message) => message.path === path);
  const alertsOf = async (teamId: string) => (await gateway.admin('GET', `/admin/alerts?team_id=${teamId}`)).body.data;
  /** A team that has exceeded a very small budget. */
  const overspent = async () => {
    const { key, teamId } = await gateway.createKey();
    await gateway.admin('POST', '/admin/budgets', {
      team_id: teamId,
      limit_usd: '0.000001',
      window: 'month',
      action: 'warn',
      thresholds: [0.5, 1],
    });
    expect((await gateway.chat(key, `spent by ${teamId}`)).status).toBe(200);
    return teamId;
  };
  /** The team's only alert, after its delivery. */
  const delivered = (teamId: string) =>
    eventually(async () => {
      const [alert] = await alertsOf(teamId);
      return alert?.deliveries[0]?.state === 'delivered' ? alert : undefined;
    });

  it('send one signed message about a budget, and repeat it after a failure', async () => {
    const made = await webhook({ url: `${url}/signed`, kinds: ['budget_threshold'] });
    expect(made.last_delivery).toBeNull();
    failures.set('/signed', 1);
    const teamId = await overspent();
    const alert = await delivered(teamId);
    expect(alert).toMatchObject({
      kind: 'budget_threshold',
      severity: 'critical',
      data: { share: 1, limit_usd: '0.000001', scope: `team:${teamId}` },
      deliveries: [{ webhook_id: made.id, tries: 2 }],
    });
    const { name } = (await gateway.admin('GET', `/admin/teams/${teamId}`)).body;
    expect(alert.data.team_name).toBe(name); // N9
    expect(alert.text.en).toContain(`Team ${name} (${teamId}) has spent`);
    expect(alert.text.ko).toContain(`팀 ${name} (${teamId})의 지출`);
    expect(alert.text.ko).toContain('예산 $0.000001의 100%에 도달했습니다');

    const [failed, taken] = sentTo('/signed');
    expect(failed?.headers['webhook-id']).toBe(taken?.headers['webhook-id']);
    const id = String(taken?.headers['webhook-id']);
    const signed = `${id}.${String(taken?.headers['webhook-timestamp'])}.${taken?.text}`;
    const key = Buffer.from(String(made.secret).replace('whsec_', ''), 'base64');
    expect(taken?.headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(JSON.parse(taken?.text ?? '')).toMatchObject({ id: alert.id, type: 'budget_threshold', team_id: teamId });

    await gateway.restart();
    await delivered(await overspent());
    expect(await alertsOf(teamId)).toHaveLength(1);
    expect(sentTo('/signed')).toHaveLength(3);
    expect(gateway.output.split('\n').filter((line) => line.includes(alert.id))).toHaveLength(1);
    expect(gateway.output).not.toContain(String(made.secret));
    const list = (await gateway.admin('GET', '/admin/webhooks')).body;
    expect(list.data[0].last_delivery).toMatchObject({ delivered: true, error: null });
    expect(JSON.stringify(list)).not.toContain('whsec_');
    await remove(made.id);
  });

  it('are sent again with the same id after the gateway was killed during a delivery', async () => {
    const made = await webhook({ url: `${url}/held`, kinds: ['budget_threshold'] });
    failures.set('/held', 1);
    const teamId = await overspent();
    await eventually(() => held[0], 30_000);
    await gateway.kill();
    await gateway.start();
    await delivered(teamId);
    expect(new Set(sentTo('/held').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(sentTo('/held')).toHaveLength(2);
    await remove(made.id);
  }, 120_000);

  it('wait while a webhook is paused, and are never sent to a deleted one', async () => {
    const paused = await webhook({ url: `${url}/paused`, kinds: ['budget_threshold'] });
    const deleted = await webhook({ url: `${url}/held`, kinds: ['budget_threshold'] });
    failures.set('/held', 1);
    failures.set('/paused', 1000);
    const teamId = await overspent();
    const [answer] = await eventually(
      () => (held.length > 0 && sentTo('/paused').length > 0 ? held : undefined),
      30_000,
    );
    await gateway.admin('PATCH', `/admin/webhooks/${paused.id}`, { active: false });
    await remove(deleted.id);
    const tries = sentTo('/paused').length;
    answer?.writeHead(500).end();
    // The gateway finishes running deliveries before it ends.
    await gateway.restart();
    const stateOf = async (id: string) =>
      (await alertsOf(teamId))[0]?.deliveries.find((each: { webhook_id: string }) => each.webhook_id === id);
    expect(await stateOf(deleted.id)).toMatchObject({
      state: 'failed',
      tries: 1,
      last_error: 'the webhook was deleted',
    });
    // Older messages are sent first, so all earlier ones have arrived when this one arrives.
    const other = await webhook({ url: `${url}/other`, kinds: ['budget_threshold'] });
    await delivered(await overspent());
    expect(sentTo('/paused')).toHaveLength(tries);
    await remove(other.id);
    failures.clear();
    await gateway.admin('PATCH', `/admin/webhooks/${paused.id}`, { active: true });
    await eventually(async () => ((await stateOf(paused.id)).state === 'delivered' ? true : undefined), 60_000);
    expect(sentTo('/held')).toHaveLength(1);
    await remove(paused.id);
  }, 120_000);

  it('have Slack’s format, also for drift and prices, and do not show the webhook’s whole URL', async () => {
    const made = await webhook({ url: `${url}/slack`, format: 'slack', kinds: ['model_drift', 'price_changed'] });
    expect(made).toMatchObject({ secret: null, url: `${url}/…` });
    const { key } = await gateway.createKey();
    const drift = async (version: string) => {
      gateway.fake.setSnapshot('gpt-4o', version);
      await gateway.chat(key, `by ${version} ${Math.random()}`, { model: 'gpt-4o' });
    };
    // Two versions alternate, as during a provider's rollout.
    for (const version of ['gpt-4o-01', 'gpt-4o-11', 'gpt-4o-01', 'gpt-4o-11']) await drift(version);
    await gateway.admin('POST', '/admin/prices', {
      model: 'a <model>',
      input_usd_per_mtok: '1',
      output_usd_per_mtok: '1',
    });
    const texts = await eventually(() => {
      const all = sentTo('/slack').map(({ text }) => JSON.parse(text).text as string);
      return all.length === 2 ? all.toSorted() : undefined;
    }, 30_000);
    expect(texts[0]).toContain('a &lt;model&gt;');
    // A version that is already known raises no further alert.
    expect(texts[1]).toContain('The version of gpt-4o changed from gpt-4o-01 to gpt-4o-11');
    expect(texts[1]).toContain('gpt-4o 모델의 실제 버전이 바뀌었습니다: gpt-4o-01 → gpt-4o-11');
    await gateway.admin('PATCH', `/admin/webhooks/${made.id}`, { url: `${url}/slack-2` });
    await gateway.admin('POST', `/admin/webhooks/${made.id}/test`);
    expect(sentTo('/slack-2')).toHaveLength(1);
    const { status, body } = await gateway.admin('PATCH', `/admin/webhooks/${made.id}`, {
      secret: `whsec_${'a'.repeat(40)}`,
    });
    expect([status, body.error.param]).toEqual([400, 'secret']);
    expect(JSON.stringify((await gateway.admin('GET', `/admin/webhooks/${made.id}`)).body)).not.toContain('/slack');
    expect(gateway.output).not.toContain(`${url}/slack`);
    await remove(made.id);
  });

  it('are raised for an hour that cost much more than the same hours before', async () => {
    const [loud, usual, fresh] = [await gateway.createKey(), await gateway.createKey(), await gateway.createKey()];
    const made = await webhook({ url: `${url}/anomaly`, kinds: ['spend_anomaly'], team_id: loud.teamId });
    const lastHourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
    const spent = ({ teamId }: { teamId: string }, daysBefore: number, dollars: number) => {
      const period = new Date(lastHourMs - daysBefore * 24 * HOUR_MS).toISOString();
      const zeros = Array.from({ length: 8 }, () => '0').join();
      return `('hour by team_only', '${period}', '${teamId}', '', '', '', '', '', false, false, '', ${zeros}, 0, ${dollars}e12, 0)`;
    };
    const weeks = [7, 14, 21, 28];
    const rows = [
      spent(loud, 0, 50),
      ...weeks.map((days) => spent(loud, days, 5)),
      spent(usual, 0, 50),
      ...weeks.map((days) => spent(usual, days, 40)),
      spent(fresh, 0, 50),
    ];
    await gateway.terminate();
    await runSql(gateway, `INSERT INTO usage_rollups VALUES ${rows.join()}`);
    await gateway.start();
    const [message] = await eventually(() => (sentTo('/anomaly').length > 0 ? sentTo('/anomaly') : undefined), 30_000);
    expect(JSON.parse(message?.text ?? '')).toMatchObject({
      type: 'spend_anomaly',
      data: { team_id: loud.teamId, hour: new Date(lastHourMs).toISOString(), spent_usd: '50', usual_usd: '5' },
    });
    const all = (await gateway.admin('GET', '/admin/alerts?kind=spend_anomaly')).body.data;
    expect(all.map(({ team_id }: { team_id: string }) => team_id)).toEqual([loud.teamId]);
    await remove(made.id);
    await gateway.terminate();
    const inserted = [loud, usual, fresh].map(({ teamId }) => `'${teamId}'`).join();
    await runSql(gateway, `DELETE FROM usage_rollups WHERE team_id IN (${inserted})`);
    await gateway.start();
  });

  it('can be tested, with the result of the delivery', async () => {
    const made = await webhook({ url: `${url}/test`, kinds: ['spend_anomaly'] });
    const test = async () => (await gateway.admin('POST', `/admin/webhooks/${made.id}/test`)).body;
    expect(await test()).toEqual({ delivered: true, error: null });
    failures.set('/test', 1);
    expect(await test()).toEqual({ delivered: false, error: 'responded with 500' });
    await gateway.admin('PATCH', `/admin/webhooks/${made.id}`, { url: `${url}/moved` });
    expect(await test()).toEqual({ delivered: false, error: 'responded with 302' });
    expect(sentTo('/elsewhere')).toEqual([]);
    const { last_delivery: last } = (await gateway.admin('GET', `/admin/webhooks/${made.id}`)).body;
    expect(last).toMatchObject({ delivered: false, error: 'responded with 302' });
    await remove(made.id);
  });

  it('are listed in pages, newest first', async () => {
    const all = (await gateway.admin('GET', '/admin/alerts')).body.data.map(({ id }: { id: string }) => id);
    expect(all.length).toBeGreaterThan(2);
    expect(all).toEqual(all.toSorted().toReversed());
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: any = await gateway.admin('GET', `/admin/alerts?limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.body.data.map(({ id }: { id: string }) => id));
      cursor = page.body.next_cursor;
    }
    expect(paged).toEqual(all);
    const tomorrow = new Date(Date.now() + 24 * HOUR_MS).toISOString();
    expect((await gateway.admin('GET', `/admin/alerts?from=${tomorrow}`)).body.data).toEqual([]);
    expect((await gateway.admin('GET', `/admin/alerts?to=${tomorrow}`)).body.data).toHaveLength(all.length);
    expect((await gateway.admin('GET', '/admin/alerts?kind=weather')).status).toBe(400);
  });

  it('tells webhooks that ask for it that a batch has ended', async () => {
    const asked = await webhook({ url: `${url}/batches`, kinds: ['batch.completed'] });
    const others = await webhook({ url: `${url}/others` });
    const { key, teamId } = await gateway.createKey();
    const batches = new BatchClient(gateway, key);
    const batch = await batches.ended((await batches.create({ requests: lines(2, 'announced') })).id);
    const [message] = await eventually(async () => (sentTo('/batches').length > 0 ? sentTo('/batches') : undefined));
    expect(JSON.parse(message?.text ?? '')).toMatchObject({
      type: 'batch.completed',
      data: { batch_id: batch.id, team_id: teamId, total: 2, completed: 2, output_file_id: batch.output_file_id },
    });
    expect(message?.headers['webhook-signature']).toMatch(/^v1,/);
    expect(sentTo('/others').filter(({ text }) => text.includes('batch.'))).toEqual([]);
    for (const { id } of [asked, others]) await remove(id);
  });
});
