import { createHmac } from 'node:crypto';
import type { Alert } from '../alert';

/** A request to a webhook. */
export interface WebhookMessage {
  headers: Record<string, string>;
  body: string;
}

const SECRET_PREFIX = 'whsec_';

/**
 * An alert as a signed message. All attempts have the same id, so that a receiver can drop duplicates.
 *
 * @param secret `whsec_` and base64
 * @param nowSeconds Unix seconds
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedMessage(alert: Alert, secret: string, nowSeconds: number): WebhookMessage {
  const body = JSON.stringify({
    id: alert.id,
    type: alert.kind,
    timestamp: alert.createdAt.toISOString(),
    severity: alert.severity,
    team_id: alert.teamId,
    data: alert.data,
    text: { en: alert.textEn, ko: alert.textKo },
  });
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': alert.id,
      'webhook-timestamp': String(nowSeconds),
      'webhook-signature': signatureOf(secret, alert.id, nowSeconds, body),
    },
    body,
  };
}

/** The symmetric signature of a message by the Standard Webhooks scheme. */
export function signatureOf(secret: string, id: string, timestampSeconds: number, body: string): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`;
}

const ICONS = { info: ':information_source:', warning: ':warning:', critical: ':rotating_light:' };

/** An alert as a message for Slack's incoming webhooks and compatible ones. @see https://api.slack.com/messaging/webhooks */
export function slackMessage({ kind, severity, textEn, textKo }: Alert): WebhookMessage {
  const text = `${ICONS[severity]} *${kind}*\n${escaped(textEn)}\n${escaped(textKo)}`;
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) };
}

/** Slack reads these three characters as markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
