import { z } from 'zod';
import { plainText, timeSchema } from './common';
import { dayOrTimeSchema } from './report-times';
import { oneOf } from './request-filters';

export const alertKinds = [
  'budget_threshold',
  'budget_exhausted',
  'budget_forecast',
  'spend_anomaly',
  'model_drift',
  'cache_invalidated',
  'models_retargeted',
  'price_changed',
  'credit_low',
  'credit_expiring',
  'ledger_row_refused',
  'journal_damaged',
  'provider_auth_failed',
  'provider_failing',
  'model_unavailable',
  'price_unknown',
  'model_retiring',
  'batch_not_run',
  'batch_status_unknown',
  'batch_in_doubt',
  'admin_key_sign_in',
  'batch.completed',
  'batch.failed',
  'batch.expired',
  'batch.cancelled',
] as const;
export type AlertKind = (typeof alertKinds)[number];

const idSchema = plainText(128).min(1);
const urlSchema = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not have control characters')
  .meta({ description: 'https, on the public internet', example: 'https://hooks.example.com/thriftgate' });
const secretSchema = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, 'must be whsec_ and 24 to 64 bytes in base64')
  .meta({ description: 'Signs messages with the Standard Webhooks scheme; generated if omitted' });
const kindsSchema = z
  .array(z.enum(alertKinds))
  .min(1)
  .nullable()
  .meta({ description: 'null means all but models_retargeted and the ends of batches' });

/** `POST /admin/webhooks`. */
export const createWebhookSchema = z
  .strictObject({
    url: urlSchema,
    format: z.enum(['signed', 'slack']).default('signed'),
    secret: secretSchema.optional(),
    kinds: kindsSchema.default(null),
    team_id: idSchema.nullable().default(null).meta({ description: 'Only alerts of this team; null means all teams' }),
    active: z.boolean().default(true),
  })
  .refine(({ format, secret }) => format === 'signed' || secret === undefined, {
    path: ['secret'],
    message: 'is only for signed messages',
  })
  .meta({
    id: 'CreateWebhook',
    example: { url: 'https://hooks.example.com/thriftgate', kinds: ['budget_threshold', 'spend_anomaly'] },
  });
export type CreateWebhook = z.output<typeof createWebhookSchema>;

/** Omitted members do not change. */
export const updateWebhookSchema = z
  .strictObject({
    url: urlSchema.optional(),
    secret: secretSchema.optional(),
    kinds: kindsSchema.optional(),
    team_id: idSchema.nullable().optional(),
    active: z.boolean().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must change something')
  .meta({ id: 'UpdateWebhook', example: { active: false } });
export type UpdateWebhook = z.output<typeof updateWebhookSchema>;

const webhookExample = {
  id: 'webhook_01KAS8D2E4F6G8H1J3K5M7N9P1',
  url: 'https://hooks.example.com/thriftgate',
  format: 'signed',
  kinds: ['budget_threshold', 'spend_anomaly'],
  team_id: null,
  active: true,
  last_delivery: { delivered: true, error: null, at: '2026-11-23T10:00:00.000Z' },
  created_at: '2026-11-23T09:00:00.000Z',
  updated_at: '2026-11-23T09:00:00.000Z',
} as const;

export const webhookSchema = z
  .object({
    id: z.string(),
    url: z.string().meta({ description: 'For Slack only the last part: the whole URL is a secret' }),
    format: z.enum(['signed', 'slack']),
    kinds: z.array(z.string()).nullable(),
    team_id: z.string().nullable(),
    active: z.boolean(),
    last_delivery: z
      .object({ delivered: z.boolean(), error: z.string().nullable(), at: timeSchema })
      .nullable()
      .meta({ description: 'The result of the last message; null before the first' }),
    created_at: timeSchema,
    updated_at: timeSchema,
  })
  .meta({ id: 'Webhook', example: webhookExample });
export type Webhook = z.output<typeof webhookSchema>;

/** A new webhook, in the only response with its secret. */
export const createdWebhookSchema = webhookSchema.extend({ secret: z.string().nullable() }).meta({
  id: 'CreatedWebhook',
  example: { ...webhookExample, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=' },
});
export type CreatedWebhook = z.output<typeof createdWebhookSchema>;

export const webhookListSchema = z
  .object({ data: z.array(webhookSchema) })
  .meta({ id: 'WebhookList', example: { data: [webhookExample] } });
export type WebhookList = z.output<typeof webhookListSchema>;

export const webhookTestSchema = z
  .object({ delivered: z.boolean(), error: z.string().nullable() })
  .meta({ id: 'WebhookTest', example: { delivered: true, error: null } });
export type WebhookTest = z.output<typeof webhookTestSchema>;

/** The kinds that an alert may have, as a list. */
const alertKindsSchema = oneOf(alertKinds, 'budget_threshold,budget_exhausted');

/** `GET /admin/alerts`. */
export const listAlertsQuerySchema = z.strictObject({
  kind: alertKindsSchema,
  team_id: idSchema.optional(),
  acknowledged: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'true: only acknowledged alerts; false: only the others' }),
  from: dayOrTimeSchema('start').optional(),
  to: dayOrTimeSchema('end').optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: idSchema.optional().meta({ description: 'The next_cursor of the previous page, with the same filters' }),
});
export type ListAlertsQuery = z.output<typeof listAlertsQuerySchema>;

const alertExample = {
  id: 'alert_01KAS8F3G5H7J9K2M4N6P8Q1R3',
  kind: 'budget_threshold',
  severity: 'warning',
  team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  data: {
    budget_id: 'budget_01KAS6B3C5D7E9F1G3H5J7K9M1',
    share: 0.8,
    spent_usd: '80.02',
    limit_usd: '100',
    team_name: 'Search',
  },
  text: {
    en: 'Team Search (team_…) has spent $80.02, 80% or more of its budget of $100.00.',
    ko: '팀 Search (team_…)의 지출이 $80.02로, 예산 $100.00의 80%에 도달했습니다.',
  },
  deliveries: [{ webhook_id: webhookExample.id, state: 'delivered', tries: 1, last_error: null }],
  acknowledged_at: null,
  acknowledged_by: null,
  created_at: '2026-11-23T09:00:00.000Z',
} as const;

export const alertSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    team_id: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
    text: z.object({ en: z.string(), ko: z.string() }),
    deliveries: z.array(
      z.object({
        webhook_id: z.string(),
        state: z.enum(['pending', 'delivered', 'failed']),
        tries: z.int(),
        last_error: z.string().nullable(),
      }),
    ),
    acknowledged_at: timeSchema.nullable().meta({ description: 'Null until the alert is acknowledged' }),
    acknowledged_by: z.string().nullable().meta({ description: 'The id of a key; admin for the administrator’s key' }),
    created_at: timeSchema,
  })
  .meta({ id: 'Alert', example: alertExample });
export type Alert = z.output<typeof alertSchema>;

/** A page of alerts, newest first. */
export const alertPageSchema = z
  .object({ data: z.array(alertSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'AlertPage', example: { data: [alertExample], next_cursor: null } });
export type AlertPage = z.output<typeof alertPageSchema>;
