import type * as contracts from '@thriftgate/contracts';

export interface Webhook {
  id: string;
  /** For Slack the masked URL. */
  url: string;
  format: 'signed' | 'slack';
  /** Encrypted: the signing secret, or Slack's URL. */
  secret: string | null;
  kinds: string[] | null;
  teamId: string | null;
  active: boolean;
  /** The last attempt to send a message; null before the first. */
  lastAttempt: { at: Date; problem: string | null } | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What the encrypted secret of a webhook is bound to. */
export function secretPlace(id: string): string {
  return `webhooks/${id}`;
}

/** The settings of a webhook, without its secret. The audit has them, and nothing of deliveries. */
export function settingsToWire(webhook: Webhook): Omit<contracts.Webhook, 'last_delivery'> {
  const { last_delivery: _, ...settings } = toWire(webhook);
  return settings;
}

/** A webhook as `/admin` shows it, without its secret. */
export function toWire(webhook: Webhook): contracts.Webhook {
  return {
    id: webhook.id,
    url: webhook.url,
    format: webhook.format,
    kinds: webhook.kinds,
    team_id: webhook.teamId,
    active: webhook.active,
    last_delivery: webhook.lastAttempt && {
      delivered: webhook.lastAttempt.problem === null,
      error: webhook.lastAttempt.problem,
      at: webhook.lastAttempt.at.toISOString(),
    },
    created_at: webhook.createdAt.toISOString(),
    updated_at: webhook.updatedAt.toISOString(),
  };
}
