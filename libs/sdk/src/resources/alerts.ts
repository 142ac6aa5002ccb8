import type {
  Alert,
  AlertKind,
  AlertPage,
  CreatedWebhook,
  Deleted,
  Webhook,
  WebhookDeliveryPage,
  WebhookList,
  WebhookTest,
} from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path, type Tagged } from '../http-client';

export interface AlertsQuery {
  /** One of these kinds. */
  kind?: AlertKind | readonly AlertKind[];
  team_id?: string;
  acknowledged?: boolean;
  /** Not earlier than this; a string is RFC 3339, Unix seconds or a day in UTC. */
  from?: Date | string;
  /** Earlier than this; a day is included. */
  to?: Date | string;
  /** Alerts per page, 1 to 1000. */
  limit?: number;
  cursor?: string;
}

/** `/admin/alerts`. */
export class Alerts {
  constructor(private readonly http: HttpClient) {}

  /** One page, newest first. */
  list(query: AlertsQuery = {}, options?: CallOptions): Promise<AlertPage> {
    return this.http.json('GET', '/admin/alerts', { ...options, query: { ...query } });
  }

  /** Notes who has seen an alert. */
  acknowledge(id: string, options?: CallOptions): Promise<Alert> {
    return this.http.json('POST', path`/admin/alerts/${id}/acknowledge`, options);
  }

  /** Every alert, page after page. */
  async *all(query: AlertsQuery = {}, options?: CallOptions): AsyncGenerator<Alert, void, undefined> {
    let cursor: string | undefined | null = query.cursor;
    do {
      const page: AlertPage = await this.list({ ...query, cursor }, options);
      yield* page.data;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
}

export interface NewWebhook {
  /** https, on the public internet unless `WEBHOOK_ALLOW_PRIVATE` allows private addresses. */
  url: string;
  /** Signed with the Standard Webhooks scheme (default), or the format of Slack's incoming webhooks. */
  format?: 'signed' | 'slack';
  /** `whsec_` and 24 to 64 bytes in base64; generated if omitted. Not for Slack. */
  secret?: string;
  /** Null means all. */
  kinds?: AlertKind[] | null;
  /** Null means all. */
  team_id?: string | null;
  active?: boolean;
}

/** Omitted members do not change. */
export type WebhookChanges = Partial<Omit<NewWebhook, 'format'>>;

export interface DeliveriesQuery {
  state?: 'pending' | 'delivered' | 'failed';
  /** Deliveries per page, 1 to 1000. */
  limit?: number;
  cursor?: string;
}

/** `/admin/webhooks`: the receivers of alerts. */
export class Webhooks {
  constructor(private readonly http: HttpClient) {}

  /** Only this response has the secret. */
  create(webhook: NewWebhook, options?: CallOptions): Promise<CreatedWebhook> {
    return this.http.json('POST', '/admin/webhooks', { ...options, body: webhook });
  }

  list(options?: CallOptions): Promise<WebhookList> {
    return this.http.json('GET', '/admin/webhooks', options);
  }

  get(id: string, options?: CallOptions): Promise<Webhook> {
    return this.http.json('GET', path`/admin/webhooks/${id}`, options);
  }

  /** A webhook with its version, for `ifMatch` of a change. */
  getTagged(id: string, options?: CallOptions): Promise<Tagged<Webhook>> {
    return this.http.tagged(path`/admin/webhooks/${id}`, options);
  }

  update(id: string, changes: WebhookChanges, options?: CallOptions): Promise<Webhook> {
    return this.http.json('PATCH', path`/admin/webhooks/${id}`, { ...options, body: changes });
  }

  delete(id: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/webhooks/${id}`, options);
  }

  /** What was sent to a webhook, the newest alert first, with the result of each attempt. */
  deliveries(id: string, query: DeliveriesQuery = {}, options?: CallOptions): Promise<WebhookDeliveryPage> {
    return this.http.json('GET', path`/admin/webhooks/${id}/deliveries`, { ...options, query: { ...query } });
  }

  /** Sends a test message now, and returns the result of its delivery. */
  test(id: string, options?: CallOptions): Promise<WebhookTest> {
    return this.http.json('POST', path`/admin/webhooks/${id}/test`, options);
  }
}
