import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

interface Message {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
}

/** A platform team is told of what it should know, by webhooks and in the log. */
describe('alerts', () => {
  let gateway: RunningGateway;
  let receiver: Server;
  let url: string;
  const messages: Message[] = [];
  const failures = new Map<string, number>();

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        const path = request.url ?? '';
        messages.push({ path, headers: request.headers, text });
        const left = failures.get(path) ?? 0;
        failures.set(path, left - 1);
        response.writeHead(path === '/moved' ? 302 : left > 0 ? 500 : 204, { location: '/elsewhere' }).end();
      });
    });
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    gateway = await startGateway({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } });
  });
  afterAll(async () => {
    await gateway.stop();
    await new Promise((closed) => receiver.close(closed));
  });

  const webhook = async (settings: Record<string, unknown>) => {
    const made = await gateway.admin('POST', '/admin/webhooks', settings);
    expect(made.status).toBe(201);
    return made.body;
  };
  const sentTo = (path: string) => messages.filter((message) => message.path === path);
  const alertsOf = async (teamId: string) => (await gateway.admin('GET', `/admin/alerts?team_id=${teamId}`)).body.data;
  /** A team that has spent more than its whole budget of almost nothing. */
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

  it('tells of a budget once, signed, and again after a failure', async () => {
    const made = await webhook({ url: `${url}/signed`, kinds: ['budget_threshold'] });
    failures.set('/signed', 1);
    const teamId = await overspent();
    const delivered = await eventually(async () => {
      const [alert] = await alertsOf(teamId);
      return alert?.deliveries[0]?.state === 'delivered' ? alert : undefined;
    }, 30_000);
    expect(delivered).toMatchObject({
      kind: 'budget_threshold',
      severity: 'critical',
      data: { share: 1, limit_usd: '0.000001', scope: `team:${teamId}` },
      deliveries: [{ webhook_id: made.id, tries: 2 }],
    });
    expect(delivered.text.en).toContain('budget of $0.000001');
    expect(delivered.text.ko).toContain('예산 $0.000001의 100%에 도달했습니다');

    const [failed, taken] = sentTo('/signed');
    expect(failed?.headers['webhook-id']).toBe(taken?.headers['webhook-id']);
    const id = String(taken?.headers['webhook-id']);
    const signed = `${id}.${String(taken?.headers['webhook-timestamp'])}.${taken?.text}`;
    const key = Buffer.from(String(made.secret).replace('whsec_', ''), 'base64');
    expect(taken?.headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(JSON.parse(taken?.text ?? '')).toMatchObject({
      id: delivered.id,
      type: 'budget_threshold',
      team_id: teamId,
    });

    await gateway.restart();
    const other = await overspent();
    await eventually(
      async () => ((await alertsOf(other))[0]?.deliveries[0]?.state === 'delivered' ? true : undefined),
      30_000,
    );
    expect(await alertsOf(teamId)).toHaveLength(1);
    expect(sentTo('/signed')).toHaveLength(3);
    expect(gateway.output).toContain(delivered.id);
    expect(gateway.output).not.toContain(String(made.secret));
    expect(JSON.stringify((await gateway.admin('GET', '/admin/webhooks')).body)).not.toContain('whsec_');
    await gateway.admin('DELETE', `/admin/webhooks/${made.id}`);
  });

  it('speaks as Slack does, of drift and prices too', async () => {
    const made = await webhook({ url: `${url}/slack`, format: 'slack', kinds: ['model_drift', 'price_changed'] });
    expect(made.secret).toBeNull();
    const { key } = await gateway.createKey();
    gateway.fake.setSnapshot('gpt-4o', 'gpt-4o-2026-01-01');
    await gateway.chat(key, 'before', { model: 'gpt-4o' });
    gateway.fake.setSnapshot('gpt-4o', 'gpt-4o-2026-11-01');
    await gateway.chat(key, 'after', { model: 'gpt-4o' });
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
    expect(texts[1]).toContain('gpt-4o is answered by gpt-4o-2026-11-01 now, not by gpt-4o-2026-01-01');
    expect(texts[1]).toContain('gpt-4o-2026-01-01에서 gpt-4o-2026-11-01(으)로 바뀌었습니다');
  });

  it('can be tested, and tells what came of it', async () => {
    const made = await webhook({ url: `${url}/test`, kinds: ['spend_anomaly'] });
    const test = async () => (await gateway.admin('POST', `/admin/webhooks/${made.id}/test`)).body;
    expect(await test()).toEqual({ delivered: true, error: null });
    failures.set('/test', 1);
    expect(await test()).toEqual({ delivered: false, error: 'answered 500' });
    await gateway.admin('PATCH', `/admin/webhooks/${made.id}`, { url: `${url}/moved` });
    expect(await test()).toEqual({ delivered: false, error: 'answered 302' });
    expect(sentTo('/elsewhere')).toEqual([]);
  });

  it('never reaches into the private network unless the operator allows it', async () => {
    const strict = await startGateway();
    try {
      const port = new URL(url).port;
      const hosts = [
        '127.0.0.1',
        'localhost',
        '[::1]',
        '[::ffff:127.0.0.1]',
        '2130706433',
        '0x7f.1',
        '169.254.169.254',
        '10.0.0.1',
        '0.0.0.0',
      ];
      for (const host of hosts) {
        const body = { url: `http://${host}:${port}/forbidden`, kinds: ['spend_anomaly'] };
        const made = await strict.admin('POST', '/admin/webhooks', body);
        const { delivered, error } = (await strict.admin('POST', `/admin/webhooks/${made.body.id}/test`)).body;
        expect([host, delivered, error]).toEqual([host, false, expect.stringContaining('public internet')]);
      }
      expect(sentTo('/forbidden')).toEqual([]);
    } finally {
      await strict.stop();
    }
  });

  it('names what is wrong with a webhook', async () => {
    const wrong = async (settings: Record<string, unknown>) => {
      const { status, body } = await gateway.admin('POST', '/admin/webhooks', { url: `${url}/x`, ...settings });
      return [status, body.error?.param];
    };
    expect(await wrong({ url: 'ftp://example.com' })).toEqual([400, 'url']);
    expect(await wrong({ secret: '' })).toEqual([400, 'secret']);
    expect(await wrong({ secret: 'whsec_short' })).toEqual([400, 'secret']);
    expect(await wrong({ format: 'slack', secret: `whsec_${'a'.repeat(40)}` })).toEqual([400, 'secret']);
    expect(await wrong({ kinds: ['weather'] })).toEqual([400, 'kinds.0']);
    expect((await gateway.admin('POST', '/admin/webhooks/webhook_none/test')).status).toBe(404);
  });
});
