import { Logger } from '@nestjs/common';
import type { Clock } from '../../common/clock';
import type { Database } from '../../database/database.connection';
import type { SecretBox } from '../../config/secret-box.service';
import { WebhookSender } from '../webhooks/webhook-sender.service';
import { type WebhookClient, WebhookError } from '../webhooks/webhook.client';
import type { WebhooksRepository } from '../webhooks/webhooks.repository';
import type { DeliveryRepository, DueDelivery } from './delivery.repository';
import { DeliveryService } from './delivery.service';

/** The deliveries of a database in memory; all are due at once. */
class Deliveries {
  readonly states = new Map<string, string>();
  readonly results = new Map<string, string | undefined>();
  private due: DueDelivery[] = [];

  add(webhookId: string, alertId: string, tries = 0): void {
    const alert = { id: alertId, kind: 'webhook_test', severity: 'info', createdAt: new Date(0), data: {} };
    const url = `https://${webhookId}.example.com`;
    this.due.push({ alert, webhookId, url, format: 'signed', secret: 'closed', tries } as unknown as DueDelivery);
    this.states.set(`${webhookId} ${alertId}`, 'pending');
  }

  claim(limit: number, busy: string[]): Promise<DueDelivery[]> {
    const taken: DueDelivery[] = [];
    for (const { webhookId, tries, ...rest } of this.due) {
      if (taken.length === limit || busy.includes(webhookId)) continue;
      if (taken.some((each) => each.webhookId === webhookId)) continue;
      taken.push({ ...rest, webhookId, tries: tries + 1 });
    }
    this.due = this.due.filter(
      ({ webhookId, alert }) => !taken.some((each) => each.webhookId === webhookId && each.alert.id === alert.id),
    );
    return Promise.resolve(taken);
  }

  delivered({ webhookId, alert }: DueDelivery): Promise<void> {
    this.states.set(`${webhookId} ${alert.id}`, 'delivered');
    return Promise.resolve();
  }

  failed({ webhookId, alert }: DueDelivery, problem: string, again: number | undefined): Promise<void> {
    this.states.set(
      `${webhookId} ${alert.id}`,
      `${again === undefined ? 'failed' : `again in ${again} s`}: ${problem}`,
    );
    return Promise.resolve();
  }

  noteDelivery(webhookId: string, problem: string | undefined): Promise<void> {
    this.results.set(webhookId, problem);
    return Promise.resolve();
  }
}

describe('the delivery of alerts', () => {
  let deliveries: Deliveries;
  let send: jest.Mock<Promise<void>, [string]>;
  let open: jest.Mock<string | undefined, [string]>;
  let service: DeliveryService;
  let close: () => Promise<void>;

  beforeAll(() => Logger.overrideLogger(false));

  beforeEach(() => {
    deliveries = new Deliveries();
    send = jest.fn((_url: string) => Promise.resolve());
    open = jest.fn((_closed: string): string | undefined => 'whsec_abc');
    const database = { beforeClose: (closer: () => Promise<void>) => (close = closer) };
    const webhooks = deliveries as unknown as WebhooksRepository;
    const sender = new WebhookSender({ send } as unknown as WebhookClient, { open } as unknown as SecretBox, webhooks, {
      now: () => 0,
    } as Clock);
    service = new DeliveryService(
      deliveries as unknown as DeliveryRepository,
      webhooks,
      sender,
      database as unknown as Database,
    );
    service.onApplicationBootstrap();
  });

  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('is not delayed by a webhook that does not respond', async () => {
    let respond: () => void = () => undefined;
    send.mockImplementation((url) =>
      url.includes('slow') ? new Promise((resolve) => (respond = resolve)) : Promise.resolve(),
    );
    for (let alert = 0; alert < 30; alert += 1) {
      deliveries.add('slow', String(alert));
      deliveries.add('quick', String(alert));
    }
    service.wake();
    await settled();
    const states = (webhookId: string) =>
      [...deliveries.states].filter(([name]) => name.startsWith(webhookId)).map(([, state]) => state);
    expect(new Set(states('quick'))).toEqual(new Set(['delivered']));
    expect(new Set(states('slow'))).toEqual(new Set(['pending']));
    // One at a time, and the next one after its response.
    expect(send.mock.calls.filter(([url]) => url.includes('slow'))).toHaveLength(1);
    respond();
    await settled();
    expect(states('slow')[0]).toBe('delivered');
    expect(send.mock.calls.filter(([url]) => url.includes('slow'))).toHaveLength(2);
    const closed = close();
    respond();
    await closed;
  });

  it('sends to at most ten webhooks at once', async () => {
    send.mockImplementation(() => new Promise(() => undefined));
    for (let webhook = 0; webhook < 15; webhook += 1) deliveries.add(`webhook${webhook}`, 'alert');
    service.wake();
    await settled();
    service.wake();
    await settled();
    expect(send).toHaveBeenCalledTimes(10);
  });

  it('makes seven attempts at increasing intervals', async () => {
    send.mockRejectedValue(new WebhookError('responded with 500'));
    for (let tries = 0; tries < 7; tries += 1) deliveries.add(`webhook${tries}`, 'alert', tries);
    service.wake();
    await settled();
    expect([...deliveries.states.values()]).toEqual([
      ...[1, 10, 60, 600, 3600, 21_600].map((seconds) => `again in ${seconds} s: responded with 500`),
      'failed: responded with 500',
    ]);
    expect(deliveries.results.get('webhook0')).toBe('responded with 500');
    await close();
  });

  it('reports a secret that can no longer be decrypted, and no details of other failures', async () => {
    open.mockReturnValueOnce(undefined);
    deliveries.add('a', 'alert');
    service.wake();
    await settled();
    expect(deliveries.states.get('a alert')).toContain('another SECRET_KEY');
    send.mockRejectedValueOnce(new TypeError('Invalid URL https://hooks.example.com/secret'));
    deliveries.add('b', 'alert');
    service.wake();
    await settled();
    expect(deliveries.states.get('b alert')).toBe('again in 1 s: could not be sent');
    await close();
  });

  it('starts no attempt at shutdown, and waits for running ones', async () => {
    let respond: () => void = () => undefined;
    send.mockImplementation(() => new Promise((resolve) => (respond = resolve)));
    deliveries.add('a', 'first');
    deliveries.add('a', 'second');
    service.wake();
    await settled();
    const closed = close();
    respond();
    await closed;
    service.wake();
    await settled();
    expect(Object.fromEntries(deliveries.states)).toEqual({ 'a first': 'delivered', 'a second': 'pending' });
  });
});
